//! The service level of the last minutes: how many calls of each method succeed, and how fast.
//!
//! A [`SloWindow`] counts the calls of any number of clients and tells when a method is worse than it [should be](Slo), and when it is
//! as it should be again. It needs nothing outside the process, and its memory does not grow with the calls.
//!
//! | a call that | counts as |
//! |---|---|
//! | is answered | success; as slow if it took longer than the latency |
//! | fails in transport or by a time limit, gets an unreadable answer, is refused for a fault of the platform, for a ban or for a rate limit of this side | failure |
//! | is refused for what it asked, by whose token or with which permission: `isv.*`, codes such as 11, 25, 27, 40 | neither: it could not succeed |
//! | is given up by its caller | failure, if the latency had passed already; else not at all |
//! | is refused before it is made, for an argument | not at all |
//!
//! A latency is that of a whole call, with its attempts and waits, and counts for those that succeed.
//!
//! ```
//! use topsdk::layer::slo::{Slo, SloWindow};
//! use topsdk::{Client, Credentials, Environment, MockTransport};
//!
//! let window = SloWindow::new(Slo::new().on_change(|level| println!("{level:?}")))?;
//! let client = Client::builder(Environment::Production, Credentials::new("12345678", "secret"))
//!     .transport(MockTransport::new())
//!     .slo(&window)
//!     .build()?;
//! for level in window.snapshot() {
//!     println!("{}: {:?} succeed, 95 % within {:?}", level.method, level.success_rate, level.p95);
//! }
//! # Ok::<(), topsdk::Error>(())
//! ```

mod config;
mod histogram;
mod judge;
mod ring;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

pub use config::{Slo, SloTarget};

use crate::client::{SystemTimer, Timer};
use crate::error::Error;
use crate::layer::slo::config::{OnChange, Targets};
use crate::layer::slo::judge::State;
use crate::layer::slo::ring::{Ended, Ring};
use crate::layer::{CallInfo, Layer, Next, Outcome};
use crate::observe;
use crate::transport::BoxFuture;

/// How many methods have a window of their own: 12 KB each. Further ones share one, as `_OTHER`.
const MOST_METHODS: usize = 512;

/// Counts calls and judges them. Cheap to clone; clones count together.
///
/// Give it to clients by [`ClientBuilder::slo`](crate::ClientBuilder::slo); or put it, like any layer, where it shall stand.
#[derive(Clone)]
pub struct SloWindow {
    inner: Arc<Inner>,
}

struct Inner {
    targets: Targets,
    window: Duration,
    on_change: OnChange,
    has_panicked: AtomicBool,
    timer: Box<dyn Timer>,
    start: Instant,
    methods: RwLock<HashMap<&'static str, Arc<Mutex<Track>>>>,
}

/// What is known about one method.
struct Track {
    ring: Ring,
    state: State,
}

/// What the last minutes of one method were like.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MethodLevel {
    /// Wire name of the method; `_OTHER` for calls by a name that the platform's catalogue does not have.
    pub method: &'static str,
    /// Calls that could succeed.
    pub calls: u64,
    /// Those of them that did not.
    pub failed: u64,
    /// Those that succeeded, and took longer than they should.
    pub slow: u64,
    /// Calls that could not succeed, for what they asked.
    pub refused: u64,
    /// The share of the calls that succeeded, of those that could; nothing without a call.
    pub success_rate: Option<f64>,
    /// Half of the successful calls took no longer. This and the other latencies may be wrong by a sixteenth.
    pub p50: Option<Duration>,
    /// 95 % took no longer.
    pub p95: Option<Duration>,
    /// 99 % took no longer.
    pub p99: Option<Duration>,
    /// Whether the service level is missed, as was last told.
    pub missed: bool,
}

impl SloWindow {
    /// A window with these settings.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a figure makes no sense or a method is unknown. It names the key, and all that is wrong.
    pub fn new(slo: Slo) -> Result<Self, Error> {
        Self::with_timer(slo, SystemTimer)
    }

    /// A window that measures by this timer.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new).
    pub fn with_timer(slo: Slo, timer: impl Timer + 'static) -> Result<Self, Error> {
        let inner = Inner {
            targets: Targets::new(&slo)?,
            window: slo.window,
            on_change: slo.on_change,
            has_panicked: AtomicBool::new(false),
            start: timer.now(),
            timer: Box::new(timer),
            methods: RwLock::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The last minutes of each method that was called, sorted by name.
    #[must_use]
    pub fn snapshot(&self) -> Vec<MethodLevel> {
        let now = self.inner.now();
        let mut levels: Vec<_> =
            self.tracks().into_iter().map(|(method, track)| lock(&track).level(now, method)).collect();
        levels.sort_unstable_by_key(|level| level.method);
        levels
    }

    /// Judges all methods by the time of now. Calls do that for their method; do it now and then where calls may stop coming.
    pub fn check(&self) {
        for (method, track) in self.tracks() {
            self.inner.judge(method, &track, |_, _| {});
        }
    }

    fn tracks(&self) -> Vec<(&'static str, Arc<Mutex<Track>>)> {
        let methods = self.inner.methods.read().unwrap_or_else(PoisonError::into_inner);
        methods.iter().map(|(method, track)| (*method, Arc::clone(track))).collect()
    }
}

impl Inner {
    /// Time since the window began.
    fn now(&self) -> Duration {
        self.timer.now().saturating_duration_since(self.start)
    }

    /// Notes a call that has ended.
    fn add(&self, method: &'static str, ended: Ended, latency: Duration) {
        let (method, track) = self.track(method);
        self.judge(method, &track, |ring, now| ring.add(now, ended, latency));
    }

    /// Does something to a method's window, judges it, and tells what has changed.
    fn judge(&self, method: &'static str, track: &Mutex<Track>, change: impl FnOnce(&mut Ring, Duration)) {
        let now = self.now();
        let mut track = lock(track);
        track.ring.forget(now);
        change(&mut track.ring, now);
        let counts = track.ring.counts();
        if !track.state.judge(now, &counts, self.targets.of(method)) {
            return;
        }
        let level = track.level(now, method);
        // What the program does may take its time, and may ask for a snapshot.
        drop(track);
        observe::slo_judged(method, level.missed);
        let MethodLevel { missed, calls, failed, slow, .. } = level;
        if missed {
            tracing::warn!(method, calls, failed, slow, "the service level is missed");
        } else {
            tracing::info!(method, calls, failed, slow, "the service level is met again");
        }
        let Some(run) = &self.on_change.0 else { return };
        // It is no part of the call that shows the change, which may have been made already.
        let ran = catch_unwind(AssertUnwindSafe(|| run(&level)));
        if ran.is_err() && !self.has_panicked.swap(true, Ordering::Relaxed) {
            tracing::error!(method, "what is to run when a service level changes has panicked; this is told once");
        }
    }

    /// The window of a method, from its first call on; with its name, which is another one where there are too many.
    fn track(&self, method: &'static str) -> (&'static str, Arc<Mutex<Track>>) {
        let methods = self.methods.read().unwrap_or_else(PoisonError::into_inner);
        let name = if methods.len() < MOST_METHODS || methods.contains_key(method) { method } else { observe::OTHER };
        if let Some(track) = methods.get(name) {
            return (name, Arc::clone(track));
        }
        drop(methods);
        let mut methods = self.methods.write().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Mutex::new(Track { ring: Ring::new(self.window), state: State::default() }));
        (name, Arc::clone(methods.entry(name).or_insert_with(new)))
    }
}

impl Track {
    fn level(&mut self, now: Duration, method: &'static str) -> MethodLevel {
        self.ring.forget(now);
        let (counts, bins) = (self.ring.counts(), self.ring.bins());
        let calls = counts.judged();
        MethodLevel {
            method,
            calls,
            failed: counts.badly,
            slow: counts.slow,
            refused: counts.refused,
            success_rate: (calls > 0).then(|| counts.well as f64 / calls as f64),
            p50: histogram::quantile(&bins, 0.5),
            p95: histogram::quantile(&bins, 0.95),
            p99: histogram::quantile(&bins, 0.99),
            missed: self.state.missed,
        }
    }
}

fn lock(track: &Mutex<Track>) -> MutexGuard<'_, Track> {
    track.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Layer for SloWindow {
    fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let method = observe::method(call);
            let mut pending = Pending { inner: &self.inner, method, start: self.inner.timer.now(), ended: false };
            let outcome = next.run(call).await;
            pending.end(&outcome);
            outcome
        })
    }
}

/// A call that has not ended yet.
struct Pending<'a> {
    inner: &'a Inner,
    method: &'static str,
    start: Instant,
    ended: bool,
}

impl Pending<'_> {
    fn end(&mut self, outcome: &Outcome) {
        self.ended = true;
        let took = self.took();
        if let Some(ended) = judge::ended(outcome, took, self.inner.targets.of(self.method)) {
            self.inner.add(self.method, ended, took);
        }
    }

    fn took(&self) -> Duration {
        self.inner.timer.now().saturating_duration_since(self.start)
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if !self.ended && self.took() > self.inner.targets.of(self.method).latency {
            self.inner.add(self.method, Ended::Badly, self.took());
        }
    }
}

impl fmt::Debug for SloWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SloWindow").field("targets", &self.inner.targets).field("window", &self.inner.window).finish()
    }
}
