use topsdk::{Fields, Model, Request};

#[derive(Model)]
struct Answer {}

#[derive(Clone, Request)]
#[top(method = "taobao.trade.get", response = Answer)]
struct TradeGet {
    #[top(fields(Answer, only("a"), except("b")))]
    fields: Option<Fields>,
}

fn main() {
    let _ = TradeGet::new();
}
