use topsdk::Model;

#[derive(Model)]
struct Trade {
    #[top(element = "")]
    tids: Vec<i64>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
