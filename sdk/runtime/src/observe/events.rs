//! One function for each thing that is counted. Without the feature `metrics` they do nothing, so that whoever calls them need not
//! ask.

use std::borrow::Cow;
use std::time::Duration;

use crate::error::Error;
use crate::layer::CallInfo;
use crate::layer::retry::Stopped;
use crate::observe::emit::{self, Label};
use crate::observe::label;
use crate::observe::table::*;

/// Whether anything is counted at all.
const ON: bool = cfg!(feature = "metrics");

/// A call has ended after this time.
pub(super) fn call_ended(call: CallInfo<'_>, outcome: &'static str, took: Duration) {
    ended(CALLS, CALL_DURATION, call, outcome, took);
}

/// An attempt has ended after this time.
pub(super) fn attempt_ended(call: CallInfo<'_>, outcome: &'static str, took: Duration) {
    ended(ATTEMPTS, ATTEMPT_DURATION, call, outcome, took);
}

fn ended(count: &'static Metric, duration: &'static Metric, call: CallInfo<'_>, outcome: &'static str, took: Duration) {
    if ON {
        let method = fixed("method", label::method(call));
        emit::add(count, &[method.clone(), fixed("outcome", outcome)]);
        emit::record(duration, &[method], took.as_secs_f64());
    }
}

/// The platform has refused an attempt.
pub(super) fn refused(call: CallInfo<'_>, error: &Error) {
    if ON && let Some(refusal) = error.gateway() {
        let sub_code = label::sub_code(refusal, call.info().map_or(&[], |info| info.errors));
        let code = ("code", label::code(refusal));
        emit::add(REFUSALS, &[fixed("method", label::method(call)), code, fixed("sub_code", sub_code)]);
    }
}

/// An attempt that failed so is followed by another one.
pub(crate) fn retried(call: CallInfo<'_>, error: &Error) {
    if ON {
        emit::add(RETRIES, &[fixed("method", label::method(call)), fixed("outcome", label::phase(error))]);
    }
}

/// A call that failed is not tried again.
pub(crate) fn given_up(call: CallInfo<'_>, why: Stopped) {
    if ON {
        let reason = match why {
            Stopped::Permanent => "permanent",
            Stopped::MayBeApplied => "may_be_applied",
            Stopped::Attempts => "attempts",
            Stopped::LongBan => "long_ban",
            Stopped::Deadline => "deadline",
            Stopped::Budget => "budget",
            Stopped::Limited => "limited",
        };
        emit::add(GIVEN_UP, &[fixed("method", label::method(call)), fixed("reason", reason)]);
    }
}

/// An attempt had to wait for its rate limit, and has passed. The limit is the name of a tier or of a method in the
/// configuration.
#[cfg(feature = "limit")]
pub(crate) fn limiter_waited(limit: &str, waited: Duration) {
    if ON && !waited.is_zero() {
        emit::record(LIMITER_WAIT, &[own("limit", limit)], waited.as_secs_f64());
    }
}

/// A rate limit has refused an attempt.
#[cfg(feature = "limit")]
pub(crate) fn limiter_refused(limit: &str, reason: crate::error::LimitReason) {
    use crate::error::LimitReason;

    if ON {
        let reason = match reason {
            LimitReason::Rate => "rate",
            LimitReason::Ban => "ban",
            LimitReason::Unreachable => "unreachable",
        };
        emit::add(LIMITER_REFUSALS, &[own("limit", limit), fixed("reason", reason)]);
    }
}

/// The platform has told to stop.
#[cfg(feature = "limit")]
pub(crate) fn limiter_banned(limit: &str, scope: &'static str) {
    if ON {
        emit::add(LIMITER_BANS, &[own("limit", limit), fixed("scope", scope)]);
    }
}

/// The shared count of the rate limits could not be reached.
#[cfg(feature = "limit")]
pub(crate) fn limiter_unreachable() {
    emit::add(LIMITER_UNREACHABLE, &[]);
}

/// What lay in place of a limit's shared count was no count.
#[cfg(any(test, all(feature = "limit", feature = "redis")))]
pub(crate) fn limiter_corrupt(limit: &str) {
    if ON {
        emit::add(LIMITER_CORRUPT, &[own("limit", limit)]);
    }
}

/// What a cache had for a call.
#[cfg(any(test, feature = "cache"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CacheRead {
    /// The answer, still fresh.
    Hit,
    /// Nothing that may be used.
    Miss,
    /// An answer beyond its time, used while a new one is fetched, or because none could be.
    Stale,
    /// That there is no such thing.
    Absent,
}

/// A call has asked the cache.
#[cfg(any(test, feature = "cache"))]
pub(crate) fn cache_read(call: CallInfo<'_>, result: CacheRead) {
    if ON {
        let result = match result {
            CacheRead::Hit => "hit",
            CacheRead::Miss => "miss",
            CacheRead::Stale => "stale",
            CacheRead::Absent => "absent",
        };
        emit::add(CACHE_READS, &[fixed("method", label::method(call)), fixed("result", result)]);
    }
}

/// A store of the cache has failed: `second`, the one behind this process. A word for why: `unreachable` or `corrupt`.
#[cfg(any(test, feature = "cache"))]
pub(crate) fn cache_failed(store: &'static str, reason: &'static str) {
    emit::add(CACHE_FAILURES, &[fixed("store", store), fixed("reason", reason)]);
}

/// A batch of so many calls goes out.
pub(crate) fn batch_sent(calls: usize) {
    emit::record(BATCH_SIZE, &[], count(calls));
}

/// So many jobs of a queue are in a state (`waiting`, `delayed`, `running`, `dead`). The name is that of the program's configuration.
#[cfg(any(test, feature = "queue"))]
pub(crate) fn queue_depth(queue: &str, state: &'static str, jobs: usize) {
    if ON {
        emit::set(QUEUE_DEPTH, &[own("queue", queue), fixed("state", state)], count(jobs));
    }
}

/// Work on a job of a queue has ended (`done`, `retried`, `dead`).
#[cfg(any(test, feature = "queue"))]
pub(crate) fn job_ended(queue: &str, outcome: &'static str) {
    if ON {
        emit::add(QUEUE_JOBS, &[own("queue", queue), fixed("outcome", outcome)]);
    }
}

/// The service level of a method is missed, or met again.
#[cfg(feature = "slo")]
pub(crate) fn slo_judged(method: &'static str, missed: bool) {
    emit::set(SLO_MISSED, &[fixed("method", method)], if missed { 1.0 } else { 0.0 });
}

fn fixed(name: &'static str, value: &'static str) -> Label {
    (name, Cow::Borrowed(value))
}

#[cfg(any(test, feature = "limit", feature = "queue"))]
fn own(name: &'static str, value: &str) -> Label {
    (name, Cow::Owned(value.to_owned()))
}

fn count(things: usize) -> f64 {
    u32::try_from(things).map_or(f64::from(u32::MAX), f64::from)
}
