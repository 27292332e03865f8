//! What this side can tell about a refusal: a wrong clock, a wrong secret, a key of another environment.

use std::time::{Duration, SystemTime};

use crate::client::{RawReply, Settings};
use crate::transport::http_date;

/// A sentence for the codes that have their cause on this side.
pub(crate) fn hint(settings: &Settings, raw: &RawReply, code: i64) -> Option<String> {
    let key = settings.credentials.app_key();
    let environment = settings.environment.name();
    match code {
        25 => Some(format!(
            "This SDK signs by the platform's rule, so the likely cause is a secret that does not belong to app key {key} on {environment}."
        )),
        28 | 29 => Some(format!(
            "Keys are issued per environment: {environment} does not know app key {key}; is it the key of another environment?"
        )),
        30 | 31 => Some(clock(settings.clock.now(), gateway_time(raw)?)),
        _ => None,
    }
}

/// The gateway's time of day, from the `Date` header.
pub(crate) fn gateway_time(raw: &RawReply) -> Option<SystemTime> {
    http_date(raw.header("date")?)
}

/// Compares this side's clock with the gateway's.
fn clock(local: SystemTime, gateway: SystemTime) -> String {
    let (skew, direction) = match local.duration_since(gateway) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    if skew < Duration::from_secs(60) {
        "This clock agrees with the gateway's to the minute.".to_owned()
    } else {
        format!(
            "This clock is {} {direction} the gateway's; the platform allows 10 minutes. Set the clock.",
            human(skew)
        )
    }
}

fn human(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, m) => format!("{m} min"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_skew_in_words() {
        let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let gateway = at(1_451_620_800);
        for (local, expected) in [
            (1_451_620_800, "This clock agrees with the gateway's to the minute."),
            (1_451_620_800 + 3 * 3600 + 12 * 60, "This clock is 3 h 12 min ahead of the gateway's"),
            (1_451_620_800 - 8 * 3600, "This clock is 8 h 0 min behind the gateway's"),
            (1_451_620_800 + 49 * 3600, "This clock is 2 d 1 h ahead of the gateway's"),
        ] {
            let hint = clock(at(local), gateway);
            assert!(hint.starts_with(expected), "{hint}");
        }
    }
}
