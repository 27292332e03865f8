//! Moves that are impossible, and the method's own error for each.

use topsdk::item::{ItemQuantityUpdate, ItemSellerGet, ItemSkuAdd, ItemSkuGet, ItemUpdateListing, SkusQuantityUpdate};
use topsdk::logistics::{
    LogisticsDummySend, LogisticsOfflineSend, LogisticsOnlineConfirm, LogisticsOnlineSend, LogisticsTraceSearch,
};
use topsdk::rate::{RateResult, RateRole, TraderateAdd};
use topsdk::refund::{RefundGet, RefundMessageAdd, RefundRefuse};
use topsdk::trade::trade_receivetime_delay::DelayDays;
use topsdk::trade::{
    TradeClose, TradeFullinfoGet, TradeMemoAdd, TradeMemoUpdate, TradeOrderskuUpdate, TradePostageUpdate,
    TradeReceivetimeDelay, TradeShippingaddressUpdate,
};
use topsdk::{Client, Fields, Money, OpenEnum, Request};
use topsdk_e2e::file;
use topsdk_sandbox::fixtures::{
    CLOSED_REFUND, FINISHED_TRADE, FIRST_ITEM, FIRST_SKU, ITEM_WITH_SKUS, PAID_TRADE, SHIPPED_TRADE, SUCCESSFUL_REFUND,
    TRADE_WITH_MEMO, UNPAID_TRADE,
};

use crate::support::{client, sandbox};

/// Makes a call that is refused: the sub code begins with this one, the method's enum knows it, and it has a remedy.
async fn refused<R: Request>(client: &Client, request: R, sub_code: &str) {
    let name = R::INFO.name;
    let error = client.call(request).await.map(drop).expect_err(name);
    let got = error.sub_code().unwrap_or_default();
    assert!(got == sub_code || got.starts_with(&format!("{sub_code}:")), "{name}: {error}");
    let typed = R::error(&error).unwrap();
    let known = R::Error::try_from_wire(typed.as_str()).map(|known| known.as_str().to_owned());
    let family = sub_code.split(':').next().unwrap_or_default();
    assert_eq!(known.as_deref(), Some(family), "{name}: the enum does not list {sub_code}");
    let remedy = error.remedy().unwrap();
    let listed = R::INFO.errors.iter().find(|listed| listed.code == family).unwrap();
    assert_eq!((remedy.means, remedy.fix), (listed.remedy.means, listed.remedy.fix), "{name}");
}

const NONE: i64 = 1;

#[tokio::test]
async fn goods() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let price = Money::from_fen(100);
    let before = sandbox.state();
    refused(&client, ItemSellerGet::new("num_iid", NONE), "isv.item-not-exist").await;
    refused(&client, ItemQuantityUpdate::new(NONE, 1), "isv.item-not-exist").await;
    let below = ItemQuantityUpdate::new(FIRST_ITEM, -1_000_000).type_("2".into());
    refused(&client, below, "isv.invalid-parameter:quantity").await;
    let whole = ItemQuantityUpdate::new(ITEM_WITH_SKUS, 5);
    refused(&client, whole, "isv.item-quantity-item-update-service-error").await;
    let both = SkusQuantityUpdate::new(ITEM_WITH_SKUS).skuid_quantities(format!("{FIRST_SKU}:1;{NONE}:2"));
    refused(&client, both, "isv.invalid-parameter:sku_id").await;
    let again = before.items[&ITEM_WITH_SKUS].skus[0].properties.clone();
    refused(&client, ItemSkuAdd::new(ITEM_WITH_SKUS, again, 1, price), "isv.invalid-parameter:properties").await;
    refused(&client, ItemSkuGet::new("sku_id", NONE), "isv.invalid-parameter:sku_id").await;
    refused(&client, ItemUpdateListing::new(FIRST_ITEM, 0), "isv.invalid-parameter").await;
    assert_eq!(sandbox.state().items, before.items, "a refused call changes nothing");
}

#[tokio::test]
async fn trades() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let before = sandbox.state();
    refused(&client, TradeFullinfoGet::new(Fields::all(), NONE), "isv.trade-not-exist").await;
    refused(&client, TradeMemoAdd::new(NONE, "x"), "isv.trade-not-exist").await;
    refused(&client, TradeMemoAdd::new(TRADE_WITH_MEMO, "again"), "isv.invalid-parameter:memo").await;
    refused(&client, TradeMemoUpdate::new(NONE).memo("x"), "isv.trade-not-exist").await;
    refused(&client, TradeMemoUpdate::new(PAID_TRADE).flag("9".into()), "isv.invalid-parameter:flag").await;
    for tid in [PAID_TRADE, SHIPPED_TRADE, FINISHED_TRADE] {
        refused(&client, TradeClose::new(tid, "late"), "isp.trade-service-failed").await;
    }
    refused(&client, TradeClose::new(NONE, "late"), "isv.trade-not-exist").await;
    refused(&client, TradePostageUpdate::new(PAID_TRADE, Money::from_fen(1)), "isp.trade-service-failed").await;
    let dearer = TradePostageUpdate::new(UNPAID_TRADE, Money::from_fen(9_999_999));
    refused(&client, dearer, "isv.invalid-parameter:post_fee").await;
    refused(&client, TradeReceivetimeDelay::new(PAID_TRADE, DelayDays::Three), "isp.trade-service-failed").await;
    let days = TradeReceivetimeDelay::new(SHIPPED_TRADE, "4".into());
    refused(&client, days, "isv.invalid-parameter:days").await;
    let address = TradeShippingaddressUpdate::new(SHIPPED_TRADE).receiver_name("x");
    refused(&client, address, "isv.invalid-permission").await;
    refused(&client, TradeOrderskuUpdate::new(NONE).sku_id(FIRST_SKU), "isv.trade-not-exist").await;
    assert_eq!(sandbox.state().trades, before.trades, "a refused call changes nothing");
}

#[tokio::test]
async fn shipments() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let before = sandbox.state();
    let offline = |tid| LogisticsOfflineSend::new("STO", "773000000000001", tid);
    let code = "isv.logistics-offline-service-error";
    for (tid, reason) in [(UNPAID_TRADE, "B04"), (SHIPPED_TRADE, "B27"), (FINISHED_TRADE, "B04"), (NONE, "B01")] {
        refused(&client, offline(tid), &format!("{code}:{reason}")).await;
    }
    refused(&client, offline(PAID_TRADE).sub_tid([NONE]), &format!("{code}:CD22")).await;
    let nobody = LogisticsOnlineSend::new(PAID_TRADE, "NOBODY");
    refused(&client, nobody, "isv.logistics-online-service-error:B52").await;
    refused(&client, LogisticsDummySend::new(UNPAID_TRADE), "isv.logistics-dummy-service-error:B04").await;
    let confirm = |tid| LogisticsOnlineConfirm::new(tid, "SF1");
    let code = "isv.logistics-confirm-service-error";
    refused(&client, confirm(PAID_TRADE), &format!("{code}:CD16")).await;
    refused(&client, confirm(NONE), &format!("{code}:P02")).await;
    refused(&client, LogisticsTraceSearch::new(PAID_TRADE), "isv.invalid-parameter:tid").await;
    assert_eq!(sandbox.state().shipments, before.shipments, "a refused call changes nothing");

    client.call(LogisticsOnlineSend::new(PAID_TRADE, "SF")).await.unwrap();
    let again = LogisticsOnlineSend::new(PAID_TRADE, "SF");
    refused(&client, again, "isv.logistics-online-service-error:B27").await;
    client.call(confirm(PAID_TRADE)).await.unwrap();
    refused(&client, confirm(PAID_TRADE), &format!("{code}:HD06")).await;
}

#[tokio::test]
async fn refunds_and_ratings() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let before = sandbox.state();
    refused(&client, RefundGet::new("refund_id", NONE), "isv.refund-not-exist").await;
    let message = |id| RefundMessageAdd::new(id, "hello", file("a.gif"));
    refused(&client, message(NONE), "isv.refund-not-exist").await;
    for id in [CLOSED_REFUND, SUCCESSFUL_REFUND] {
        refused(&client, RefundRefuse::new(id, "no"), "isv.refund-service-error").await;
    }
    assert_eq!(sandbox.state().refunds, before.refunds, "a refused call changes nothing");

    let rate = |tid| TraderateAdd::new(tid, RateResult::Good, RateRole::Seller);
    refused(&client, rate(PAID_TRADE), "isv.rate-service-error").await;
    refused(&client, rate(NONE), "isv.trade-not-exist").await;
    client.call(rate(FINISHED_TRADE)).await.unwrap();
    refused(&client, rate(FINISHED_TRADE), "isv.rate-service-error").await;
}
