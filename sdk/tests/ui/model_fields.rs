use topsdk::{Fields, Model};

#[derive(Clone, Default, Model)]
struct Trade {
    #[top(fields(Trade))]
    fields: Option<Fields>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
