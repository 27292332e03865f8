use topsdk::{Model, Request};

#[derive(Model)]
struct Answer {}

#[derive(Clone, Request)]
struct TradeGet {}

fn main() {
    let _ = TradeGet::new();
}
