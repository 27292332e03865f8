use topsdk::Model;

#[derive(Model)]
struct Trade {
    tids: Vec<Vec<i64>>,
    nick: Option<Option<String>>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
