//! The queue on both of its stores: a file of SQLite, and a real Redis.

mod killed;
mod life;
mod odd;

use std::time::Duration;

use tempfile::TempDir;
use topsdk::queue::QueueSettings;
use topsdk_e2e::redis::Redis;

/// A store of a test's own.
pub(super) enum Place {
    Sqlite(TempDir),
    Redis(Redis),
}

impl Place {
    pub(super) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    /// A Redis. Where there is none, a line says so and the test is over; in CI, it has failed.
    pub(super) fn redis() -> Option<Self> {
        crate::support::redis::redis().map(Self::Redis)
    }

    /// Both, as far as there is a Redis.
    pub(super) fn all() -> Vec<Self> {
        [Some(Self::sqlite()), Self::redis()].into_iter().flatten().collect()
    }

    /// Where it is, as the worker's program is told.
    pub(super) fn address(&self) -> String {
        match self {
            Self::Sqlite(folder) => folder.path().join("jobs.db").display().to_string(),
            Self::Redis(redis) => redis.url(),
        }
    }

    /// Settings of a queue that does not let a test wait.
    pub(super) fn settings(&self) -> QueueSettings {
        let settings = match self {
            Self::Sqlite(_) => QueueSettings::sqlite(self.address()),
            Self::Redis(_) => QueueSettings::redis(self.address()),
        };
        let (lease, poll) = (Duration::from_secs(3), Duration::from_millis(20));
        settings.lease(lease).poll(poll).backoff(Duration::ZERO, Duration::ZERO)
    }
}
