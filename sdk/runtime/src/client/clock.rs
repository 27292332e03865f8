//! The time of day, injected.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

/// Where timestamps come from.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> SystemTime;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where time comes in")]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// How far the gateway's clock is ahead of this side's, as learned from it.
#[derive(Debug, Default)]
pub(crate) struct Skew(AtomicI64);

impl Skew {
    /// Milliseconds.
    pub(crate) fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, millis: i64) {
        self.0.store(millis, Ordering::Relaxed);
    }

    /// The gateway's time at a moment of this side's.
    pub(crate) fn correct(&self, local: SystemTime) -> SystemTime {
        let millis = self.get();
        let skew = Duration::from_millis(millis.unsigned_abs());
        let corrected = if millis < 0 { local.checked_sub(skew) } else { local.checked_add(skew) };
        corrected.unwrap_or(local)
    }
}

/// Milliseconds from one moment to another.
pub(crate) fn millis_between(from: SystemTime, to: SystemTime) -> i64 {
    let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    to.duration_since(from).map_or_else(|earlier| -millis(earlier.duration()), millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skew_leads_from_one_clock_to_the_other() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        for (local, gateway, millis) in [(100, 100, 0), (100, 160, 60_000), (28_900, 100, -28_800_000)] {
            let skew = Skew::default();
            skew.set(millis_between(at(local), at(gateway)));
            assert_eq!((skew.get(), skew.correct(at(local))), (millis, at(gateway)));
        }
    }
}
