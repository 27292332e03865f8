use topsdk::{Model, Request};

#[derive(Model)]
struct Answer {}

#[derive(Clone, Request)]
#[top(method = "taobao.trade.get", response = Answer)]
struct TradeGet {
    #[top(fields(Answer))]
    fields: Option<String>,
}

fn main() {
    let _ = TradeGet::new();
}
