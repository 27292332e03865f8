//! Refunds and their messages.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Reply, listed, one};
use crate::args::Args;
use crate::error::ApiError;
use crate::http::Part;
use crate::sign::hex;
use crate::world::{Refund, RefundMessage, RefundStatus, World};

/// `taobao.refund.get`.
pub(super) fn get(world: &mut World, args: &Args<'_>) -> Reply {
    let refund = world.refund(args.need_int("refund_id")?)?.clone();
    Ok(one("refund", refund.to_json(world.trades.get(&refund.tid))))
}

/// `taobao.refunds.receive.get`: what buyers ask of this seller.
pub(super) fn received(world: &mut World, args: &Args<'_>) -> Reply {
    let (from, to) = (args.time("start_modified")?, args.time("end_modified")?);
    let buyer = args.text("buyer_nick");
    let uid = args.text("buyer_open_uid").or(args.text("ouid"));
    let mut refunds: Vec<&Refund> = world
        .refunds
        .values()
        .filter(|r| args.text("status").is_none_or(|s| r.status.as_str() == s))
        .filter(|r| from.is_none_or(|t| r.modified >= t) && to.is_none_or(|t| r.modified <= t))
        .filter(|r| {
            let trade = world.trades.get(&r.tid);
            buyer.is_none_or(|b| trade.is_some_and(|t| t.buyer_nick == b))
                && uid.is_none_or(|u| trade.is_some_and(|t| t.buyer_open_uid == u))
        })
        .collect();
    refunds.sort_by_key(|r| (std::cmp::Reverse(r.modified), r.refund_id));
    let refunds = refunds.into_iter().map(|r| r.to_json(world.trades.get(&r.tid))).collect();
    Ok(listed("refunds", args, args.page(refunds, 40)?))
}

/// `taobao.refunds.apply.get`: what this user asks of other sellers, which is nothing.
pub(super) fn applied(_: &mut World, args: &Args<'_>) -> Reply {
    Ok(listed("refunds", args, args.page(Vec::new(), 40)?))
}

/// `taobao.refund.messages.get`: oldest first.
pub(super) fn messages(world: &mut World, args: &Args<'_>) -> Reply {
    let refund = world.refund(args.need_int("refund_id")?)?;
    let messages: Vec<Value> = refund.messages.iter().map(|m| m.to_json(refund.refund_id)).collect();
    Ok(listed("refund_messages", args, args.page(messages, 40)?))
}

/// `taobao.refund.message.add`.
pub(super) fn message_add(world: &mut World, args: &Args<'_>) -> Reply {
    let (refund_id, content) = (args.need_int("refund_id")?, args.need_text("content")?);
    world.refund(refund_id)?.must_be_open()?;
    let message = say(world, args, refund_id, content, args.file("image"))?;
    Ok(one("refund_message", json!({"id": message.id, "created": message.created})))
}

/// `taobao.refund.refuse`: the seller says no, and why.
pub(super) fn refuse(world: &mut World, args: &Args<'_>) -> Reply {
    let (refund_id, why) = (args.need_int("refund_id")?, args.need_text("refuse_message")?);
    let refund = world.refund(refund_id)?;
    refund.must_be_open()?;
    say(world, args, refund_id, why, args.file("refuse_proof"))?;
    let refund = world.refund(refund_id)?;
    refund.status = RefundStatus::SellerRefuseBuyer;
    refund.version = args.now.millis();
    let (tid, oid) = (refund.tid, refund.oid);
    if let Ok(trade) = world.trade(tid) {
        trade.modified = args.now;
        for order in trade.orders.iter_mut().filter(|o| o.oid == oid) {
            order.refund_status = RefundStatus::SellerRefuseBuyer.as_str().to_owned();
        }
    }
    world.publish(
        "taobao_refund_RefundSellerRefuseAgreement",
        json!({"refund_id": refund_id, "tid": tid, "oid": oid}),
        args.now,
    );
    let answer = json!({"refund_id": refund_id.to_string(), "modified": args.now, "status": RefundStatus::SellerRefuseBuyer.as_str()});
    let mut out = one("refund", answer);
    out.insert("is_success".into(), true.into());
    Ok(out)
}

/// Adds what the seller says to the refund.
fn say(
    world: &mut World,
    args: &Args<'_>,
    refund_id: i64,
    content: &str,
    picture: Option<&Part>,
) -> Result<RefundMessage, ApiError> {
    let id = world.fresh();
    let message = RefundMessage {
        id,
        by_seller: true,
        nick: crate::fixtures::SELLER.to_owned(),
        content: content.to_owned(),
        created: args.now,
        pictures: picture.map(|_| format!("http://img.example.com/refund/{id}.jpg")).into_iter().collect(),
        picture_digests: picture.map(|p| hex(&Sha256::digest(&p.data))).into_iter().collect(),
    };
    let refund = world.refund(refund_id)?;
    refund.messages.push(message.clone());
    refund.modified = args.now;
    Ok(message)
}
