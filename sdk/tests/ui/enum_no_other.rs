use topsdk::OpenEnum;

#[derive(Clone, OpenEnum)]
enum Status {
    #[top("A")]
    A,
}

fn main() {
    println!("{}", Status::from("A"));
}
