//! Trades, shipments, refunds and ratings.

use std::time::{Duration, SystemTime};

use topsdk::logistics::{
    LogisticsDummySend, LogisticsOfflineSend, LogisticsOnlineConfirm, LogisticsOnlineSend, LogisticsOrdersGet,
    LogisticsTraceSearch,
};
use topsdk::rate::traderates_get::RateType;
use topsdk::rate::{RateResult, RateRole, TraderateAdd, TraderatesGet};
use topsdk::refund::{RefundGet, RefundMessageAdd, RefundMessagesGet, RefundRefuse, RefundStatus};
use topsdk::trade::trade_receivetime_delay::DelayDays;
use topsdk::trade::{
    TradeClose, TradeFlag, TradeMemoAdd, TradeMemoUpdate, TradeOrderskuUpdate, TradePostageUpdate,
    TradeReceivetimeDelay, TradeShippingaddressUpdate, TradeStatus,
};
use topsdk::{Clock, DateTime, Fields, Money};
use topsdk_e2e::file;
use topsdk_sandbox::fixtures::{
    FINISHED_TRADE, OPEN_REFUND, PAID_TRADE, PAID_TRADE_TWO_ORDERS, SHIPPED_TRADE, TRADE_WITH_MEMO, UNPAID_TRADE,
};

use super::trade;
use crate::support::{builder, client, sandbox};

#[tokio::test]
async fn memos() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    client.call(TradeMemoAdd::new(PAID_TRADE, "礼盒 & 贺卡").flag(TradeFlag::Blue)).await.unwrap();
    let added = trade(&client, PAID_TRADE).await;
    assert_eq!((added.seller_memo.as_deref(), added.seller_flag), (Some("礼盒 & 贺卡"), Some(TradeFlag::Blue)));
    client.call(TradeMemoUpdate::new(PAID_TRADE).flag(TradeFlag::Green)).await.unwrap();
    let flagged = trade(&client, PAID_TRADE).await;
    assert_eq!((flagged.seller_memo.as_deref(), flagged.seller_flag), (Some("礼盒 & 贺卡"), Some(TradeFlag::Green)));
    client.call(TradeMemoUpdate::new(TRADE_WITH_MEMO).reset(true)).await.unwrap();
    let cleared = trade(&client, TRADE_WITH_MEMO).await.seller_memo;
    assert!(cleared.as_deref().unwrap_or_default().is_empty(), "{cleared:?}");
}

#[tokio::test]
async fn an_unpaid_trade_is_changed_and_closed() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let fee = trade(&client, UNPAID_TRADE).await.post_fee.unwrap();
    let lower = Money::from_fen(fee.fen().unwrap() / 2);
    client.call(TradePostageUpdate::new(UNPAID_TRADE, lower)).await.unwrap();
    assert_eq!(trade(&client, UNPAID_TRADE).await.post_fee, Some(lower));
    client.call(TradeClose::new(UNPAID_TRADE, "out of stock")).await.unwrap();
    assert_eq!(trade(&client, UNPAID_TRADE).await.status, Some(TradeStatus::TradeClosedByTaobao));
}

#[tokio::test]
async fn address_and_sku_of_a_paid_trade() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let request =
        TradeShippingaddressUpdate::new(PAID_TRADE).receiver_name("示例收货人丙").receiver_address("样板路9号");
    client.call(request).await.unwrap();
    let moved = trade(&client, PAID_TRADE).await;
    assert_eq!(
        (moved.receiver_name.as_deref(), moved.receiver_address.as_deref()),
        (Some("示例收货人丙"), Some("样板路9号"))
    );

    // An order of an item with SKUs changes to the item's last one.
    let state = sandbox.state();
    let paid = |tid: &i64| format!("{:?}", state.trades[tid].status) == "WaitSellerSendGoods";
    let (oid, sku) = state
        .trades
        .keys()
        .filter(|tid| paid(tid))
        .flat_map(|tid| &state.trades[tid].orders)
        .find_map(|order| Some((order.oid, state.items[&order.num_iid].skus.last()?.sku_id)))
        .unwrap();
    client.call(TradeOrderskuUpdate::new(oid).sku_id(sku)).await.unwrap();
    let state = sandbox.state();
    let order = state.trades.values().flat_map(|trade| &trade.orders).find(|order| order.oid == oid);
    assert_eq!(order.unwrap().sku_id, Some(sku));
}

#[tokio::test]
async fn online_shipping_waits_for_the_waybill() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let status = async || trade(&client, PAID_TRADE).await.status.unwrap();
    client.call(LogisticsOnlineSend::new(PAID_TRADE, "SF")).await.unwrap();
    assert_eq!(status().await, TradeStatus::WaitSellerSendGoods);
    client.call(LogisticsOnlineConfirm::new(PAID_TRADE, "SF0000000001")).await.unwrap();
    assert_eq!(status().await, TradeStatus::WaitBuyerConfirmGoods);
    let shippings = client.call(LogisticsOrdersGet::new("tid,out_sid,status").tid(PAID_TRADE)).await.unwrap();
    assert_eq!(shippings.shippings[0].out_sid.as_deref(), Some("SF0000000001"));
    // The parcel moves with the clock.
    let early = client.call(LogisticsTraceSearch::new(PAID_TRADE)).await.unwrap();
    sandbox.advance(Duration::from_secs(2 * 24 * 3600));
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(sandbox.now().millis().unsigned_abs());
    let client = builder(&sandbox).clock(Stopped(now)).build().unwrap();
    let late = client.call(LogisticsTraceSearch::new(PAID_TRADE)).await.unwrap();
    assert!(early.trace_list.len() < late.trace_list.len());
}

struct Stopped(SystemTime);

impl Clock for Stopped {
    fn now(&self) -> SystemTime {
        self.0
    }
}

#[tokio::test]
async fn offline_shipping_order_by_order() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let status = async || trade(&client, PAID_TRADE_TWO_ORDERS).await.status.unwrap();
    let send = |oid| LogisticsOfflineSend::new("STO", "773000000000001", PAID_TRADE_TWO_ORDERS).sub_tid([oid]);
    client.call(send(PAID_TRADE_TWO_ORDERS + 1)).await.unwrap();
    assert_eq!(status().await, TradeStatus::SellerConsignedPart);
    client.call(send(PAID_TRADE_TWO_ORDERS + 2)).await.unwrap();
    let shipped = trade(&client, PAID_TRADE_TWO_ORDERS).await;
    assert_eq!(shipped.status, Some(TradeStatus::WaitBuyerConfirmGoods));
    assert!(shipped.consign_time.is_some());
    let invoices: Vec<_> = shipped.orders.iter().map(|order| order.invoice_no.as_deref()).collect();
    assert_eq!(invoices, [Some("773000000000001"); 2]);
}

#[tokio::test]
async fn dummy_shipping_and_more_time() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    client.call(LogisticsDummySend::new(PAID_TRADE)).await.unwrap();
    assert_eq!(trade(&client, PAID_TRADE).await.status, Some(TradeStatus::WaitBuyerConfirmGoods));

    let until = async || trade(&client, SHIPPED_TRADE).await.timeout_action_time.unwrap();
    let before = until().await;
    client.call(TradeReceivetimeDelay::new(SHIPPED_TRADE, DelayDays::Three)).await.unwrap();
    assert_eq!(seconds(until().await) - seconds(before), 3 * 24 * 3600);
}

fn seconds(time: DateTime) -> i64 {
    i64::try_from(SystemTime::from(time).duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

#[tokio::test]
async fn refunds() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let messages = async || client.call(RefundMessagesGet::new(Fields::all(), OPEN_REFUND)).await.unwrap().into_inner();
    let before = messages().await.refund_messages.len();
    let picture = file("parcel.gif");
    client.call(RefundMessageAdd::new(OPEN_REFUND, "请看照片", picture.clone())).await.unwrap();
    let said = messages().await.refund_messages;
    let last = said.last().unwrap();
    assert_eq!((said.len(), last.content.as_deref(), last.pic_urls.len()), (before + 1, Some("请看照片"), 1));

    let refuse = RefundRefuse::new(OPEN_REFUND, "商品完好").refuse_proof(picture);
    assert_eq!(client.call(refuse).await.unwrap().is_success, Some(true));
    let refund = client.call(RefundGet::new(Fields::all(), OPEN_REFUND)).await.unwrap().into_inner().refund.unwrap();
    assert_eq!(refund.status, Some(RefundStatus::SellerRefuseBuyer));
    // Both files came whole: the same bytes, the same digest.
    let state = sandbox.state();
    let digests: Vec<_> = state.refunds[&OPEN_REFUND].messages.iter().flat_map(|m| &m.picture_digests).collect();
    assert_eq!(digests.len(), 2);
    assert_eq!(digests[0], digests[1]);
}

#[tokio::test]
async fn ratings() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let request = TraderateAdd::new(FINISHED_TRADE, RateResult::Good, RateRole::Seller).content("好买家");
    client.call(request).await.unwrap();
    let given = client
        .call(TraderatesGet::new(Fields::all(), RateType::Give, RateRole::Seller).tid(FINISHED_TRADE))
        .await
        .unwrap();
    assert_eq!(given.trade_rates.len(), trade(&client, FINISHED_TRADE).await.orders.len());
    assert_eq!(given.trade_rates[0].content.as_deref(), Some("好买家"));
    assert_eq!(given.trade_rates[0].result, Some(RateResult::Good));
}
