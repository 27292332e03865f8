use topsdk::Model;

#[derive(Model)]
struct Trade {
    #[top(max = 3)]
    memo: Option<String>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
