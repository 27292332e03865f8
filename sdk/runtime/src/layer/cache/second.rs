//! The second level, which may be slow, broken or full of something else without a call noticing more than a delay.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::client::Timer;
use crate::layer::cache::entry::Entry;
use crate::layer::cache::key::{Key, Tag, hex};
use crate::layer::cache::stats::{Counter, Counters};
use crate::layer::cache::store::CacheStore;
use crate::observe;

/// How long a store that did not answer is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// Most tags that are remembered one by one while the store cannot be told of them.
pub(super) const UNTOLD: usize = 10_000;

/// The tag that all values have, beside their own. A write that changes it makes everything old.
const EVERYTHING: &str = "everything";

pub(super) struct Second {
    store: Arc<dyn CacheStore>,
    counters: Arc<Counters>,
    start: Mutex<Option<Instant>>,
    /// Until when the store is left alone, in milliseconds since the start.
    until: AtomicU64,
    /// Tags of writes that the store has not heard of.
    untold: Mutex<HashSet<String>>,
}

/// What the store says about a call.
pub(super) struct Seen {
    /// What is kept and holds.
    pub(super) entry: Option<Entry>,
    /// The generations of the call's tags, to [put](Second::put) an answer that is asked for from now on.
    pub(super) generations: Vec<u64>,
}

impl Second {
    pub(super) fn new(store: Arc<dyn CacheStore>, counters: Arc<Counters>) -> Self {
        Self { store, counters, start: Mutex::default(), until: AtomicU64::new(0), untold: Mutex::default() }
    }

    /// Whether it has not answered lately.
    pub(super) fn is_left_alone(&self, timer: &dyn Timer) -> bool {
        let until = self.until.load(Ordering::Acquire);
        until != 0 && self.elapsed(timer) < until
    }

    /// One question to the store, which hears before of all that it has missed. Nothing if it does not answer or is left alone.
    pub(super) async fn look(&self, key: &Key, tags: &[Tag], timer: &dyn Timer) -> Option<Seen> {
        if self.is_left_alone(timer) || !self.tell(self.take_untold(), timer).await {
            return None;
        }
        let tags: Vec<String> = std::iter::once(EVERYTHING.to_owned()).chain(tags.iter().map(|tag| hex(tag))).collect();
        match self.store.get(&hex(key), &tags).await {
            Ok(found) => {
                if found.corrupt {
                    self.corrupt("a value cannot be read");
                }
                let entry = found.value.and_then(|value| {
                    let entry = Entry::from_bytes(&value);
                    if entry.is_none() {
                        self.corrupt("a value is of another form");
                    }
                    entry
                });
                Some(Seen { entry, generations: found.generations })
            }
            Err(why) => {
                self.unreachable(why, timer);
                None
            }
        }
    }

    /// Keeps an answer that was asked for after these generations were seen.
    pub(super) async fn put(&self, key: &Key, entry: &Entry, generations: &[u64], time: Duration, timer: &dyn Timer) {
        if !self.is_left_alone(timer)
            && let Err(why) = self.store.put(&hex(key), &entry.to_bytes(), generations, time).await
        {
            self.unreachable(why, timer);
        }
    }

    /// Tells the store that something has changed, however it fares: a store that does not hear of it, or is left alone, is told
    /// later, before it is asked anything.
    pub(super) async fn invalidate(&self, tags: &[Tag], timer: &dyn Timer) {
        let names = tags.iter().map(|tag| hex(tag));
        if self.is_left_alone(timer) {
            self.remember(names);
        } else {
            let mut all = self.take_untold();
            all.extend(names);
            self.tell(all, timer).await;
        }
    }

    /// Whether the store has heard of all these.
    async fn tell(&self, names: HashSet<String>, timer: &dyn Timer) -> bool {
        if names.is_empty() {
            return true;
        }
        let list: Vec<String> = names.iter().cloned().collect();
        let mut telling = Telling { second: self, names };
        match self.store.invalidate(&list).await {
            Ok(()) => {
                telling.names.clear();
                true
            }
            Err(why) => {
                self.unreachable(why, timer);
                false
            }
        }
    }

    /// Notes what the store must still be told: each tag once, and no more than so many. Beyond that everything that it has is taken
    /// for old, for what exactly is old cannot be said any more.
    fn remember(&self, names: impl IntoIterator<Item = String>) {
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        untold.extend(names);
        if untold.len() > UNTOLD || untold.contains(EVERYTHING) {
            *untold = HashSet::from([EVERYTHING.to_owned()]);
        }
    }

    fn take_untold(&self) -> HashSet<String> {
        std::mem::take(&mut *self.untold.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn corrupt(&self, why: &str) {
        wrong(&self.counters.corrupt, "corrupt", &why);
    }

    /// The store did not answer, and is left alone for a while.
    fn unreachable(&self, why: impl fmt::Display, timer: &dyn Timer) {
        let until = self.elapsed(timer) + super::millis(PAUSE);
        self.until.store(until.max(1), Ordering::Release);
        wrong(&self.counters.unreachable, "unreachable", &why);
    }

    /// Milliseconds since the first look at the time.
    fn elapsed(&self, timer: &dyn Timer) -> u64 {
        let now = timer.now();
        let start = *self.start.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(now);
        super::millis(now.saturating_duration_since(start))
    }
}

/// Tags of which the store is being told. Unless that succeeds they are remembered, also if nobody waits for it any more.
struct Telling<'a> {
    second: &'a Second,
    names: HashSet<String>,
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.second.remember(self.names.drain());
    }
}

/// Counts and tells what is wrong with the store or with what it has.
fn wrong(counter: &Counter, reason: &'static str, why: &dyn fmt::Display) {
    counter.one();
    observe::cache_failed("second", reason);
    tracing::warn!(reason, %why, "the cache's second level failed");
}
