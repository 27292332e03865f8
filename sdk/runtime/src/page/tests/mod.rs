//! Lists read through the client, against a shop in memory.

mod changes;
mod forward;
mod inside;
mod shop;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::{Client, Credentials, DateTime, Environment, Fields, Model, Request};
use shop::Shop;

/// Trades by the time of their last change, as `taobao.trades.sold.increment.get` has them.
#[derive(Clone, Request)]
#[top(
    method = "taobao.changes.get",
    response = ChangesGetResponse,
    effect = read,
    paging(
        page = "page_no", size = "page_size", max_size = 100, total = "total_results", has_next = "has_next",
        use_has_next = "use_has_next", items = trades, item = Trade, key("tid"),
        window(from = "start_modified", to = "end_modified", by = "modified", sorted, max = 86400, step = 20)
    )
)]
pub(super) struct ChangesGet {
    #[top(fields(Trade))]
    fields: Fields,
    start_modified: DateTime,
    end_modified: DateTime,
    status: Option<String>,
    page_no: Option<i64>,
    #[top(min = 1, max = 100)]
    page_size: Option<i64>,
    use_has_next: Option<bool>,
}

#[derive(Model)]
pub(super) struct ChangesGetResponse {
    pub(super) trades: Vec<Trade>,
    pub(super) total_results: Option<i64>,
    pub(super) has_next: Option<bool>,
}

/// The same list of a method that knows less: inside a structure, always counted, in no told order.
#[derive(Clone, Request)]
#[top(
    method = "taobao.plain.changes.get",
    response = PlainChangesGetResponse,
    effect = read,
    paging(
        page = "page_no", size = "page_size", total = "result.total", items = result.rows, item = Trade, key("tid"),
        window(from = "start_modified", to = "end_modified", by = "modified")
    )
)]
pub(super) struct PlainChangesGet {
    start_modified: Option<DateTime>,
    end_modified: Option<DateTime>,
    page_no: Option<i64>,
    page_size: Option<i64>,
}

/// The same list again, of which no page after the third is shown.
#[derive(Clone, Request)]
#[top(
    method = "taobao.plain.dense.get",
    response = PlainChangesGetResponse,
    effect = read,
    paging(
        page = "page_no", size = "page_size", total = "result.total", items = result.rows, item = Trade, key("tid"),
        window(from = "start_modified", to = "end_modified", by = "modified")
    )
)]
pub(super) struct DenseGet {
    start_modified: Option<DateTime>,
    end_modified: Option<DateTime>,
    #[top(max = 3)]
    page_no: Option<i64>,
    page_size: Option<i64>,
}

#[derive(Model)]
pub(super) struct PlainChangesGetResponse {
    pub(super) result: Option<Rows>,
}

#[derive(Model)]
pub(super) struct Rows {
    pub(super) total: Option<i64>,
    pub(super) rows: Vec<Trade>,
}

#[derive(Model)]
pub(super) struct Trade {
    pub(super) tid: Option<i64>,
    pub(super) modified: Option<DateTime>,
}

/// A client of the shop.
fn client(shop: &Arc<Shop>) -> Client {
    let builder = Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t"));
    builder.transport(Arc::clone(shop)).clock(Arc::clone(shop)).build().unwrap()
}

/// Runs what never waits.
fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("waits for something"),
    }
}

/// A moment of the shop, in seconds.
fn at(seconds: i64) -> DateTime {
    DateTime::from_unix_millis((1_767_578_400 + seconds) * 1000).unwrap()
}
