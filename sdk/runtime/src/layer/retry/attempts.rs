//! What happened on the way to a result.

use std::fmt;
use std::time::Duration;

use crate::error::Error;

/// The attempts that a call took: on a [`Reply`](crate::Reply), a [`RawReply`](crate::RawReply) and an [`Error`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempts {
    count: u32,
    failed: Vec<FailedAttempt>,
    stopped: Option<Stopped>,
}

impl Attempts {
    pub(crate) const NONE: Self = Self { count: 0, failed: Vec::new(), stopped: None };

    /// How many attempts were made, one that a layer of [attempts](crate::ClientBuilder::attempt_layer) answered or refused included.
    /// 0 where nothing was tried: an argument was wrong, a layer around the call answered, or the answer is stored.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The attempts that failed and were followed by another one, in order. The last attempt is not among them: its outcome is the
    /// reply or the error itself.
    #[must_use]
    pub fn failed(&self) -> &[FailedAttempt] {
        &self.failed
    }

    /// Why there was no further attempt, if the last one failed.
    #[must_use]
    pub fn stopped(&self) -> Option<Stopped> {
        self.stopped
    }

    /// Whether the platform may have acted on an attempt before the last one.
    pub(crate) fn an_earlier_one_may_have_reached(&self) -> bool {
        self.failed.iter().any(|attempt| attempt.may_have_reached_platform)
    }

    pub(crate) fn begin(&mut self) -> u32 {
        self.count += 1;
        self.count
    }

    /// Whether an earlier attempt failed with the same code, and the same sub code but for its suffix.
    pub(crate) fn failed_as(&self, error: &Error) -> bool {
        let same_sub_code = |known: Option<&str>| match (known, error.sub_code()) {
            (Some(known), Some(now)) => known.split(':').next() == now.split(':').next(),
            (known, now) => known == now,
        };
        self.failed.iter().any(|attempt| attempt.code == error.code() && same_sub_code(attempt.sub_code.as_deref()))
    }

    pub(crate) fn failed_once(&mut self, error: &Error, took: Duration, waited: Duration) {
        self.failed.push(FailedAttempt {
            error: error.to_string(),
            code: error.code(),
            sub_code: error.sub_code().map(str::to_owned),
            may_have_reached_platform: error.may_have_reached_platform(),
            took,
            waited,
        });
    }

    pub(crate) fn stop(&mut self, why: Stopped) {
        self.stopped = Some(why);
    }

    /// The pauses between the attempts, together.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.failed.iter().map(|attempt| attempt.waited).sum()
    }
}

/// An attempt that failed and was followed by another one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedAttempt {
    /// What went wrong, in words. Like every error it shows no secret, session, signature or parameter.
    pub error: String,
    /// The platform's code, if it said no.
    pub code: Option<i64>,
    /// The platform's sub code, if it gave one.
    pub sub_code: Option<String>,
    /// Whether the platform may have acted on it: false only if it certainly did not.
    pub may_have_reached_platform: bool,
    /// From the start of the attempt to its end.
    pub took: Duration,
    /// The pause after it.
    pub waited: Duration,
}

/// Why a call that failed was not tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stopped {
    /// It would fail again.
    Permanent,
    /// It may have been applied, and applying it twice does something else than once.
    MayBeApplied,
    /// There were as many attempts as are allowed.
    Attempts,
    /// The platform told a ban that is longer than calls wait for.
    LongBan,
    /// The pause would have ended after the deadline.
    Deadline,
    /// The client's budget for attempts is used up: too many of its calls fail.
    Budget,
    /// A limiter on this side let it not pass, and has waited as long as the call may.
    Limited,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Permanent => "it would fail again",
            Self::MayBeApplied => "it may have been applied",
            Self::Attempts => "no attempts are left",
            Self::LongBan => "the ban is too long to wait for",
            Self::Deadline => "the deadline is too near",
            Self::Budget => "the budget for attempts is used up",
            Self::Limited => "the rate limit lets it not pass in time",
        })
    }
}
