use topsdk::OpenEnum;

#[derive(Clone, OpenEnum)]
enum Status {
    #[top(1)]
    A,
    Other(String),
}

fn main() {
    println!("{}", Status::from("A"));
}
