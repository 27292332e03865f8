use topsdk::Model;

#[derive(Model)]
struct Trade {
    #[top(nmae = "sellerNick", sensitive(nick))]
    seller_nick: Option<String>,
}

fn main() {
    assert_eq!(Trade::default(), Trade::default());
}
