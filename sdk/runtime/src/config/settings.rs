//! Settings that hold together.

use std::fmt;

use crate::client::{Client, ClientBuilder};
use crate::config::app::Base;
use crate::config::section::Parts;
use crate::environment::Environment;
use crate::error::Error;

/// The settings of one profile, checked. What clients share, such as the count of a rate limit, is shared by all clients that are made
/// of the same settings.
pub struct Settings {
    pub(super) base: Base,
    pub(super) parts: Parts,
}

impl Settings {
    /// A client.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no transport, because the features `rustls` and `native-tls` are off, or if the HTTP client
    /// cannot be set up.
    pub fn client(&self) -> Result<Client, Error> {
        self.builder().build()
    }

    /// A builder with all settings, for what no file can say, such as a transport or a layer of one's own.
    #[must_use]
    pub fn builder(&self) -> ClientBuilder {
        self.parts.around.iter().fold(self.base.builder(), |builder, part| part(builder))
    }

    /// The cache of the section `[cache]`, if it is on: for its counts, and to forget what it holds.
    #[cfg(feature = "cache")]
    #[must_use]
    pub fn cache(&self) -> Option<&crate::layer::cache::Cache> {
        self.parts.cache.as_ref()
    }

    /// The window of the section `[slo]`, if it is on: for the levels of the last minutes.
    #[cfg(feature = "slo")]
    #[must_use]
    pub fn slo(&self) -> Option<&crate::layer::slo::SloWindow> {
        self.parts.slo.as_ref()
    }

    /// What the section `[queue]` says, if it is on, to open a [`Queue`](crate::queue::Queue) with. What no file can say, such as
    /// what knows sessions by name, is added to a clone of it.
    #[cfg(feature = "queue")]
    #[must_use]
    pub fn queue(&self) -> Option<&crate::queue::QueueSettings> {
        self.parts.queue.as_ref()
    }

    /// Where calls go.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        self.base.environment()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("environment", self.base.environment())
            .field("credentials", self.base.credentials())
            .finish_non_exhaustive()
    }
}
