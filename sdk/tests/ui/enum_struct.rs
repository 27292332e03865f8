use topsdk::OpenEnum;

#[derive(Clone, OpenEnum)]
struct Status {}

fn main() {
    println!("{}", Status::from("A"));
}
