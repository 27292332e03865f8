use topsdk::Model;

#[derive(Model)]
enum Trade {
    Open,
}

fn main() {
    let _ = Trade::Open;
}
