use topsdk::Model;

#[derive(Clone, Default, Model)]
struct Trade {
    #[top(required)]
    orders: Vec<String>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
