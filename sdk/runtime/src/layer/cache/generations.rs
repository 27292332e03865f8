//! What has changed since an answer was asked for.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::layer::cache::key::Tag;

/// How many tags are told apart. Two that share a place throw away each other's answers, nothing worse.
const PLACES: usize = 8192;

/// A count for each tag of how often its answers have become old, and when they did last. It takes the same memory however many tags
/// there are.
pub(super) struct Generations {
    places: Box<[Place]>,
}

#[derive(Default)]
struct Place {
    count: AtomicU64,
    /// In milliseconds since 1970.
    last: AtomicU64,
}

impl Generations {
    pub(super) fn new() -> Self {
        Self { places: (0..PLACES).map(|_| Place::default()).collect() }
    }

    /// The counts of these tags.
    pub(super) fn of(&self, tags: &[Tag]) -> Box<[u64]> {
        tags.iter().map(|tag| self.place(tag).map_or(0, |place| place.count.load(Ordering::Acquire))).collect()
    }

    /// Whether nothing has changed since the counts were these.
    pub(super) fn are(&self, tags: &[Tag], before: &[u64]) -> bool {
        tags.len() == before.len()
            && tags
                .iter()
                .zip(before)
                .all(|(tag, before)| self.place(tag).is_none_or(|place| place.count.load(Ordering::Acquire) == *before))
    }

    /// Whether something has changed at this time or after it.
    pub(super) fn changed_since(&self, tags: &[Tag], time: u64) -> bool {
        tags.iter().any(|tag| self.place(tag).is_some_and(|place| place.last.load(Ordering::Acquire) >= time))
    }

    /// The answers with this tag are old from now on.
    pub(super) fn change(&self, tag: &Tag, now: u64) {
        if let Some(place) = self.place(tag) {
            place.last.fetch_max(now, Ordering::AcqRel);
            place.count.fetch_add(1, Ordering::AcqRel);
        }
    }

    fn place(&self, tag: &Tag) -> Option<&Place> {
        let [a, b, ..] = tag;
        self.places.get(usize::from(u16::from_be_bytes([*a, *b])) % PLACES)
    }
}
