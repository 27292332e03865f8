//! A method that has no spec, by its name; and the bytes of an answer. Against `cargo xtask sandbox`.

use topsdk::platform::TimeGet;
use topsdk::{Client, Credentials, Environment, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let credentials = Credentials::new("12345678", "sandbox-secret");
    let client = Client::builder(Environment::Local, credentials).session("sandbox-session").build()?;

    let call = client.untyped("taobao.trades.sold.get").param("fields", "tid,status").param("page_size", 2);
    let answer = call.await?;
    println!("{} trades in all", answer["total_results"]);
    println!("{}", answer["trades"]);

    let raw = client.call(TimeGet::new()).raw().await?;
    println!("HTTP {}: {}", raw.status(), String::from_utf8_lossy(raw.body()));
    Ok(())
}
