//! What happens without a call of the seller: buyers act.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Refund, RefundMessage, RefundStatus, Status, World};
use crate::clock::Time;

/// Something a buyer does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// Pays an unpaid trade.
    BuyerPay {
        /// Trade.
        tid: i64,
    },
    /// Confirms that the goods of a shipped trade have come.
    BuyerConfirm {
        /// Trade.
        tid: i64,
    },
    /// Asks for the money of one order back.
    BuyerRefund {
        /// Trade.
        tid: i64,
        /// Order; absent: the first.
        #[serde(default)]
        oid: Option<i64>,
        /// Why.
        #[serde(default)]
        desc: Option<String>,
    },
    /// Withdraws a refund.
    BuyerCloseRefund {
        /// Refund.
        refund_id: i64,
    },
}

/// Refund ids that are made later start here.
const FIRST_REFUND: i64 = 131_900_000_000_000_000;

impl World {
    /// Lets it happen, or tells why it cannot.
    pub(crate) fn happen(&mut self, event: &Event, now: Time) -> Result<Value, String> {
        match event {
            Event::BuyerPay { tid } => self.pay(*tid, now),
            Event::BuyerConfirm { tid } => self.confirm(*tid, now),
            Event::BuyerRefund { tid, oid, desc } => self.ask_refund(*tid, *oid, desc.as_deref(), now),
            Event::BuyerCloseRefund { refund_id } => self.close_refund(*refund_id, now),
        }
    }

    fn pay(&mut self, tid: i64, now: Time) -> Result<Value, String> {
        let trade = self.trades.get_mut(&tid).ok_or("no such trade")?;
        if trade.status != Status::WaitBuyerPay {
            return Err(format!("the trade stands at {}", trade.status.as_str()));
        }
        trade.pay_time = Some(now);
        trade.timeout_action_time = None;
        trade.move_to(Status::WaitSellerSendGoods, now);
        let sold: Vec<(i64, Option<i64>, i64)> = trade.orders.iter().map(|o| (o.num_iid, o.sku_id, o.num)).collect();
        for (num_iid, sku_id, num) in sold {
            if let Some(item) = self.items.get_mut(&num_iid) {
                // An oversold item stays at zero: the buyer has paid all the same.
                match item.skus.iter_mut().find(|s| Some(s.sku_id) == sku_id) {
                    Some(sku) => sku.quantity = sku.quantity.saturating_sub(num).max(0),
                    None => item.num = item.num.saturating_sub(num).max(0),
                }
                item.sold_quantity = item.sold_quantity.saturating_add(num);
                item.touch(now);
            }
        }
        self.publish_trade("TradeBuyerPay", tid, now);
        Ok(json!({"ok": true, "tid": tid}))
    }

    fn confirm(&mut self, tid: i64, now: Time) -> Result<Value, String> {
        let trade = self.trades.get_mut(&tid).ok_or("no such trade")?;
        if trade.status != Status::WaitBuyerConfirmGoods {
            return Err(format!("the trade stands at {}", trade.status.as_str()));
        }
        trade.move_to(Status::TradeFinished, now);
        self.publish_trade("TradeSuccess", tid, now);
        Ok(json!({"ok": true, "tid": tid}))
    }

    fn ask_refund(&mut self, tid: i64, oid: Option<i64>, desc: Option<&str>, now: Time) -> Result<Value, String> {
        let refund_id = FIRST_REFUND.saturating_add(self.fresh());
        let message_id = self.fresh();
        let trade = self.trades.get_mut(&tid).ok_or("no such trade")?;
        if trade.pay_time.is_none() || trade.status.is_over() {
            return Err(format!("the trade stands at {}", trade.status.as_str()));
        }
        let order = trade.orders.iter_mut().find(|o| oid.is_none_or(|oid| o.oid == oid)).ok_or("no such order")?;
        if order.refund_id.is_some() {
            return Err("the order has a refund already".into());
        }
        order.refund_id = Some(refund_id);
        order.refund_status = RefundStatus::WaitSellerAgree.as_str().to_owned();
        let desc = desc.unwrap_or("I do not want it any more.").to_owned();
        let refund = Refund {
            refund_id,
            tid,
            oid: order.oid,
            status: RefundStatus::WaitSellerAgree,
            refund_fee: order.payment(),
            reason: "多拍/错拍/不想要".into(),
            desc: desc.clone(),
            created: now,
            modified: now,
            version: now.millis(),
            messages: vec![RefundMessage {
                id: message_id,
                by_seller: false,
                nick: trade.buyer_nick.clone(),
                content: desc,
                created: now,
                pictures: Vec::new(),
                picture_digests: Vec::new(),
            }],
        };
        trade.modified = now;
        self.refunds.insert(refund_id, refund);
        self.publish("taobao_refund_RefundCreated", json!({"refund_id": refund_id, "tid": tid}), now);
        Ok(json!({"ok": true, "tid": tid, "refund_id": refund_id}))
    }

    fn close_refund(&mut self, refund_id: i64, now: Time) -> Result<Value, String> {
        let refund = self.refunds.get_mut(&refund_id).ok_or("no such refund")?;
        refund.must_be_open().map_err(|_| format!("the refund stands at {}", refund.status.as_str()))?;
        refund.status = RefundStatus::Closed;
        refund.modified = now;
        let (tid, oid) = (refund.tid, refund.oid);
        if let Some(trade) = self.trades.get_mut(&tid) {
            trade.modified = now;
            for order in trade.orders.iter_mut().filter(|o| o.oid == oid) {
                order.refund_status = RefundStatus::Closed.as_str().to_owned();
            }
        }
        Ok(json!({"ok": true, "refund_id": refund_id}))
    }
}
