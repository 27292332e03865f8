use topsdk::OpenEnum;

#[derive(Clone, OpenEnum)]
enum Status {
    #[top("A")]
    A,
    #[top("A")]
    B,
    Other(String),
}

fn main() {
    println!("{}", Status::from("A"));
}
