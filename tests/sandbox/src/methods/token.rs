//! Sessions: authorisation codes and refresh tokens become sessions of the sandbox's seller.

use serde_json::json;

use super::{Reply, one};
use crate::args::Args;
use crate::error::ApiError;
use crate::fixtures::{SELLER, SELLER_ID};
use crate::world::World;

/// How long a session lasts.
const LIFETIME_MINUTES: i64 = 30 * 24 * 60;
/// What a refresh token is, before its number.
const REFRESH: &str = "sandbox-refresh-";

/// `taobao.top.auth.token.create`: any code is taken.
pub(super) fn create(world: &mut World, args: &Args<'_>) -> Reply {
    args.need_text("code")?;
    Ok(grant(world, args))
}

/// `taobao.top.auth.token.refresh`: only tokens that the sandbox gave.
pub(super) fn refresh(world: &mut World, args: &Args<'_>) -> Reply {
    if !args.need_text("refresh_token")?.starts_with(REFRESH) {
        return Err(ApiError::service(
            "isv.invalid-parameter:refresh_token",
            "The sandbox gave no such refresh token.",
        ));
    }
    Ok(grant(world, args))
}

fn grant(world: &mut World, args: &Args<'_>) -> serde_json::Map<String, serde_json::Value> {
    let number = world.fresh();
    let session = format!("sandbox-session-{number}");
    let seconds = LIFETIME_MINUTES * 60;
    let end = args.now.plus_minutes(LIFETIME_MINUTES);
    world.sessions.insert(session.clone(), Some(end));
    let result = json!({
        "access_token": session, "token_type": "Bearer", "expires_in": seconds, "refresh_token": format!("{REFRESH}{number}"), "re_expires_in": seconds,
        "r1_expires_in": seconds, "r2_expires_in": seconds, "w1_expires_in": seconds, "w2_expires_in": seconds, "expire_time": end.millis(),
        "taobao_user_id": SELLER_ID.to_string(), "taobao_user_nick": SELLER,
    });
    one("token_result", result.to_string().into())
}
