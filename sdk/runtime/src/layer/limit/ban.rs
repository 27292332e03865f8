//! What the platform has told to stop, and for how long.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::error::GatewayError;
use crate::layer::limit::Ask;

/// Longest ban that is believed: quotas are those of a day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The shortest ban that the platform gives, where it does not tell how long.
const UNTOLD: Duration = Duration::from_secs(1);

/// What a ban closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// All calls of the application.
    App,
    /// All calls that the limit counts.
    Limit,
    /// The method.
    Method,
    /// Calls for this user.
    Session,
}

impl Scope {
    /// All that may close a call.
    pub(super) const ALL: [Self; 4] = [Self::App, Self::Limit, Self::Method, Self::Session];

    /// A word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Limit => "limit",
            Self::Method => "method",
            Self::Session => "session",
        }
    }

    /// What a refusal closes, and for how long; nothing if it is not about the rate of calls.
    pub(super) fn of(refusal: &GatewayError) -> Option<(Self, Duration)> {
        let sub_code = refusal.sub_code().unwrap_or_default();
        let name = sub_code.split(':').next().unwrap_or(sub_code);
        let scope = match refusal.code() {
            4 | 5 => Self::Session,
            6 => Self::App,
            7 | 8 => match name.strip_prefix("accesscontrol.limited-by-") {
                Some("app-access-count") => Self::App,
                Some("api-access-count" | "app-api-access-count") => Self::Method,
                _ => Self::Limit,
            },
            _ if name == "isp.call-limited" => Self::Method,
            _ => return None,
        };
        Some((scope, refusal.ban().unwrap_or(UNTOLD).min(LONGEST)))
    }

    /// The name of what is closed for this call, for the key of a store; nothing for a user where there is none.
    pub(super) fn key(self, ask: &Ask<'_>, limit: &str) -> Option<String> {
        Some(match self {
            Self::App => "app".to_owned(),
            Self::Limit => format!("limit:{limit}"),
            Self::Method => format!("method:{}", ask.method),
            Self::Session => {
                let mut key = "session:".to_owned();
                for byte in ask.session?.as_bytes() {
                    write!(key, "{byte:02x}").ok()?;
                }
                key
            }
        })
    }
}

/// The bans that this process knows.
#[derive(Default)]
pub(super) struct Bans {
    /// When the last one ends, in nanoseconds since the limiter began: nearly always in the past, and then nobody looks further.
    last: AtomicU64,
    /// When each ends, by application and what it closes.
    until: Mutex<HashMap<String, HashMap<String, Duration>>>,
}

impl Bans {
    /// Whether any ban lasts.
    pub(super) fn any(&self, now: Duration) -> bool {
        let last = self.last.load(Ordering::Acquire);
        last > 0 && nanos(now) < last
    }

    /// How long calls of the application with one of these keys are closed; zero if they are not.
    pub(super) fn left(&self, now: Duration, app_key: &str, keys: &[String]) -> Duration {
        let mut bans = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bans) = bans.get_mut(app_key) else { return Duration::ZERO };
        bans.retain(|_, until| *until > now);
        let until = keys.iter().filter_map(|key| bans.get(key)).max();
        until.map_or(Duration::ZERO, |until| until.saturating_sub(now))
    }

    /// Closes. Of two bans the later end counts.
    pub(super) fn close(&self, now: Duration, app_key: &str, key: String, time: Duration) {
        let until = now.saturating_add(time);
        let mut bans = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        let known = bans.entry(app_key.to_owned()).or_default().entry(key).or_insert(until);
        *known = until.max(*known);
        self.last.fetch_max(nanos(until), Ordering::Release);
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
