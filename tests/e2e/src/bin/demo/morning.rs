//! The steps of the morning.

use std::error::Error;
use std::time::Duration;

use topsdk::item::{ItemQuantityUpdate, ItemSellerGet, ItemsOnsaleGet, QuantityUpdateMode};
use topsdk::logistics::LogisticsOfflineSend;
use topsdk::model::RetryClass;
use topsdk::refund::{RefundMessageAdd, RefundStatus, RefundsReceiveGet};
use topsdk::trade::{TradeFlag, TradeFullinfoGet, TradeMemoUpdate, TradeStatus, TradeStatusFilter, TradesSoldGet};
use topsdk::{Fields, Source, Upload};
use topsdk_sandbox::world::Status;
use topsdk_sandbox::{Fault, fixtures};

use crate::stage::{Stage, ensure, need, shortened};

/// Seconds of the ban in the last steps.
const BAN: u32 = 2;

/// Everything a morning brings.
pub(crate) async fn play(stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    items(stage).await?;
    trades(stage).await?;
    refund(stage).await?;
    wrong_secret(stage).await?;
    too_many_calls(stage).await
}

/// What is on sale, and more of it.
async fn items(stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    let few = Fields::of(["num_iid", "title", "price", "num"]);
    let call = stage.client.call(ItemsOnsaleGet::new(few).page_size(3).order_by("list_time:desc"));
    stage
        .step("List the items on sale", call, |sandbox, answer| {
            let reply = answer?;
            let on_sale = sandbox.state().items.values().filter(|item| item.onsale).count();
            ensure(reply.items.len() == 3, "a page of three items")?;
            ensure(reply.total_results == i64::try_from(on_sale).ok(), "the number of items on sale")?;
            let mut came = vec![format!("{on_sale} items in all, on the first page:")];
            for item in &reply.items {
                let (id, title) = (need(&item.num_iid, "num_iid")?, need(&item.title, "title")?);
                let (price, stock) = (need(&item.price, "price")?, need(&item.num, "num")?);
                came.push(format!("{id}  {price} yuan  {stock} in stock  {title}"));
            }
            Ok(came)
        })
        .await?;

    let call = stage.client.call(ItemSellerGet::new(Fields::all(), fixtures::ITEM_WITH_SKUS));
    stage
        .step("Read one of them, with all fields", call, |_, answer| {
            let reply = answer?;
            let item = need(&reply.item, "item")?;
            ensure(item.skus.len() == 4, "four SKUs")?;
            let mut came = vec![format!("{}, {} SKUs:", need(&item.title, "title")?, item.skus.len())];
            for sku in item.skus.iter().take(2) {
                let (id, price) = (need(&sku.sku_id, "sku_id")?, need(&sku.price, "price")?);
                came.push(format!("{id}  {price} yuan  {} in stock", need(&sku.quantity, "quantity")?));
            }
            Ok(came)
        })
        .await?;

    let call = stage.client.call(ItemSellerGet::new(Fields::all(), fixtures::ITEM_WITH_SKUS));
    stage
        .step("Read it once more: the answer is still fresh, and kept", call, |_, answer| {
            let reply = answer?;
            let Source::Cache { age, stale: false } = reply.source() else {
                return Err("expected a kept answer".into());
            };
            let title = need(&need(&reply.item, "item")?.title, "title")?;
            Ok(vec![format!("{title}, from the cache, {:.1} ms old", age.as_secs_f64() * 1000.0)])
        })
        .await?;

    let before = stage.sandbox.state().items.get(&fixtures::FIRST_ITEM).map_or(0, |item| item.num);
    let request = ItemQuantityUpdate::new(fixtures::FIRST_ITEM, 25).type_(QuantityUpdateMode::Adjust);
    let call = stage.client.call(request);
    stage
        .step("25 pieces have arrived: raise the stock", call, |sandbox, answer| {
            let reply = answer?;
            let now = *need(&need(&reply.item, "item")?.num, "num")?;
            let stored = sandbox.state().items.get(&fixtures::FIRST_ITEM).map(|item| item.num);
            ensure(now == before + 25 && stored == Some(now), "25 more than before, here and in the shop")?;
            Ok(vec![format!("stock {before} -> {now}")])
        })
        .await
}

/// A trade from the list to the parcel.
async fn trades(stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    let request = TradesSoldGet::new(Fields::of(["tid", "status", "payment", "pay_time"]));
    let call = stage.client.call(request.status(TradeStatusFilter::WaitSellerSendGoods).page_size(3));
    stage
        .step("Which trades wait to be shipped?", call, |_, answer| {
            let reply = answer?;
            ensure(!reply.trades.is_empty(), "trades that wait")?;
            let mut came = vec![format!("{} trades, on the first page:", need(&reply.total_results, "total_results")?)];
            for trade in &reply.trades {
                let status = need(&trade.status, "status")?;
                ensure(*status == TradeStatus::WaitSellerSendGoods, "only trades that wait to be shipped")?;
                let (tid, payment) = (need(&trade.tid, "tid")?, need(&trade.payment, "payment")?);
                came.push(format!("{tid}  {payment} yuan  paid {}  {status}", need(&trade.pay_time, "pay_time")?));
            }
            Ok(came)
        })
        .await?;

    let three = [fixtures::PAID_TRADE, fixtures::PAID_TRADE_TWO_ORDERS, fixtures::SHIPPED_TRADE];
    let calls = three.map(|tid| TradeFullinfoGet::new(Fields::of(["tid", "status", "payment"]), tid));
    let batch = stage.client.batch_of(calls);
    stage
        .step("Look at three trades with one request", batch, |_, answers| {
            ensure(answers.len() == three.len(), "an answer for each")?;
            let mut came = Vec::new();
            for (answer, tid) in answers.into_iter().zip(three) {
                let reply = answer?;
                let trade = need(&reply.trade, "trade")?;
                ensure(trade.tid == Some(tid), "the answers in the order of the calls")?;
                let (payment, status) = (need(&trade.payment, "payment")?, need(&trade.status, "status")?);
                came.push(format!("{tid}  {payment} yuan  {status}"));
            }
            Ok(came)
        })
        .await?;

    let wanted =
        Fields::of(["tid", "status", "payment", "receiver_name", "receiver_mobile", "receiver_city", "orders"]);
    let call = stage.client.call(TradeFullinfoGet::new(wanted, fixtures::PAID_TRADE));
    stage
        .step("Open one; printing it hides what is personal", call, |_, answer| {
            let reply = answer?;
            let trade = need(&reply.trade, "trade")?;
            let order = trade.orders.first().ok_or("expected an order")?;
            let shown = format!("{trade:?}");
            ensure(
                trade.receiver_mobile.as_ref().is_some_and(|mobile| !shown.contains(mobile)),
                "a hidden phone number",
            )?;
            Ok(vec![
                format!(
                    "{} x {}, {} yuan",
                    need(&order.num, "num")?,
                    need(&order.title, "title")?,
                    need(&trade.payment, "payment")?
                ),
                format!(
                    "receiver_name: {}, receiver_mobile: {}",
                    hidden(&shown, "receiver_name"),
                    hidden(&shown, "receiver_mobile")
                ),
            ])
        })
        .await?;

    let request = TradeMemoUpdate::new(fixtures::PAID_TRADE).memo("Gift wrap, no invoice.").flag(TradeFlag::Green);
    let call = stage.client.call(request);
    stage
        .step("Write a memo on it", call, |sandbox, answer| {
            let reply = answer?;
            let trade = need(&reply.trade, "trade")?;
            let state = sandbox.state();
            let stored = state.trades.get(&fixtures::PAID_TRADE).ok_or("expected the trade in the shop")?;
            ensure(
                stored.seller_memo == "Gift wrap, no invoice." && stored.seller_flag == 3,
                "memo and flag in the shop",
            )?;
            Ok(vec![format!("trade {} changed at {}", need(&trade.tid, "tid")?, need(&trade.modified, "modified")?)])
        })
        .await?;

    let call = stage.client.call(LogisticsOfflineSend::new("SF", "SF1000000000017", fixtures::PAID_TRADE));
    stage
        .step("Ship it", call, |sandbox, answer| {
            let reply = answer?;
            ensure(need(&reply.shipping, "shipping")?.is_success == Some(true), "a shipment")?;
            let state = sandbox.state();
            let stored = state.trades.get(&fixtures::PAID_TRADE).ok_or("expected the trade in the shop")?;
            ensure(stored.status == Status::WaitBuyerConfirmGoods, "a trade that waits for the buyer")?;
            Ok(vec![format!("shipped; the trade is now {}", stored.status.as_str())])
        })
        .await
}

/// A buyer wants money back; the answer has a picture.
async fn refund(stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    let request = RefundsReceiveGet::new(Fields::of(["refund_id", "tid", "refund_fee", "reason", "status"]));
    let call = stage.client.call(request.status(RefundStatus::WaitSellerAgree));
    stage
        .step("Which refunds wait for an answer?", call, |_, answer| {
            let reply = answer?;
            let open = fixtures::OPEN_REFUND.to_string();
            let refund = reply.refunds.iter().find(|refund| refund.refund_id.as_ref() == Some(&open));
            let refund = refund.ok_or("expected the open refund")?;
            let (fee, reason) = (need(&refund.refund_fee, "refund_fee")?, need(&refund.reason, "reason")?);
            Ok(vec![format!("{open}  {fee} yuan  {reason}")])
        })
        .await?;

    let picture = Upload::new("parcel.png", include_bytes!("parcel.png"));
    let call = stage.client.call(RefundMessageAdd::new(
        fixtures::OPEN_REFUND,
        "The parcel was whole when it left us.",
        picture,
    ));
    stage
        .step("Answer it with a picture", call, |sandbox, answer| {
            let reply = answer?;
            let message = need(&reply.refund_message, "refund_message")?;
            let state = sandbox.state();
            let stored = state.refunds.get(&fixtures::OPEN_REFUND).and_then(|refund| refund.messages.last());
            let stored = stored.ok_or("expected the message in the shop")?;
            ensure(Some(stored.id) == message.id && stored.pictures.len() == 1, "message and picture in the shop")?;
            Ok(vec![format!("message {} at {}, with one picture", stored.id, need(&message.created, "created")?)])
        })
        .await
}

/// The most frequent beginner's error.
async fn wrong_secret(stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    let client = stage.client_with_wrong_secret()?;
    let call = client.call(TradesSoldGet::new(Fields::of(["tid"])));
    stage
        .step("The same client with a wrong secret", call, |sandbox, answer| {
            let error = answer.err().ok_or("expected a refusal")?;
            ensure(error.code() == Some(25), "code 25")?;
            let hint = error.gateway().and_then(|gateway| gateway.hint()).unwrap_or_default();
            ensure(hint.contains("secret"), "a hint at the secret")?;
            let records = sandbox.requests();
            let explanation = records.last().and_then(|record| record.signature.as_ref());
            let signed = &explanation.ok_or("expected an explanation")?.signed_text;
            Ok(vec![
                format!("Error: {error}"),
                format!("The sandbox's log has the text it signed: {}", shortened(signed)),
            ])
        })
        .await
}

/// Flow control: the gateway tells how long to wait, and the error hands it on.
async fn too_many_calls(stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    stage.sandbox.fault(Fault::ban(BAN).on("taobao.trades.sold.get").times(1));
    let call = stage.client.call(TradesSoldGet::new(Fields::of(["tid"]))).with_attempts(1);
    stage
        .step("Too many calls, without retries", call, |_, answer| {
            let error = answer.err().ok_or("expected a refusal")?;
            let ban = error.gateway().and_then(|gateway| gateway.ban()).ok_or("expected the seconds of the ban")?;
            ensure(error.is_rate_limited() && error.retry() == RetryClass::AfterBan, "a limit that ends")?;
            ensure(ban <= Duration::from_secs(BAN.into()), "at most the seconds that were set")?;
            Ok(vec![format!("Error: {error}"), format!("retry {:?}, wait {} s", error.retry(), ban.as_secs())])
        })
        .await?;

    let call = stage.client.call(TradesSoldGet::new(Fields::of(["tid"])));
    stage
        .step("The same with retries, as by default: the call rides the ban out", call, |_, answer| {
            let reply = answer?;
            ensure(!reply.trades.is_empty(), "trades")?;
            let attempts = reply.attempts();
            ensure(attempts.count() == 2, "two attempts")?;
            let waited = attempts.waited().as_secs_f64();
            let trades = need(&reply.total_results, "total_results")?;
            Ok(vec![format!("{trades} trades, after {} attempts and a pause of {waited:.1} s", attempts.count())])
        })
        .await
}

/// How a debug text shows a field.
fn hidden<'a>(shown: &'a str, field: &str) -> &'a str {
    let value = shown.split_once(&format!("{field}: ")).map_or("", |(_, rest)| rest);
    value.split([',', ' ']).next().unwrap_or_default()
}
