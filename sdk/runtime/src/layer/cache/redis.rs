//! A second level in Redis.

use std::fmt;
use std::time::Duration;

use redis::{Pipeline, Value, pipe};

use crate::error::{ConfigError, Error};
use crate::layer::cache::seal::CacheKeys;
use crate::layer::cache::store::{CacheStore, Found, StoreError};
use crate::redis::{Ask, Broken, Link};
use crate::transport::BoxFuture;

const NO_URL: &str = "not a URL of a Redis, such as `redis://host:6379/0`, without TLS";

const NO_CHANCE: &str = "the system has no randomness";

/// How long a tag's generation is remembered. With it go the values that were kept with it.
const REMEMBERED: Duration = Duration::from_secs(7 * 24 * 3600);

/// Keeps answers in Redis, for all processes that use the same one. Needs a runtime of tokio.
///
/// Give it a server of its own with `maxmemory-policy volatile-ttl`; whatever that throws away, no old answer becomes a new one.
///
/// Names in it are digests. The values are the platform's answers, with whatever they tell about people: give it
/// [keys](Self::keys).
pub struct RedisCache {
    link: Link,
    prefix: String,
    keys: CacheKeys,
}

impl RedisCache {
    /// Keeps answers in the Redis at this URL, such as `redis://user:password@cache.internal:6379/0`. It connects at the first call.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if it is no URL of a Redis.
    pub fn new(url: &str) -> Result<Self, Error> {
        // What the library says about it may hold the URL, and that a password.
        let link = Link::open(url).ok_or_else(|| ConfigError::at("cache.redis.url", NO_URL))?;
        Ok(Self { link, prefix: "topsdk".to_owned(), keys: CacheKeys::default() })
    }

    /// What the names of all keys begin with. `topsdk` by default.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long to wait for the connection, and for each answer. 250 ms by default. A call waits for one answer no longer than this, the
    /// connection included, nor than a quarter of the time until its deadline.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.link.set_timeout(timeout);
        self
    }

    /// Encrypts the values, with AES-256-GCM.
    #[must_use]
    pub fn keys(mut self, keys: CacheKeys) -> Self {
        self.keys = keys;
        self
    }

    fn value_name(&self, name: &str) -> String {
        format!("{}:cache:{name}", self.prefix)
    }

    fn tag_name(&self, tag: &str) -> String {
        format!("{}:tag:{tag}", self.prefix)
    }

    /// What these `GET`s find.
    async fn held(&self, mut get: Pipeline) -> Result<Vec<Held>, StoreError> {
        // One key of another type must not hide the others.
        get.ignore_errors();
        let answers: Vec<Value> = self.link.ask(Ask::Commands(get)).await?;
        answers.into_iter().map(Held::of).collect()
    }

    /// Gives each tag a generation that has none that can be read: one that it never had, so that what was kept with a former one stays
    /// old although Redis has lost that. Of those who do so at the same time one wins.
    async fn begin(&self, tags: &[String], told: &[Held]) -> Result<Vec<u64>, StoreError> {
        let mut begin = pipe();
        for (tag, held) in tags.iter().zip(told).filter(|(_, held)| held.generation().is_none()) {
            begin.cmd("SET").arg(tag).arg(chance()?).arg("PX").arg(millis(REMEMBERED));
            if matches!(held, Held::Nothing) {
                begin.arg("NX");
            }
            begin.ignore();
        }
        tags.iter().for_each(|tag| {
            begin.cmd("GET").arg(tag);
        });
        let told = self.held(begin).await?;
        told.iter().map(Held::generation).collect::<Option<_>>().ok_or(StoreError::new("Redis keeps no generations"))
    }
}

impl CacheStore for RedisCache {
    fn get<'a>(&'a self, name: &'a str, tags: &'a [String]) -> BoxFuture<'a, Result<Found, StoreError>> {
        Box::pin(async move {
            let tags: Vec<String> = tags.iter().map(|tag| self.tag_name(tag)).collect();
            let mut get = pipe();
            // The value first: what is written meanwhile can only make it old.
            get.cmd("GET").arg(self.value_name(name));
            tags.iter().for_each(|tag| {
                get.cmd("GET").arg(tag);
            });
            let held = self.held(get).await?;
            let (value, told) = held.split_first().ok_or(StoreError::new("Redis answered something else"))?;
            let stored = match value {
                Held::Nothing => None,
                Held::Bytes(bytes) => Some(self.keys.open(name, bytes).and_then(|plain| unframed(&plain))),
                Held::Foreign => Some(None),
            };
            let corrupt = stored == Some(None) || told.iter().any(Held::is_no_generation);
            let generations = match told.iter().map(Held::generation).collect() {
                Some(generations) => generations,
                None => self.begin(&tags, told).await?,
            };
            let value = stored.flatten().filter(|(kept_with, _)| *kept_with == generations).map(|(_, value)| value);
            Ok(Found { value, generations, corrupt })
        })
    }

    fn put<'a>(
        &'a self,
        name: &'a str,
        value: &'a [u8],
        generations: &'a [u64],
        time: Duration,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let sealed = self.keys.seal(name, &framed(generations, value));
            let sealed = sealed.ok_or(StoreError::new(NO_CHANCE))?;
            let mut set = pipe();
            set.cmd("SET").arg(self.value_name(name)).arg(sealed).arg("PX").arg(millis(time.min(REMEMBERED))).ignore();
            Ok(self.link.ask::<()>(Ask::Commands(set)).await?)
        })
    }

    fn invalidate<'a>(&'a self, tags: &'a [String]) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let mut set = pipe();
            for tag in tags {
                set.cmd("SET").arg(self.tag_name(tag)).arg(chance()?).arg("PX").arg(millis(REMEMBERED)).ignore();
            }
            Ok(self.link.ask::<()>(Ask::Commands(set)).await?)
        })
    }

    fn patience(&self) -> Duration {
        self.link.timeout()
    }
}

impl From<Broken> for StoreError {
    fn from(broken: Broken) -> Self {
        Self::new(broken.0)
    }
}

impl fmt::Debug for RedisCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisCache").field("prefix", &self.prefix).field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// What stands under a name.
enum Held {
    Nothing,
    Bytes(Vec<u8>),
    /// Something of another type.
    Foreign,
}

impl Held {
    fn of(answer: Value) -> Result<Self, StoreError> {
        match answer {
            Value::Nil => Ok(Self::Nothing),
            Value::BulkString(bytes) => Ok(Self::Bytes(bytes)),
            Value::ServerError(error) if error.code() != "WRONGTYPE" => Err(crate::redis::why(&error.into()).into()),
            _ => Ok(Self::Foreign),
        }
    }

    fn generation(&self) -> Option<u64> {
        match self {
            Self::Bytes(digits) => std::str::from_utf8(digits).ok()?.parse().ok(),
            Self::Nothing | Self::Foreign => None,
        }
    }

    fn is_no_generation(&self) -> bool {
        !matches!(self, Self::Nothing) && self.generation().is_none()
    }
}

/// A generation that no tag has had: chance and no count, which would begin anew where Redis has lost it.
fn chance() -> Result<String, StoreError> {
    let mut chance = [0; 8];
    getrandom::fill(&mut chance).map_err(|_| StoreError::new(NO_CHANCE))?;
    Ok(u64::from_be_bytes(chance).to_string())
}

/// Whole milliseconds, from one.
fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}

/// The generations, each eight bytes, after how many there are, and then the value.
fn framed(generations: &[u64], value: &[u8]) -> Vec<u8> {
    let count = u32::try_from(generations.len()).unwrap_or(u32::MAX);
    let mut bytes = count.to_be_bytes().to_vec();
    generations.iter().for_each(|generation| bytes.extend(generation.to_be_bytes()));
    bytes.extend(value);
    bytes
}

fn unframed(bytes: &[u8]) -> Option<(Vec<u64>, Vec<u8>)> {
    let (count, mut rest) = bytes.split_first_chunk::<4>()?;
    let mut generations = Vec::new();
    for _ in 0..u32::from_be_bytes(*count) {
        let (generation, after) = rest.split_first_chunk::<8>()?;
        generations.push(u64::from_be_bytes(*generation));
        rest = after;
    }
    Some((generations, rest.to_vec()))
}

/// The table `redis` of a configuration.
#[cfg(feature = "serde")]
pub(super) fn read<'de, D>(deserializer: D) -> Result<Option<std::sync::Arc<dyn CacheStore>>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    use serde::Deserialize as _;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Table {
        #[serde(rename = "url", deserialize_with = "read_url")]
        cache: RedisCache,
        prefix: Option<String>,
        #[serde(default, deserialize_with = "read_timeout")]
        timeout: Option<Duration>,
        #[serde(default, deserialize_with = "read_keys")]
        keys: CacheKeys,
    }

    let Table { cache, prefix, timeout, keys } = Table::deserialize(deserializer)?;
    let mut cache = cache.keys(keys);
    if let Some(prefix) = prefix {
        cache = cache.prefix(prefix);
    }
    if let Some(timeout) = timeout {
        cache = cache.timeout(timeout);
    }
    Ok(Some(std::sync::Arc::new(cache)))
}

#[cfg(feature = "serde")]
fn read_url<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<RedisCache, D::Error> {
    let url: String = serde::Deserialize::deserialize(deserializer)?;
    RedisCache::new(&url).map_err(|_| serde::de::Error::custom(NO_URL))
}

#[cfg(feature = "serde")]
fn read_timeout<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text: String = serde::Deserialize::deserialize(deserializer)?;
    let timeout = crate::human::duration(&text).filter(|timeout| !timeout.is_zero());
    timeout.map(Some).ok_or_else(|| serde::de::Error::custom("expected a time such as `250ms`"))
}

/// The current key first.
#[cfg(feature = "serde")]
fn read_keys<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<CacheKeys, D::Error> {
    let keys = crate::seal::read_keys(deserializer)?;
    keys.iter().try_fold(CacheKeys::default(), |keys, key| keys.and(key)).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn frames_come_back(generations in proptest::collection::vec(any::<u64>(), 0..5), value: Vec<u8>) {
            prop_assert_eq!(unframed(&framed(&generations, &value)), Some((generations, value)));
        }

        #[test]
        fn anything_is_read_or_refused(bytes: Vec<u8>) {
            if let Some((generations, value)) = unframed(&bytes) {
                prop_assert_eq!(framed(&generations, &value), bytes);
            }
        }
    }
}
