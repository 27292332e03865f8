//! Lists of trades.

use serde_json::Value;

use super::{Reply, listed};
use crate::args::Args;
use crate::error::ApiError;
use crate::world::{Status, Trade, World};

/// `sold.get` looks back three months.
const LOOK_BACK_MINUTES: i64 = 90 * 24 * 60;
/// Widest window of `sold.increment.get`.
const MAX_WINDOW_MS: i64 = 24 * 60 * 60 * 1000;

/// `taobao.trades.sold.get`: by creation time, newest first.
pub(super) fn sold(world: &mut World, args: &Args<'_>) -> Reply {
    let from = args.time("start_created")?.unwrap_or(args.now.plus_minutes(-LOOK_BACK_MINUTES));
    let to = args.time("end_created")?;
    let wanted = filter(args)?;
    let mut trades: Vec<&Trade> = world
        .trades
        .values()
        .filter(|t| t.created >= from && to.is_none_or(|to| t.created <= to))
        .filter(|t| wanted(t))
        .collect();
    trades.sort_by_key(|t| (std::cmp::Reverse(t.created), t.tid));
    page(args, trades)
}

/// `taobao.trades.sold.increment.get`: by time of change, newest first; the window is at most one day.
pub(super) fn sold_increment(world: &mut World, args: &Args<'_>) -> Reply {
    let from = args.time("start_modified")?.ok_or_else(|| ApiError::missing("start_modified"))?;
    let to = args.time("end_modified")?.ok_or_else(|| ApiError::missing("end_modified"))?;
    if to < from {
        return Err(ApiError::invalid("end_modified", "Earlier than start_modified."));
    }
    if to.millis() - from.millis() > MAX_WINDOW_MS {
        return Err(ApiError::invalid("end_modified", "More than one day after start_modified."));
    }
    let wanted = filter(args)?;
    let mut trades: Vec<&Trade> =
        world.trades.values().filter(|t| from <= t.modified && t.modified <= to).filter(|t| wanted(t)).collect();
    trades.sort_by_key(|t| (std::cmp::Reverse(t.modified), t.tid));
    page(args, trades)
}

fn page(args: &Args<'_>, trades: Vec<&Trade>) -> Reply {
    let trades: Vec<Value> = trades.into_iter().map(Trade::to_json).collect();
    Ok(listed("trades", args, args.page(trades, 40)?))
}

/// The filters that both lists share.
fn filter<'a>(args: &Args<'a>) -> Result<impl Fn(&Trade) -> bool + use<'a>, ApiError> {
    let status = args.text("status").map(statuses);
    let buyer = args.text("buyer_nick");
    let uid = args.text("buyer_open_uid").or(args.text("buyer_open_id"));
    let rated = match args.text("rate_status") {
        Some("RATE_UNSELLER") => Some(false),
        Some("RATE_SELLER") => Some(true),
        _ => None,
    };
    Ok(move |t: &Trade| {
        status.as_ref().is_none_or(|wanted| wanted.contains(&t.status))
            && buyer.is_none_or(|b| t.buyer_nick == b)
            && uid.is_none_or(|u| t.buyer_open_uid == u)
            && rated.is_none_or(|r| t.orders.iter().all(|o| o.seller_rate == r))
    })
}

/// The states that a status filter stands for; a name the shop never uses stands for none.
fn statuses(name: &str) -> Vec<Status> {
    const ALL: [Status; 7] = [
        Status::WaitBuyerPay,
        Status::WaitSellerSendGoods,
        Status::SellerConsignedPart,
        Status::WaitBuyerConfirmGoods,
        Status::TradeFinished,
        Status::TradeClosed,
        Status::TradeClosedByTaobao,
    ];
    match name {
        "ALL_WAIT_PAY" => vec![Status::WaitBuyerPay],
        "ALL_CLOSED" => vec![Status::TradeClosed, Status::TradeClosedByTaobao],
        name => ALL.into_iter().filter(|s| s.as_str() == name).collect(),
    }
}
