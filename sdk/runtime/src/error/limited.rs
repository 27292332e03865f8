//! The limiter let a call not pass.

use std::fmt;
use std::time::Duration;

use crate::layer::retry::Attempts;

/// The call would have had to wait longer than it may. This attempt of it was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitedError {
    pub(crate) method: String,
    pub(crate) limit: String,
    pub(crate) reason: LimitReason,
    pub(crate) retry_after: Duration,
    pub(crate) attempts: Attempts,
}

/// Why a call would have to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitReason {
    /// The limit is used up for now.
    Rate,
    /// The platform has told to stop for some time.
    Ban,
    /// The shared count cannot be reached, and the configuration lets nothing pass without it.
    Unreachable,
}

impl LimitedError {
    /// The method that was called.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The limit by which the call is counted: the name of a tier, or of a method with a limit of its own.
    #[must_use]
    pub fn limit(&self) -> &str {
        &self.limit
    }

    /// Why the call would have to wait.
    #[must_use]
    pub fn reason(&self) -> LimitReason {
        self.reason
    }

    /// When trying again may help, from now: an estimate, for other calls come in between.
    #[must_use]
    pub fn retry_after(&self) -> Duration {
        self.retry_after
    }
}

impl fmt::Display for LimitedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, limit, reason, retry_after, .. } = self;
        // Whole milliseconds say enough.
        let wait = Duration::from_millis(u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX).max(1));
        match reason {
            LimitReason::Rate => write!(f, "{method}: the rate limit `{limit}` is used up; try again in {wait:?}")?,
            LimitReason::Ban => write!(f, "{method}: the platform has told to stop; try again in {wait:?}")?,
            LimitReason::Unreachable => {
                write!(f, "{method}: the shared count of the rate limit `{limit}` cannot be reached")?;
            }
        }
        write!(f, "; {}", super::reach(false, &self.attempts))
    }
}

impl std::error::Error for LimitedError {}

impl From<LimitedError> for super::Error {
    fn from(error: LimitedError) -> Self {
        Self::Limited(Box::new(error))
    }
}
