//! Shipping.

use serde_json::{Map, Value, json};

use super::{Reply, listed, one};
use crate::args::Args;
use crate::codes;
use crate::error::ApiError;
use crate::world::{COMPANIES, Shipment, Status, World};

/// `taobao.logistics.companies.get`.
pub(super) fn companies(_: &mut World, _: &Args<'_>) -> Reply {
    let all =
        COMPANIES.iter().map(|c| json!({"id": c.id, "code": c.code, "name": c.name, "reg_mail_no": ""})).collect();
    Ok(one("logistics_companies", Value::Array(all)))
}

/// `taobao.logistics.offline.send`: the seller's own carrier; the waybill is known.
pub(super) fn offline_send(world: &mut World, args: &Args<'_>) -> Reply {
    let waybill = args.need_text("out_sid")?.to_owned();
    ship(world, args, Some(args.need_text("company_code")?), Some(waybill))
}

/// `taobao.logistics.online.send`: without a waybill the shipment waits for `online.confirm`.
pub(super) fn online_send(world: &mut World, args: &Args<'_>) -> Reply {
    ship(world, args, Some(args.need_text("company_code")?), args.text("out_sid").map(str::to_owned))
}

/// `taobao.logistics.dummy.send`: nothing has to be carried.
pub(super) fn dummy_send(world: &mut World, args: &Args<'_>) -> Reply {
    ship(world, args, None, Some(String::new()))
}

fn ship(world: &mut World, args: &Args<'_>, company: Option<&str>, waybill: Option<String>) -> Reply {
    let tid = args.need_int("tid")?;
    if company.is_some_and(|code| COMPANIES.iter().all(|c| c.code != code)) {
        return Err(ApiError::service(codes::NO_COMPANY, "No carrier has this company_code."));
    }
    let oids = orders_to_ship(world, args, tid)?;
    let number = world.fresh();
    let shipment = Shipment {
        order_code: format!("LP{number:014}"),
        tid,
        split: world.trade(tid)?.orders.len() > oids.len(),
        oids,
        out_sid: waybill.clone().unwrap_or_default(),
        company_code: company.unwrap_or_default().to_owned(),
        confirmed: waybill.is_some(),
        created: args.now,
        modified: args.now,
    };
    if shipment.confirmed {
        mark_shipped(world, args, &shipment)?;
    }
    world.shipments.push(shipment);
    Ok(success())
}

/// The orders that a ship call names, or all; refuses what cannot be shipped now.
fn orders_to_ship(world: &mut World, args: &Args<'_>, tid: i64) -> Result<Vec<i64>, ApiError> {
    let named = args.ints("sub_tid")?;
    let waiting: Vec<i64> =
        world.shipments.iter().filter(|s| s.tid == tid && !s.confirmed).flat_map(|s| s.oids.clone()).collect();
    let trade = world.trade(tid)?;
    let refuse = |why: &str| Err(ApiError::service(codes::NOT_SHIPPABLE, why));
    if !matches!(trade.status, Status::WaitSellerSendGoods | Status::SellerConsignedPart) {
        return refuse(match trade.status {
            Status::WaitBuyerPay => "The trade is not paid.",
            Status::WaitBuyerConfirmGoods => "The trade is shipped already.",
            _ => "The trade is over.",
        });
    }
    if let Some(missing) = named.iter().find(|oid| trade.orders.iter().all(|o| o.oid != **oid)) {
        return Err(ApiError::service(codes::ORDER_NOT_EXIST, format!("The trade has no order {missing}.")));
    }
    let open = |oid: i64| {
        trade.orders.iter().any(|o| o.oid == oid && o.status == Status::WaitSellerSendGoods) && !waiting.contains(&oid)
    };
    let chosen: Vec<i64> =
        if named.is_empty() { trade.orders.iter().map(|o| o.oid).filter(|oid| open(*oid)).collect() } else { named };
    if chosen.is_empty() || !chosen.iter().all(|oid| open(*oid)) {
        return refuse("An order is shipped already, or its shipment waits to be confirmed.");
    }
    Ok(chosen)
}

/// `taobao.logistics.online.confirm`: the waybill of a shipment that waits.
pub(super) fn online_confirm(world: &mut World, args: &Args<'_>) -> Reply {
    let (tid, waybill, named) = (args.need_int("tid")?, args.need_text("out_sid")?, args.ints("sub_tid")?);
    world.trade(tid)?;
    let fits = |s: &&mut Shipment| {
        s.tid == tid && !s.confirmed && (named.is_empty() || named.iter().any(|oid| s.oids.contains(oid)))
    };
    let waiting = world.shipments.iter_mut().find(fits);
    let shipment = waiting
        .ok_or_else(|| ApiError::service(codes::NO_SHIPMENT, "No shipment of this trade waits to be confirmed."))?;
    shipment.out_sid = waybill.to_owned();
    shipment.confirmed = true;
    shipment.modified = args.now;
    let shipment = shipment.clone();
    mark_shipped(world, args, &shipment)?;
    Ok(success())
}

/// Moves the shipped orders, and the trade once all are on their way.
fn mark_shipped(world: &mut World, args: &Args<'_>, shipment: &Shipment) -> Result<(), ApiError> {
    let trade = world.trade(shipment.tid)?;
    for order in trade.orders.iter_mut().filter(|o| shipment.oids.contains(&o.oid)) {
        order.status = Status::WaitBuyerConfirmGoods;
        order.consign_time = Some(args.now);
        order.logistics_company = Some(shipment.company_name().to_owned()).filter(|n| !n.is_empty());
        order.invoice_no = Some(shipment.out_sid.clone()).filter(|n| !n.is_empty());
    }
    let all = trade.orders.iter().all(|o| o.status != Status::WaitSellerSendGoods);
    trade.status = if all { Status::WaitBuyerConfirmGoods } else { Status::SellerConsignedPart };
    trade.consign_time = Some(args.now);
    trade.modified = args.now;
    trade.timeout_action_time = all.then(|| args.now.plus_minutes(10 * 24 * 60));
    world.publish_trade(if all { "TradeSellerShip" } else { "TradePartlySellerShip" }, shipment.tid, args.now);
    Ok(())
}

fn success() -> Map<String, Value> {
    one("shipping", json!({"is_success": true}))
}

/// `taobao.logistics.orders.get` and `.detail.get`: newest first.
pub(super) fn list(world: &mut World, args: &Args<'_>) -> Reply {
    let (tid, from, to) = (args.int("tid")?, args.time("start_created")?, args.time("end_created")?);
    let (buyer, receiver) = (args.text("buyer_nick"), args.text("receiver_name"));
    let found = world.shipments.iter().rev().filter(|s| {
        let trade = world.trades.get(&s.tid);
        tid.is_none_or(|tid| s.tid == tid)
            && from.is_none_or(|t| s.created >= t)
            && to.is_none_or(|t| s.created <= t)
            && buyer.is_none_or(|b| trade.is_some_and(|t| t.buyer_nick == b))
            && receiver.is_none_or(|r| trade.is_some_and(|t| t.receiver.name == r))
            && args.text("seller_confirm").is_none_or(|c| (c == "yes") == s.confirmed)
            && args.text("status").is_none_or(|status| (status == "CONFIRMED") == s.confirmed)
    });
    let shippings = found.map(|s| s.to_json(world.trades.get(&s.tid))).collect();
    Ok(listed("shippings", args, args.page(shippings, 40)?))
}

/// `taobao.logistics.trace.search`: the way of the newest shipment.
pub(super) fn trace(world: &mut World, args: &Args<'_>) -> Reply {
    let tid = args.need_int("tid")?;
    world.trade(tid)?;
    let named = args.ints("sub_tid")?;
    let found = world
        .shipments
        .iter()
        .rev()
        .find(|s| s.tid == tid && s.confirmed && (named.is_empty() || named.iter().any(|o| s.oids.contains(o))));
    let shipment = found.ok_or_else(|| ApiError::service(codes::NO_SHIPMENT, "Nothing of this trade is shipped."))?;
    // A parcel moves on every few hours of the virtual clock.
    const WAY: [(i64, &str, &str); 4] = [
        (0, "GOT", "The parcel was picked up."),
        (6 * 60, "ARRIVAL", "The parcel has reached the sorting centre."),
        (24 * 60, "SENT_SCAN", "The parcel is out for delivery."),
        (30 * 60, "SIGNED", "The parcel was delivered."),
    ];
    let steps: Vec<Value> = WAY
        .iter()
        .map(|(after, action, desc)| (shipment.modified.plus_minutes(*after), action, desc))
        .filter(|(time, ..)| *time <= args.now)
        .map(|(time, action, desc)| json!({"status_time": time, "action": action, "status_desc": desc}))
        .collect();
    let status = if steps.len() == WAY.len() { "对方已签收" } else { "运输中" };
    let mut out = one("trace_list", Value::Array(steps));
    for (name, value) in [
        ("out_sid", json!(shipment.out_sid)),
        ("company_name", json!(shipment.company_name())),
        ("tid", json!(tid)),
        ("status", json!(status)),
    ] {
        out.insert(name.into(), value);
    }
    Ok(out)
}
