//! What the platform has told to stop, and for how long.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::{GatewayError, UNTOLD_BAN};
use crate::layer::limit::Ask;

/// Longest ban that is believed: quotas are those of a day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

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
        if !refusal.is_rate_limited() {
            return None;
        }
        let name = refusal.sub_code_name().unwrap_or_default();
        let scope = match refusal.code() {
            4 | 5 => Self::Session,
            6 => Self::App,
            7 | 8 => match name.strip_prefix("accesscontrol.limited-by-") {
                Some("app-access-count") => Self::App,
                Some("api-access-count" | "app-api-access-count") => Self::Method,
                _ => Self::Limit,
            },
            // The service behind the method.
            _ => Self::Method,
        };
        Some((scope, refusal.ban().unwrap_or(UNTOLD_BAN).min(LONGEST)))
    }

    /// The name of what is closed for this call, for the key of a store; nothing for a user where there is none.
    pub(super) fn key(self, ask: &Ask<'_>, limit: &str) -> Option<String> {
        Some(match self {
            Self::App => "app".to_owned(),
            Self::Limit => format!("limit:{limit}"),
            Self::Method => format!("method:{}", ask.method),
            Self::Session => {
                let mut key = "session:".to_owned();
                for byte in ask.user()?.as_bytes() {
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
    /// Whether the others may have to be told some.
    untold: AtomicBool,
    /// By application and what it closes.
    known: Mutex<HashMap<String, HashMap<String, Ban>>>,
}

#[derive(Clone, Copy)]
struct Ban {
    until: Duration,
    /// Whether the processes that share the count have been told.
    told: bool,
}

/// A ban that the others have to be told.
pub(super) struct Untold {
    pub(super) app_key: String,
    pub(super) key: String,
    pub(super) left: Duration,
    until: Duration,
}

impl Bans {
    /// Whether any ban lasts.
    pub(super) fn any(&self, now: Duration) -> bool {
        let last = self.last.load(Ordering::Acquire);
        last > 0 && nanos(now) < last
    }

    /// How long calls of the application with one of these keys are closed; zero if they are not.
    pub(super) fn left(&self, now: Duration, app_key: &str, keys: &[String]) -> Duration {
        let mut known = self.lock();
        let Some(bans) = known.get_mut(app_key) else { return Duration::ZERO };
        bans.retain(|_, ban| ban.until > now);
        let until = keys.iter().filter_map(|key| bans.get(key)).map(|ban| ban.until).max();
        until.map_or(Duration::ZERO, |until| until.saturating_sub(now))
    }

    /// Closes. Of two bans the later end counts. `told` says whether the others know it.
    pub(super) fn close(&self, now: Duration, app_key: &str, key: String, time: Duration, told: bool) {
        let ban = Ban { until: now.saturating_add(time), told };
        let mut known = self.lock();
        let longest = known.entry(app_key.to_owned()).or_default().entry(key).or_insert(ban);
        if longest.until < ban.until {
            *longest = ban;
        }
        self.untold.fetch_or(!told, Ordering::Release);
        self.last.fetch_max(nanos(ban.until), Ordering::Release);
    }

    /// A ban that lasts and that the others have to be told.
    pub(super) fn untold(&self, now: Duration) -> Option<Untold> {
        if !self.untold.load(Ordering::Acquire) {
            return None;
        }
        let known = self.lock();
        let all = known.iter().flat_map(|(app_key, bans)| bans.iter().map(move |(key, ban)| (app_key, key, ban)));
        let found = all.into_iter().find(|(_, _, ban)| !ban.told && ban.until > now);
        if found.is_none() {
            self.untold.store(false, Ordering::Release);
        }
        let (app_key, key, Ban { until, .. }) = found?;
        Some(Untold { app_key: app_key.clone(), key: key.clone(), left: until.saturating_sub(now), until: *until })
    }

    /// The others have been told.
    pub(super) fn told(&self, ban: &Untold) {
        let mut known = self.lock();
        // It may have been replaced by a longer one meanwhile.
        if let Some(known) = known.get_mut(&ban.app_key).and_then(|bans| bans.get_mut(&ban.key))
            && known.until == ban.until
        {
            known.told = true;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, HashMap<String, Ban>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
