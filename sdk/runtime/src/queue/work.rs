//! Workers: they take jobs, keep them, and make them.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use futures_util::stream::StreamExt as _;
use tokio::sync::{Notify, Semaphore};

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
    names: Mutex<Vec<Name>>,
    /// A name must take no more jobs.
    lost: Notify,
    stopped_at: Mutex<Option<Instant>>,
}

/// A name under which jobs are held. Each stream of jobs has one of its own.
struct Name {
    name: Arc<str>,
    /// Whether its stream goes on.
    claims: bool,
    /// Jobs that are being made.
    running: usize,
}

/// A job that is being made, under a name.
struct Running {
    shift: Arc<Shift>,
    name: Arc<str>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shift.with(&self.name, |name| name.running = name.running.saturating_sub(1));
    }
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
            lost: Notify::new(),
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
        // The gauge must not go on to show what this worker left when it began its last jobs.
        if let Ok(counts) = store.counts().await {
            shift.queue.tell_depth(&counts);
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
            self.lock_names().push(Name { name: Arc::clone(&name), claims: true, running: 0 });
            // What others have written must not end the stream that is to come.
            self.give_back(&name).await;
            let mut jobs = queue.store.claims(&name, self.hand(&name));
            let start = SystemTimer.now();
            while self.with(&name, |name| name.claims) == Some(true) {
                let lost = pin!(self.lost.notified());
                match select(jobs.next(), lost).await {
                    Either::Left((Some(Ok(())), _)) | Either::Right(_) => {}
                    Either::Left(_) => break,
                }
            }
            drop(jobs);
            tracing::warn!("the store of the queue does not work, or a row in it cannot be read; looking again");
            self.with(&name, |name| name.claims = false);
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
            Ok(rows) => self.buried(rows),
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
                shift.with(&name, |name| name.running += 1);
                let running = Running { shift: Arc::clone(&shift), name: Arc::clone(&name) };
                // In a task of its own: it goes on when the stream ends.
                tokio::spawn(async move {
                    perform(shift, name, id, bytes).await;
                    drop((running, slot));
                });
            })
        })
    }

    /// Says that the worker lives, and tidies up now and then.
    async fn beat(&self) {
        let (queue, mut tidied) = (&self.queue, None::<Instant>);
        let every = queue.store.pace().min(queue.settings.heartbeat());
        loop {
            self.leave().await;
            match queue.store.beat(&self.living(), self.workers).await {
                Ok(0) => {}
                Ok(rows) => self.buried(rows),
                Err(error) => tracing::warn!(%error, "the store of the queue does not work"),
            }
            if cfg!(feature = "metrics")
                && let Ok(counts) = queue.store.counts().await
            {
                queue.tell_depth(&counts);
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

    /// No more jobs are taken under this name, and it is not said to live when those are done that are being made: what it could not
    /// write down goes to others when its lease ends.
    pub(super) fn lose(&self, name: &str) {
        self.with(name, |name| name.claims = false);
        self.lost.notify_one();
    }

    /// Leaves names under which nothing happens any more.
    async fn leave(&self) {
        let living = self.living();
        for name in self.names().into_iter().filter(|name| !living.contains(name)) {
            // What it has not begun waits again; if the store does not work, it is tried again at the next beat.
            if self.queue.store.give_back(&name, true).await.is_ok() {
                self.lock_names().retain(|known| known.name != name);
            }
        }
    }

    /// Rows that are no jobs have become dead letters.
    fn buried(&self, rows: u64) {
        tracing::warn!(rows, "rows that are no jobs are dead letters now");
        (0..rows).for_each(|_| observe::job_ended(&self.queue.settings.name, "dead"));
    }

    /// The names under which jobs are taken or made.
    fn living(&self) -> Vec<Arc<str>> {
        let names = self.lock_names();
        let living = names.iter().filter(|name| name.claims || name.running > 0);
        living.map(|name| Arc::clone(&name.name)).collect()
    }

    /// These, and those that have not been left yet.
    fn names(&self) -> Vec<Arc<str>> {
        self.lock_names().iter().map(|name| Arc::clone(&name.name)).collect()
    }

    fn with<T>(&self, name: &str, work: impl FnOnce(&mut Name) -> T) -> Option<T> {
        self.lock_names().iter_mut().find(|known| &*known.name == name).map(work)
    }

    fn lock_names(&self) -> std::sync::MutexGuard<'_, Vec<Name>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("workers", &self.workers).finish_non_exhaustive()
    }
}
