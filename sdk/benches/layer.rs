//! What layers around a call cost: a whole call by name through a transport that answers from memory at once.

#![allow(clippy::expect_used, reason = "a bench that cannot start should say so")]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use divan::Bencher;
use topsdk::layer::{CallInfo, Layer, Next, Outcome, Retry};
use topsdk::transport::BoxFuture;
use topsdk::{Client, ClientBuilder, Credentials, Environment, Error, HttpRequest, HttpResponse, Transport};

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

/// Does nothing.
struct Through;

impl Layer for Through {
    fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(next.run(call))
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

fn run(bencher: Bencher<'_, '_>, set: impl Fn(ClientBuilder) -> ClientBuilder) {
    let builder = Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t")).transport(Memory);
    let client = set(builder).build().expect("the settings are good");
    bencher.bench(|| complete(client.untyped("taobao.time.get").raw()));
}

#[divan::bench]
fn a_retries_off(bencher: Bencher<'_, '_>) {
    run(bencher, |builder| builder.retry(Retry::off()));
}

#[divan::bench]
fn b_retries_on(bencher: Bencher<'_, '_>) {
    run(bencher, |builder| builder);
}

#[divan::bench]
fn c_one_layer_around_the_call(bencher: Bencher<'_, '_>) {
    run(bencher, |builder| builder.call_layer(Through));
}

#[divan::bench]
fn d_one_layer_around_each_attempt(bencher: Bencher<'_, '_>) {
    run(bencher, |builder| builder.attempt_layer(Through));
}

#[divan::bench]
fn e_eight_layers(bencher: Bencher<'_, '_>) {
    run(bencher, |builder| (0..4).fold(builder, |builder, _| builder.call_layer(Through).attempt_layer(Through)));
}
