//! Jobs in Redis.
//!
//! apalis' keys are used for what apalis does: `data` and `meta` of each job, the list `active` from which workers are fed, a set
//! `inflight` for each worker, and the set of workers with the time when each was last seen. The rest is in `queue.lua`, one script
//! for all: apalis has no priorities here, loses idempotency keys that have no end, tries again after seconds that it counts itself
//! and at most 25 times, and cannot hand out more than some thousand delayed jobs at once. So jobs wait in two sorted sets of ours,
//! `later` and `ready`, from which the list is kept filled with a few.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use apalis_core::backend::ext::BackendExt as _;
use apalis_redis::{Config, RedisStorage};
use futures_util::stream::BoxStream;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ErrorKind, FromRedisValue, RedisError, Script, ServerErrorKind};

use crate::queue::job::{Counts, JobId, State};
use crate::queue::store::{Answer, Begun, Hand, NewJob, Row, Settled, Store, UNREADABLE, Verdict, claims};
use crate::queue::{QueueSettings, StoreError};

static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("queue.lua")));

pub(super) struct Redis {
    connection: ConnectionManager,
    config: Config,
    poll: Duration,
}

/// How long to wait for the connection, and for each answer.
const TIMEOUT: Duration = Duration::from_secs(5);

impl Redis {
    pub(super) async fn open(
        url: &str,
        queue: &str,
        settings: &QueueSettings,
    ) -> Result<Self, crate::queue::QueueError> {
        // What the library says about it may hold the URL, and that a password.
        let client = Client::open(url).map_err(|_| {
            crate::error::ConfigError::new(
                "queue.redis: not a URL of a Redis, such as `redis://host:6379/0`, without TLS",
            )
        })?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(Some(TIMEOUT))
            .set_number_of_retries(1);
        let connection = client.get_connection_manager_with_config(config).await.map_err(|error| why(&error))?;
        let config = Config::default()
            .queue(queue)
            .batch_size(1)
            .heartbeat_interval(settings.heartbeat())
            .missed_heartbeats(3)
            .lock_tasks(false)
            .persist_results(false)
            .emit_events(false);
        Ok(Self { connection, config, poll: settings.poll })
    }

    /// Does one thing of the script.
    async fn run<T: FromRedisValue>(&self, what: &str, arguments: &[&[u8]]) -> Result<T, StoreError> {
        let mut invocation = SCRIPT.prepare_invoke();
        invocation.key(self.config.queue.as_ref()).arg(what);
        for argument in arguments {
            invocation.arg(*argument);
        }
        let mut connection = self.connection.clone();
        invocation.invoke_async(&mut connection).await.map_err(|error| why(&error))
    }
}

/// Whole milliseconds, rather more than less.
fn millis(time: Duration) -> String {
    time.as_nanos().div_ceil(1_000_000).min(u128::from(u32::MAX) * 10_000).to_string()
}

/// Id, bytes, state, tries, and what became of it.
type Found = (String, Vec<u8>, String, String, Option<String>);

fn read((id, bytes, state, tries, ended): Found) -> Row {
    let state = match state.as_str() {
        "waiting" => State::Waiting,
        "delayed" => State::Delayed,
        "running" => State::Running,
        "done" => State::Done,
        _ => State::Dead,
    };
    Row { id: JobId::foreign(id), bytes, state, tries: tries.parse().unwrap_or_default(), ended }
}

impl Store for Redis {
    fn add<'a>(&'a self, job: &'a NewJob) -> Answer<'a, JobId> {
        Box::pin(async move {
            let (delay, rank) = (millis(job.delay), job.rank.to_string());
            let key = job.key.as_deref().unwrap_or_default();
            let arguments = [job.id.as_str().as_bytes(), &job.bytes, delay.as_bytes(), rank.as_bytes(), key.as_bytes()];
            Ok(JobId::foreign(self.run("add", &arguments).await?))
        })
    }

    fn claims(&self, worker: &str, hand: Hand) -> BoxStream<'static, Result<(), String>> {
        let storage = RedisStorage::<Vec<u8>>::new(self.connection.clone()).with_config(self.config.clone());
        claims(storage.poll_with_interval(self.poll), worker, hand)
    }

    fn begin<'a>(&'a self, worker: &'a str, id: &'a JobId, mark: &'a str) -> Answer<'a, Option<Begun>> {
        Box::pin(async move {
            let begun: Vec<u32> = self.run("begin", &[worker, id.as_str(), mark].map(str::as_bytes)).await?;
            Ok(match begun.as_slice() {
                [tries, begun] => Some(Begun { tries: *tries, in_doubt: *begun > 1 }),
                _ => None,
            })
        })
    }

    fn settle<'a>(&'a self, worker: &'a str, id: &'a JobId, mark: &'a str, settled: &'a Settled) -> Answer<'a, bool> {
        Box::pin(async move {
            let (verdict, after) = match settled.verdict {
                Verdict::Done => ("done", Duration::ZERO),
                Verdict::Again(after) => ("again", after),
                Verdict::Dead => ("dead", Duration::ZERO),
            };
            let (after, counts) = (millis(after), if settled.counts { "1" } else { "0" });
            let arguments = [worker, id.as_str(), verdict, &settled.ended, &after, counts, mark].map(str::as_bytes);
            self.run("settle", &arguments).await
        })
    }

    fn beat<'a>(&'a self, workers: &'a [Arc<str>], slots: usize) -> Answer<'a, u64> {
        Box::pin(async move {
            let slots = slots.to_string();
            let arguments: Vec<&[u8]> =
                std::iter::once(slots.as_bytes()).chain(workers.iter().map(|worker| worker.as_bytes())).collect();
            self.run("beat", &arguments).await
        })
    }

    /// Until then, jobs whose time has come stay where they are.
    fn pace(&self) -> Duration {
        self.poll
    }

    fn give_back<'a>(&'a self, worker: &'a str, ends: bool) -> Answer<'a, u64> {
        Box::pin(async move {
            let ends = if ends { "1" } else { "0" };
            self.run("give_back", &[worker, ends, UNREADABLE].map(str::as_bytes)).await
        })
    }

    fn forget(&self, done_for: Duration) -> Answer<'_, ()> {
        Box::pin(async move {
            // Some at a time: a script keeps everybody else waiting.
            while self.run::<u32>("forget", &[millis(done_for).as_bytes()]).await? > 0 {}
            Ok(())
        })
    }

    fn counts(&self) -> Answer<'_, Counts> {
        Box::pin(async move {
            let (waiting, delayed, running, done, dead) = self.run("counts", &[]).await?;
            Ok(Counts { waiting, delayed, running, done, dead })
        })
    }

    fn find<'a>(&'a self, id: &'a JobId) -> Answer<'a, Option<Row>> {
        Box::pin(async move {
            let found: Vec<Found> = self.run("find", &[id.as_str().as_bytes()]).await?;
            Ok(found.into_iter().next().map(read))
        })
    }

    fn list(&self, state: State, most: u32) -> Answer<'_, Vec<Row>> {
        Box::pin(async move {
            let found: Vec<Found> = self.run("list", &[state.as_str(), &most.to_string()].map(str::as_bytes)).await?;
            Ok(found.into_iter().map(read).collect())
        })
    }

    fn revive<'a>(&'a self, id: &'a JobId) -> Answer<'a, bool> {
        Box::pin(async move { self.run("revive", &[id.as_str().as_bytes()]).await })
    }

    fn remove<'a>(&'a self, id: &'a JobId) -> Answer<'a, bool> {
        Box::pin(async move { self.run("remove", &[id.as_str().as_bytes()]).await })
    }
}

/// Not the connection: it knows the password.
impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redis").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Without the server's own words, which may hold an address or a value.
fn why(error: &RedisError) -> StoreError {
    let unreachable = |why: &str| StoreError::Unreachable(why.to_owned());
    match error.kind() {
        _ if error.is_timeout() => unreachable("Redis does not answer in time"),
        _ if error.is_connection_refusal() => unreachable("Redis refuses the connection"),
        ErrorKind::Io => unreachable("the connection to Redis is broken"),
        ErrorKind::AuthenticationFailed => unreachable("Redis refuses the password"),
        ErrorKind::Server(ServerErrorKind::BusyLoading) => unreachable("Redis is loading its data"),
        ErrorKind::Server(ServerErrorKind::ReadOnly) => StoreError::ReadOnly,
        ErrorKind::UnexpectedReturnType | ErrorKind::Parse => StoreError::Foreign("a key of the queue".to_owned()),
        _ => match error.code() {
            Some("OOM") => StoreError::Full,
            Some("WRONGTYPE") => StoreError::Foreign("a key of the queue".to_owned()),
            Some("MISCONF") => StoreError::ReadOnly,
            code => StoreError::Refused(format!("Redis says {}", code.unwrap_or("no"))),
        },
    }
}
