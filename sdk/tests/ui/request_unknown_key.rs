use topsdk::{Model, Request};

#[derive(Model)]
struct Answer {}

#[derive(Clone, Request)]
#[top(methd = "taobao.trade.get", response = Answer)]
struct TradeGet {}

fn main() {
    let _ = TradeGet::new();
}
