//! What a client may spend on trying again.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::ConfigProblem;

/// What a client may spend on trying again, so that an outage does not multiply the load that caused it.
///
/// A bucket of tokens, full at the start and shared by all calls of a client and its clones. Each further attempt takes
/// [`cost`](Self::cost) tokens; a call that gets through at its first attempt puts [`gain`](Self::gain) back, one that gets through
/// later what its last attempt took. When the platform answers nothing any more, the bucket is soon empty, and then every call makes one
/// attempt. The figures are those of the AWS SDKs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "config", derive(serde::Deserialize), serde(deny_unknown_fields, default))]
pub struct Budget {
    capacity: u32,
    cost: u32,
    gain: u32,
}

impl Budget {
    /// No limit but that of each call.
    pub const UNLIMITED: Self = Self { capacity: 0, cost: 0, gain: 0 };

    /// Most tokens, and how many there are at the start. 500 by default.
    #[must_use]
    pub fn capacity(mut self, tokens: u32) -> Self {
        self.capacity = tokens;
        self
    }

    /// What a further attempt takes. 5 by default.
    #[must_use]
    pub fn cost(mut self, tokens: u32) -> Self {
        self.cost = tokens;
        self
    }

    /// What a call puts back that gets through at once. 1 by default.
    #[must_use]
    pub fn gain(mut self, tokens: u32) -> Self {
        self.gain = tokens;
        self
    }

    /// What makes no sense.
    pub(super) fn problem(&self) -> Option<ConfigProblem> {
        let message = format!("the budget holds less than one attempt costs: {} < {}", self.capacity, self.cost);
        (self.cost > self.capacity).then(|| ConfigProblem::new("retry.budget.capacity", message))
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self { capacity: 500, cost: 5, gain: 1 }
    }
}

/// The tokens of a client.
#[derive(Debug)]
pub(crate) struct Bucket {
    budget: Budget,
    tokens: AtomicU32,
}

impl Bucket {
    pub(crate) fn new(budget: Budget) -> Self {
        Self { budget, tokens: AtomicU32::new(budget.capacity) }
    }

    /// Pays for an attempt, if there is enough.
    pub(crate) fn pay(&self) -> bool {
        self.change(|tokens| tokens.checked_sub(self.budget.cost))
    }

    /// A call got through, by an attempt that was paid for or by its first one.
    pub(crate) fn earn(&self, paid: bool) {
        let gain = if paid { self.budget.cost } else { self.budget.gain };
        // A full bucket, which is the rule, is only looked at.
        self.change(|tokens| {
            Some((tokens.saturating_add(gain)).min(self.budget.capacity)).filter(|new| *new != tokens)
        });
    }

    fn change(&self, to: impl Fn(u32) -> Option<u32>) -> bool {
        // Nothing else depends on the order in which tokens come and go.
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, to).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_and_go() {
        let bucket = Bucket::new(Budget::default().capacity(12));
        let left = |bucket: &Bucket| bucket.tokens.load(Ordering::Relaxed);
        assert!(bucket.pay() && bucket.pay());
        assert_eq!(left(&bucket), 2);
        assert!(!bucket.pay(), "an attempt is paid in full or not at all");
        bucket.earn(false);
        assert_eq!(left(&bucket), 3);
        bucket.earn(true);
        assert_eq!(left(&bucket), 8, "what the last attempt took comes back");
        (0..9).for_each(|_| bucket.earn(false));
        assert_eq!(left(&bucket), 12, "never more than it holds");
    }

    #[test]
    fn without_a_limit_everything_is_paid() {
        let bucket = Bucket::new(Budget::UNLIMITED);
        assert!((0..1000).all(|_| bucket.pay()));
    }

    /// The bound that matters: further attempts <= capacity / cost + calls that got through * gain / cost.
    #[test]
    fn an_outage_does_not_multiply_the_load() {
        let bucket = Bucket::new(Budget::default());
        let further = (0..10_000).flat_map(|_| [bucket.pay(), bucket.pay()]).filter(|paid| *paid).count();
        assert_eq!(further, 100, "of 20,000 that three attempts a call would make");
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(Budget::default().problem().is_none() && Budget::UNLIMITED.problem().is_none());
        let error = Budget::default().capacity(4).problem().unwrap().to_string();
        assert!(error.contains("4 < 5"), "{error}");
    }
}
