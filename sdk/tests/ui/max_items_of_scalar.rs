use topsdk::Model;

#[derive(Model)]
struct Trade {
    #[top(max_items = 3)]
    tid: Option<i64>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
