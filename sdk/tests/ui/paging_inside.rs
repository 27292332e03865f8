use topsdk::{Model, Request};

#[derive(Clone, Request)]
#[top(method = "taobao.trades.get", response = Answer,
    paging(page = "other.page_no", size = "query.page.size", use_has_next = "query.has_next", items = tids, item = i64))]
struct TradesGet {
    query: Option<Query>,
}

#[derive(Model)]
struct Query {
    page_no: Option<i64>,
}

#[derive(Model)]
struct Answer {
    tids: Vec<i64>,
}

fn main() {
    assert!(TradesGet::new().query.is_none());
}
