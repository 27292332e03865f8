use topsdk::{Model, Request};

#[derive(Model)]
struct Answer {}

#[derive(Clone, Request)]
#[top(method = "taobao.trade.get", response = Answer, session = maybe)]
struct TradeGet {}

fn main() {
    let _ = TradeGet::new();
}
