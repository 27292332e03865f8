//! What a layer sees of a call.

use std::fmt;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::client::exchange::Exchange;
use crate::client::{Body, Client, Random, Timer, unit};
#[cfg(feature = "cache")]
use crate::methods;
#[cfg(feature = "cache")]
use crate::model::CacheRule;
use crate::model::{Effect, MethodInfo};

/// What a layer sees of a call. `Debug` shows neither parameters nor session.
#[derive(Clone, Copy)]
pub struct CallInfo<'a> {
    pub(crate) client: &'a Client,
    pub(crate) exchange: &'a Exchange<'a>,
    pub(crate) attempt: u32,
}

impl<'a> CallInfo<'a> {
    /// Wire name of the method.
    #[must_use]
    pub fn method(&self) -> &'a str {
        &self.exchange.method
    }

    /// What the spec says about the method. For a call by name that is what the catalogue says, with the feature `catalog`, of a method
    /// that it knows and if the call is checked; else nothing.
    #[must_use]
    pub fn info(&self) -> Option<&'static MethodInfo> {
        self.exchange.info
    }

    /// What making the call twice does: what the caller said, else the [spec](Self::info), else [`Effect::Write`].
    #[must_use]
    pub fn effect(&self) -> Effect {
        let spec = || self.exchange.info.map_or(Effect::Write, |info| info.effect);
        self.exchange.options.effect.unwrap_or_else(spec)
    }

    /// Whether the call changes nothing: by its [effect](Self::effect), or, where nobody said one, by that of the method of its name.
    /// Retries do without the name, so that programs without a cache do without the list of names.
    #[cfg(feature = "cache")]
    pub(crate) fn is_read(&self) -> bool {
        match (self.exchange.options.effect, self.info()) {
            (None, None) => methods::is_read(self.method()) == Some(true),
            _ => self.effect() == Effect::Read,
        }
    }

    /// How long the answer may be used again: by the [spec](Self::info), for a call by name by that of the method of this name.
    #[cfg(feature = "cache")]
    pub(crate) fn cache_rule(&self) -> Option<CacheRule> {
        self.info().map_or_else(|| methods::cache_rule(self.method()), |info| info.cache)
    }

    /// What the call makes old, from where [`cache_rule`](Self::cache_rule) comes.
    #[cfg(feature = "cache")]
    pub(crate) fn invalidates(&self) -> &'static [&'static str] {
        self.info().map_or_else(|| methods::invalidates(self.method()), |info| info.invalidates)
    }

    /// Who calls.
    #[must_use]
    pub fn app_key(&self) -> &'a str {
        self.client.settings().credentials.app_key()
    }

    /// Whose API is called, where it is that of another application.
    #[must_use]
    pub fn target_app_key(&self) -> Option<&'a str> {
        self.exchange.options.target_app_key.as_deref()
    }

    /// For which user, if for one. To tell users apart, not to call for them.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        self.exchange.session(self.client.settings()).map(SessionId::of)
    }

    /// The parameters that the call itself sets, as they are signed and sorted by name: without the session, files, and the common
    /// ones that the client adds. A call by name may set common ones too, such as `timestamp`, `v` or `format`, and then they are
    /// among them. They may be personal data: do not log them.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'a str, &'a str)> {
        let all = self.exchange.params.text.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
        let mut own: Vec<_> = all.filter(|(name, _)| *name != "session").collect();
        own.sort_unstable();
        own
    }

    /// Whether the call sends files.
    #[must_use]
    pub fn has_files(&self) -> bool {
        !self.exchange.params.files.is_empty()
    }

    /// The raw body, if the call has one.
    #[must_use]
    pub fn body(&self) -> Option<&'a Body> {
        self.exchange.options.body.as_ref()
    }

    /// How urgent the call is.
    #[must_use]
    pub fn priority(&self) -> Priority {
        self.exchange.options.priority
    }

    /// How long the call may wait for its rate limit, if the caller said it.
    #[cfg(feature = "limit")]
    pub(crate) fn rate_wait(&self) -> Option<crate::layer::limit::Wait> {
        self.exchange.options.rate_wait
    }

    /// What the cache does for it.
    #[cfg(feature = "cache")]
    pub(crate) fn cache_policy(&self) -> crate::layer::cache::CachePolicy {
        self.exchange.options.cache
    }

    /// When the call must have ended, if it must. Whoever waits longer wastes the wait.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.exchange.deadline
    }

    /// The time that is left until the deadline, if there is one.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.exchange.deadline.map(|deadline| deadline.saturating_duration_since(self.timer().now()))
    }

    /// The number of the attempt, from 1; 0 around the whole call.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The client's timer.
    #[must_use]
    pub fn timer(&self) -> &'a dyn Timer {
        self.client.settings().timer.as_ref()
    }

    /// Chance for the pause after this attempt.
    pub(crate) fn chance(&self) -> f64 {
        match &self.exchange.gatherer {
            Some(batch) => batch.chance(self.attempt, self.random()),
            None => unit(self.random()),
        }
    }

    /// The client's chance.
    #[must_use]
    pub fn random(&self) -> &'a dyn Random {
        self.client.settings().random.as_ref()
    }
}

impl fmt::Debug for CallInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallInfo")
            .field("method", &self.method())
            .field("attempt", &self.attempt)
            .field("priority", &self.priority())
            .finish_non_exhaustive()
    }
}

/// How urgent a call is: what must wait lets the more urgent go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Priority {
    /// Nobody waits for it, such as a nightly job.
    Background,
    /// Somebody waits for it.
    #[default]
    Interactive,
}

/// A user, as a digest of the token that acts for them. It tells users apart without holding the token; `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId([u8; 16]);

impl SessionId {
    /// The user for whom a token acts: the same one for the same token.
    #[must_use]
    pub fn of(token: &str) -> Self {
        let mut id = [0; 16];
        id.iter_mut().zip(Sha256::digest(token.as_bytes())).for_each(|(to, from)| *to = from);
        Self(id)
    }

    /// The digest, for the key of a store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(<hidden>)")
    }
}
