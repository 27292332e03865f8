use topsdk::Model;

#[derive(Model)]
struct Trade<'a> {
    tid: Option<&'a str>,
}

fn main() {
    let _ = Trade::default();
}
