use topsdk::{Model, Request};

#[derive(Model)]
struct Answer {}

#[derive(Clone, Request)]
#[top(method = "taobao.trade.get", response = Answer)]
struct TradeGet(i64);

fn method<R: Request>(_: &R) {}

fn main() {
    method(&TradeGet(1));
}
