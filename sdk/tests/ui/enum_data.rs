use topsdk::OpenEnum;

#[derive(Clone, OpenEnum)]
enum Status {
    #[top("A")]
    A,
    B(i64),
    Other(String),
}

fn main() {
    println!("{}", Status::from("A"));
}
