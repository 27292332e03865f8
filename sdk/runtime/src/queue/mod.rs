//! Calls that need not be made now: they are stored and made later, at least once.
//!
//! ```
//! use topsdk::queue::{Queue, QueueSettings};
//! # use topsdk::{Client, Credentials, Environment, MockTransport};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mock = MockTransport::new();
//! # mock.answer_raw("taobao.time.get", 200, r#"{"time_get_response":{"time":"2026-01-01 00:00:00"}}"#);
//! # let client = Client::builder(Environment::Production, Credentials::new("12345678", "secret")).transport(mock).build()?;
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("jobs.db");
//! let queue = Queue::open(&client, QueueSettings::sqlite(path)).await?;
//! let id = queue.enqueue_untyped("taobao.time.get").with_idempotency_key("order-17").await?;
//! queue.work(4).run_until_idle().await?; // or run_until(shutdown), in a process of its own
//! assert_eq!(queue.result(&id).await?.unwrap().value()?["time"], "2026-01-01 00:00:00");
//! # Ok(()) }
//! ```
//!
//! A job goes through the client's layers as any call does, as a [background](crate::layer::Priority::Background) call: rate limits,
//! retries and whatever else is there. A failure that passes is tried again later, with growing pauses; after so many tries, or after
//! a refusal for good, the job is a dead letter. The answer is stored before the job counts as done, so a worker that is killed
//! loses nothing: its jobs go to others when its lease ends. Whether a write that it had sent is repeated is said by [`OnDoubt`].
//!
//! Jobs lie in a file of SQLite, or with the feature `queue-redis` in Redis. Tables, hand-out, leases and rescue are
//! [apalis](https://docs.rs/apalis)'.

mod decide;
mod enqueue;
mod error;
mod job;
mod perform;
mod seal;
mod settings;
mod store;
mod work;

use std::fmt;
use std::sync::Arc;

pub use enqueue::{Enqueue, Priority};
pub use error::{QueueError, StoreError};
pub use job::{Counts, Failure, Job, JobId, JobIdError, Reason, State};
pub use settings::{OnDoubt, QueueSettings};
pub use work::Worker;

use crate::catalog;
use crate::client::{Client, RawReply, check};
use crate::codec::form::Params;
use crate::credentials::Token;
use crate::error::ConfigError;
use crate::model::{Effect, Request};
use crate::observe;
use crate::queue::job::{Draft, Ended, JobIds, Parts, Stored};
use crate::queue::store::{Row, Store};
use crate::transport::BoxFuture;

/// Knows users' sessions by name, so that a job need not carry one: a token may have been renewed when the job runs.
pub trait Sessions: Send + Sync {
    /// The session of this name; `None` if there is none, which makes the job a dead letter. After an error the job is tried again
    /// later. The error's text is not shown.
    fn token<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<Token>, Box<dyn std::error::Error + Send + Sync>>>;
}

/// A queue of calls. Cheap to clone; clones are the same queue.
#[derive(Clone)]
pub struct Queue {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    settings: QueueSettings,
    store: Arc<dyn Store>,
    ids: JobIds,
}

impl Queue {
    /// Opens a queue, whose jobs this client will make. Needs a runtime of tokio.
    ///
    /// # Errors
    ///
    /// The settings make no sense, or the store does not work.
    pub async fn open(client: &Client, settings: QueueSettings) -> Result<Self, QueueError> {
        settings.check()?;
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(ConfigError::new("queue: there is no runtime of tokio").into());
        }
        let store = store::open(&settings, client.settings().credentials.app_key()).await?;
        Ok(Self { inner: Arc::new(Inner { client: client.clone(), settings, store, ids: JobIds::default() }) })
    }

    /// Makes a job of a request. Set its options on the result, then `.await` it. Parameters are checked now; files are refused.
    pub fn enqueue<R: Request>(&self, request: R) -> Enqueue {
        Enqueue::new(Arc::clone(&self.inner), self.typed(&request), None)
    }

    /// Makes a job of a method by its wire name. Set parameters and options on the result, then `.await` it. Unless the catalogue knows
    /// the method or [`with_effect`](Enqueue::with_effect) says otherwise, it is a write.
    pub fn enqueue_untyped(&self, method: impl Into<String>) -> Enqueue {
        let method = method.into();
        let known = catalog::get(&method);
        let draft = self.draft(method, known.map_or(Effect::Write, |method| method.info().effect), Vec::new());
        Enqueue::new(Arc::clone(&self.inner), Ok(draft), known)
    }

    /// How many jobs stand where.
    ///
    /// # Errors
    ///
    /// The store does not work. So for all that follow.
    pub async fn inspect(&self) -> Result<Counts, QueueError> {
        let counts = self.inner.store.counts().await?;
        self.inner.tell_depth(&counts);
        Ok(counts)
    }

    /// The dead letters, the latest first, at most so many.
    ///
    /// # Errors
    ///
    /// The store does not work.
    pub async fn dead(&self, most: u32) -> Result<Vec<Job>, QueueError> {
        self.jobs(State::Dead, most).await
    }

    /// The jobs of a state, at most so many: of those that are to come the next ones first, of those that have ended the latest.
    /// Running are all that a worker has taken, in no order.
    ///
    /// # Errors
    ///
    /// The store does not work.
    pub async fn jobs(&self, state: State, most: u32) -> Result<Vec<Job>, QueueError> {
        Ok(self.inner.store.list(state, most).await?.into_iter().map(show).collect())
    }

    /// A job, if it is known.
    ///
    /// # Errors
    ///
    /// The store does not work.
    pub async fn job(&self, id: &JobId) -> Result<Option<Job>, QueueError> {
        Ok(self.inner.store.find(id).await?.map(show))
    }

    /// The answer to a job that is done: [`decode`](RawReply::decode) it, or take its [`value`](RawReply::value). `None` as long as
    /// there is none, and where answers are [not kept](QueueSettings::keep_answers) or were sealed with another key.
    ///
    /// # Errors
    ///
    /// The store does not work.
    pub async fn result(&self, id: &JobId) -> Result<Option<RawReply>, QueueError> {
        let Some(row) = self.inner.store.find(id).await?.filter(|row| row.state == State::Done) else {
            return Ok(None);
        };
        let method = Stored::read(&row.bytes).map(|stored| stored.method);
        let body = match row.ended.as_deref().and_then(Ended::read) {
            Some(Ended::Answer(content)) => content.open("answer", id, self.inner.settings.seal.as_ref()),
            _ => None,
        };
        let body = body.filter(|body| !body.is_empty());
        Ok(method.zip(body).map(|(method, body)| RawReply::stored(method, body)))
    }

    /// Makes a dead letter a job that waits, with all its tries before it. False if there is no dead letter of this id. One that was in
    /// doubt is sent again: look first whether the platform has applied it.
    ///
    /// # Errors
    ///
    /// The store does not work.
    pub async fn retry(&self, id: &JobId) -> Result<bool, QueueError> {
        Ok(self.inner.store.revive(id).await?)
    }

    /// Removes a job, its answer and its idempotency key. False if there is none of this id, or a worker has it.
    ///
    /// # Errors
    ///
    /// The store does not work.
    pub async fn remove(&self, id: &JobId) -> Result<bool, QueueError> {
        Ok(self.inner.store.remove(id).await?)
    }

    /// A worker that makes so many jobs at once, at least one.
    pub fn work(&self, workers: usize) -> Worker {
        Worker::new(Arc::clone(&self.inner), workers)
    }

    fn typed<R: Request>(&self, request: &R) -> Result<Draft, QueueError> {
        check::record(R::INFO.name, request)?;
        let mut params = Params::default();
        params.record(request);
        if let Some((parameter, _)) = params.files.first() {
            return Err(QueueError::Upload { method: R::INFO.name.to_owned(), parameter: parameter.to_string() });
        }
        let params = params.text.into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        Ok(self.draft(R::INFO.name.to_owned(), R::INFO.effect, params))
    }

    fn draft(&self, method: String, effect: Effect, params: Vec<(String, String)>) -> Draft {
        let (on_doubt, parts) = (self.inner.settings.on_doubt, Parts::new(params));
        Draft { method, effect, on_doubt, session: None, timeout: None, target_app_key: None, parts }
    }
}

impl Inner {
    /// Sets the gauge of the jobs that have not ended well.
    fn tell_depth(&self, counts: &Counts) {
        let Counts { waiting, delayed, running, dead, .. } = *counts;
        for (state, jobs) in
            [(State::Waiting, waiting), (State::Delayed, delayed), (State::Running, running), (State::Dead, dead)]
        {
            observe::queue_depth(&self.settings.name, state.as_str(), usize::try_from(jobs).unwrap_or(usize::MAX));
        }
    }

    /// A name that no other worker has.
    fn worker_name(&self) -> String {
        let random = &self.client.settings().random;
        format!("{}-{:016x}{:016x}", self.settings.name, random.next(), random.next())
    }
}

fn show(row: Row) -> Job {
    let Row { id, bytes, state, tries, ended } = row;
    let failure = ended.as_deref().and_then(Ended::read).and_then(Ended::failure);
    Job { id, method: Stored::read(&bytes).map(|stored| stored.method), state, tries, failure }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}
