//! What one call writes another reads, and what cannot be done is refused with the method's own error.

mod goods;
mod moves;
mod sales;

use topsdk::Client;
use topsdk::trade::{Trade, TradeFullinfoGet};
use topsdk::{Fields, model::Record};

/// A trade with all its fields.
async fn trade(client: &Client, tid: i64) -> Trade {
    let reply = client.call(TradeFullinfoGet::new(Fields::all(), tid)).await.unwrap();
    assert!(reply.drift().is_empty(), "{} {:?}", reply.shape().name, reply.drift());
    reply.into_inner().trade.unwrap()
}
