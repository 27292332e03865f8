use topsdk::Model;

#[derive(Clone, Default, Model)]
struct Trade {
    #[top(sensitive(face))]
    memo: Option<String>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
