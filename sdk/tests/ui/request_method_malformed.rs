use topsdk::{Model, Request};

#[derive(Model)]
struct Answer {}

#[derive(Clone, Request)]
#[top(method = "taobao_trade_get", response = Answer)]
struct TradeGet {}

fn main() {
    let _ = TradeGet::new();
}
