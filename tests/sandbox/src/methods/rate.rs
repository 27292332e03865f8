//! Ratings.

use serde_json::{Value, json};

use super::{Reply, listed, one};
use crate::args::Args;
use crate::codes;
use crate::error::ApiError;
use crate::world::{Rate, Status, World};

/// `taobao.traderate.add`: the seller rates one order, or all of a trade.
pub(super) fn add(world: &mut World, args: &Args<'_>) -> Reply {
    let (tid, oid, result) = (args.need_int("tid")?, args.int("oid")?, args.need_text("result")?);
    if !matches!(result, "good" | "neutral" | "bad") {
        return Err(ApiError::invalid("result", "Must be good, neutral or bad."));
    }
    let trade = world.trade(tid)?;
    trade.must_be(&[Status::TradeFinished], codes::RATING_REFUSED)?;
    let chosen = |o: i64| oid.is_none_or(|oid| oid == o);
    if trade.orders.iter().all(|o| !chosen(o.oid)) {
        return Err(ApiError::service(codes::TRADE_NOT_EXIST, "The trade has no such order."));
    }
    if trade.orders.iter().any(|o| chosen(o.oid) && o.seller_rate) {
        return Err(ApiError::service(codes::RATING_REFUSED, "The seller has rated this order already."));
    }
    let mut rates = Vec::new();
    for order in trade.orders.iter_mut().filter(|o| chosen(o.oid)) {
        order.seller_rate = true;
        rates.push(Rate {
            tid,
            oid: order.oid,
            by_seller: true,
            buyer_nick: trade.buyer_nick.clone(),
            result: result.to_owned(),
            content: args.text("content").unwrap_or_default().to_owned(),
            num_iid: order.num_iid,
            item_title: order.title.clone(),
            item_price: order.price,
            created: args.now,
        });
    }
    trade.modified = args.now;
    world.rates.extend(rates);
    world.publish_trade("TradeRated", tid, args.now);
    Ok(one("trade_rate", json!({"tid": tid, "oid": oid.unwrap_or(tid), "created": args.now})))
}

/// `taobao.traderates.get`: what the seller gave or got, newest first.
pub(super) fn list(world: &mut World, args: &Args<'_>) -> Reply {
    let given = args.need_text("rate_type")? == "give";
    let (tid, num_iid) = (args.int("tid")?, args.int("num_iid")?);
    let (from, to) = (args.time("start_date")?, args.time("end_date")?);
    let found = world.rates.iter().rev().filter(|r| {
        r.by_seller == given
            && args.text("result").is_none_or(|want| r.result == want)
            && tid.is_none_or(|t| r.tid == t)
            && num_iid.is_none_or(|n| r.num_iid == n)
            && from.is_none_or(|t| r.created >= t)
            && to.is_none_or(|t| r.created <= t)
    });
    let rates: Vec<Value> = found.map(Rate::to_json).collect();
    Ok(listed("trade_rates", args, args.page(rates, 40)?))
}
