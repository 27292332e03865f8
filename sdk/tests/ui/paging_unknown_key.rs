use topsdk::{Model, Request};

#[derive(Clone, Request)]
#[top(method = "taobao.trades.get", response = Answer, paging(pages = "page_no", items = tids, item = i64))]
struct TradesGet {
    page_no: i64,
}

#[derive(Model)]
struct Answer {
    tids: Vec<i64>,
}

fn main() {
    assert_eq!(TradesGet::new(1).page_no, 1);
}
