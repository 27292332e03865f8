//! What can go wrong with a queue itself; how a job's call went is told by the job.

use std::fmt;

use crate::error::{ConfigError, InvalidArgument};

/// A queue that cannot do what it was asked to.
#[derive(Debug)]
#[non_exhaustive]
pub enum QueueError {
    /// The settings make no sense. The message names the key.
    Config(ConfigError),
    /// A parameter is missing or beyond its limit: such a job would only fail later.
    Invalid(InvalidArgument),
    /// The request holds a file, and files are not queued: they would make the store large and slow. Upload it first, or at the time.
    Upload {
        /// The method.
        method: String,
        /// The parameter that is a file.
        parameter: String,
    },
    /// The store of the jobs does not work.
    Store(StoreError),
}

/// Why the store of the jobs does not work. It shows neither its address nor what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// It cannot be reached or opened, or does not answer in time.
    Unreachable(String),
    /// Another process has kept the database locked for too long.
    Locked,
    /// There is no room left: the disk is full, or Redis is at its limit of memory.
    Full,
    /// It may be read but not written: a file without permission, or a replica.
    ReadOnly,
    /// It holds something that no queue of this version has written.
    Foreign(String),
    /// It refused for another reason.
    Refused(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "cannot be reached: {why}"),
            Self::Locked => f.write_str("is locked by another process for too long; keep it on a local disk"),
            Self::Full => f.write_str("is full; make room, and what waits goes on"),
            Self::ReadOnly => f.write_str("takes no writes; look at its permissions, or whether it is a replica"),
            Self::Foreign(what) => write!(f, "holds something else: {what}"),
            Self::Refused(why) => write!(f, "refuses: {why}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl fmt::Display for QueueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(e) => e.fmt(f),
            Self::Invalid(e) => e.fmt(f),
            Self::Upload { method, parameter } => {
                write!(f, "{method}: `{parameter}` is a file, and files are not queued")
            }
            Self::Store(e) => write!(f, "the store of the queue {e}"),
        }
    }
}

impl std::error::Error for QueueError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(e) => Some(e),
            _ => None,
        }
    }
}

impl From<ConfigError> for QueueError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<InvalidArgument> for QueueError {
    fn from(error: InvalidArgument) -> Self {
        Self::Invalid(error)
    }
}

impl From<StoreError> for QueueError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
