//! What the cache costs a call: one that it answers, one that it does not, and one that it leaves alone. Whole typed calls through a
//! transport that answers from memory at once, with an item of 1 KB and of 20 KB.

#![allow(clippy::expect_used, reason = "a bench that cannot start should say so")]

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll, Waker};

use divan::Bencher;
use topsdk::item::ItemSellerGet;
use topsdk::layer::cache::{Cache, CachePolicy, CacheSettings};
use topsdk::transport::BoxFuture;
use topsdk::{Client, Credentials, Environment, Error, HttpRequest, HttpResponse, Transport};

fn main() {
    divan::main();
}

/// Bytes of the answers.
const SIZES: [usize; 2] = [1_000, 20_000];

const ITEM: i64 = 520_000_000_001;

/// Answers at once with an item whose description makes up the size.
struct Memory(Vec<u8>);

impl Memory {
    fn new(size: usize) -> Self {
        let head = r#"{"item_seller_get_response":{"item":{"num_iid":520000000001,"title":"A kettle","num":7,"desc":""#;
        let tail = r#""},"request_id":"r1"}}"#;
        let desc = "x".repeat(size - head.len() - tail.len());
        Self([head, &desc, tail].concat().into_bytes())
    }
}

impl Transport for Memory {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        let body = self.0.clone();
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

fn client(size: usize, cached: bool) -> Client {
    let credentials = Credentials::new("12345678", "s3cr3t");
    let builder =
        Client::builder(Environment::Production, credentials).session("a session").transport(Memory::new(size));
    // The time of the spec runs out in the middle of a bench, and what misses would fill the memory.
    let settings = CacheSettings::new().method("taobao.item.seller.get", std::time::Duration::from_secs(3_600));
    let cache = Cache::new(settings.max_bytes(1_000_000)).expect("the settings are good");
    let builder = if cached { builder.cache(&cache) } else { builder };
    builder.build().expect("the settings are good")
}

fn item(id: i64) -> ItemSellerGet {
    ItemSellerGet::new("num_iid,title,num,desc", id)
}

#[divan::bench(args = SIZES)]
fn a_layer_off(bencher: Bencher<'_, '_>, size: usize) {
    let client = client(size, false);
    bencher.bench(|| complete(client.call(item(ITEM)).raw()).expect("it answers"));
}

#[divan::bench(args = SIZES)]
fn b_bypass(bencher: Bencher<'_, '_>, size: usize) {
    let client = client(size, true);
    bencher.bench(|| complete(client.call(item(ITEM)).with_cache(CachePolicy::Bypass).raw()).expect("it answers"));
}

#[divan::bench(args = SIZES)]
fn c_miss(bencher: Bencher<'_, '_>, size: usize) {
    let client = client(size, true);
    let next = AtomicI64::new(ITEM);
    bencher.bench(|| complete(client.call(item(next.fetch_add(1, Ordering::Relaxed))).raw()).expect("it answers"));
}

#[divan::bench(args = SIZES)]
fn d_hit(bencher: Bencher<'_, '_>, size: usize) {
    let client = client(size, true);
    complete(client.call(item(ITEM)).raw()).expect("it answers");
    bencher.bench(|| complete(client.call(item(ITEM)).raw()).expect("it is kept"));
}

#[divan::bench(args = SIZES)]
fn e_hit_typed(bencher: Bencher<'_, '_>, size: usize) {
    let client = client(size, true);
    complete(client.call(item(ITEM)).send()).expect("it answers");
    bencher.bench(|| complete(client.call(item(ITEM)).send()).expect("it is kept"));
}
