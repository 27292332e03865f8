//! Makes code of the specs and of the metadata.

use topsdk_codegen::build::{Config, Effect, Error, Session};

fn main() -> Result<(), Error> {
    Config::specs("specs").compile("own.rs")?;
    Config::metadata("ApiMetadata.xml")
        .methods(["acme.orders.*", "acme.stock.get"])
        .effect("acme.orders.close", Effect::Idempotent)
        .session("acme.orders.*", Session::Required)
        .compile("granted.rs")
}
