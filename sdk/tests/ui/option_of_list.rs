use topsdk::Model;

#[derive(Model)]
struct Trade {
    tids: Option<Vec<i64>>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
