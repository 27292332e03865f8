use topsdk::Model;

#[derive(Model)]
struct Trade {
    #[top(name = "")]
    tid: Option<i64>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
