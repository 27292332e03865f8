//! Shipments and carriers.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Trade;
use crate::clock::Time;
use crate::fixtures::SELLER;

/// A carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Company {
    /// Carrier id.
    pub id: i64,
    /// Code that ship calls name.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
}

/// The carriers the sandbox ships with.
pub const COMPANIES: [Company; 6] = [
    Company { id: 505, code: "SF", name: "顺丰速运" },
    Company { id: 100, code: "STO", name: "申通快递" },
    Company { id: 101, code: "YTO", name: "圆通速递" },
    Company { id: 500, code: "ZTO", name: "中通快递" },
    Company { id: 102, code: "YUNDA", name: "韵达快递" },
    Company { id: 2, code: "EMS", name: "EMS" },
];

/// Goods on their way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shipment {
    /// The platform's number of the shipment.
    pub order_code: String,
    /// Trade.
    pub tid: i64,
    /// The orders in it.
    pub oids: Vec<i64>,
    /// Waybill number; empty until known.
    pub out_sid: String,
    /// Carrier's code; empty when nothing is carried.
    pub company_code: String,
    /// Whether it holds only some of the trade's orders.
    pub split: bool,
    /// Whether the seller has confirmed it with a waybill number.
    pub confirmed: bool,
    /// When it was made.
    pub created: Time,
    /// When it last changed.
    pub modified: Time,
}

impl Shipment {
    /// Name of the carrier.
    #[must_use]
    pub fn company_name(&self) -> &str {
        COMPANIES.iter().find(|c| c.code == self.company_code).map_or(self.company_code.as_str(), |c| c.name)
    }

    /// Where it stands: made, or taken by the carrier.
    pub(crate) fn status(&self) -> &'static str {
        if self.confirmed { "ACCEPTED" } else { "CREATED" }
    }

    /// Every field the sandbox knows, by its name on the wire.
    pub(crate) fn to_json(&self, trade: Option<&Trade>) -> Value {
        let r = trade.map(|t| &t.receiver);
        json!({
            "tid": self.tid, "order_code": self.order_code, "out_sid": self.out_sid, "company_name": self.company_name(), "is_split": i64::from(self.split),
            "sub_tids": self.oids, "seller_nick": SELLER, "buyer_nick": trade.map(|t| &t.buyer_nick), "openuid": trade.map(|t| &t.buyer_open_uid),
            "ouid": trade.map(|t| &t.buyer_open_uid), "item_title": trade.and_then(|t| t.orders.first()).map(|o| &o.title), "created": self.created,
            "modified": self.modified, "delivery_start": self.created, "delivery_end": self.created.plus_minutes(3 * 24 * 60),
            "status": self.status(), "type": "express", "freight_payer": "buyer",
            "seller_confirm": if self.confirmed { "yes" } else { "no" }, "receiver_name": r.map(|r| &r.name), "receiver_mobile": r.map(|r| &r.mobile),
            "receiver_phone": r.map(|r| &r.phone), "is_quick_cod_order": false,
            "location": r.map(|r| json!({"zip": r.zip, "address": r.address, "city": r.city, "state": r.state, "district": r.district, "country": ""})),
            "mails": [{"out_sid": self.out_sid, "company_name": self.company_name()}],
        })
    }
}
