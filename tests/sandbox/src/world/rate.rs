//! Ratings.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::yuan;
use crate::clock::Time;
use crate::fixtures::SELLER;

/// What one side says of the other after a trade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Trade.
    pub tid: i64,
    /// Order.
    pub oid: i64,
    /// Whether the seller rates the buyer, else the other way.
    pub by_seller: bool,
    /// Nick of the buyer.
    pub buyer_nick: String,
    /// `good`, `neutral` or `bad`.
    pub result: String,
    /// Words.
    pub content: String,
    /// Item.
    pub num_iid: i64,
    /// Title of the item.
    pub item_title: String,
    /// Price of the item in fen.
    pub item_price: i64,
    /// When.
    pub created: Time,
}

impl Rate {
    /// Every field the sandbox knows, by its name on the wire.
    pub(crate) fn to_json(&self) -> Value {
        let (nick, rated) =
            if self.by_seller { (SELLER, self.buyer_nick.as_str()) } else { (self.buyer_nick.as_str(), SELLER) };
        json!({
            "tid": self.tid, "oid": self.oid, "role": if self.by_seller { "seller" } else { "buyer" }, "nick": nick, "rated_nick": rated,
            "result": self.result, "content": self.content, "created": self.created, "item_title": self.item_title,
            "item_price": yuan(self.item_price), "num_iid": self.num_iid, "valid_score": true, "reply": "",
        })
    }
}
