//! A call that asks to pass.

use std::time::Duration;

use crate::layer::limit::Wait;
use crate::layer::{CallInfo, Priority, SessionId};

/// A call that asks a [`RateLimiter`](super::RateLimiter) to pass.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    pub(super) app_key: &'a str,
    pub(super) method: &'a str,
    pub(super) tier: Option<&'a str>,
    user: User<'a>,
    pub(super) priority: Priority,
    pub(super) wait: Option<Wait>,
    pub(super) remaining: Option<Duration>,
}

/// For which user a call is.
#[derive(Debug, Clone, Copy)]
enum User<'a> {
    Nobody,
    Known(SessionId),
    /// Looked at only where some ban lasts, for a digest costs more than all the rest.
    Of(CallInfo<'a>),
}

impl<'a> Ask<'a> {
    /// A call of this method by this application.
    #[must_use]
    pub fn new(app_key: &'a str, method: &'a str) -> Self {
        let priority = Priority::default();
        Self { app_key, method, tier: None, user: User::Nobody, priority, wait: None, remaining: None }
    }

    /// The tier of a method that has no spec. `basic` by default.
    #[must_use]
    pub fn tier(mut self, tier: &'a str) -> Self {
        self.tier = Some(tier);
        self
    }

    /// For which user, because some bans are about one user.
    #[must_use]
    pub fn session(mut self, session: SessionId) -> Self {
        self.user = User::Known(session);
        self
    }

    /// How urgent the call is.
    #[must_use]
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// How long the call may wait, in place of what the [limits](super::RateLimits::wait) say.
    #[must_use]
    pub fn wait(mut self, wait: Wait) -> Self {
        self.wait = Some(wait);
        self
    }

    /// What a client's call asks.
    pub(super) fn of(call: CallInfo<'a>) -> Self {
        Self {
            app_key: call.app_key(),
            method: call.method(),
            tier: call.info().map(|info| info.tier),
            user: User::Of(call),
            priority: call.priority(),
            wait: call.rate_wait(),
            remaining: call.remaining(),
        }
    }

    /// For which user the call is, if for one.
    pub(super) fn user(&self) -> Option<SessionId> {
        match self.user {
            User::Nobody => None,
            User::Known(session) => Some(session),
            User::Of(call) => call.session(),
        }
    }
}
