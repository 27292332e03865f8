use topsdk::OpenEnum;

#[derive(Clone, OpenEnum)]
enum Status<T> {
    #[top("A")]
    A,
    B(T),
    Other(String),
}

fn main() {
    let _: Status<i64> = Status::A;
}
