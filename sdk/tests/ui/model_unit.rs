use topsdk::Model;

#[derive(Clone, Default, Model)]
struct Trade;

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
