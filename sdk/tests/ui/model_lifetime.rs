use topsdk::Model;

#[derive(Clone, Default, Model)]
struct Trade<'a> {
    tid: Option<&'a str>,
}

fn main() {
    let _ = Trade::default();
}
