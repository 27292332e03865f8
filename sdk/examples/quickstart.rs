//! Lists a seller's latest trades.

use topsdk::trade::TradesSoldGet;
use topsdk::{Client, Credentials, Environment, Fields};

#[tokio::main]
async fn main() -> Result<(), topsdk::Error> {
    let client = Client::new(Environment::Local, Credentials::new("12345678", "sandbox-secret"))?;
    let request = TradesSoldGet::new(Fields::of(["tid", "status", "payment", "receiver_mobile"])).page_size(3);
    let reply = client.call(request).with_session("sandbox-session").await?;
    reply.trades.iter().for_each(|trade| println!("{trade:?}"));
    Ok(())
}
