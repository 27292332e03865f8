//! Single trades.

use serde_json::{Value, json};

use super::{Reply, one};
use crate::args::Args;
use crate::codes;
use crate::error::ApiError;
use crate::world::{Status, World, chosen, yuan};

/// `taobao.trade.get` and `taobao.trade.fullinfo.get`.
pub(super) fn get(world: &mut World, args: &Args<'_>) -> Reply {
    Ok(one("trade", world.trade(args.need_int("tid")?)?.to_json()))
}

/// `taobao.trade.memo.add`: only while there is none.
pub(super) fn memo_add(world: &mut World, args: &Args<'_>) -> Reply {
    let (tid, memo, flag) = (args.need_int("tid")?, args.need_text("memo")?, flag(args)?);
    let trade = world.trade(tid)?;
    if !trade.seller_memo.is_empty() {
        return Err(ApiError::service(codes::MEMO_EXISTS, "The trade has a memo already; update it instead."));
    }
    trade.seller_memo = memo.to_owned();
    trade.seller_flag = flag.unwrap_or(trade.seller_flag);
    trade.modified = args.now;
    world.publish_trade("TradeMemoModified", tid, args.now);
    Ok(one("trade", json!({"tid": tid, "created": args.now})))
}

/// `taobao.trade.memo.update`: `reset` empties what is not given.
pub(super) fn memo_update(world: &mut World, args: &Args<'_>) -> Reply {
    let (tid, flag, memo) = (args.need_int("tid")?, flag(args)?, args.text("memo"));
    let trade = world.trade(tid)?;
    if args.flag("reset") {
        trade.seller_memo.clear();
    }
    if let Some(memo) = memo {
        trade.seller_memo = memo.to_owned();
    }
    trade.seller_flag = flag.unwrap_or(trade.seller_flag);
    trade.modified = args.now;
    world.publish_trade("TradeMemoModified", tid, args.now);
    Ok(one("trade", json!({"tid": tid, "modified": args.now})))
}

fn flag(args: &Args<'_>) -> Result<Option<i64>, ApiError> {
    match args.int("flag")? {
        Some(flag) if !(0..=5).contains(&flag) => Err(ApiError::invalid("flag", "Must be from 0 to 5.")),
        flag => Ok(flag),
    }
}

/// `taobao.trade.close`: a trade or one of its orders, only before payment.
pub(super) fn close(world: &mut World, args: &Args<'_>) -> Reply {
    let (id, reason) = (args.need_int("tid")?, args.need_text("close_reason")?);
    let trade = match world.trades.contains_key(&id) {
        true => world.trade(id)?,
        false => world.trade_of_order(id)?,
    };
    trade.must_be(&[Status::WaitBuyerPay], codes::TRADE_STATUS)?;
    for order in trade.orders.iter_mut().filter(|o| o.oid == id) {
        order.status = Status::TradeClosedByTaobao;
    }
    trade.modified = args.now;
    let tid = trade.tid;
    let whole = id == tid || trade.orders.iter().all(|o| o.status.is_over());
    if whole {
        trade.close_reason = reason.to_owned();
        trade.move_to(Status::TradeClosedByTaobao, args.now);
    }
    world.publish_trade(if whole { "TradeClose" } else { "TradeCloseAndModifyDetailOrder" }, tid, args.now);
    Ok(one("trade", json!({"tid": tid, "modified": args.now})))
}

/// `taobao.trade.postage.update`: only before payment.
pub(super) fn postage(world: &mut World, args: &Args<'_>) -> Reply {
    let (tid, fee) = (args.need_int("tid")?, args.fen("post_fee")?.ok_or_else(|| ApiError::missing("post_fee"))?);
    let trade = world.trade(tid)?;
    trade.must_be(&[Status::WaitBuyerPay], codes::TRADE_STATUS)?;
    if fee > trade.post_fee {
        return Err(ApiError::invalid("post_fee", "Postage can only be lowered."));
    }
    trade.post_fee = fee;
    trade.modified = args.now;
    let answer = trade.to_json();
    world.publish_trade("TradeModifyFee", tid, args.now);
    Ok(one("trade", answer))
}

/// `taobao.trade.receivetime.delay`: only while the buyer has the goods to confirm.
pub(super) fn delay(world: &mut World, args: &Args<'_>) -> Reply {
    const DAYS: [i64; 4] = [3, 5, 7, 10];
    let (tid, days) = (args.need_int("tid")?, args.need_int("days")?);
    if !DAYS.contains(&days) {
        return Err(ApiError::invalid("days", "Must be 3, 5, 7 or 10."));
    }
    let trade = world.trade(tid)?;
    trade.must_be(&[Status::WaitBuyerConfirmGoods], codes::TRADE_STATUS)?;
    trade.timeout_action_time = Some(trade.timeout_action_time.unwrap_or(args.now).plus_minutes(days * 24 * 60));
    trade.modified = args.now;
    world.publish_trade("TradeChanged", tid, args.now);
    Ok(one("trade", json!({"tid": tid, "modified": args.now})))
}

/// `taobao.trade.shippingaddress.update`: only before everything is shipped.
pub(super) fn address(world: &mut World, args: &Args<'_>) -> Reply {
    let tid = args.need_int("tid")?;
    let trade = world.trade(tid)?;
    trade.must_be(
        &[Status::WaitBuyerPay, Status::WaitSellerSendGoods, Status::SellerConsignedPart],
        codes::ORDER_FIXED,
    )?;
    let r = &mut trade.receiver;
    let places = [
        ("receiver_name", &mut r.name),
        ("receiver_phone", &mut r.phone),
        ("receiver_mobile", &mut r.mobile),
        ("receiver_state", &mut r.state),
        ("receiver_city", &mut r.city),
        ("receiver_district", &mut r.district),
        ("receiver_town", &mut r.town),
        ("receiver_address", &mut r.address),
        ("receiver_zip", &mut r.zip),
    ];
    for (name, place) in places {
        if let Some(text) = args.text(name) {
            *place = text.to_owned();
        }
    }
    trade.modified = args.now;
    world.publish_trade("TradeLogisticsAddressChanged", tid, args.now);
    Ok(one("trade", json!({"tid": tid, "modified": args.now})))
}

/// `taobao.trade.ordersku.update`: another variant of the same item, before the order is shipped.
pub(super) fn order_sku(world: &mut World, args: &Args<'_>) -> Reply {
    let (oid, sku_id, props) = (args.need_int("oid")?, args.int("sku_id")?, args.text("sku_props"));
    let num_iid =
        world.trade_of_order(oid)?.orders.iter().find(|o| o.oid == oid).map(|o| o.num_iid).unwrap_or_default();
    let item = world.item(num_iid)?;
    let sku = item.skus.iter().find(|s| Some(s.sku_id) == sku_id || Some(s.properties.as_str()) == props).cloned();
    let sku = sku.ok_or_else(|| ApiError::service(codes::SKU_NOT_EXIST, "The order's item has no such SKU."))?;
    let trade = world.trade_of_order(oid)?;
    trade.must_be(&[Status::WaitSellerSendGoods, Status::SellerConsignedPart], codes::ORDER_FIXED)?;
    for order in trade.orders.iter_mut().filter(|o| o.oid == oid) {
        if order.consign_time.is_some() {
            return Err(ApiError::service(codes::ORDER_FIXED, "The order is shipped already."));
        }
        order.sku_properties_name = chosen(&sku.properties_name);
        order.sku_id = Some(sku.sku_id);
    }
    trade.modified = args.now;
    let tid = trade.tid;
    world.publish_trade("OrderSkuChanged", tid, args.now);
    Ok(one("order", json!({"oid": oid, "modified": args.now})))
}

/// `taobao.trade.amount.get`.
pub(super) fn amount(world: &mut World, args: &Args<'_>) -> Reply {
    let trade = world.trade(args.need_int("tid")?)?;
    let mut value = trade.to_json();
    if let Value::Object(members) = &mut value {
        members.insert("order_amounts".into(), members.get("orders").cloned().unwrap_or_default());
        members.insert("promotion_details".into(), json!([]));
    }
    Ok(one("trade_amount", value))
}

/// `taobao.trade.confirmfee.get`: what the seller gets when the buyer confirms.
pub(super) fn confirm_fee(world: &mut World, args: &Args<'_>) -> Reply {
    let id = args.need_int("tid")?;
    let trade = match world.trades.contains_key(&id) {
        true => world.trade(id)?,
        // An order's id is taken too.
        false => world
            .trade_of_order(id)
            .map_err(|_| ApiError::service(codes::TRADE_NOT_EXIST, "The seller has no such trade."))?,
    };
    trade.must_be(
        &[Status::WaitSellerSendGoods, Status::SellerConsignedPart, Status::WaitBuyerConfirmGoods],
        codes::TRADE_STATUS,
    )?;
    let open = trade.orders.iter().filter(|o| !o.status.is_over()).count();
    Ok(one(
        "trade_confirm_fee",
        json!({"confirm_fee": yuan(trade.payment()), "confirm_post_fee": yuan(trade.post_fee), "is_last_order": open <= 1}),
    ))
}
