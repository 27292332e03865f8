use topsdk::{Model, Request};

#[derive(Clone, Request)]
#[top(method = "taobao.items.get", response = Answer, split(ids, items))]
struct ItemsGet {
    ids: Vec<i64>,
}

#[derive(Clone, Request)]
#[top(method = "taobao.items.list", response = Answer, split(idz, items))]
struct ItemsList {
    #[top(max_items = 20)]
    ids: Vec<i64>,
}

#[derive(Clone, Request)]
#[top(method = "taobao.items.find", response = Answer, split(ids))]
struct ItemsFind {
    #[top(max_items = 20)]
    ids: Vec<i64>,
}

#[derive(Model)]
struct Answer {
    items: Vec<i64>,
}

fn main() {}
