use topsdk::Model;

#[derive(Model)]
struct Trade {
    #[top(name = "type")]
    kind: Option<i64>,
    r#type: Option<i64>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
