//! Rate limits: calls go out no faster than the platform allows.
//!
//! Calls are counted for each application by the tier of their method, or by the method where the configuration says so. A call that
//! has no room waits for it, as long as it [may](Wait); [background](crate::layer::Priority::Background) calls leave room to the
//! others. When the platform refuses calls for some time, nothing that this concerns is sent meanwhile. One [`RateLimiter`] serves any
//! number of clients; with a [`SharedCount`], machines count together.
//!
//! ```
//! use topsdk::layer::limit::{RateLimiter, RateLimits};
//! use topsdk::{Client, Credentials, Environment, MockTransport};
//!
//! let limiter = RateLimiter::new(RateLimits::new())?;
//! let client = Client::builder(Environment::Production, Credentials::new("12345678", "secret"))
//!     .transport(MockTransport::new())
//!     .rate_limiter(&limiter)
//!     .build()?;
//! # Ok::<(), topsdk::Error>(())
//! ```

mod ask;
mod ban;
mod config;
mod lanes;
mod local;
mod plan;
#[cfg(feature = "redis")]
mod redis;
mod shared;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

pub use ask::Ask;
pub use config::{MethodLimit, Rate, RateLimits, Wait, WaitError, WhenUnreachable};
#[cfg(feature = "redis")]
pub use redis::RedisCount;
pub use shared::{SharedCount, Take, Taken, Unreachable};

use crate::client::{SystemTimer, Timer, within};
use crate::error::{Error, GatewayError, LimitReason, LimitedError};
use crate::layer::limit::ban::{Bans, Scope};
use crate::layer::limit::lanes::{Lanes, Place};
use crate::layer::limit::local::{Local, Ticks};
use crate::layer::limit::plan::{Limit, Plan};
use crate::layer::retry::Attempts;
use crate::layer::{CallInfo, Layer, Next, Outcome};
use crate::observe;
use crate::transport::BoxFuture;

/// How long a call sleeps before it looks again: others that wait may have given up.
const NAP: Duration = Duration::from_secs(1);

/// How much later than it has said a call may look again and still be one that waits: more than a busy runtime takes to wake a task.
const GRACE: Duration = Duration::from_millis(50);

/// How long a shared count that could not be reached is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// A shared count that takes longer than this for an answer is left alone too.
const SLOW: Duration = Duration::from_millis(100);

/// Lets calls pass no faster than their limits. Cheap to clone; clones count together.
///
/// Give it to all clients of an application ([`ClientBuilder::rate_limiter`](crate::ClientBuilder::rate_limiter)), or ask it
/// [yourself](Self::acquire).
#[derive(Clone)]
pub struct RateLimiter {
    inner: Arc<Inner>,
}

struct Inner {
    plan: Plan,
    wait: Wait,
    longest_ban: Duration,
    shared: Option<Arc<dyn SharedCount>>,
    when_unreachable: WhenUnreachable,
    /// Until when the shared count is left alone, in nanoseconds since the limiter began.
    unreachable_until: AtomicU64,
    timer: Arc<dyn Timer>,
    ticks: Ticks,
    /// By application, one for each limit of the plan.
    gates: RwLock<HashMap<String, Arc<[Gate]>>>,
    bans: Bans,
}

/// One limit of one application.
struct Gate {
    limit: Limit,
    local: Local,
    lanes: Lanes,
}

/// What stands between a call and its limit.
enum Obstacle {
    /// Others are before it, or there is no room.
    Rate(Duration),
    /// The platform has told to stop.
    Ban(Duration),
    /// Nothing passes without the shared count.
    Unreachable(Duration),
}

impl RateLimiter {
    /// A limiter with these settings.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a figure is no rate, or a method or tier is unknown. It names the key, and all that is wrong.
    pub fn new(limits: RateLimits) -> Result<Self, Error> {
        Self::with_timer(limits, SystemTimer)
    }

    /// A limiter that waits and measures by this timer.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new).
    pub fn with_timer(limits: RateLimits, timer: impl Timer + 'static) -> Result<Self, Error> {
        let timer: Arc<dyn Timer> = Arc::new(timer);
        let inner = Inner {
            plan: Plan::new(&limits)?,
            wait: limits.wait,
            longest_ban: limits.longest_ban,
            shared: limits.shared,
            when_unreachable: limits.when_unreachable,
            unreachable_until: AtomicU64::new(0),
            ticks: Ticks::new(Arc::clone(&timer)),
            timer,
            gates: RwLock::default(),
            bans: Bans::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Waits until the call may be made, and says how long that took. A call that then is not made has been counted all the same.
    ///
    /// A future that is not polled when its time comes holds up no other call, and does not wait meanwhile: when it is polled again, it
    /// has its place and the rest of its time.
    ///
    /// ```
    /// # use topsdk::layer::limit::{Ask, RateLimiter, RateLimits};
    /// # async fn run() -> Result<(), topsdk::Error> {
    /// let limiter = RateLimiter::new(RateLimits::new())?;
    /// limiter.acquire(&Ask::new("12345678", "taobao.trade.get")).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The call would have to wait longer than it may, or the platform has told to stop for longer than the limiter waits.
    pub async fn acquire(&self, ask: &Ask<'_>) -> Result<Duration, LimitedError> {
        let inner = &*self.inner;
        let gates = inner.gates(ask.app_key);
        let Some(gate) = gates.get(inner.plan.limit_of(ask.method, ask.tier)) else { return Ok(Duration::ZERO) };
        let mut now = inner.ticks.elapsed();
        // A call that passes only when its deadline comes has no time left to be made.
        let deadline = ask.remaining.map(|time| now.saturating_add(time.saturating_sub(Duration::from_nanos(1))));
        let allowed = match ask.wait.unwrap_or(inner.wait) {
            Wait::No => Some(Duration::ZERO),
            Wait::AtMost(time) => Some(time),
            Wait::Always => None,
        };
        // Asking takes a moment, with which a call does not wait for its limit: who may not wait at all may ask, and who has waited as long
        // as it may has time for the answer.
        let asking = allowed.filter(|time| !time.is_zero()).map(|time| time.saturating_add(SLOW));
        // The time in which nobody polled the call is none that it has waited: `start` moves on with it.
        let (mut start, mut place, mut is_late) = (now, None, false);
        loop {
            let end =
                |time: Option<Duration>| time.map(|time| start.saturating_add(time)).into_iter().chain(deadline).min();
            let Err(obstacle) = inner.pass(ask, now, gate, place.as_ref(), end(asking)).await else {
                let waited = now.saturating_sub(start);
                observe::limiter_waited(&gate.limit.name, waited);
                return Ok(waited);
            };
            now = inner.ticks.elapsed();
            let (reason, wait) = match obstacle {
                Obstacle::Rate(wait) => (LimitReason::Rate, wait),
                Obstacle::Unreachable(wait) => (LimitReason::Unreachable, wait),
                Obstacle::Ban(wait) => (LimitReason::Ban, wait),
            };
            let is_long_ban = reason == LimitReason::Ban && wait > inner.longest_ban;
            if is_long_ban || end(allowed).is_some_and(|end| now.saturating_add(wait) > end) {
                let (method, limit) = (ask.method.to_owned(), gate.limit.name.clone());
                observe::limiter_refused(&limit, reason);
                return Err(LimitedError { method, limit, reason, retry_after: wait, attempts: Attempts::default() });
            }
            let until = now.saturating_add(wait.min(NAP));
            if reason == LimitReason::Ban {
                // It must not keep others waiting whose methods are not banned.
                place = None;
            } else {
                let place = place.get_or_insert_with(|| gate.lanes.join(ask.priority));
                // Who was late may be so again: nobody waits for it before it has been in time.
                place.counts_until(if is_late { Duration::ZERO } else { until.saturating_add(GRACE) });
            }
            inner.timer.sleep(wait.min(NAP)).await;
            now = inner.ticks.elapsed();
            let late = now.saturating_sub(until);
            is_late = late > GRACE;
            if is_late {
                start = start.saturating_add(late);
            }
        }
    }

    /// Learns from a refusal of the platform: if it is about the rate of calls, nothing that it concerns passes until the time that it
    /// tells is over, in all processes that share the count.
    pub async fn refused(&self, ask: &Ask<'_>, refusal: &GatewayError) {
        let Some((scope, time)) = Scope::of(refusal) else { return };
        let inner = &*self.inner;
        let Some(limit) = inner.plan.limits.get(inner.plan.limit_of(ask.method, ask.tier)) else { return };
        let limit = &limit.name;
        // What is told about a user, without a user, is about everybody that the limit counts.
        let Some(key) = scope.key(ask, limit).or_else(|| Scope::Limit.key(ask, limit)) else { return };
        tracing::debug!(method = ask.method, ?scope, seconds = time.as_secs(), "the platform has told to stop");
        observe::limiter_banned(limit, scope.name());
        let now = inner.ticks.elapsed();
        inner.bans.close(now, ask.app_key, key, time, inner.shared.is_none());
        inner.tell_bans(ask.remaining.map(|time| now.saturating_add(time))).await;
    }
}

impl Inner {
    /// Lets a call pass, or tells what is in the way and for how long.
    async fn pass(
        &self,
        ask: &Ask<'_>,
        now: Duration,
        gate: &Gate,
        place: Option<&Place<'_>>,
        end_of_asking: Option<Duration>,
    ) -> Result<(), Obstacle> {
        let limit = &gate.limit;
        self.tell_bans(end_of_asking).await;
        let some_ban_lasts = self.bans.any(now);
        let bans: Vec<String> = if some_ban_lasts || self.shared.is_some() {
            Scope::ALL.iter().filter_map(|scope| scope.key(ask, &limit.name)).collect()
        } else {
            Vec::new()
        };
        if some_ban_lasts {
            let left = self.bans.left(now, ask.app_key, &bans);
            if !left.is_zero() {
                return Err(Obstacle::Ban(left));
            }
        }
        let ahead = u32::try_from(gate.lanes.ahead(ask.priority, place, now)).unwrap_or(u32::MAX);
        if ahead > 0 {
            let first = gate.lanes.until_turn(ask.priority, now);
            let count = if self.reachable().is_some() { &limit.whole } else { &limit.share };
            return Err(Obstacle::Rate(first.saturating_add(count.period.saturating_mul(ahead))));
        }
        let taken = match self.reachable() {
            Some(shared) => {
                let take = Take {
                    app_key: ask.app_key,
                    limit: &limit.name,
                    period: limit.whole.period,
                    burst: limit.whole.burst.get(),
                    leave: limit.whole.leave(ask.priority),
                    bans: &bans,
                };
                self.answer(shared.take(&take), end_of_asking).await
            }
            None => None,
        };
        let wait = match taken {
            Some(Taken::Passed) => return Ok(()),
            Some(Taken::Banned { ban, time }) => {
                // Who knows it need not ask again, and it lasts though the count may go.
                if let Some(key) = bans.get(ban) {
                    self.bans.close(self.ticks.elapsed(), ask.app_key, key.clone(), time, true);
                }
                return Err(Obstacle::Ban(time));
            }
            Some(Taken::Wait(wait)) => wait,
            None if self.shared.is_some() && self.when_unreachable == WhenUnreachable::Closed => {
                let pause = self.pause();
                return Err(Obstacle::Unreachable(if pause.is_zero() { PAUSE } else { pause }));
            }
            None => match gate.local.take(limit.share.leave(ask.priority)) {
                Ok(()) => return Ok(()),
                Err(wait) => wait,
            },
        };
        gate.lanes.expect(ask.priority, self.ticks.elapsed().saturating_add(wait));
        Err(Obstacle::Rate(wait))
    }

    /// Tells the others the bans that they do not know yet: those of a moment ago, and those from while they could not be reached.
    async fn tell_bans(&self, end_of_asking: Option<Duration>) {
        while let Some(shared) = self.reachable()
            && let Some(ban) = self.bans.untold(self.ticks.elapsed())
        {
            match self.answer(shared.ban(&ban.app_key, &ban.key, ban.left), end_of_asking).await {
                Some(()) => self.bans.told(&ban),
                None => return,
            }
        }
    }

    /// What the shared count answers until then; nothing if it cannot be reached, or does not answer in time.
    async fn answer<T>(&self, answer: BoxFuture<'_, Result<T, Unreachable>>, end: Option<Duration>) -> Option<T> {
        let asked = self.ticks.elapsed();
        let time = end.map(|end| end.saturating_sub(asked));
        let why = match within(&*self.timer, time, answer).await {
            Some(Ok(answer)) => return Some(answer),
            Some(Err(why)) => why,
            // A call without time says nothing about the count.
            None if self.ticks.elapsed().saturating_sub(asked) < SLOW => return None,
            None => Unreachable::new("it does not answer in time"),
        };
        self.unreachable(&why);
        None
    }

    /// The limits of an application, from its first call on.
    fn gates(&self, app_key: &str) -> Arc<[Gate]> {
        if let Some(gates) = self.gates.read().unwrap_or_else(PoisonError::into_inner).get(app_key) {
            return Arc::clone(gates);
        }
        let mut all = self.gates.write().unwrap_or_else(PoisonError::into_inner);
        let gates = all.entry(app_key.to_owned()).or_insert_with(|| {
            let limits = self.plan.limits.iter();
            let gates = limits.map(|limit| Gate {
                local: Local::new(limit, self.ticks.clone()),
                limit: limit.clone(),
                lanes: Lanes::default(),
            });
            gates.collect()
        });
        Arc::clone(gates)
    }

    /// The shared count, unless there is none or it is left alone.
    fn reachable(&self) -> Option<&dyn SharedCount> {
        self.shared.as_deref().filter(|_| self.pause().is_zero())
    }

    /// How long the shared count is still left alone.
    fn pause(&self) -> Duration {
        let until = Duration::from_nanos(self.unreachable_until.load(Ordering::Acquire));
        if until.is_zero() { until } else { until.saturating_sub(self.ticks.elapsed()) }
    }

    /// Leaves the shared count alone for a while, so that calls do not all wait for it.
    fn unreachable(&self, why: &Unreachable) {
        // Those who asked at the same time say the same.
        if !self.pause().is_zero() {
            return;
        }
        let until = self.ticks.elapsed().saturating_add(PAUSE);
        let until = u64::try_from(until.as_nanos()).unwrap_or(u64::MAX);
        self.unreachable_until.store(until, Ordering::Release);
        observe::limiter_unreachable();
        tracing::warn!(%why, when_unreachable = ?self.when_unreachable, "the shared count of the rate limits cannot be reached");
    }
}

impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiter")
            .field("limits", &self.inner.plan.limits)
            .field("wait", &self.inner.wait)
            .field("shared", &self.inner.shared)
            .finish_non_exhaustive()
    }
}

/// The limiter around each attempt of a client's calls.
pub(crate) struct Limited(pub(crate) RateLimiter);

impl Layer for Limited {
    fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let ask = Ask::of(call);
            self.0.acquire(&ask).await.map_err(Error::from)?;
            let outcome = next.run(call).await;
            if let Err(failed) = &outcome
                && let Some(refusal) = failed.error().gateway()
            {
                self.0.refused(&Ask::of(call), refusal).await;
            }
            outcome
        })
    }
}
