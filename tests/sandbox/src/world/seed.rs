//! The shop on its first day. Ids do not depend on the seed; amounts, times and buyers do.

use std::collections::BTreeMap;

use super::{
    Item, Order, Picture, Rate, Receiver, Refund, RefundMessage, RefundStatus, Shipment, Sku, Status, Trade, World,
};
use crate::clock::Time;
use crate::fixtures::{FIRST_ITEM, ITEM_COUNT, PAID_TRADE, TRADE_COUNT};
use crate::random::Random;

const TITLES: [&str; ITEM_COUNT] = [
    "Sandbox 帆布双肩包",
    "Sandbox 纯棉T恤",
    "Sandbox 保温杯 500ml",
    "Sandbox 无线鼠标",
    "Sandbox 羊毛围巾",
    "Sandbox 运动跑鞋",
    "Sandbox 台灯",
    "Sandbox 牛皮钱包",
    "Sandbox 笔记本 A5",
    "Sandbox 陶瓷餐具套装",
    "Sandbox 雨伞",
    "Sandbox 瑜伽垫",
];
const COLOURS: [(&str, &str); 2] =
    [("1627207:28341", "1627207:28341:颜色:黑色"), ("1627207:28320", "1627207:28320:颜色:白色")];
const SIZES: [(&str, &str); 2] = [("20509:28314", "20509:28314:尺码:S"), ("20509:28315", "20509:28315:尺码:M")];
/// What trade n is, by n modulo 8; the constants of `fixtures` rely on it.
const CYCLE: [Status; 8] = [
    Status::WaitSellerSendGoods,
    Status::WaitBuyerPay,
    Status::WaitBuyerConfirmGoods,
    Status::WaitSellerSendGoods,
    Status::TradeFinished,
    Status::TradeClosedByTaobao,
    Status::WaitSellerSendGoods,
    Status::WaitSellerSendGoods,
];
/// Minutes between two trades.
const SPACING: i64 = 240;
/// Numbers given out later start here.
const FIRST_FRESH: i64 = 100_000;

impl World {
    /// The start data of a seed, seen from `now`.
    pub(crate) fn seeded(seed: u64, now: Time, sessions: &[String]) -> Self {
        let mut random = Random::keyed(seed, "world");
        let items: BTreeMap<i64, Item> =
            (0..ITEM_COUNT).map(|n| item(n, &mut random, now)).map(|i| (i.num_iid, i)).collect();
        let mut world = Self {
            sessions: sessions.iter().map(|s| (s.clone(), None)).collect(),
            items,
            trades: BTreeMap::new(),
            refunds: BTreeMap::new(),
            shipments: Vec::new(),
            rates: Vec::new(),
            messages: Vec::new(),
            next: FIRST_FRESH,
        };
        for n in 0..TRADE_COUNT {
            let mut trade = trade(n, &world.items, &mut random, now);
            world.add_history(n, &mut trade);
            world.trades.insert(trade.tid, trade);
        }
        world.shipments.sort_by_key(|s| s.created);
        world
    }

    /// Refunds, shipments and ratings that a trade of the past has left.
    fn add_history(&mut self, n: usize, trade: &mut Trade) {
        if trade.consign_time.is_some() {
            self.shipments.push(shipment(n, trade));
        }
        if trade.status == Status::TradeFinished && n % 16 == 12 {
            self.rates.extend(rates(trade));
        }
        if n % 8 == 7 {
            let status = [RefundStatus::WaitSellerAgree, RefundStatus::Closed, RefundStatus::Success][n / 8 % 3];
            let refund = refund(n, trade, status);
            self.refunds.insert(refund.refund_id, refund);
        }
    }
}

fn item(n: usize, random: &mut Random, now: Time) -> Item {
    let number = n as i64;
    let num_iid = FIRST_ITEM + number;
    let created = now.plus_minutes(-(60 * 24 * (30 + number)));
    let modified = now.plus_minutes(-(60 * (10 + number)));
    let price = 1_900 + 100 * random.below(200) as i64;
    let variants =
        if n % 3 == 1 { COLOURS.iter().flat_map(|c| SIZES.iter().map(move |s| (c, s))).collect() } else { Vec::new() };
    let skus: Vec<Sku> = variants
        .into_iter()
        .enumerate()
        .map(|(i, (colour, size))| Sku {
            sku_id: num_iid * 10 + 1 + i as i64,
            properties: format!("{};{}", colour.0, size.0),
            properties_name: format!("{};{}", colour.1, size.1),
            price,
            quantity: 20 + random.below(80) as i64,
            outer_id: format!("SB-{:03}-{}", n + 1, i + 1),
            created,
            modified,
        })
        .collect();
    let num = if skus.is_empty() { 50 + random.below(150) as i64 } else { skus.iter().map(|s| s.quantity).sum() };
    Item {
        num_iid,
        title: TITLES.get(n).copied().unwrap_or("Sandbox").to_owned(),
        price,
        num,
        cid: 50_000_671 + number,
        outer_id: format!("SB-{:03}", n + 1),
        desc: format!("<p>Item {} of the sandbox.</p>", n + 1),
        post_fee: 600,
        onsale: n < ITEM_COUNT - 2,
        created,
        modified,
        list_time: created.plus_minutes(60),
        sold_quantity: random.below(500) as i64,
        skus,
        pictures: vec![Picture {
            id: num_iid * 100,
            position: 0,
            url: format!("http://img.example.com/{num_iid}.jpg"),
            created,
        }],
    }
}

fn trade(n: usize, items: &BTreeMap<i64, Item>, random: &mut Random, now: Time) -> Trade {
    let number = n as i64;
    let tid = PAID_TRADE + 10 * number;
    let status = match CYCLE[n % CYCLE.len()] {
        // Every third of the refunded trades is paid back, and over.
        Status::WaitSellerSendGoods if n % 24 == 23 => Status::TradeClosed,
        status => status,
    };
    let created = now.plus_minutes(-(SPACING * (number + 1)) + random.below(60) as i64);
    let buyer = 1 + random.below(20);
    let lines = if n % 8 == 3 { 2 } else { 1 };
    let orders = (0..lines).map(|i| order(tid, i, lines, status, items, random)).collect();
    let has_memo = n % 8 == 6;
    let mut trade = Trade {
        tid,
        status,
        buyer_nick: format!("sandbox_buyer_{buyer:02}"),
        buyer_open_uid: format!("AAH{buyer:029}"),
        receiver: receiver(buyer),
        post_fee: 600,
        created,
        modified: created,
        pay_time: None,
        consign_time: None,
        end_time: None,
        timeout_action_time: None,
        seller_memo: if has_memo { "Wrap it as a gift.".into() } else { String::new() },
        seller_flag: i64::from(has_memo),
        buyer_message: if n.is_multiple_of(5) { "Please send it soon.".into() } else { String::new() },
        close_reason: String::new(),
        orders,
    };
    date(&mut trade);
    trade
}

/// Gives a trade the times that go with its status.
fn date(trade: &mut Trade) {
    let after = |minutes| Some(trade.created.plus_minutes(minutes));
    let (paid, sent, ended) = match trade.status {
        Status::WaitBuyerPay => (None, None, None),
        Status::WaitSellerSendGoods | Status::SellerConsignedPart => (after(5), None, None),
        Status::WaitBuyerConfirmGoods => (after(5), after(60), None),
        Status::TradeFinished => (after(5), after(60), after(120)),
        Status::TradeClosed => (after(5), None, after(60)),
        Status::TradeClosedByTaobao => (None, None, after(90)),
    };
    trade.timeout_action_time = match trade.status {
        Status::WaitBuyerPay => after(24 * 60),
        Status::WaitBuyerConfirmGoods => after(10 * 24 * 60),
        _ => None,
    };
    trade.modified = ended.or(sent).or(paid).unwrap_or(trade.created);
    (trade.pay_time, trade.consign_time, trade.end_time) = (paid, sent, ended);
    let tid = trade.tid;
    for order in &mut trade.orders {
        order.consign_time = sent;
        order.logistics_company = sent.map(|_| "顺丰速运".to_owned());
        order.invoice_no = sent.map(|_| waybill(tid));
    }
}

fn order(tid: i64, index: i64, lines: i64, status: Status, items: &BTreeMap<i64, Item>, random: &mut Random) -> Order {
    // Only what is on sale is sold.
    let pick = FIRST_ITEM + random.below((ITEM_COUNT - 2) as u64) as i64;
    let item = items.get(&pick);
    let sku = item.and_then(|i| i.skus.get(usize::try_from(random.below(4)).unwrap_or_default()));
    Order {
        oid: if lines == 1 { tid } else { tid + 1 + index },
        status,
        num_iid: pick,
        sku_id: sku.map(|s| s.sku_id),
        sku_properties_name: sku.map(|s| chosen(&s.properties_name)).unwrap_or_default(),
        title: item.map(|i| i.title.clone()).unwrap_or_default(),
        price: sku.map(|s| s.price).or(item.map(|i| i.price)).unwrap_or_default(),
        num: 1 + random.below(3) as i64,
        outer_iid: item.map(|i| i.outer_id.clone()).unwrap_or_default(),
        refund_id: None,
        refund_status: "NO_REFUND".into(),
        buyer_rate: false,
        seller_rate: false,
        logistics_company: None,
        invoice_no: None,
        consign_time: None,
    }
}

/// `pid:vid:颜色:黑色;...` as the buyer sees it: `颜色:黑色;...`.
pub(crate) fn chosen(properties_name: &str) -> String {
    properties_name.split(';').map(|p| p.splitn(3, ':').nth(2).unwrap_or(p)).collect::<Vec<_>>().join(";")
}

fn receiver(buyer: u64) -> Receiver {
    Receiver {
        name: format!("沙箱买家{buyer:02}"),
        state: "浙江省".into(),
        city: "杭州市".into(),
        district: "余杭区".into(),
        town: "仓前街道".into(),
        address: format!("测试路{buyer}号"),
        zip: "000000".into(),
        // No subscriber has a number that starts like this.
        mobile: format!("100000000{buyer:02}"),
        phone: String::new(),
    }
}

fn waybill(tid: i64) -> String {
    format!("SF{:013}", tid % 10_000_000_000_000)
}

fn shipment(n: usize, trade: &Trade) -> Shipment {
    let sent = trade.consign_time.unwrap_or(trade.created);
    Shipment {
        order_code: format!("LP{:014}", n + 1),
        tid: trade.tid,
        oids: trade.orders.iter().map(|o| o.oid).collect(),
        out_sid: waybill(trade.tid),
        company_code: "SF".into(),
        split: false,
        confirmed: true,
        created: sent,
        modified: sent,
    }
}

fn rates(trade: &mut Trade) -> Vec<Rate> {
    let mut out = Vec::new();
    for order in &mut trade.orders {
        (order.buyer_rate, order.seller_rate) = (true, true);
        for by_seller in [false, true] {
            out.push(Rate {
                tid: trade.tid,
                oid: order.oid,
                by_seller,
                buyer_nick: trade.buyer_nick.clone(),
                result: "good".into(),
                content: if by_seller { "A good buyer." } else { "Just as described." }.into(),
                num_iid: order.num_iid,
                item_title: order.title.clone(),
                item_price: order.price,
                created: trade.modified,
            });
        }
    }
    out
}

fn refund(n: usize, trade: &mut Trade, status: RefundStatus) -> Refund {
    let refund_id = 131_000_000_000_000_001 + 100 * n as i64;
    let asked = trade.modified.plus_minutes(30);
    trade.modified = asked;
    let message = RefundMessage {
        id: refund_id * 10 + 1,
        by_seller: false,
        nick: trade.buyer_nick.clone(),
        content: "I do not want it any more.".into(),
        created: asked,
        pictures: Vec::new(),
        picture_digests: Vec::new(),
    };
    let mut refund = Refund {
        refund_id,
        tid: trade.tid,
        oid: trade.tid,
        status,
        refund_fee: trade.payment(),
        reason: "多拍/错拍/不想要".into(),
        desc: message.content.clone(),
        created: asked,
        modified: asked,
        version: asked.millis(),
        messages: vec![message],
    };
    if let Some(order) = trade.orders.first_mut() {
        refund.oid = order.oid;
        order.refund_id = Some(refund_id);
        order.refund_status = status.as_str().to_owned();
    }
    refund
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::*;

    #[test]
    fn known_ids_are_what_they_say() {
        let now = Time::parse("2026-01-05 10:00:00").unwrap();
        for seed in [1, 2, 99] {
            let w = World::seeded(seed, now, &[]);
            let status = |tid| w.trades[&tid].status;
            assert_eq!((w.items.len(), w.trades.len()), (ITEM_COUNT, TRADE_COUNT));
            assert!(w.items[&FIRST_ITEM].onsale && w.items[&FIRST_ITEM].skus.is_empty());
            assert!(w.items[&ITEM_WITH_SKUS].onsale);
            assert_eq!(
                w.items[&ITEM_WITH_SKUS].skus.iter().map(|s| s.sku_id).collect::<Vec<_>>(),
                (0..4).map(|i| FIRST_SKU + i).collect::<Vec<_>>()
            );
            assert!(!w.items[&ITEM_IN_STOCK].onsale);
            assert_eq!(status(PAID_TRADE), Status::WaitSellerSendGoods);
            assert!(w.trades[&PAID_TRADE].seller_memo.is_empty() && w.trades[&PAID_TRADE].orders[0].oid == PAID_TRADE);
            assert_eq!(status(UNPAID_TRADE), Status::WaitBuyerPay);
            assert_eq!(status(SHIPPED_TRADE), Status::WaitBuyerConfirmGoods);
            assert_eq!(
                w.trades[&PAID_TRADE_TWO_ORDERS].orders.iter().map(|o| o.oid).collect::<Vec<_>>(),
                [PAID_TRADE_TWO_ORDERS + 1, PAID_TRADE_TWO_ORDERS + 2]
            );
            assert_eq!(status(PAID_TRADE_TWO_ORDERS), Status::WaitSellerSendGoods);
            assert_eq!(status(FINISHED_TRADE), Status::TradeFinished);
            assert!(w.rates.iter().all(|r| r.tid != FINISHED_TRADE) && !w.rates.is_empty());
            assert_eq!(status(CLOSED_TRADE), Status::TradeClosedByTaobao);
            assert_eq!(
                (w.trades[&TRADE_WITH_MEMO].seller_flag, status(TRADE_WITH_MEMO)),
                (1, Status::WaitSellerSendGoods)
            );
            assert_eq!(w.trades[&TRADE_WITH_REFUND].orders[0].refund_id, Some(OPEN_REFUND));
            assert_eq!(w.refunds[&OPEN_REFUND].status, RefundStatus::WaitSellerAgree);
            assert_eq!(w.refunds[&CLOSED_REFUND].status, RefundStatus::Closed);
            assert_eq!(w.refunds[&SUCCESSFUL_REFUND].status, RefundStatus::Success);
            assert_eq!(w.trades[&w.refunds[&SUCCESSFUL_REFUND].tid].status, Status::TradeClosed);
            assert!(w.trades.values().all(|t| t.modified <= now && t.created <= t.modified));
        }
    }

    #[test]
    fn a_seed_repeats() {
        let now = Time::parse("2026-01-05 10:00:00").unwrap();
        assert_eq!(World::seeded(7, now, &[]), World::seeded(7, now, &[]));
        assert_ne!(World::seeded(7, now, &[]), World::seeded(8, now, &[]));
    }
}
