use topsdk::Model;

#[derive(Clone, Model)]
enum Trade {
    Open,
}

fn main() {
    let _ = Trade::Open;
}
