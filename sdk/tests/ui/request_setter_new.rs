use topsdk::{Model, Request};

#[derive(Model)]
struct Answer {}

#[derive(Clone, Request)]
#[top(method = "taobao.trade.get", response = Answer)]
struct TradeGet {
    new: Option<i64>,
}

fn main() {
    let _ = TradeGet::new();
}
