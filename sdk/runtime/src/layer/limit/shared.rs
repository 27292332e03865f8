//! Counting where several machines count.

use std::fmt;
use std::time::Duration;

use crate::transport::BoxFuture;

/// A count that several processes share, such as [`RedisCount`](super::RedisCount). Implement it to count elsewhere.
///
/// The count is that of the generic cell rate algorithm: it holds the time at which all calls that have passed are paid for, each
/// call costing one [`period`](Take::period).
pub trait SharedCount: fmt::Debug + Send + Sync {
    /// Lets one call pass, or tells how long to wait. It is asked again after the wait.
    ///
    /// # Errors
    ///
    /// The count cannot be reached. It must say so soon: the call waits for it, though never beyond its time.
    fn take<'a>(&'a self, take: &'a Take<'a>) -> BoxFuture<'a, Result<Taken, Unreachable>>;

    /// Lets no call of the application pass for this time that names this [key](Take::bans). Of two bans the later end counts.
    ///
    /// # Errors
    ///
    /// The count cannot be reached.
    fn ban<'a>(&'a self, app_key: &'a str, key: &'a str, time: Duration) -> BoxFuture<'a, Result<(), Unreachable>>;
}

/// What a call takes from a [`SharedCount`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Take<'a> {
    /// Who calls.
    pub app_key: &'a str,
    /// Name of the limit: of a tier, or of a method.
    pub limit: &'a str,
    /// Time between two calls of the steady rate.
    pub period: Duration,
    /// Calls at once.
    pub burst: u32,
    /// Calls of the burst that this call leaves to more urgent ones.
    pub leave: u32,
    /// Whatever of this is banned closes the call.
    pub bans: &'a [String],
}

/// What a [`SharedCount`] answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The call passes.
    Passed,
    /// The limit is used up for this time.
    Wait(Duration),
    /// The platform has told to stop.
    Banned {
        /// Which of [`Take::bans`] lasts longest.
        ban: usize,
        /// For this time.
        time: Duration,
    },
}

/// A [`SharedCount`] cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable(String);

impl Unreachable {
    /// Says why, without addresses and passwords: the text goes to the log.
    #[must_use]
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreachable {}
