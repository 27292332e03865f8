use topsdk::{Model, Request};

#[derive(Model)]
struct Answer {}

#[derive(Clone, Request)]
#[top(response = Answer)]
struct TradeGet {}

fn main() {
    let _ = TradeGet::new();
}
