use topsdk::Model;

#[derive(Copy, Model)]
union Trade {
    tid: i64,
}

fn main() {
    let _ = Trade { tid: 1 };
}
