//! The second level, which may be slow, broken or full of something else without a call noticing more than a delay.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::client::{Timer, within};
use crate::layer::CallInfo;
use crate::layer::cache::entry::Entry;
use crate::layer::cache::key::{Key, Tag, hex};
use crate::layer::cache::stats::{Counter, Counters};
use crate::layer::cache::store::{CacheStore, StoreError};
use crate::observe;
use crate::transport::BoxFuture;

/// How long a store that did not answer, or not soon enough, is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// Of the time that a call has left, an answer of the store may take one part in so many.
const SHARE: u32 = 4;

/// A store that had less time than this says nothing about itself by its silence.
const SHORT: Duration = Duration::from_millis(50);

const SILENT: StoreError = StoreError::new("it does not answer in time");
const SLOW: StoreError = StoreError::new("it takes more than half of its time to answer");

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

/// Who waits for the store.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) timer: &'a dyn Timer,
    pub(super) deadline: Option<Instant>,
}

impl<'a> Asker<'a> {
    pub(super) fn of(call: &CallInfo<'a>) -> Self {
        Self { timer: call.timer(), deadline: call.deadline() }
    }
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
    pub(super) async fn look(&self, key: &Key, tags: &[Tag], asker: Asker<'_>) -> Option<Seen> {
        if !self.tell(asker).await {
            return None;
        }
        let tags: Vec<String> = std::iter::once(EVERYTHING.to_owned()).chain(tags.iter().map(|tag| hex(tag))).collect();
        let found = self.answer(asker, self.store.get(&hex(key), &tags)).await?;
        if found.corrupt {
            self.corrupt("a value or a generation cannot be read");
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

    /// Keeps an answer that was asked for after these generations were seen.
    pub(super) async fn put(&self, key: &Key, entry: &Entry, generations: &[u64], time: Duration, asker: Asker<'_>) {
        if !self.is_left_alone(asker.timer) {
            self.answer(asker, self.store.put(&hex(key), &entry.to_bytes(), generations, time)).await;
        }
    }

    /// Notes that something has changed. The store is [told](Self::tell) before it is asked anything.
    pub(super) fn changed(&self, tags: &[Tag]) {
        self.remember(tags.iter().map(|tag| hex(tag)));
    }

    /// Tells the store what has changed, unless it is left alone. Whether it has heard of everything.
    pub(super) async fn tell(&self, asker: Asker<'_>) -> bool {
        if self.is_left_alone(asker.timer) {
            return false;
        }
        let names = self.take_untold();
        if names.is_empty() {
            return true;
        }
        let list: Vec<String> = names.iter().cloned().collect();
        let mut telling = Telling { second: self, names };
        let told = self.answer(asker, self.store.invalidate(&list)).await.is_some();
        if told {
            telling.names.clear();
        }
        told
    }

    /// What the store answers; nothing if it fails or takes too long for itself or for who asks. A store that only just answers in its
    /// time makes calls slower than they would be without it, so that it is left alone too.
    async fn answer<T>(&self, asker: Asker<'_>, answer: BoxFuture<'_, Result<T, StoreError>>) -> Option<T> {
        let (asked, own) = (asker.timer.now(), self.store.patience());
        let share = asker.deadline.map(|deadline| deadline.saturating_duration_since(asked) / SHARE);
        let time = share.map_or(own, |share| share.min(own));
        match within(asker.timer, Some(time), answer).await {
            Some(Ok(answer)) => {
                if asker.timer.now().saturating_duration_since(asked) > own / 2 {
                    self.unreachable(SLOW, asker.timer);
                }
                return Some(answer);
            }
            Some(Err(why)) => self.unreachable(why, asker.timer),
            None if time < own.min(SHORT) => {}
            None => self.unreachable(SILENT, asker.timer),
        }
        None
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

    /// The store did not answer, or not soon enough, and is left alone for a while.
    fn unreachable(&self, why: StoreError, timer: &dyn Timer) {
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
