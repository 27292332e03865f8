//! Trades and their orders.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{World, yuan};
use crate::clock::Time;
use crate::codes;
use crate::error::ApiError;
use crate::fixtures::SELLER;

/// Where a trade or an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// The buyer has not paid.
    WaitBuyerPay,
    /// Paid, nothing is shipped.
    WaitSellerSendGoods,
    /// Some orders are shipped.
    SellerConsignedPart,
    /// Shipped.
    WaitBuyerConfirmGoods,
    /// The buyer has the goods and the seller the money.
    TradeFinished,
    /// Closed after payment: refunded.
    TradeClosed,
    /// Closed before payment.
    TradeClosedByTaobao,
}

impl Status {
    /// Name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WaitBuyerPay => "WAIT_BUYER_PAY",
            Self::WaitSellerSendGoods => "WAIT_SELLER_SEND_GOODS",
            Self::SellerConsignedPart => "SELLER_CONSIGNED_PART",
            Self::WaitBuyerConfirmGoods => "WAIT_BUYER_CONFIRM_GOODS",
            Self::TradeFinished => "TRADE_FINISHED",
            Self::TradeClosed => "TRADE_CLOSED",
            Self::TradeClosedByTaobao => "TRADE_CLOSED_BY_TAOBAO",
        }
    }

    /// Whether nothing can happen any more.
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::TradeFinished | Self::TradeClosed | Self::TradeClosedByTaobao)
    }
}

/// One sale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trade {
    /// Trade id.
    pub tid: i64,
    /// Where it stands.
    pub status: Status,
    /// Buyer's nick.
    pub buyer_nick: String,
    /// Buyer's id for this app.
    pub buyer_open_uid: String,
    /// Where the goods go.
    pub receiver: Receiver,
    /// Postage in fen.
    pub post_fee: i64,
    /// When it was made.
    pub created: Time,
    /// When it last changed.
    pub modified: Time,
    /// When it was paid.
    pub pay_time: Option<Time>,
    /// When the last goods were sent.
    pub consign_time: Option<Time>,
    /// When it was over.
    pub end_time: Option<Time>,
    /// When the platform acts by itself: closes the unpaid, finishes the shipped.
    pub timeout_action_time: Option<Time>,
    /// The seller's memo.
    pub seller_memo: String,
    /// Colour of the seller's flag, 0 is none.
    pub seller_flag: i64,
    /// What the buyer told the seller.
    pub buyer_message: String,
    /// Why it was closed.
    pub close_reason: String,
    /// Goods.
    pub orders: Vec<Order>,
}

/// The receiver of the goods. Invented.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receiver {
    /// Name.
    pub name: String,
    /// Province.
    pub state: String,
    /// City.
    pub city: String,
    /// District.
    pub district: String,
    /// Town.
    pub town: String,
    /// Street and number.
    pub address: String,
    /// Post code.
    pub zip: String,
    /// Mobile phone.
    pub mobile: String,
    /// Fixed phone.
    pub phone: String,
}

/// One line of a trade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Order id.
    pub oid: i64,
    /// Where it stands.
    pub status: Status,
    /// Item.
    pub num_iid: i64,
    /// SKU, if the item has any.
    pub sku_id: Option<i64>,
    /// What was chosen, in words.
    pub sku_properties_name: String,
    /// Title at the time of sale.
    pub title: String,
    /// Price of one piece in fen.
    pub price: i64,
    /// Pieces.
    pub num: i64,
    /// The seller's code of the item.
    pub outer_iid: String,
    /// Refund, if one was asked for.
    pub refund_id: Option<i64>,
    /// `NO_REFUND` or the refund's status.
    pub refund_status: String,
    /// Whether the buyer has rated.
    pub buyer_rate: bool,
    /// Whether the seller has rated.
    pub seller_rate: bool,
    /// Carrier, once shipped.
    pub logistics_company: Option<String>,
    /// Waybill number, once shipped.
    pub invoice_no: Option<String>,
    /// When it was shipped.
    pub consign_time: Option<Time>,
}

impl Order {
    /// Pieces times price, in fen.
    #[must_use]
    pub fn payment(&self) -> i64 {
        self.price.saturating_mul(self.num)
    }

    /// Every field the sandbox knows, by its name on the wire.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "oid": self.oid, "oid_str": self.oid.to_string(), "status": self.status.as_str(), "num_iid": self.num_iid, "title": self.title,
            "sku_id": self.sku_id.map(|s| s.to_string()), "sku_properties_name": self.sku_properties_name, "outer_iid": self.outer_iid,
            "price": yuan(self.price), "num": self.num, "total_fee": yuan(self.payment()), "payment": yuan(self.payment()),
            "divide_order_fee": yuan(self.payment()), "discount_fee": "0.00", "adjust_fee": "0.00", "part_mjz_discount": "0.00",
            "refund_status": self.refund_status, "refund_id": self.refund_id.map(|r| r.to_string()), "buyer_rate": self.buyer_rate,
            "seller_rate": self.seller_rate, "seller_type": "C", "cid": 50_000_671, "is_oversold": false, "shipping_type": "express",
            "logistics_company": self.logistics_company, "invoice_no": self.invoice_no, "consign_time": self.consign_time,
            "pic_path": format!("http://img.example.com/{}.jpg", self.num_iid), "order_from": "WAP,WAP", "snapshot_url": "",
            "is_daixiao": false, "is_service_order": false,
        })
    }
}

impl Trade {
    /// Goods in fen, without postage.
    #[must_use]
    pub fn total_fee(&self) -> i64 {
        self.orders.iter().map(Order::payment).fold(0, i64::saturating_add)
    }

    /// What the buyer pays, in fen.
    #[must_use]
    pub fn payment(&self) -> i64 {
        self.total_fee().saturating_add(self.post_fee)
    }

    /// Refuses with this sub code unless the trade stands at one of these.
    pub(crate) fn must_be(&self, wanted: &[Status], sub_code: &str) -> Result<(), ApiError> {
        if wanted.contains(&self.status) {
            return Ok(());
        }
        let why = format!("The trade stands at {}; this cannot be done to it now.", self.status.as_str());
        Err(ApiError::service(sub_code, why))
    }

    /// Moves the trade and the orders that are still under way.
    pub(crate) fn move_to(&mut self, status: Status, now: Time) {
        self.status = status;
        self.modified = now;
        for order in self.orders.iter_mut().filter(|o| !o.status.is_over()) {
            order.status = status;
        }
        if status.is_over() {
            self.end_time = Some(now);
            self.timeout_action_time = None;
        }
    }

    /// Every field the sandbox knows, by its name on the wire.
    pub(crate) fn to_json(&self) -> Value {
        let first = self.orders.first();
        let r = &self.receiver;
        let received = if self.status == Status::TradeFinished { self.payment() } else { 0 };
        let each = |done: fn(&Order) -> bool| self.orders.iter().all(done);
        json!({
            "tid": self.tid, "tid_str": self.tid.to_string(), "status": self.status.as_str(), "type": "fixed", "title": "Sandbox shop",
            "seller_nick": SELLER, "buyer_nick": self.buyer_nick, "buyer_open_uid": self.buyer_open_uid, "created": self.created,
            "modified": self.modified, "async_modified": self.modified, "pay_time": self.pay_time, "consign_time": self.consign_time,
            "end_time": self.end_time, "timeout_action_time": self.timeout_action_time, "total_fee": yuan(self.total_fee()),
            "payment": yuan(self.payment()), "post_fee": yuan(self.post_fee), "discount_fee": "0.00", "adjust_fee": "0.00",
            "received_payment": yuan(received), "available_confirm_fee": yuan(self.payment().saturating_sub(received)), "commission_fee": "0.00",
            "cod_fee": "0.00", "buyer_cod_fee": "0.00", "seller_cod_fee": "0.00", "express_agency_fee": "0.00", "point_fee": 0,
            "real_point_fee": 0, "buyer_obtain_point_fee": 0, "has_post_fee": true, "shipping_type": "express", "trade_from": "WAP,WAP",
            "seller_flag": self.seller_flag, "seller_memo": text(&self.seller_memo), "buyer_message": text(&self.buyer_message),
            "has_buyer_message": !self.buyer_message.is_empty(), "buyer_rate": each(|o| o.buyer_rate), "seller_rate": each(|o| o.seller_rate),
            "can_rate": self.status == Status::TradeFinished && !each(|o| o.buyer_rate),
            "seller_can_rate": self.status == Status::TradeFinished && !each(|o| o.seller_rate),
            "alipay_no": self.pay_time.map(|_| format!("{}{}", 2026, self.tid)), "is_3D": false, "is_lgtype": false, "is_brand_sale": false,
            "is_force_wlb": false, "is_daixiao": false, "is_part_consign": self.status == Status::SellerConsignedPart,
            "receiver_name": r.name, "receiver_country": "", "receiver_state": r.state, "receiver_city": r.city, "receiver_district": r.district,
            "receiver_town": r.town, "receiver_address": r.address, "receiver_zip": r.zip, "receiver_mobile": r.mobile, "receiver_phone": r.phone,
            "num": self.orders.iter().map(|o| o.num).fold(0, i64::saturating_add), "num_iid": first.map(|o| o.num_iid), "price": first.map(|o| yuan(o.price)),
            "pic_path": first.map(|o| format!("http://img.example.com/{}.jpg", o.num_iid)), "snapshot_url": "",
            "orders": self.orders.iter().map(Order::to_json).collect::<Vec<_>>(),
        })
    }
}

impl World {
    /// The trade that holds an order.
    pub(crate) fn trade_of_order(&mut self, oid: i64) -> Result<&mut Trade, ApiError> {
        let found = self.trades.values_mut().find(|t| t.orders.iter().any(|o| o.oid == oid));
        found.ok_or_else(|| ApiError::service(codes::TRADE_NOT_EXIST, "The seller has no such order."))
    }
}

/// An empty text is absent on the wire.
fn text(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
