//! Sends a picture: `cargo run -p topsdk --example upload [FILE]`, against `cargo xtask sandbox`.

use std::error::Error;

use topsdk::refund::{RefundMessageAdd, RefundMessagesGet};
use topsdk::{Client, Credentials, Environment, Fields, Upload};

/// A refund that every fresh sandbox has.
const REFUND: i64 = 131_000_000_000_000_701;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let credentials = Credentials::new("12345678", "sandbox-secret");
    let client = Client::builder(Environment::Local, credentials).session("sandbox-session").build()?;

    let picture = match std::env::args().nth(1) {
        Some(path) => Upload::open(path)?,
        None => Upload::new("parcel.png", include_bytes!("parcel.png")),
    };
    println!("sending {picture:?}");
    client.call(RefundMessageAdd::new(REFUND, "The parcel was whole when it left us.", picture)).await?;

    let wanted = Fields::of(["owner_role", "created", "content", "pic_urls"]);
    let reply = client.call(RefundMessagesGet::new(wanted, REFUND)).await?;
    for message in &reply.refund_messages {
        println!("{message:?}");
    }
    Ok(())
}
