use topsdk::Model;

#[derive(Model)]
#[top(name = "trade")]
struct Trade {
    tid: Option<i64>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
