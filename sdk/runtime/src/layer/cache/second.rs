//! The second level, which may be slow, broken or full of something else without a call noticing more than a delay.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::client::Timer;
use crate::layer::CallInfo;
use crate::layer::cache::entry::Entry;
use crate::layer::cache::key::{Key, Tag, hex};
use crate::layer::cache::stats::Counters;
use crate::layer::cache::store::{CacheStore, StoreError};
use crate::observe;

/// How long a store that did not answer is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// Most tags that are remembered while the store cannot be told of them.
const UNTOLD: usize = 10_000;

pub(super) struct Second {
    store: Arc<dyn CacheStore>,
    start: Mutex<Option<Instant>>,
    /// Until when the store is left alone, in milliseconds since the start.
    until: AtomicU64,
    /// Tags of writes that the store has not heard of.
    untold: Mutex<Vec<String>>,
}

impl Second {
    pub(super) fn new(store: Arc<dyn CacheStore>) -> Self {
        Self { store, start: Mutex::default(), until: AtomicU64::new(0), untold: Mutex::default() }
    }

    /// Whether it has not answered lately.
    pub(super) fn is_left_alone(&self, timer: &dyn Timer) -> bool {
        let until = self.until.load(Ordering::Acquire);
        until != 0 && self.elapsed(timer) < until
    }

    /// What is kept under this key and holds.
    pub(super) async fn get(&self, call: &CallInfo<'_>, key: &Key, tags: &[Tag], counters: &Counters) -> Option<Entry> {
        let found = self.find(call, key, tags, counters).await?;
        if found.corrupt {
            counters.corrupt.one();
            observe::cache_failed("second", "corrupt");
            tracing::warn!(method = call.method(), "a value of the cache's second level cannot be read");
        }
        let entry = Entry::from_bytes(&found.value?);
        if entry.is_none() {
            counters.corrupt.one();
            observe::cache_failed("second", "corrupt");
            tracing::warn!(method = call.method(), "a value of the cache's second level is of another form");
        }
        entry
    }

    /// The generations of these tags.
    pub(super) async fn generations(
        &self,
        call: &CallInfo<'_>,
        key: &Key,
        tags: &[Tag],
        counters: &Counters,
    ) -> Option<Vec<u64>> {
        self.find(call, key, tags, counters).await.map(|found| found.generations)
    }

    pub(super) async fn put(
        &self,
        call: &CallInfo<'_>,
        key: &Key,
        entry: &Entry,
        generations: &[u64],
        time: Duration,
        counters: &Counters,
    ) {
        if !self.is_left_alone(call.timer())
            && let Err(why) = self.store.put(&hex(key), &entry.to_bytes(), generations, time).await
        {
            self.failed(call.timer(), why, counters);
        }
    }

    /// Tells the store that something has changed, however it fares: a store that does not hear of it, or is left alone, is told
    /// later, before it is asked anything.
    pub(super) async fn invalidate(&self, tags: &[Tag], timer: &dyn Timer, counters: &Counters) {
        let mut names = self.take_untold();
        names.extend(tags.iter().map(|tag| hex(tag)));
        if self.is_left_alone(timer) {
            self.remember(names);
        } else if !names.is_empty() {
            self.tell(names, timer, counters).await;
        }
    }

    async fn find(
        &self,
        call: &CallInfo<'_>,
        key: &Key,
        tags: &[Tag],
        counters: &Counters,
    ) -> Option<crate::layer::cache::store::Found> {
        if self.is_left_alone(call.timer()) {
            return None;
        }
        let untold = self.take_untold();
        if !untold.is_empty() && !self.tell(untold, call.timer(), counters).await {
            return None;
        }
        let tags: Vec<String> = tags.iter().map(|tag| hex(tag)).collect();
        match self.store.get(&hex(key), &tags).await {
            Ok(found) => Some(found),
            Err(why) => {
                self.failed(call.timer(), why, counters);
                None
            }
        }
    }

    async fn tell(&self, names: Vec<String>, timer: &dyn Timer, counters: &Counters) -> bool {
        match self.store.invalidate(&names).await {
            Ok(()) => true,
            Err(why) => {
                self.failed(timer, why, counters);
                self.remember(names);
                false
            }
        }
    }

    fn remember(&self, names: Vec<String>) {
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        untold.extend(names);
        untold.truncate(UNTOLD);
    }

    fn take_untold(&self) -> Vec<String> {
        std::mem::take(&mut *self.untold.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn failed(&self, timer: &dyn Timer, why: StoreError, counters: &Counters) {
        counters.unreachable.one();
        observe::cache_failed("second", "unreachable");
        let until = self.elapsed(timer) + super::millis(PAUSE);
        self.until.store(until.max(1), Ordering::Release);
        tracing::warn!(%why, "the cache's second level cannot be reached");
    }

    /// Milliseconds since the first look at the time.
    fn elapsed(&self, timer: &dyn Timer) -> u64 {
        let now = timer.now();
        let start = *self.start.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(now);
        super::millis(now.saturating_duration_since(start))
    }
}
