//! Where jobs lie: what apalis' backends do, and the thin rest that they do not.
//!
//! apalis keeps the tables, hands jobs to workers, and takes them from workers that have died. Its own way of acknowledging is not
//! used: it is sent over a channel and written some time later, knows no pause between tries, and does not tell what was sent from
//! what was only fetched. Here a worker writes down that it [begins](Store::begin) before a call is sent, and what became of it
//! before it takes the next job.

#[cfg(feature = "queue-redis")]
mod redis;
mod sqlite;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use apalis_core::backend::persistence::TaskPersistLayer;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::error::BoxDynError;
use apalis_core::task::Task;
use apalis_core::task::task_fn::task_fn;
use apalis_core::task::task_id::TaskId;
use apalis_core::worker::Worker;
use apalis_core::worker::context::WorkerContext;
use apalis_sqlite::JsonCodec;
use futures_util::stream::{BoxStream, StreamExt as _};
use serde_json::Value;
use tower::limit::ConcurrencyLimitLayer;

use crate::queue::job::{Counts, JobId, State};
use crate::queue::settings::Place;
use crate::queue::{QueueSettings, StoreError};
use crate::transport::BoxFuture;

type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Takes a job that a worker has been given; completes when there is room for another.
pub(super) type Hand = Arc<dyn Fn(JobId, Vec<u8>) -> BoxFuture<'static, ()> + Send + Sync>;

/// One queue in a store.
pub(super) trait Store: fmt::Debug + Send + Sync {
    /// Adds a job, unless there is one of the same idempotency key; the id of the one that is there.
    fn add<'a>(&'a self, job: &'a NewJob) -> Answer<'a, JobId>;

    /// Gives jobs to a worker as long as the stream is polled. After an error the stream is over.
    fn claims(&self, worker: &str, hand: Hand) -> BoxStream<'static, Result<(), String>>;

    /// Writes down that the job is about to be sent. `None` if it is not the worker's any more. The mark is one of this try: with the
    /// same, nothing is written twice.
    fn begin<'a>(&'a self, worker: &'a str, id: &'a JobId, mark: &'a str) -> Answer<'a, Option<Begun>>;

    /// Writes down what became of a job. False if it is not the worker's any more. The mark is that of its beginning.
    fn settle<'a>(&'a self, worker: &'a str, id: &'a JobId, mark: &'a str, settled: &'a Settled) -> Answer<'a, bool>;

    /// Says that these workers live, each with so many slots, and that jobs whose time has come may go. Tells how many rows have been
    /// found since the last time that are no jobs; they are dead letters.
    fn beat<'a>(&'a self, workers: &'a [Arc<str>], slots: usize) -> Answer<'a, u64>;

    /// How often it wants to be told, apart from the heartbeat.
    fn pace(&self) -> Duration;

    /// Gives back what the worker has taken and not begun, so that nobody waits for its lease to end; what is no job becomes a dead
    /// letter, and the number of those is told. With `ends`, the worker is forgotten.
    fn give_back<'a>(&'a self, worker: &'a str, ends: bool) -> Answer<'a, u64>;

    /// Forgets jobs that have been done for longer than this.
    fn forget(&self, done_for: Duration) -> Answer<'_, ()>;

    fn counts(&self) -> Answer<'_, Counts>;

    fn find<'a>(&'a self, id: &'a JobId) -> Answer<'a, Option<Row>>;

    /// The jobs of a state, at most so many: the next ones first, or what has ended last.
    fn list(&self, state: State, most: u32) -> Answer<'_, Vec<Row>>;

    /// Makes a dead letter a job that waits. False if it is none.
    fn revive<'a>(&'a self, id: &'a JobId) -> Answer<'a, bool>;

    /// Removes a job that is not running. False if there is none.
    fn remove<'a>(&'a self, id: &'a JobId) -> Answer<'a, bool>;
}

/// A job to be added.
pub(super) struct NewJob {
    pub(super) id: JobId,
    pub(super) bytes: Vec<u8>,
    pub(super) delay: Duration,
    pub(super) rank: u8,
    pub(super) key: Option<String>,
}

/// A job that is about to be sent.
pub(super) struct Begun {
    /// Tries, this one included.
    pub(super) tries: u32,
    /// It was begun before, and nobody has written what became of it.
    pub(super) in_doubt: bool,
}

/// What became of a job.
pub(super) struct Settled {
    pub(super) verdict: Verdict,
    /// Whether the try counts.
    pub(super) counts: bool,
    /// The answer, or how it failed.
    pub(super) ended: String,
}

pub(super) enum Verdict {
    Done,
    Again(Duration),
    Dead,
}

/// A job as it lies.
pub(super) struct Row {
    pub(super) id: JobId,
    pub(super) bytes: Vec<u8>,
    pub(super) state: State,
    pub(super) tries: u32,
    pub(super) ended: Option<String>,
}

/// How a dead letter looks that nobody could read.
const UNREADABLE: &str = r#"{"failure":{"reason":"unreadable"}}"#;

/// # Errors
///
/// The store cannot be opened.
pub(super) async fn open(settings: &QueueSettings, app_key: &str) -> Result<Arc<dyn Store>, crate::queue::QueueError> {
    let queue = format!("{}:{app_key}", settings.name);
    match &settings.place {
        Place::Sqlite(path) => Ok(Arc::new(sqlite::Sqlite::open(path, &queue, settings).await?)),
        #[cfg(feature = "queue-redis")]
        Place::Redis(url) => Ok(Arc::new(redis::Redis::open(url, &queue, settings).await?)),
    }
}

/// A worker of apalis on a backend. It takes one job at a time and waits until somebody has a hand free: what it would take ahead
/// would keep it from saying that it lives.
fn claims<B>(backend: B, worker: &str, hand: Hand) -> BoxStream<'static, Result<(), String>>
where
    B: Backend<Task = Task<Vec<u8>>>
        + BackendConfig<Args = Vec<u8>, Layer = TaskPersistLayer<JsonCodec<Value>, Value>>
        + Send
        + Sync
        + Unpin
        + 'static,
    B::Error: Into<BoxDynError> + Send + Sync + 'static,
{
    let take = move |bytes: Vec<u8>, id: TaskId| {
        let hand = Arc::clone(&hand);
        async move { hand(JobId::foreign(id.to_string()), bytes).await }
    };
    let worker = Worker::<Vec<u8>, _, _, _>::new(
        WorkerContext::new(worker),
        backend,
        task_fn(take),
        ConcurrencyLimitLayer::new(1),
    );
    // The events are apalis' own; only that one is an error is of interest. Its text may hold values.
    worker.stream().map(|event| event.map(|_| ()).map_err(|error| error.to_string())).boxed()
}
