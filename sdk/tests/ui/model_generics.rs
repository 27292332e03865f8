use topsdk::Model;

#[derive(Model)]
struct Trade<T> {
    tid: Option<T>,
}

fn main() {
    let _ = Trade::<i64>::default();
}
