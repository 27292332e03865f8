use topsdk::OpenEnum;

#[derive(Clone, OpenEnum)]
enum Status {
    Other(String),
    #[top("A")]
    A,
}

fn main() {
    println!("{}", Status::from("A"));
}
