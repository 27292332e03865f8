use topsdk::Model;

#[derive(Model)]
struct Trade {
    #[top(min = 3, max = -3)]
    flag: Option<i64>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
