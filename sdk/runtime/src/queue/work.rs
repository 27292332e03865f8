//! Workers: they take jobs, keep them, and make them.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use futures_util::stream::StreamExt as _;
use tokio::sync::Semaphore;

use crate::client::{SystemTimer, Timer as _};
use crate::observe;
use crate::queue::perform::perform;
use crate::queue::store::Hand;
use crate::queue::{Inner, QueueError};

/// More jobs than any machine makes at once.
const MOST: usize = 100_000;

/// Longest pause before a store that does not work is asked for jobs again.
const LONGEST: Duration = Duration::from_secs(10);

/// How often jobs that have been done for long are forgotten.
const TIDY: Duration = Duration::from_secs(60);

/// How long outcomes are still tried to be stored after the worker was told to stop.
const GRACE: Duration = Duration::from_secs(30);

/// Makes jobs, so many at once: see [`Queue::work`](crate::queue::Queue::work).
///
/// Leases, heartbeats and the pace of looking for jobs go by the system's own time, as apalis' backends do, whatever
/// [`Timer`](crate::client::Timer) and [`Clock`](crate::Clock) the client has.
#[must_use = "a worker does nothing until it runs"]
pub struct Worker {
    queue: Arc<Inner>,
    workers: usize,
}

/// What the jobs of a worker share.
pub(super) struct Shift {
    pub(super) queue: Arc<Inner>,
    workers: usize,
    slots: Arc<Semaphore>,
    /// The names under which jobs are held. Each stream of jobs has one of its own.
    names: Mutex<Vec<String>>,
    stopped_at: Mutex<Option<Instant>>,
}

impl Worker {
    pub(super) fn new(queue: Arc<Inner>, workers: usize) -> Self {
        Self { queue, workers: workers.clamp(1, MOST) }
    }

    /// Works until this completes, such as `tokio::signal::ctrl_c()`, then takes no more jobs, finishes those that run, and gives back the
    /// others.
    ///
    /// A store that does not work is asked again, with pauses; what goes wrong is told by `tracing`.
    ///
    /// # Errors
    ///
    /// The store does not work at the start.
    pub async fn run_until<T>(self, stop: impl Future<Output = T> + Send) -> Result<(), QueueError> {
        let store = Arc::clone(&self.queue.store);
        store.counts().await?;
        let shift = Arc::new(Shift {
            workers: self.workers,
            slots: Arc::new(Semaphore::new(self.workers)),
            names: Mutex::default(),
            stopped_at: Mutex::default(),
            queue: self.queue,
        });
        let mut beat = pin!(shift.beat());
        {
            let work = pin!(shift.claim());
            let both = pin!(select(work, &mut beat));
            select(pin!(stop), both).await;
            // What was being fetched is rolled back here, or given back below.
        }
        shift.stop();
        let all = u32::try_from(self.workers).unwrap_or(u32::MAX);
        {
            let done = pin!(shift.slots.acquire_many(all));
            if let Either::Left((Err(_), _)) = select(done, &mut beat).await {
                tracing::error!("the slots of a worker are closed");
            }
        }
        for name in shift.names() {
            if let Err(error) = store.give_back(&name, true).await {
                tracing::warn!(%error, "jobs that were not begun go on when their lease ends");
            }
        }
        Ok(())
    }

    /// Works until nothing waits and nothing runs. Jobs whose time has not come stay, those that are to be tried again too.
    ///
    /// # Errors
    ///
    /// The store does not work at the start, or when it is asked whether anything waits.
    pub async fn run_until_idle(self) -> Result<(), QueueError> {
        let (store, poll) = (Arc::clone(&self.queue.store), self.queue.settings.poll);
        let failed = Mutex::new(None);
        let idle = async {
            loop {
                match store.counts().await {
                    Ok(counts) if counts.waiting + counts.running > 0 => {}
                    Ok(_) => return,
                    Err(error) => {
                        *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                        return;
                    }
                }
                SystemTimer.sleep(poll.min(Duration::from_millis(100))).await;
            }
        };
        self.run_until(idle).await?;
        let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        failed.map_or(Ok(()), |error| Err(error.into()))
    }
}

impl Shift {
    /// Takes jobs, one stream after the other: a stream ends when the store does not work.
    async fn claim(self: &Arc<Self>) {
        let queue = &self.queue;
        let mut pause = Duration::from_millis(100);
        loop {
            let name: Arc<str> = queue.worker_name().into();
            self.lock_names().push(name.to_string());
            // What others have written must not end the stream that is to come.
            self.give_back(&name).await;
            let mut jobs = queue.store.claims(&name, self.hand(&name));
            let start = SystemTimer.now();
            while let Some(event) = jobs.next().await {
                if event.is_err() {
                    break;
                }
            }
            drop(jobs);
            tracing::warn!("the store of the queue does not work, or a row in it cannot be read; looking again");
            self.give_back(&name).await;
            if SystemTimer.now().saturating_duration_since(start) > LONGEST {
                pause = Duration::from_millis(100);
            }
            SystemTimer.sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    async fn give_back(&self, name: &str) {
        match self.queue.store.give_back(name, false).await {
            Ok(0) => {}
            Ok(rows) => tracing::warn!(rows, "rows that are no jobs are dead letters now"),
            Err(error) => tracing::warn!(%error, "the store of the queue does not work"),
        }
    }

    /// Takes a job and starts it as soon as a slot is free.
    fn hand(self: &Arc<Self>, name: &Arc<str>) -> Hand {
        let (shift, name) = (Arc::clone(self), Arc::clone(name));
        Arc::new(move |id, bytes| {
            let (shift, name) = (Arc::clone(&shift), Arc::clone(&name));
            Box::pin(async move {
                let Ok(slot) = Arc::clone(&shift.slots).acquire_owned().await else { return };
                // In a task of its own: it goes on when the stream ends.
                tokio::spawn(async move {
                    perform(shift, name, id, bytes).await;
                    drop(slot);
                });
            })
        })
    }

    /// Says that the worker lives, and tidies up now and then.
    async fn beat(&self) {
        let (queue, mut tidied) = (&self.queue, None::<Instant>);
        let every = queue.store.pace().min(queue.settings.heartbeat());
        loop {
            if let Err(error) = queue.store.beat(&self.names(), self.workers).await {
                tracing::warn!(%error, "the store of the queue does not work");
            }
            if cfg!(feature = "metrics")
                && let Ok(counts) = queue.store.counts().await
            {
                let states =
                    [("waiting", counts.waiting + counts.delayed), ("running", counts.running), ("dead", counts.dead)];
                for (state, jobs) in states {
                    observe::queue_depth(&queue.settings.name, state, usize::try_from(jobs).unwrap_or(usize::MAX));
                }
            }
            let now = SystemTimer.now();
            if tidied.is_none_or(|tidied| now.saturating_duration_since(tidied) >= TIDY) {
                tidied = Some(now);
                if let Err(error) = queue.store.forget(queue.settings.keep).await {
                    tracing::warn!(%error, "old jobs could not be removed");
                }
            }
            SystemTimer.sleep(every).await;
        }
    }

    fn stop(&self) {
        *self.stopped_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(SystemTimer.now());
    }

    /// Whether it is no use to wait for the store any longer.
    pub(super) fn is_over(&self) -> bool {
        let stopped = *self.stopped_at.lock().unwrap_or_else(PoisonError::into_inner);
        stopped.is_some_and(|at| SystemTimer.now().saturating_duration_since(at) > GRACE)
    }

    fn names(&self) -> Vec<String> {
        self.lock_names().clone()
    }

    fn lock_names(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("workers", &self.workers).finish_non_exhaustive()
    }
}
