//! Shipping.

use serde_json::{Value, json};

use super::{Reply, listed, one};
use crate::args::Args;
use crate::codes;
use crate::error::ApiError;
use crate::world::{COMPANIES, Shipment, Status, Trade, World};

/// `taobao.logistics.companies.get`.
pub(super) fn companies(_: &mut World, _: &Args<'_>) -> Reply {
    let all =
        COMPANIES.iter().map(|c| json!({"id": c.id, "code": c.code, "name": c.name, "reg_mail_no": ""})).collect();
    Ok(one("logistics_companies", Value::Array(all)))
}

/// `taobao.logistics.offline.send`: the seller's own carrier; the waybill is known.
pub(super) fn offline_send(world: &mut World, args: &Args<'_>) -> Reply {
    let waybill = args.need_text("out_sid")?.to_owned();
    ship(world, args, "offline", Some(args.need_text("company_code")?), Some(waybill))
}

/// `taobao.logistics.online.send`: without a waybill the shipment waits for `online.confirm`.
pub(super) fn online_send(world: &mut World, args: &Args<'_>) -> Reply {
    ship(world, args, "online", Some(args.need_text("company_code")?), args.text("out_sid").map(str::to_owned))
}

/// `taobao.logistics.dummy.send`: nothing has to be carried.
pub(super) fn dummy_send(world: &mut World, args: &Args<'_>) -> Reply {
    ship(world, args, "dummy", None, Some(String::new()))
}

fn ship(world: &mut World, args: &Args<'_>, way: &str, company: Option<&str>, waybill: Option<String>) -> Reply {
    let tid = args.need_int("tid")?;
    let refuse =
        |(reason, why): (&str, &str)| ApiError::service(&format!("isv.logistics-{way}-service-error:{reason}"), why);
    if company.is_some_and(|code| COMPANIES.iter().all(|c| c.code != code)) {
        return Err(refuse((if way == "online" { "B52" } else { "B56" }, "No carrier has this company_code.")));
    }
    let named = args.ints("sub_tid")?;
    let waiting: Vec<i64> =
        world.shipments.iter().filter(|s| s.tid == tid && !s.confirmed).flat_map(|s| s.oids.clone()).collect();
    let number = world.fresh();
    let trade = world.trades.get(&tid).ok_or_else(|| refuse(("B01", "The seller has no such trade.")))?;
    let oids = orders_to_ship(trade, named, &waiting).map_err(refuse)?;
    let shipment = Shipment {
        order_code: format!("LP{number:014}"),
        tid,
        split: trade.orders.len() > oids.len(),
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
    Ok(one("shipping", json!({"is_success": true})))
}

/// The orders that a ship call names, or all that can go; else the platform's reason and its words.
fn orders_to_ship(trade: &Trade, named: Vec<i64>, waiting: &[i64]) -> Result<Vec<i64>, (&'static str, &'static str)> {
    match trade.status {
        Status::WaitSellerSendGoods | Status::SellerConsignedPart => {}
        Status::WaitBuyerPay => return Err(("B04", "The trade is not paid.")),
        Status::WaitBuyerConfirmGoods => return Err(("B27", "The trade is shipped already.")),
        _ => return Err(("B04", "The trade is over.")),
    }
    if named.iter().any(|oid| trade.orders.iter().all(|o| o.oid != *oid)) {
        return Err(("CD22", "The trade has no order with one of these ids."));
    }
    let open = |oid: i64| {
        trade.orders.iter().any(|o| o.oid == oid && o.status == Status::WaitSellerSendGoods) && !waiting.contains(&oid)
    };
    let chosen: Vec<i64> =
        if named.is_empty() { trade.orders.iter().map(|o| o.oid).filter(|oid| open(*oid)).collect() } else { named };
    if chosen.is_empty() || !chosen.iter().all(|oid| open(*oid)) {
        return Err(("B27", "An order is shipped already, or its shipment waits to be confirmed."));
    }
    Ok(chosen)
}

/// `taobao.logistics.online.confirm`: the waybill of a shipment that waits.
pub(super) fn online_confirm(world: &mut World, args: &Args<'_>) -> Reply {
    let (tid, waybill, named) = (args.need_int("tid")?, args.need_text("out_sid")?, args.ints("sub_tid")?);
    let refuse = |reason: &str, why: &str| Err(ApiError::service(&format!("{}:{reason}", codes::CONFIRM_REFUSED), why));
    if !world.trades.contains_key(&tid) {
        return refuse("P02", "The seller has no such trade.");
    }
    let fits = |s: &Shipment| s.tid == tid && (named.is_empty() || named.iter().any(|oid| s.oids.contains(oid)));
    let confirmed = world.shipments.iter().any(|s| fits(s) && s.confirmed);
    let Some(shipment) = world.shipments.iter_mut().find(|s| fits(s) && !s.confirmed) else {
        return if confirmed {
            refuse("HD06", "The shipment is confirmed already.")
        } else {
            refuse("CD16", "No shipment of this trade waits to be confirmed.")
        };
    };
    shipment.out_sid = waybill.to_owned();
    shipment.confirmed = true;
    shipment.modified = args.now;
    let shipment = shipment.clone();
    mark_shipped(world, args, &shipment)?;
    Ok(one("shipping", json!({"is_success": true})))
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
            && args.text("status").is_none_or(|status| status == s.status())
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
    let shipment = found.ok_or_else(|| ApiError::service(codes::NO_TRACE, "Nothing of this trade is shipped."))?;
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
