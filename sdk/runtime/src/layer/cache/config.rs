//! What can be set.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::error::{ConfigError, ConfigProblem};
use crate::layer::cache::CacheStore;
use crate::methods;

/// What a cache keeps, and for how long.
///
/// Without any setting, answers of the methods whose specs say so are kept in this process, for the time that the specs say.
///
/// ```
/// use std::time::Duration;
/// use topsdk::layer::cache::{Cache, CacheSettings};
///
/// let settings = CacheSettings::new()
///     .max_bytes(16 * 1024 * 1024)
///     .method("taobao.item.seller.get", Duration::from_secs(5))
///     .off("taobao.itemcats.get")
///     .stale_while_revalidate(Duration::from_secs(30))
///     .stale_if_error(Duration::from_secs(600));
/// let cache = Cache::new(settings)?;
/// # Ok::<(), topsdk::Error>(())
/// ```
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(deny_unknown_fields, default))]
pub struct CacheSettings {
    #[cfg_attr(feature = "config", serde(deserialize_with = "crate::human::read::size"))]
    #[cfg_attr(all(feature = "serde", not(feature = "config")), serde(skip))]
    pub(super) max_bytes: usize,
    pub(super) methods: BTreeMap<String, Ttl>,
    unlisted: BTreeSet<String>,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::human::read::time"))]
    pub(super) absent: Duration,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::human::read::time"))]
    pub(super) stale_while_revalidate: Duration,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::human::read::time"))]
    pub(super) stale_if_error: Duration,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::human::read::time"))]
    pub(super) recheck: Duration,
    #[cfg_attr(
        all(feature = "serde", feature = "redis"),
        serde(rename = "redis", deserialize_with = "super::redis::read")
    )]
    #[cfg_attr(all(feature = "serde", not(feature = "redis")), serde(skip))]
    pub(super) store: Option<Arc<dyn CacheStore>>,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self {
            max_bytes: 64 * 1024 * 1024,
            methods: BTreeMap::new(),
            unlisted: BTreeSet::new(),
            absent: Duration::from_secs(10),
            stale_while_revalidate: Duration::ZERO,
            stale_if_error: Duration::ZERO,
            recheck: Duration::from_secs(1),
            store: None,
        }
    }
}

impl CacheSettings {
    /// The methods of the specs, in this process, 64 MiB at most.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Most bytes that are kept in this process. 64 MiB by default.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Keeps the answers of this read for so long, whatever its spec says.
    #[must_use]
    pub fn method(mut self, name: impl Into<String>, ttl: Duration) -> Self {
        self.methods.insert(name.into(), Ttl::For(ttl));
        self
    }

    /// Keeps no answers of this method.
    #[must_use]
    pub fn off(mut self, name: impl Into<String>) -> Self {
        self.methods.insert(name.into(), Ttl::Off);
        self
    }

    /// That this method, of which [`method`](Self::method) or [`off`](Self::off) tells, has no spec here. Without it, such a name is
    /// taken for a misspelt one.
    #[must_use]
    pub fn unlisted(mut self, name: impl Into<String>) -> Self {
        self.unlisted.insert(name.into());
        self
    }

    /// How long "there is no such thing" is kept, by the sub codes that the specs mark so: never longer than answers of the method.
    /// 10 s by default; zero for not at all.
    #[must_use]
    pub fn absent(mut self, ttl: Duration) -> Self {
        self.absent = ttl;
        self
    }

    /// For how long after its time an answer is still given, while a new one is fetched behind the caller's back. Not at all by
    /// default. Outside of a runtime of tokio nothing is fetched until that time is over too.
    #[must_use]
    pub fn stale_while_revalidate(mut self, time: Duration) -> Self {
        self.stale_while_revalidate = time;
        self
    }

    /// For how long after its time an answer is still given when no new one can be had: the platform cannot be reached, fails, or
    /// refuses for the rate of calls. Not at all by default.
    #[must_use]
    pub fn stale_if_error(mut self, time: Duration) -> Self {
        self.stale_if_error = time;
        self
    }

    /// A second level behind this process, for all processes that use it, such as [Redis](super::RedisCache).
    #[must_use]
    pub fn store(mut self, store: impl CacheStore + 'static) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// With a second level: how long after it was asked for, or looked up there, an answer is given out by this process before the second
    /// level is asked whether it still holds. Then another process's write shows here. 1 s by default.
    #[must_use]
    pub fn recheck(mut self, time: Duration) -> Self {
        self.recheck = time;
        self
    }

    /// Everything that is wrong.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        if self.max_bytes == 0 {
            problems
                .push(ConfigProblem::new("cache.max_bytes", "nothing fits into 0 bytes; leave the cache out instead"));
        }
        for (name, ttl) in &self.methods {
            let key = format!("cache.methods.{name}");
            match (methods::is_read(name), ttl) {
                (None, _) if !self.unlisted.contains(name) => {
                    let hint = methods::near(name).map_or(String::new(), |near| format!(" Did you mean `{near}`?"));
                    let message = format!("no such method.{hint} If it has no spec here, name it in `unlisted`");
                    problems.push(ConfigProblem::new(key, message));
                }
                (Some(false), Ttl::For(_)) => {
                    problems.push(ConfigProblem::new(key, "this method writes: its answers cannot be kept"));
                }
                (_, Ttl::For(Duration::ZERO)) => {
                    problems.push(ConfigProblem::new(key, "a time above zero is needed; say `off` to keep nothing"));
                }
                _ => {}
            }
        }
        ConfigError::none_of(problems)
    }
}

/// How long answers of a method are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(try_from = "String"))]
pub(super) enum Ttl {
    Off,
    For(Duration),
}

#[cfg(feature = "serde")]
impl TryFrom<String> for Ttl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "off" => Ok(Self::Off),
            time => {
                crate::human::duration(time).map(Self::For).ok_or("expected `off` or a time such as `5s` or `1m 30s`")
            }
        }
    }
}

/// What a cache does for one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CachePolicy {
    /// Gives what is kept, and keeps what comes.
    #[default]
    Use,
    /// Asks the platform, and keeps what comes.
    Refresh,
    /// Has nothing to do with the call.
    Bypass,
}
