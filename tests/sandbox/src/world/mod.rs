//! The shop: what the calls read and write.

mod event;
mod item;
mod rate;
mod refund;
mod seed;
mod shipment;
mod trade;

pub use event::Event;
pub use item::{Item, Picture, Sku};
pub use rate::Rate;
pub use refund::{Refund, RefundMessage, RefundStatus};
pub(crate) use seed::chosen;
pub use shipment::{COMPANIES, Company, Shipment};
pub use trade::{Order, Receiver, Status, Trade};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Time;
use crate::codes;
use crate::error::ApiError;

/// All data of a sandbox. Amounts are in fen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct World {
    /// Tokens of the seller and when they end; `None` never ends.
    pub sessions: BTreeMap<String, Option<Time>>,
    /// Items by id.
    pub items: BTreeMap<i64, Item>,
    /// Trades by id.
    pub trades: BTreeMap<i64, Trade>,
    /// Refunds by id.
    pub refunds: BTreeMap<i64, Refund>,
    /// Shipments, oldest first.
    pub shipments: Vec<Shipment>,
    /// Ratings, oldest first.
    pub rates: Vec<Rate>,
    /// Messages that wait to be consumed, oldest first.
    pub messages: Vec<Message>,
    /// Number of the next thing that needs one.
    pub next: i64,
}

/// A message of the message service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Nineteen digits.
    pub id: i64,
    /// Such as `taobao_trade_TradeBuyerPay`.
    pub topic: String,
    /// JSON.
    pub content: Value,
    /// When it was published.
    pub time: Time,
}

/// Message ids start here.
const FIRST_MESSAGE: i64 = 7_104_300_000_000_000_000;

impl World {
    /// A fresh number.
    pub(crate) fn fresh(&mut self) -> i64 {
        self.next = self.next.saturating_add(1);
        self.next
    }

    /// Publishes a message.
    pub(crate) fn publish(&mut self, topic: &str, content: Value, time: Time) {
        let id = FIRST_MESSAGE.saturating_add(self.fresh());
        self.messages.push(Message { id, topic: topic.to_owned(), content, time });
    }

    /// Publishes what happened to a trade.
    pub(crate) fn publish_trade(&mut self, event: &str, tid: i64, time: Time) {
        let Some(trade) = self.trades.get(&tid) else { return };
        let content = json!({
            "tid": tid, "oid": trade.orders.first().map(|o| o.oid), "seller_nick": crate::fixtures::SELLER, "buyer_nick": trade.buyer_nick,
            "payment": yuan(trade.payment()), "post_fee": yuan(trade.post_fee), "status": trade.status.as_str(), "type": "fixed",
        });
        self.publish(&format!("taobao_trade_{event}"), content, time);
    }

    /// An item of the seller.
    pub(crate) fn item(&mut self, num_iid: i64) -> Result<&mut Item, ApiError> {
        self.items
            .get_mut(&num_iid)
            .ok_or_else(|| ApiError::service(codes::ITEM_NOT_EXIST, "The seller has no such item."))
    }

    /// A trade of the seller.
    pub(crate) fn trade(&mut self, tid: i64) -> Result<&mut Trade, ApiError> {
        self.trades
            .get_mut(&tid)
            .ok_or_else(|| ApiError::service(codes::TRADE_NOT_EXIST, "The seller has no such trade."))
    }

    /// A refund of one of the seller's trades.
    pub(crate) fn refund(&mut self, refund_id: i64) -> Result<&mut Refund, ApiError> {
        self.refunds
            .get_mut(&refund_id)
            .ok_or_else(|| ApiError::service(codes::REFUND_NOT_EXIST, "There is no such refund."))
    }
}

/// Fen as yuan with two decimals.
pub(crate) fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", (fen / 100).abs(), (fen % 100).abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fen_as_yuan() {
        for (fen, want) in [(0, "0.00"), (7, "0.07"), (1250, "12.50"), (-5, "-0.05")] {
            assert_eq!(yuan(fen), want);
        }
    }
}
