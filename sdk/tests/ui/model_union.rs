use topsdk::Model;

#[derive(Clone, Copy, Model)]
union Trade {
    tid: i64,
}

fn main() {
    let _ = Trade { tid: 1 };
}
