//! What it costs to see calls: a whole call by name through a transport that answers from memory at once.
//!
//! The bench `layer` without the feature `metrics` has the same call with nothing on.

#![allow(clippy::expect_used, reason = "a bench that cannot start should say so")]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use divan::Bencher;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use topsdk::layer::Retry;
use topsdk::layer::slo::{Slo, SloWindow};
use topsdk::observe::METRICS;
use topsdk::transport::BoxFuture;
use topsdk::{Client, Credentials, Environment, Error, HttpRequest, HttpResponse, Transport};

fn main() {
    divan::main();
}

/// Answers at once.
struct Memory;

impl Transport for Memory {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        let body = br#"{"time_get_response":{"time":"2026-01-05 10:00:00","request_id":"r1"}}"#.to_vec();
        Box::pin(async move { Ok(HttpResponse { status: 200, headers: Vec::new(), body }) })
    }
}

/// Nothing here ever waits.
fn complete<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

fn run(bencher: Bencher<'_, '_>, window: Option<&SloWindow>) {
    let builder = Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t")).transport(Memory);
    let builder = builder.retry(Retry::off());
    let builder = if let Some(window) = window { builder.slo(window) } else { builder };
    let client = builder.build().expect("the settings are good");
    bencher.bench(|| complete(client.untyped("taobao.time.get").raw()));
}

fn window() -> SloWindow {
    SloWindow::new(Slo::new()).expect("the settings are good")
}

#[divan::bench]
fn a_metrics_without_recorder(bencher: Bencher<'_, '_>) {
    run(bencher, None);
}

#[divan::bench]
fn b_metrics_for_prometheus(bencher: Bencher<'_, '_>) {
    let mut exporter = PrometheusBuilder::new();
    for metric in METRICS.iter().filter(|metric| !metric.buckets().is_empty()) {
        let name = Matcher::Full(metric.name.to_owned());
        exporter = exporter.set_buckets_for_metric(name, metric.buckets()).expect("there are buckets");
    }
    metrics::with_local_recorder(&exporter.build_recorder(), || run(bencher, None));
}

#[divan::bench]
fn c_slo_window(bencher: Bencher<'_, '_>) {
    run(bencher, Some(&window()));
}

/// Takes everything and does nothing with it, but it is asked.
#[divan::bench]
fn d_spans_for_a_subscriber(bencher: Bencher<'_, '_>) {
    let subscriber = tracing_subscriber::registry();
    tracing::subscriber::with_default(subscriber, || run(bencher, None));
}

/// The window of a thousand calls, for a page that shows it.
#[divan::bench]
fn e_snapshot_of_one_method(bencher: Bencher<'_, '_>) {
    let window = window();
    let builder = Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t")).transport(Memory);
    let client = builder.slo(&window).build().expect("the settings are good");
    for _ in 0..1_000 {
        complete(client.untyped("taobao.time.get").raw()).expect("it answers");
    }
    bencher.bench(|| window.snapshot());
}
