//! What the rate limiter costs a call that passes at once: asked alone, and in a client.

#![allow(clippy::expect_used, clippy::panic, reason = "a bench that cannot start should say so")]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use divan::{Bencher, black_box};
use topsdk::layer::limit::{Ask, MethodLimit, Rate, RateLimiter, RateLimits};
use topsdk::transport::BoxFuture;
use topsdk::{Client, Credentials, Environment, Error, HttpRequest, HttpResponse, Transport};

fn main() {
    divan::main();
}

const APP: &str = "12345678";

/// A limit that no bench reaches: a hundred thousand calls a second, and a burst of half a minute.
fn limits() -> RateLimits {
    let much = Rate::per_minute(6_000_000).burst(3_000_000);
    RateLimits::new().tier("basic", much).tier("trade", much)
}

/// Nothing here ever waits.
fn complete<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the limit is reached: run fewer samples"),
    }
}

/// A new limiter for every thousand calls, so that its burst lasts.
fn acquire(bencher: Bencher<'_, '_>, limits: impl Fn() -> RateLimits + Sync, ask: Ask<'static>) {
    bencher
        .with_inputs(|| {
            let limiter = RateLimiter::new(limits()).expect("the settings are good");
            complete(limiter.acquire(&ask)).expect("the first call passes");
            limiter
        })
        .bench_refs(|limiter| {
            for _ in 0..1_000 {
                complete(limiter.acquire(black_box(&ask))).expect("the burst is large");
            }
        });
}

#[divan::bench]
fn a_acquire_x1000(bencher: Bencher<'_, '_>) {
    acquire(bencher, limits, Ask::new(APP, "taobao.trade.get").tier("trade"));
}

#[divan::bench]
fn b_acquire_with_a_limit_of_its_own_x1000(bencher: Bencher<'_, '_>) {
    let limits = || limits().method("taobao.trade.get", MethodLimit::tier("basic"));
    acquire(bencher, limits, Ask::new(APP, "taobao.trade.get").tier("trade"));
}

#[divan::bench]
fn c_acquire_by_name_x1000(bencher: Bencher<'_, '_>) {
    acquire(bencher, limits, Ask::new(APP, "taobao.trade.get"));
}

/// Answers at once.
struct Memory;

impl Transport for Memory {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        let body = br#"{"time_get_response":{"time":"2026-01-05 10:00:00","request_id":"r1"}}"#.to_vec();
        Box::pin(async move { Ok(HttpResponse { status: 200, headers: Vec::new(), body }) })
    }
}

fn call(bencher: Bencher<'_, '_>, limited: bool) {
    bencher
        .with_inputs(|| {
            let builder = Client::builder(Environment::Production, Credentials::new(APP, "s3cr3t")).transport(Memory);
            let limiter = RateLimiter::new(limits()).expect("the settings are good");
            let builder = if limited { builder.rate_limiter(&limiter) } else { builder };
            builder.build().expect("the settings are good")
        })
        .bench_refs(|client| {
            for _ in 0..100 {
                complete(client.untyped("taobao.time.get").raw()).expect("it answers");
            }
        });
}

#[divan::bench]
fn d_calls_without_limiter_x100(bencher: Bencher<'_, '_>) {
    call(bencher, false);
}

#[divan::bench]
fn e_calls_with_limiter_x100(bencher: Bencher<'_, '_>) {
    call(bencher, true);
}
