//! Refunds and what buyer and seller say about them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Trade, yuan};
use crate::clock::Time;
use crate::codes;
use crate::error::ApiError;
use crate::fixtures::{SELLER, SELLER_ID};

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundStatus {
    /// The buyer has asked; the seller has to answer.
    WaitSellerAgree,
    /// The seller has refused; the buyer may change the demand.
    SellerRefuseBuyer,
    /// The demand is withdrawn.
    Closed,
    /// Paid back.
    Success,
}

impl RefundStatus {
    /// Name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WaitSellerAgree => "WAIT_SELLER_AGREE",
            Self::SellerRefuseBuyer => "SELLER_REFUSE_BUYER",
            Self::Closed => "CLOSED",
            Self::Success => "SUCCESS",
        }
    }

    /// Whether nothing can happen any more.
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Success)
    }
}

/// A buyer's demand for money back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refund {
    /// Refund id.
    pub refund_id: i64,
    /// Trade.
    pub tid: i64,
    /// Order.
    pub oid: i64,
    /// Where it stands.
    pub status: RefundStatus,
    /// Demanded, in fen.
    pub refund_fee: i64,
    /// Why, in the platform's words.
    pub reason: String,
    /// Why, in the buyer's words.
    pub desc: String,
    /// When it was asked for.
    pub created: Time,
    /// When it last changed.
    pub modified: Time,
    /// Grows with every change of the demand.
    pub version: i64,
    /// What was said, oldest first.
    pub messages: Vec<RefundMessage>,
}

/// Something said about a refund.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RefundMessage {
    /// Message id.
    pub id: i64,
    /// Whether the seller said it, else the buyer.
    pub by_seller: bool,
    /// Nick of who said it.
    pub nick: String,
    /// Text.
    pub content: String,
    /// When.
    pub created: Time,
    /// Where its pictures are shown.
    pub pictures: Vec<String>,
    /// SHA-256 of each picture's bytes, upper-case hex, so that tests see that uploads arrive whole.
    pub picture_digests: Vec<String>,
}

impl Refund {
    /// Refuses when the refund is over.
    pub(crate) fn must_be_open(&self) -> Result<(), ApiError> {
        if !self.status.is_over() {
            return Ok(());
        }
        Err(ApiError::service(
            codes::REFUND_STATUS,
            format!("The refund stands at {}; it is over.", self.status.as_str()),
        ))
    }

    /// Every field the sandbox knows, by its name on the wire. The trade fills in what the refund does not hold.
    pub(crate) fn to_json(&self, trade: Option<&Trade>) -> Value {
        let order = trade.and_then(|t| t.orders.iter().find(|o| o.oid == self.oid));
        json!({
            "refund_id": self.refund_id.to_string(), "tid": self.tid, "oid": self.oid, "status": self.status.as_str(), "refund_fee": yuan(self.refund_fee),
            "reason": self.reason, "desc": self.desc, "created": self.created, "modified": self.modified, "refund_version": self.version,
            "seller_nick": SELLER, "buyer_nick": trade.map(|t| &t.buyer_nick), "buyer_open_uid": trade.map(|t| &t.buyer_open_uid),
            "total_fee": trade.map(|t| yuan(t.payment())), "title": order.map(|o| &o.title), "num": order.map(|o| o.num),
            "num_iid": order.map(|o| o.num_iid), "price": order.map(|o| yuan(o.price)), "payment": trade.map(|t| yuan(t.payment().saturating_sub(self.refund_fee))),
            "order_status": order.map(|o| o.status.as_str()), "outer_id": order.map(|o| &o.outer_iid), "sku": order.map(|o| &o.sku_properties_name),
            "good_status": "BUYER_NOT_RECEIVED", "has_good_return": false, "refund_phase": "onsale", "dispute_type": "REFUND", "cs_status": 1,
            "advance_status": 0, "shipping_type": "express", "split_seller_fee": "0.00", "split_taobao_fee": "0.00",
            "refund_remind_timeout": {"exist_timeout": !self.status.is_over(), "remind_type": 1, "timeout": self.modified.plus_minutes(5 * 24 * 60)},
        })
    }
}

impl RefundMessage {
    /// Every field the sandbox knows, by its name on the wire.
    pub(crate) fn to_json(&self, refund_id: i64) -> Value {
        let pictures: Vec<Value> = self.pictures.iter().map(|url| json!({"url": url})).collect();
        json!({
            "id": self.id, "refund_id": refund_id.to_string(), "content": self.content, "created": self.created, "owner_nick": self.nick,
            "owner_role": if self.by_seller { "2" } else { "1" }, "owner_id": if self.by_seller { SELLER_ID } else { 0 },
            "message_type": "NORMAL", "refund_phase": "onsale", "pic_urls": pictures,
        })
    }
}
