//! Counting in Redis.

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use redis::Script;

use crate::error::{ConfigError, Error};
use crate::layer::limit::{SharedCount, Take, Taken, Unreachable};
use crate::observe;
use crate::redis::{Ask, Link};
use crate::transport::BoxFuture;

static TAKE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("take.lua")));

const NO_URL: &str = "not a URL of a Redis, such as `redis://host:6379/0`, without TLS";

/// Later than the one that is there, if one is.
static BAN: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '', 'PX', ARGV[1]) end",
    )
});

/// Counts in Redis, for all processes that use the same one. Needs Redis 5 or later, one server (no cluster), and a runtime of tokio.
///
/// Redis tells the time, so that the machines' clocks need not agree. A count that Redis has lost starts without a burst;
/// so does one in whose place something else lies, which is counted and logged.
pub struct RedisCount {
    link: Link,
    prefix: String,
}

impl RedisCount {
    /// Counts in the Redis at this URL, such as `redis://user:password@cache.internal:6379/0`. It connects at the first call.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if it is no URL of a Redis.
    pub fn new(url: &str) -> Result<Self, Error> {
        // What the library says about it may hold the URL, and that a password.
        let link = Link::open(url).ok_or_else(|| ConfigError::at("limits.redis.url", NO_URL))?;
        Ok(Self { link, prefix: "topsdk".to_owned() })
    }

    /// What the names of all keys begin with. `topsdk` by default.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long to wait for the connection, and for each answer. 250 ms by default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.link.set_timeout(timeout);
        self
    }

    /// The braces keep the keys of an application on one server of a cluster, should there be one in between.
    fn key(&self, app_key: &str, name: &str) -> String {
        format!("{}:{{{app_key}}}:{name}", self.prefix)
    }

    /// Runs a script.
    async fn run<T: redis::FromRedisValue + Send + 'static>(
        &self,
        script: &'static Script,
        keys: &[String],
        arguments: &[String],
    ) -> Result<T, Unreachable> {
        let mut invocation = script.prepare_invoke();
        keys.iter().for_each(|key| {
            invocation.key(key);
        });
        arguments.iter().for_each(|argument| {
            invocation.arg(argument);
        });
        self.link.ask(Ask::Script(invocation)).await.map_err(|broken| Unreachable::new(broken.0))
    }
}

impl SharedCount for RedisCount {
    fn take<'a>(&'a self, take: &'a Take<'a>) -> BoxFuture<'a, Result<Taken, Unreachable>> {
        Box::pin(async move {
            let count = self.key(take.app_key, &format!("count:{}", take.limit));
            let bans = take.bans.iter().map(|ban| self.key(take.app_key, &format!("ban:{ban}")));
            let keys: Vec<String> = std::iter::once(count).chain(bans).collect();
            let period = take.period.as_secs_f64() * 1e6;
            let arguments = [period.to_string(), take.burst.to_string(), take.leave.to_string()];
            let answer: Vec<u64> = self.run(&TAKE, &keys, &arguments).await?;
            if let [0, 1] | [1, _, 1] = answer.as_slice() {
                observe::limiter_corrupt(take.limit);
                tracing::warn!(limit = take.limit, "the shared count of a rate limit was no count; it starts anew");
            }
            match answer.as_slice() {
                [0, _] => Ok(Taken::Passed),
                [1, wait, _] => Ok(Taken::Wait(Duration::from_micros(*wait))),
                [2, time, ban] => {
                    let ban = usize::try_from(*ban).unwrap_or(usize::MAX);
                    Ok(Taken::Banned { ban, time: Duration::from_micros(*time) })
                }
                _ => Err(Unreachable::new("the script answered something else")),
            }
        })
    }

    fn ban<'a>(&'a self, app_key: &'a str, key: &'a str, time: Duration) -> BoxFuture<'a, Result<(), Unreachable>> {
        Box::pin(async move {
            let key = self.key(app_key, &format!("ban:{key}"));
            // Redis takes whole milliseconds, from one.
            let milliseconds = time.as_nanos().div_ceil(1_000_000).max(1);
            self.run(&BAN, &[key], &[milliseconds.to_string()]).await
        })
    }
}

impl fmt::Debug for RedisCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the client: it knows the password.
        f.debug_struct("RedisCount").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// The table `redis` of a configuration.
#[cfg(feature = "serde")]
pub(super) fn read<'de, D>(deserializer: D) -> Result<Option<std::sync::Arc<dyn SharedCount>>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    use serde::Deserialize as _;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Table {
        #[serde(rename = "url", deserialize_with = "read_url")]
        count: RedisCount,
        prefix: Option<String>,
        #[serde(default, deserialize_with = "read_timeout")]
        timeout: Option<Duration>,
    }

    let Table { mut count, prefix, timeout } = Table::deserialize(deserializer)?;
    if let Some(prefix) = prefix {
        count = count.prefix(prefix);
    }
    if let Some(timeout) = timeout {
        count = count.timeout(timeout);
    }
    Ok(Some(std::sync::Arc::new(count)))
}

#[cfg(feature = "serde")]
fn read_url<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<RedisCount, D::Error> {
    let url: String = serde::Deserialize::deserialize(deserializer)?;
    RedisCount::new(&url).map_err(|_| serde::de::Error::custom(NO_URL))
}

#[cfg(feature = "serde")]
fn read_timeout<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text: String = serde::Deserialize::deserialize(deserializer)?;
    let timeout = crate::human::duration(&text).filter(|timeout| !timeout.is_zero());
    timeout.map(Some).ok_or_else(|| serde::de::Error::custom("expected a time such as `250ms`"))
}
