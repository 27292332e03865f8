//! Counting in this process.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{Quota, RateLimiter};

use crate::client::Timer;
use crate::layer::limit::plan::{Count, Limit};

/// The count of one limit of one application: the share of this process.
pub(super) struct Local {
    limiter: RateLimiter<u64, Counted, Ticks, NoOpMiddleware<Nanos>>,
    period: Duration,
}

impl Local {
    pub(super) fn new(limit: &Limit, ticks: Ticks) -> Self {
        // A period is never zero: see `Plan`.
        let Count { period, burst, .. } = limit.share;
        let quota = Quota::with_period(period).unwrap_or(Quota::per_minute(burst)).allow_burst(burst);
        Self { limiter: RateLimiter::new(quota, Counted::default(), ticks), period }
    }

    /// Lets one call pass that leaves so many calls of the burst, or tells how long to wait.
    pub(super) fn take(&self, leave: u32) -> Result<(), Duration> {
        let leave = Nanos::from(self.period) * u64::from(leave);
        self.limiter
            .check_key(&leave.as_u64())
            .map_err(|not_until| not_until.wait_time_from(self.limiter.clock().now()))
    }
}

/// The injected time, for governor: nanoseconds since the limiter began.
#[derive(Clone)]
pub(super) struct Ticks {
    timer: Arc<dyn Timer>,
    start: Instant,
}

impl Ticks {
    pub(super) fn new(timer: Arc<dyn Timer>) -> Self {
        Self { start: timer.now(), timer }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.timer.now().saturating_duration_since(self.start)
    }
}

impl Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.elapsed().into()
    }
}

/// The time at which all calls that have passed are paid for. The key is what a call has to leave: a call that leaves something is
/// tested as if that were taken already, and counted as it is.
#[derive(Default)]
struct Counted(Mutex<Option<Nanos>>);

impl StateStore for Counted {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, leave: &u64, test: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut paid = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *leave > 0 {
            test(paid.map(|paid| paid + Nanos::new(*leave)))?;
        }
        let (taken, next) = test(*paid)?;
        *paid = Some(next);
        Ok(taken)
    }
}
