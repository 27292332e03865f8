use topsdk::{Model, Request};

#[derive(Clone, Request)]
#[top(method = "taobao.trade.get", response = Answer, tier = "")]
struct TradeGet {
    tid: i64,
}

#[derive(Model)]
struct Answer {
    tid: Option<i64>,
}

fn main() {
    assert_eq!(TradeGet::new(1).tid, 1);
}
