use topsdk::{Model, Request};

#[derive(Model)]
struct Answer {}

#[derive(Clone, Request)]
#[top(method = "taobao.trade.get", response = Answer)]
struct TradeGet {
    sign: String,
    app_key: Option<String>,
    #[top(name = "method")]
    how: Option<String>,
    #[top(name = "sign_method")]
    hash: Option<String>,
    #[top(name = "signature")]
    sign_method: Option<String>,
    session: Option<String>,
}

fn main() {
    let _ = TradeGet::new("x");
}
