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
