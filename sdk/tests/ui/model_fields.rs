use topsdk::{Fields, Model};

#[derive(Model)]
struct Trade {
    #[top(fields(Trade))]
    fields: Option<Fields>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
