use topsdk::Model;

#[derive(Model)]
struct Trade {
    #[top(sensitive(face))]
    memo: Option<String>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
