use topsdk::OpenEnum;

#[derive(Clone, OpenEnum)]
enum Status {
    #[top("")]
    A,
    Other(String),
}

fn main() {
    println!("{}", Status::from("A"));
}
