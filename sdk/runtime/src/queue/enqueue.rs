//! A job that is about to be enqueued.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use crate::catalog::Method;
use crate::client::known;
use crate::client::options::{Options, options};
use crate::credentials::Token;
use crate::error::{ConfigError, InvalidArgument};
use crate::queue::job::{Draft, JobId};
use crate::queue::store::NewJob;
use crate::queue::{Inner, OnDoubt, QueueError};
use crate::transport::BoxFuture;

/// Which of the jobs that wait goes first. Within a priority they go in the order of their time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Priority {
    /// Behind all others.
    Low,
    /// Unless said otherwise.
    #[default]
    Normal,
    /// In front of all others.
    High,
}

/// A job on its way into the queue: set its options, then `.await` it for its id. It is stored when the id is there.
#[must_use = "a job is not enqueued until it is awaited"]
pub struct Enqueue {
    pub(super) queue: Arc<Inner>,
    pub(super) draft: Result<Draft, QueueError>,
    /// By which parameters are checked that no type has.
    known: Option<&'static Method>,
    options: Options,
    delay: Duration,
    priority: Priority,
    key: Option<String>,
}

impl Enqueue {
    pub(super) fn new(queue: Arc<Inner>, draft: Result<Draft, QueueError>, known: Option<&'static Method>) -> Self {
        let (options, delay, priority) = (Options::default(), Duration::ZERO, Priority::default());
        Self { queue, draft, known, options, delay, priority, key: None }
    }

    /// Sets a parameter, as text, for a job by name. Setting one again replaces it.
    pub fn param(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        let (name, value) = (name.into(), value.to_string());
        self.set(|draft| {
            draft.parts.params.retain(|(known, _)| *known != name);
            draft.parts.params.push((name, value));
        });
        self
    }

    /// Whether the catalogue's word counts for the parameters of a job by name, as for
    /// [calls by name](crate::UntypedCall::with_checks): on by default.
    pub fn with_checks(mut self, on: bool) -> Self {
        if !on {
            self.known = None;
        }
        self
    }

    /// Runs it not before so much time has passed. SQLite counts in whole seconds and waits rather longer.
    pub fn with_delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Enqueues it once only: as long as a job of this key is known in this queue, waiting, done or dead, nothing is added, and the id
    /// is that job's. Jobs that are done are known as long as they are [kept](crate::queue::QueueSettings::keep).
    pub fn with_idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Which of the jobs that wait goes first.
    pub fn with_priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// What becomes of it if nobody knows whether it was applied, in place of what the settings say.
    pub fn with_on_doubt(mut self, what: OnDoubt) -> Self {
        self.set(|draft| draft.on_doubt = what);
        self
    }

    options! {
        effect: "What making the call twice does, where the caller knows better than the spec: a write that may be repeated is
            [`Effect::Idempotent`](crate::model::Effect::Idempotent)."
        timeout
        target_app_key
        body
    }

    /// Calls on behalf of the user whose session has this name when the job runs: see [`Sessions`](crate::queue::Sessions). Without
    /// it, the session is the client's own at that time.
    pub fn with_session_name(mut self, name: impl Into<String>) -> Self {
        self.set(|draft| draft.session = Some(name.into()));
        self
    }

    /// Calls on behalf of this user. The token is stored, so the queue needs [keys](crate::queue::QueueSettings::keys) to seal it.
    pub fn with_session(mut self, session: impl Into<Token>) -> Self {
        self.options.session = Some(session.into());
        self
    }

    /// Stores the job. The same as `.await` on it.
    ///
    /// # Errors
    ///
    /// A parameter is wrong or a file, a session cannot be stored, or the store does not work. Nothing is enqueued then.
    pub async fn send(self) -> Result<JobId, QueueError> {
        let queue = self.queue;
        let (mut draft, options) = (self.draft?, self.options);
        (draft.timeout, draft.target_app_key) = (options.timeout, options.target_app_key);
        draft.effect = options.effect.unwrap_or(draft.effect);
        if let Some(body) = &options.body {
            draft.parts.set_body(body);
        }
        if draft.parts.params.iter().any(|(name, _)| name == "session") {
            let (parameter, reason) = ("session".to_owned(), "is for with_session() or with_session_name()".to_owned());
            return Err(InvalidArgument::new(draft.method, parameter, reason).into());
        }
        if let Some(method) = self.known {
            let has_body = options.body.is_some();
            known::check(method, &known::Given { params: &draft.parts.params, files: &[], has_body })?;
        }
        if self.key.as_deref() == Some("") {
            let (parameter, reason) = ("idempotency key".to_owned(), "is empty".to_owned());
            return Err(InvalidArgument::new(draft.method, parameter, reason).into());
        }
        let seal = queue.settings.seal.as_ref();
        if let Some(token) = options.session {
            if seal.is_none() {
                let what = "queue.keys: a session is stored only under a key; set one, or give the session's name";
                return Err(ConfigError::new(what).into());
            }
            draft.parts.token = Some(token.expose().to_owned());
        }
        if draft.session.is_some() && queue.settings.sessions.is_none() {
            let what = "queue.sessions: a job names a session, and nothing is set that knows sessions by name";
            return Err(ConfigError::new(what).into());
        }
        let settings = queue.client.settings();
        let id = queue.ids.next(settings.clock.now(), settings.random.as_ref());
        let Some(bytes) = draft.write(&id, seal) else {
            return Err(ConfigError::new("queue.keys: the system has no random numbers to seal with").into());
        };
        let job = NewJob { id, bytes, delay: self.delay, rank: self.priority.rank(), key: self.key };
        Ok(queue.store.add(&job).await?)
    }

    fn set(&mut self, with: impl FnOnce(&mut Draft)) {
        if let Ok(draft) = &mut self.draft {
            with(draft);
        }
    }
}

impl IntoFuture for Enqueue {
    type Output = Result<JobId, QueueError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Without parameters, session and key: they may be personal data.
impl fmt::Debug for Enqueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = self.draft.as_ref().ok().map(|draft| draft.method.as_str());
        f.debug_struct("Enqueue")
            .field("method", &method)
            .field("delay", &self.delay)
            .field("priority", &self.priority)
            .finish_non_exhaustive()
    }
}
