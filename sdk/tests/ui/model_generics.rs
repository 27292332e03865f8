use topsdk::Model;

#[derive(Clone, Default, Model)]
struct Trade<T> {
    tid: Option<T>,
}

fn main() {
    let _ = Trade::<i64>::default();
}
