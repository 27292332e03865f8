//! A second level.

use std::fmt;
use std::time::Duration;

use crate::transport::BoxFuture;

/// A second level behind the processes' own caches. Its names tell nothing about calls: they are digests, but for the tag that all values
/// have.
///
/// The generation of a tag is a number that [`invalidate`](Self::invalidate) makes one that it never was. A store that may lose
/// generations gives a tag of which it knows nothing one that it never had. Whoever keeps a value keeps the generations of before it was
/// fetched with it; it holds as long as they are the same.
pub trait CacheStore: Send + Sync + fmt::Debug {
    /// The value of this name, and the generations of the tags as they are now.
    fn get<'a>(&'a self, name: &'a str, tags: &'a [String]) -> BoxFuture<'a, Result<Found, StoreError>>;

    /// Keeps a value for so long.
    fn put<'a>(
        &'a self,
        name: &'a str,
        value: &'a [u8],
        generations: &'a [u64],
        time: Duration,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Gives each tag another generation.
    fn invalidate<'a>(&'a self, tags: &'a [String]) -> BoxFuture<'a, Result<(), StoreError>>;

    /// How long a call waits for one answer at most: 250 ms unless the store says otherwise, and never more than a quarter of the time
    /// that the call has left. Then the call goes on without it, and the store is left alone for a second, as it is after an answer that
    /// took more than half of this time. The future may be dropped then.
    fn patience(&self) -> Duration {
        Duration::from_millis(250)
    }
}

/// What a second level has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The value, if there is one whose tags have the generations that it was kept with.
    pub value: Option<Vec<u8>>,
    /// The generations of the tags.
    pub generations: Vec<u64>,
    /// Whether there was something that is no value, or no generation.
    pub corrupt: bool,
}

/// A second level that did not answer. It says why without addresses and names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreError(&'static str);

impl StoreError {
    /// For this reason, in which there is nothing secret.
    #[must_use]
    pub const fn new(why: &'static str) -> Self {
        Self(why)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for StoreError {}
