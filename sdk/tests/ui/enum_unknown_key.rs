use topsdk::OpenEnum;

#[derive(Clone, OpenEnum)]
#[top(number)]
enum Status {
    #[top("A")]
    A,
    Other(String),
}

fn main() {
    println!("{}", Status::from("A"));
}
