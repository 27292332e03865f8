//! What can be set, and what is wrong with it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{ConfigError, ConfigProblem};
use crate::queue::Sessions;
use crate::seal::Seal;

/// Where jobs lie and how they are tried.
///
/// ```
/// use std::time::Duration;
/// use topsdk::queue::{OnDoubt, QueueSettings};
///
/// let settings = QueueSettings::sqlite("jobs.db")
///     .tries(10)
///     .backoff(Duration::from_secs(5), Duration::from_secs(600))
///     .on_doubt(OnDoubt::Repeat);
/// ```
///
/// The same comes from a configuration file:
///
/// ```toml
/// sqlite = "jobs.db"                  # or redis = "redis://cache.internal/", with the feature `queue-redis`
/// name = "jobs"
/// tries = 10
/// backoff = { first = "5s", longest = "10m" }
/// on_doubt = "repeat"                 # or "dead_letter"
/// lease = "30s"
/// keep = "24h"
/// keep_answers = true
/// keys = ["…"]                        # 64 hexadecimal digits each; a secret, so not in a file that others can read
/// ```
#[derive(Clone)]
pub struct QueueSettings {
    pub(super) place: Place,
    pub(super) name: String,
    pub(super) tries: u32,
    pub(super) base: Duration,
    pub(super) cap: Duration,
    pub(super) on_doubt: OnDoubt,
    pub(super) lease: Duration,
    pub(super) poll: Duration,
    pub(super) keep: Duration,
    pub(super) keep_answers: bool,
    pub(super) seal: Option<Seal>,
    pub(super) sessions: Option<Arc<dyn Sessions>>,
}

/// Where jobs lie.
#[derive(Clone)]
pub(super) enum Place {
    Sqlite(PathBuf),
    #[cfg(feature = "queue-redis")]
    Redis(String),
}

/// What becomes of a write of which nobody knows whether the platform has applied it: its worker died between sending it and storing
/// the answer, or the answer was lost on the way. Reads and idempotent calls are always repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnDoubt {
    /// It becomes a dead letter with the reason [`InDoubt`](crate::queue::Reason::InDoubt), for somebody to look at. The default:
    /// a shipment, a refund or a message that goes out twice costs more than one that waits.
    #[default]
    DeadLetter,
    /// It is repeated, and may be applied twice.
    Repeat,
}

impl QueueSettings {
    /// Jobs lie in this file of SQLite, which is created if it is not there. Any number of processes of one machine may share it; it
    /// must lie on a disk of that machine, and belong to the queue alone.
    #[must_use]
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self::new(Place::Sqlite(path.into()))
    }

    /// Jobs lie in the Redis at this URL, such as `redis://user:password@queue.internal:6379/0`, for any number of machines. It needs
    /// Redis 5 or later, one server (no cluster), and should write each change to its disk (`appendonly yes`), or a restart loses jobs.
    #[cfg(feature = "queue-redis")]
    #[must_use]
    pub fn redis(url: impl Into<String>) -> Self {
        Self::new(Place::Redis(url.into()))
    }

    fn new(place: Place) -> Self {
        Self {
            place,
            name: "topsdk".to_owned(),
            tries: 8,
            base: Duration::from_secs(2),
            cap: Duration::from_secs(900),
            on_doubt: OnDoubt::default(),
            lease: Duration::from_secs(30),
            poll: Duration::from_millis(500),
            keep: Duration::from_secs(24 * 3600),
            keep_answers: true,
            seal: None,
            sessions: None,
        }
    }

    /// The name of the queue, `topsdk` by default. Queues of other names, and of other app keys, share a store without seeing each other.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// How often a job is tried before it becomes a dead letter. 8 by default. Within each try the client retries on its own.
    #[must_use]
    pub fn tries(mut self, most: u32) -> Self {
        self.tries = most;
        self
    }

    /// The pauses between tries: after the first failure up to `first`, then up to twice as long each time, never more than `longest`.
    /// Each is a random part of that. 2 s and 15 min by default. SQLite counts in whole seconds.
    #[must_use]
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        (self.base, self.cap) = (first, longest);
        self
    }

    /// What becomes of writes in doubt, unless the job says otherwise.
    #[must_use]
    pub fn on_doubt(mut self, what: OnDoubt) -> Self {
        self.on_doubt = what;
        self
    }

    /// How long a worker that gives no sign of life keeps its jobs: 30 s by default, at least 3 s. Afterwards others take them.
    #[must_use]
    pub fn lease(mut self, time: Duration) -> Self {
        self.lease = time;
        self
    }

    /// How often an idle worker looks for jobs: each 500 ms by default.
    #[must_use]
    pub fn poll(mut self, interval: Duration) -> Self {
        self.poll = interval;
        self
    }

    /// How long jobs that are done are kept, with their answers and idempotency keys. 24 h by default. Dead letters stay until somebody
    /// removes them.
    #[must_use]
    pub fn keep(mut self, time: Duration) -> Self {
        self.keep = time;
        self
    }

    /// Whether answers are stored, for [`Queue::result`](crate::queue::Queue::result). On by default; they may be personal data.
    #[must_use]
    pub fn keep_answers(mut self, on: bool) -> Self {
        self.keep_answers = on;
        self
    }

    /// Seals parameters, answers and sessions in the store with AES-256-GCM under the first of these keys, and opens what any of them has
    /// sealed: a new key goes in front of the former ones, which stay as long as jobs sealed by them do. Without keys all of that lies
    /// there in clear, and a session is not stored at all. What was sealed under a key that is not here becomes a dead letter.
    #[must_use]
    pub fn keys(mut self, keys: impl IntoIterator<Item = [u8; 32]>) -> Self {
        let mut keys = keys.into_iter();
        self.seal = keys.next().map(|key| keys.fold(Seal::new(key), Seal::and));
        self
    }

    /// Where the sessions come from that jobs [name](crate::queue::Enqueue::with_session_name).
    #[must_use]
    pub fn sessions(mut self, sessions: impl Sessions + 'static) -> Self {
        self.sessions = Some(Arc::new(sessions));
        self
    }

    /// How often a worker says that it lives. The backends count in whole seconds.
    pub(super) fn heartbeat(&self) -> Duration {
        Duration::from_secs((self.lease.as_secs() / 3).max(1))
    }

    /// # Errors
    ///
    /// Everything that makes no sense, by its key.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        let mut refuse = |key: &str, what: String| problems.push(ConfigProblem::new(format!("queue.{key}"), what));
        let bad = |c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c));
        if self.name.is_empty() || self.name.contains(bad) {
            refuse("name", format!("`{}` is no name: letters, digits, `-`, `_` and `.`", self.name));
        }
        match &self.place {
            Place::Sqlite(path) if path.as_os_str().is_empty() || path.as_os_str() == ":memory:" => {
                refuse("sqlite", "a queue needs a file; in memory, jobs would end with the process".to_owned());
            }
            #[cfg(feature = "queue-redis")]
            Place::Redis(url) if redis::Client::open(url.as_str()).is_err() => {
                refuse("redis", "not a URL of a Redis, such as `redis://host:6379/0`, without TLS".to_owned());
            }
            _ => {}
        }
        if self.tries == 0 {
            refuse("tries", "0 tries make no call; 1 is without a second one".to_owned());
        }
        if self.base > self.cap {
            let (base, cap) = (self.base, self.cap);
            refuse("backoff", format!("the first pause is longer than the longest: {base:?} > {cap:?}"));
        }
        if self.lease < Duration::from_secs(3) {
            refuse("lease", format!("{:?} is too short; give 3 s or more", self.lease));
        }
        if self.poll < Duration::from_millis(10) {
            refuse("poll", format!("{:?} is too often; give 10 ms or more", self.poll));
        }
        ConfigError::none_of(problems)
    }
}

/// Without the address, which may hold a password.
impl fmt::Debug for QueueSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match &self.place {
            Place::Sqlite(_) => "sqlite",
            #[cfg(feature = "queue-redis")]
            Place::Redis(_) => "redis",
        };
        f.debug_struct("QueueSettings")
            .field("place", &place)
            .field("name", &self.name)
            .field("tries", &self.tries)
            .field("backoff", &(self.base, self.cap))
            .field("on_doubt", &self.on_doubt)
            .field("times", &(self.lease, self.poll, self.keep))
            .field("keep_answers", &self.keep_answers)
            .field("sealed", &self.seal.is_some())
            .finish_non_exhaustive()
    }
}

impl<'de> Deserialize<'de> for QueueSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;

        let table = Table::deserialize(deserializer)?;
        let mut settings = match (table.sqlite, table.redis) {
            (Some(path), None) => Self::sqlite(path),
            #[cfg(feature = "queue-redis")]
            (None, Some(url)) => Self::redis(url),
            #[cfg(not(feature = "queue-redis"))]
            (None, Some(_)) => {
                return Err(D::Error::custom("queue.redis: needs the feature `queue-redis`"));
            }
            (Some(_), Some(_)) => return Err(D::Error::custom("queue: give `sqlite` or `redis`, not both")),
            (None, None) => return Err(D::Error::missing_field("sqlite` or `redis")),
        };
        settings.name = table.name.unwrap_or(settings.name);
        settings.tries = table.tries.unwrap_or(settings.tries);
        settings.base = table.backoff.first.unwrap_or(settings.base);
        settings.cap = table.backoff.longest.unwrap_or(settings.cap);
        settings.on_doubt = table.on_doubt.unwrap_or(settings.on_doubt);
        settings.lease = table.lease.unwrap_or(settings.lease);
        settings.poll = table.poll.unwrap_or(settings.poll);
        settings.keep = table.keep.unwrap_or(settings.keep);
        settings.keep_answers = table.keep_answers.unwrap_or(settings.keep_answers);
        Ok(settings.keys(table.keys))
    }
}

/// The table of a configuration.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Table {
    sqlite: Option<PathBuf>,
    redis: Option<String>,
    name: Option<String>,
    tries: Option<u32>,
    backoff: Backoff,
    on_doubt: Option<OnDoubt>,
    #[serde(deserialize_with = "crate::human::read::some_time")]
    lease: Option<Duration>,
    #[serde(deserialize_with = "crate::human::read::some_time")]
    poll: Option<Duration>,
    #[serde(deserialize_with = "crate::human::read::some_time")]
    keep: Option<Duration>,
    keep_answers: Option<bool>,
    #[serde(deserialize_with = "crate::seal::read_keys")]
    keys: Vec<[u8; 32]>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Backoff {
    #[serde(deserialize_with = "crate::human::read::some_time")]
    first: Option<Duration>,
    #[serde(deserialize_with = "crate::human::read::some_time")]
    longest: Option<Duration>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: serde_json::Value) -> Result<QueueSettings, String> {
        let settings: QueueSettings = serde_json::from_value(json).map_err(|error| error.to_string())?;
        settings.check().map(|()| settings).map_err(|error| error.to_string())
    }

    #[test]
    fn all_of_it_comes_from_a_configuration() {
        let settings = read(serde_json::json!({
            "sqlite": "jobs.db", "name": "jobs", "tries": 3, "backoff": {"first": "1s", "longest": "1m"},
            "on_doubt": "repeat", "lease": "10s", "poll": "100ms", "keep": "2h", "keep_answers": false,
            "keys": ["2a".repeat(32), "2b".repeat(32)],
        }))
        .unwrap();
        assert!(matches!(&settings.place, Place::Sqlite(path) if path.as_os_str() == "jobs.db"));
        assert_eq!((settings.name.as_str(), settings.tries, settings.on_doubt), ("jobs", 3, OnDoubt::Repeat));
        assert_eq!((settings.base, settings.cap), (Duration::from_secs(1), Duration::from_secs(60)));
        assert_eq!((settings.lease, settings.poll), (Duration::from_secs(10), Duration::from_millis(100)));
        assert_eq!((settings.keep, settings.keep_answers), (Duration::from_secs(7200), false));
        assert_eq!(settings.heartbeat(), Duration::from_secs(3));
        let sealed = Seal::new([0x2b; 32]).close(b"x", b"").unwrap();
        assert_eq!(settings.seal.unwrap().open(&sealed, b"").as_deref(), Some(&b"x"[..]));
    }

    #[test]
    fn nonsense_is_refused_by_its_key() {
        let with = |change: serde_json::Value| {
            let mut json = serde_json::json!({"sqlite": "jobs.db"});
            for (key, value) in change.as_object().unwrap() {
                json[key] = value.clone();
            }
            read(json).unwrap_err()
        };
        for (change, expected) in [
            (serde_json::json!({"tries": 0}), "queue.tries: 0 tries"),
            (serde_json::json!({"tries": -1}), "invalid value: integer `-1`"),
            (serde_json::json!({"name": "a b"}), "queue.name: `a b` is no name"),
            (serde_json::json!({"lease": "1s"}), "queue.lease: 1s is too short"),
            (serde_json::json!({"lease": "-5s"}), "expected a time such as"),
            (serde_json::json!({"poll": "1ms"}), "queue.poll: 1ms is too often"),
            (serde_json::json!({"keep": "soon"}), "expected a time such as"),
            (
                serde_json::json!({"backoff": {"first": "1m", "longest": "1s"}}),
                "queue.backoff: the first pause is longer",
            ),
            (serde_json::json!({"on_doubt": "maybe"}), "unknown variant `maybe`"),
            (serde_json::json!({"sqlite": ":memory:"}), "queue.sqlite: a queue needs a file"),
            (serde_json::json!({"sqlite": null}), "missing field `sqlite` or `redis`"),
            (serde_json::json!({"redis": "redis://h/"}), "not both"),
            (serde_json::json!({"keys": ["s3cr3t"]}), "expected 64 hexadecimal digits a key"),
            (serde_json::json!({"keys": ["é".repeat(32)]}), "expected 64 hexadecimal digits a key"),
            (serde_json::json!({"key": "x"}), "unknown field `key`"),
        ] {
            let error = with(change);
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn nothing_secret_is_shown() {
        let settings = QueueSettings::sqlite("/a/place").keys([[42; 32]]);
        let shown = format!("{settings:?}");
        assert!(shown.contains("sealed: true") && !shown.contains("42") && !shown.contains("/a/place"), "{shown}");
    }
}
