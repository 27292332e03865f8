//! What can be set, and what is wrong with it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use crate::human;
use crate::layer::limit::SharedCount;

/// How fast the calls of an application may go.
///
/// Without any setting, each tier has the figure of `specs/platform.yaml`: 1000, 200 and 500 calls a minute for `basic`, `trade` and
/// `logistics`. The platform's console shows the figures that hold for an application; set those.
///
/// ```
/// use std::time::Duration;
/// use topsdk::layer::limit::{MethodLimit, Rate, RateLimiter, RateLimits, Wait};
///
/// let limits = RateLimits::new()
///     .tier("trade", Rate::per_minute(600).burst(20))
///     .method("taobao.trades.sold.get", Rate::per_minute(60))
///     .method("taobao.trade.memo.update", MethodLimit::tier("basic"))
///     .wait(Wait::AtMost(Duration::from_secs(5)));
/// let limiter = RateLimiter::new(limits)?;
/// # Ok::<(), topsdk::Error>(())
/// ```
///
/// With the feature `serde` the same comes from a configuration file:
///
/// ```toml
/// wait = "5s"                                   # or "no", or "always"
/// longest_ban = "10s"
/// when_unreachable = "open"                     # or "closed"
/// processes = 10                                # each counts a tenth while Redis is away
/// tiers.trade = { per_minute = 600, burst = 20 }
/// methods."taobao.trades.sold.get" = { per_minute = 60 }
/// methods."taobao.trade.memo.update" = { tier = "basic" }
/// redis = { url = "redis://cache.internal/" }   # with the feature `redis`
/// ```
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(deny_unknown_fields, default))]
pub struct RateLimits {
    pub(super) tiers: BTreeMap<String, Rate>,
    pub(super) methods: BTreeMap<String, MethodLimit>,
    pub(super) wait: Wait,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "human::read::time"))]
    pub(super) longest_ban: Duration,
    pub(super) when_unreachable: WhenUnreachable,
    pub(super) processes: i64,
    #[cfg_attr(
        all(feature = "serde", feature = "redis"),
        serde(rename = "redis", deserialize_with = "super::redis::read")
    )]
    #[cfg_attr(all(feature = "serde", not(feature = "redis")), serde(skip))]
    pub(super) shared: Option<Arc<dyn SharedCount>>,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            tiers: BTreeMap::new(),
            methods: BTreeMap::new(),
            wait: Wait::default(),
            longest_ban: Duration::from_secs(5),
            when_unreachable: WhenUnreachable::default(),
            processes: 1,
            shared: None,
        }
    }
}

impl RateLimits {
    /// The platform's tiers with their usual figures, counted in this process; calls wait [30 s at most](Wait), and for no ban of more
    /// than 5 s.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the limit of a tier. One that the specs do not have is the program's own: either a [method](Self::method) is counted with
    /// it, or it is [unlisted](Rate::unlisted), for requests that name it.
    #[must_use]
    pub fn tier(mut self, name: impl Into<String>, rate: Rate) -> Self {
        self.tiers.insert(name.into(), rate);
        self
    }

    /// Gives a method a limit of its own, in place of its tier's, or another tier.
    #[must_use]
    pub fn method(mut self, name: impl Into<String>, limit: impl Into<MethodLimit>) -> Self {
        self.methods.insert(name.into(), limit.into());
        self
    }

    /// How long calls wait that do not say it themselves. 30 s at most by default.
    #[must_use]
    pub fn wait(mut self, wait: Wait) -> Self {
        self.wait = wait;
        self
    }

    /// The longest ban that a call waits for, however long it may [wait](Self::wait): as long as a longer one lasts, calls fail at once
    /// and say for how long. 5 s by default, as for [retries](crate::layer::Retry::longest_ban): bans for frequency last 1 or 2 s,
    /// those for a daily quota hours.
    #[must_use]
    pub fn longest_ban(mut self, limit: Duration) -> Self {
        self.longest_ban = limit;
        self
    }

    /// Counts where other machines count too, such as in [Redis](super::RedisCount).
    #[must_use]
    pub fn shared(mut self, count: impl SharedCount + 'static) -> Self {
        self.shared = Some(Arc::new(count));
        self
    }

    /// What happens while the shared count cannot be reached. [Open](WhenUnreachable::Open) by default.
    #[must_use]
    pub fn when_unreachable(mut self, what: WhenUnreachable) -> Self {
        self.when_unreachable = what;
        self
    }

    /// How many processes there are: what one of them counts by itself, while a shared count cannot be reached or where there is none,
    /// is its share of each limit, one call at once at least. 1 by default, so that each has all of it.
    #[must_use]
    pub fn processes(mut self, count: i64) -> Self {
        self.processes = count;
        self
    }
}

/// A number of calls a minute, which holds in every minute, bursts included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(deny_unknown_fields))]
pub struct Rate {
    pub(super) per_minute: i64,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) burst: Option<i64>,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) reserve: Option<i64>,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) unlisted: bool,
}

impl Rate {
    /// At most this many calls in any minute, evenly spread but for [bursts](Self::burst).
    #[must_use]
    pub const fn per_minute(calls: i64) -> Self {
        Self { per_minute: calls, burst: None, reserve: None, unlisted: false }
    }

    /// How many calls may follow each other at once after a quiet time: at most half of a minute's. A sixtieth by default. What a burst
    /// takes is missing from the steady rate, which is `per_minute - burst + 1` a minute.
    #[must_use]
    pub const fn burst(mut self, calls: i64) -> Self {
        self.burst = Some(calls);
        self
    }

    /// How many calls of the burst [background](crate::layer::Priority::Background) calls leave to the others. Half of it by default.
    #[must_use]
    pub const fn reserve(mut self, calls: i64) -> Self {
        self.reserve = Some(calls);
        self
    }

    /// For a tier that neither the specs have nor a method of these settings, because requests of the program name it
    /// (`#[top(tier = "..")]`). Without it, such a name is taken for a misspelt one.
    #[must_use]
    pub const fn unlisted(mut self) -> Self {
        self.unlisted = true;
        self
    }
}

/// The limit of one method: a [`Rate`], or the name of a tier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(deny_unknown_fields, default))]
pub struct MethodLimit {
    pub(super) per_minute: Option<i64>,
    pub(super) burst: Option<i64>,
    pub(super) reserve: Option<i64>,
    pub(super) tier: Option<String>,
    pub(super) unlisted: bool,
}

impl MethodLimit {
    /// Counted with this tier.
    #[must_use]
    pub fn tier(name: impl Into<String>) -> Self {
        Self { tier: Some(name.into()), ..Self::default() }
    }

    /// For a method that has no spec here. Without it, such a name is taken for a misspelt one.
    #[must_use]
    pub fn unlisted(mut self) -> Self {
        self.unlisted = true;
        self
    }
}

impl From<Rate> for MethodLimit {
    fn from(rate: Rate) -> Self {
        let Rate { per_minute, burst, reserve, unlisted } = rate;
        Self { per_minute: Some(per_minute), burst, reserve, tier: None, unlisted }
    }
}

/// How long a call may wait until its limit lets it pass. It never waits beyond the call's deadline. Asking a [`SharedCount`] is no waiting:
/// that ends with the count's own time limit, with the deadline, or a tenth of a second after the wait that is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(try_from = "String"))]
pub enum Wait {
    /// Not at all: the call fails at once.
    No,
    /// At most this long. If it would be longer, as far as can be told, the call fails at once.
    AtMost(Duration),
    /// However long. Bans have a [limit](RateLimits::longest_ban) of their own.
    Always,
}

impl Default for Wait {
    fn default() -> Self {
        Self::AtMost(Duration::from_secs(30))
    }
}

/// From `no`, `always` or a time such as `5s` or `1m 30s`.
impl FromStr for Wait {
    type Err = WaitError;

    fn from_str(text: &str) -> Result<Self, WaitError> {
        match text {
            "no" => Ok(Self::No),
            "always" => Ok(Self::Always),
            _ => human::duration(text).map(Self::AtMost).ok_or(WaitError),
        }
    }
}

impl TryFrom<String> for Wait {
    type Error = WaitError;

    fn try_from(text: String) -> Result<Self, WaitError> {
        text.parse()
    }
}

/// A text that tells no [`Wait`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitError;

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected `no`, `always` or a time such as `5s` or `1m 30s`")
    }
}

impl std::error::Error for WaitError {}

/// What happens while a shared count cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum WhenUnreachable {
    /// Each process goes on with a count of its own: together they may go as many times too fast as there are processes, unless each
    /// knows its [share](RateLimits::processes).
    #[default]
    Open,
    /// Nothing passes. Calls wait as long as they may for the count to come back.
    Closed,
}
