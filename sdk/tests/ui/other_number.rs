use topsdk::Model;

#[derive(Model)]
struct Trade {
    tid: Option<u64>,
    weight: Vec<f32>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
