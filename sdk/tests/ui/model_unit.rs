use topsdk::Model;

#[derive(Model)]
struct Trade;

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
