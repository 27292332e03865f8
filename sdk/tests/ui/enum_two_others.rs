use topsdk::OpenEnum;

#[derive(Clone, OpenEnum)]
enum Status {
    #[top("A")]
    A,
    Other(String),
    Rest(String),
}

fn main() {
    println!("{}", Status::from("A"));
}
