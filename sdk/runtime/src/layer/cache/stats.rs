//! What a cache has done so far.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! stats {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {
        /// What a cache has done since it was made.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        #[non_exhaustive]
        pub struct CacheStats {
            $($(#[doc = $doc])* pub $name: u64,)*
        }

        /// The same, counting.
        #[derive(Debug, Default)]
        pub(super) struct Counters {
            $(pub(super) $name: Counter,)*
        }

        impl Counters {
            pub(super) fn now(&self) -> CacheStats {
                CacheStats { $($name: self.$name.0.load(Ordering::Relaxed),)* }
            }
        }
    };
}

stats! {
    /// Calls that were answered from this process or the second level, in time.
    hits;
    /// Of those, the ones that the second level answered.
    second_level_hits;
    /// Calls that were told again that there is no such thing.
    absent_hits;
    /// Calls that were given an answer after its time: while a new one was fetched, or because none could be had.
    stale;
    /// Calls that went to the platform because nothing fitting was kept.
    misses;
    /// Calls that waited for an equal one.
    joined;
    /// Answers that were kept.
    kept;
    /// Tags whose answers were thrown away.
    invalidated;
    /// Times that the second level did not answer, or not soon enough.
    unreachable;
    /// Times that a value or a generation in the second level could not be read.
    corrupt;
}

#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, more: usize) {
        self.0.fetch_add(more as u64, Ordering::Relaxed);
    }

    pub(super) fn one(&self) {
        self.add(1);
    }
}
