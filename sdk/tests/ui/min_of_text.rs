use topsdk::Model;

#[derive(Model)]
struct Trade {
    #[top(min = 3)]
    memo: Option<String>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
