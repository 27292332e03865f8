//! The limiter as a whole, in virtual time.

mod bans;
mod client;
mod order;
mod parked;
#[cfg(feature = "redis")]
mod redis;
mod settings;
mod shared;
mod sim;

use super::*;
use crate::layer::Priority;

const APP: &str = "12345678";

/// A limiter with these settings in simulated time.
fn limiter(sim: &sim::Sim, limits: RateLimits) -> RateLimiter {
    RateLimiter::with_timer(limits, sim.clone()).unwrap()
}

/// A refusal of the platform.
fn refusal(code: i64, sub_code: &str, sub_msg: &str) -> GatewayError {
    let json = format!(r#"{{"code":{code},"sub_code":"{sub_code}","sub_msg":"{sub_msg}"}}"#);
    let tree = crate::codec::json::read(json.as_bytes()).unwrap();
    let failure = crate::error::Failure::read(tree.root(), &crate::client::Hidden::default());
    GatewayError::new("taobao.trade.get", failure, &[], None)
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}
