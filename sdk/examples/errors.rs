//! What can go wrong and how it is told, against `cargo xtask sandbox`.

use topsdk::trade::{TradeFullinfoGet, TradeFullinfoGetError, TradeMemoUpdate, TradesSoldGet};
use topsdk::{Client, Credentials, Environment, Error, Fields, Request};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = client("sandbox-secret")?;

    // Beyond a limit: refused here, nothing is sent.
    let request = TradesSoldGet::new(Fields::of(["tid"])).page_size(1000);
    if let Err(Error::Invalid(problem)) = client.call(request).await {
        println!("local:     {problem}");
    }

    // No such trade: the method's own sub codes are an enum.
    if let Err(error) = client.call(TradeFullinfoGet::new(Fields::all(), 1)).await {
        match TradeFullinfoGet::error(&error) {
            Some(TradeFullinfoGetError::TradeNotExist) => println!("no trade:  {error}"),
            _ => return Err(error),
        }
    }

    // A wrong secret: the error says what to do.
    let wrong = self::client("not-the-secret")?;
    if let Err(error) = wrong.call(TradeMemoUpdate::new(1).memo("x")).await {
        println!("signature: code {:?}, retry {:?}", error.code(), error.retry());
        println!("           {}", error.remedy().map_or("", |remedy| remedy.fix));
        println!("           {}", error.gateway().and_then(|gateway| gateway.hint()).unwrap_or_default());
    }

    // Nobody listens: nothing was sent, so even a write may be repeated.
    let nobody = Environment::custom("http://127.0.0.1:9/router/rest");
    let nobody = Client::new(nobody, Credentials::new("12345678", "sandbox-secret"))?;
    if let Err(error) = nobody.untyped("taobao.time.get").await {
        println!("transport: {error}");
        println!("           may have reached the platform: {}", error.may_have_reached_platform());
    }
    Ok(())
}

fn client(secret: &str) -> Result<Client, Error> {
    let credentials = Credentials::new("12345678", secret);
    Client::builder(Environment::Local, credentials).session("sandbox-session").build()
}
