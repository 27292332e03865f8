//! Polling the message service.

use serde_json::{Value, json};

use super::{Reply, one};
use crate::args::Args;
use crate::fixtures::{APP_KEY, SELLER, SELLER_ID};
use crate::world::World;

/// Messages of one poll unless told otherwise.
const DEFAULT_QUANTITY: i64 = 100;

/// `taobao.tmc.messages.consume`: the oldest messages that are not confirmed.
pub(super) fn consume(world: &mut World, args: &Args<'_>) -> Reply {
    let quantity = args.int("quantity")?.unwrap_or(DEFAULT_QUANTITY).clamp(1, 200);
    let messages = world.messages.iter().take(usize::try_from(quantity).unwrap_or_default());
    let messages = messages
        .map(|m| {
            json!({
                "id": m.id, "topic": m.topic, "content": m.content.to_string(), "pub_time": m.time, "pub_app_key": APP_KEY,
                "user_id": SELLER_ID, "user_nick": SELLER,
            })
        })
        .collect();
    Ok(one("messages", Value::Array(messages)))
}

/// `taobao.tmc.messages.confirm`: confirmed messages do not come again.
pub(super) fn confirm(world: &mut World, args: &Args<'_>) -> Reply {
    let ids = args.ints("s_message_ids")?;
    world.messages.retain(|m| !ids.contains(&m.id));
    Ok(one("is_success", true.into()))
}
