use topsdk::OpenEnum;

#[derive(Clone, OpenEnum)]
enum Status {
    A,
    Other(String),
}

fn main() {
    println!("{}", Status::from("A"));
}
