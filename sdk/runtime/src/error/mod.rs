//! What can go wrong, by phase. Each phase says whether the call may have reached the platform.
//!
//! No error shows a secret, a session, a signature or a parameter.

mod config;
mod decode;
mod gateway;
mod limited;
mod page;
mod table;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use config::{ConfigError, ConfigPlace, ConfigProblem};
pub use decode::{DecodeError, Problem};
pub use gateway::GatewayError;
pub use limited::{LimitReason, LimitedError};
pub use page::{PageError, PageReason};
pub use table::{PlatformError, codes, explain, explain_sub_code, sub_codes};

pub(crate) use gateway::{Failure, UNTOLD_BAN};
pub(crate) use table::find;

use crate::layer::retry::Attempts;
use crate::model::{Remedy, RetryClass};

/// A call that did not succeed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// The client is set up wrongly. Nothing was sent.
    Config(ConfigError),
    /// A parameter is missing or beyond its limit. Nothing was sent.
    Invalid(InvalidArgument),
    /// The call would have had to wait too long for its rate limit. [`Error::may_have_reached_platform`] tells whether an earlier
    /// attempt may have got through.
    Limited(Box<LimitedError>),
    /// The connection failed. [`Error::may_have_reached_platform`] tells whether the call may have got through.
    Transport(TransportError),
    /// A time limit ran out. [`Error::may_have_reached_platform`] tells whether the call may have got through.
    Timeout(TimeoutError),
    /// The platform said no.
    Gateway(Box<GatewayError>),
    /// The platform answered something that cannot be read. A write may have been applied.
    Decode(Box<DecodeError>),
    /// A list cannot be read on page by page, or a cursor is not one of it.
    Page(Box<PageError>),
}

impl Error {
    /// Whether the platform may have acted on the call, by any of its [attempts](Self::attempts): false only if it certainly did not.
    #[must_use]
    pub fn may_have_reached_platform(&self) -> bool {
        self.attempts().an_earlier_one_may_have_reached()
            || match self {
                Self::Config(_) | Self::Invalid(_) | Self::Limited(_) => false,
                Self::Transport(e) => e.sent,
                Self::Timeout(e) => e.sent,
                Self::Gateway(e) => e.may_have_acted(),
                Self::Decode(_) => true,
                Self::Page(e) => !e.is_cursor(),
            }
    }

    /// The platform's code, if it said no.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        self.gateway().map(GatewayError::code)
    }

    /// The platform's sub code, if it said no and gave one.
    #[must_use]
    pub fn sub_code(&self) -> Option<&str> {
        self.gateway().and_then(GatewayError::sub_code)
    }

    /// The platform's id of the call, for its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Gateway(e) => e.request_id(),
            Self::Decode(e) => e.request_id(),
            _ => None,
        }
    }

    /// Meaning and remedy, if the platform said no and the code is known.
    #[must_use]
    pub fn remedy(&self) -> Option<&Remedy> {
        self.gateway().and_then(GatewayError::remedy)
    }

    /// Whether trying again helps. It does not say that trying again is safe: for a write, see
    /// [`may_have_reached_platform`](Self::may_have_reached_platform).
    #[must_use]
    pub fn retry(&self) -> RetryClass {
        match self {
            Self::Transport(e) if e.permanent => RetryClass::Never,
            Self::Transport(_) | Self::Timeout(_) => RetryClass::Backoff,
            Self::Gateway(e) => e.retry(),
            Self::Decode(e) if e.is_passing() => RetryClass::Backoff,
            // The call itself is not tried again, for the limiter has waited as long as it may: see `Stopped::Limited`.
            Self::Limited(_) => RetryClass::AfterBan,
            Self::Config(_) | Self::Invalid(_) | Self::Decode(_) | Self::Page(_) => RetryClass::Never,
        }
    }

    /// The attempts that were made, and why there was no further one.
    #[must_use]
    pub fn attempts(&self) -> &Attempts {
        match self {
            Self::Limited(e) => &e.attempts,
            Self::Transport(e) => &e.attempts,
            Self::Timeout(e) => &e.attempts,
            Self::Gateway(e) => &e.attempts,
            Self::Decode(e) => &e.attempts,
            Self::Config(_) | Self::Invalid(_) | Self::Page(_) => const { &Attempts::NONE },
        }
    }

    pub(crate) fn set_attempts(&mut self, attempts: Attempts) {
        match self {
            Self::Limited(e) => e.attempts = attempts,
            Self::Transport(e) => e.attempts = attempts,
            Self::Timeout(e) => e.attempts = attempts,
            Self::Gateway(e) => e.attempts = attempts,
            Self::Decode(e) => e.attempts = attempts,
            // Nothing was attempted.
            Self::Config(_) | Self::Invalid(_) | Self::Page(_) => {}
        }
    }

    /// Whether the rate of calls is the reason: the platform's refusal, or a limiter on this side.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        matches!(self, Self::Limited(_)) || self.gateway().is_some_and(GatewayError::is_rate_limited)
    }

    /// How long to wait before the next call, where that was told: by the platform with a ban, by an HTTP answer with `Retry-After`, or
    /// by a limiter on this side.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Limited(e) => Some(e.retry_after()),
            Self::Transport(e) => e.retry_after,
            Self::Gateway(e) => e.ban(),
            _ => None,
        }
    }

    /// Whether a time limit ran out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout(_))
    }

    /// Whether the user's token is missing, expired, revoked or too weak.
    #[must_use]
    pub fn is_session_invalid(&self) -> bool {
        matches!(self.code(), Some(26 | 27 | 53))
    }

    /// What the platform said, if it said no.
    #[must_use]
    pub fn gateway(&self) -> Option<&GatewayError> {
        match self {
            Self::Gateway(e) => Some(e),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(e) => e.fmt(f),
            Self::Invalid(e) => e.fmt(f),
            Self::Limited(e) => e.fmt(f),
            Self::Transport(e) => e.fmt(f),
            Self::Timeout(e) => e.fmt(f),
            Self::Gateway(e) => e.fmt(f),
            Self::Decode(e) => e.fmt(f),
            Self::Page(e) => e.fmt(f),
        }?;
        match self.attempts().count() {
            0 | 1 => Ok(()),
            many => write!(f, " ({many} attempts)"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Transport(e) => e.source.as_deref().map(|s| s as _),
            Self::Decode(e) => e.source_error(),
            _ => None,
        }
    }
}

/// How far the call got, whose last attempt was sent or not.
fn reach(sent: bool, attempts: &Attempts) -> &'static str {
    match (sent, attempts.an_earlier_one_may_have_reached()) {
        (true, _) => "the call may have reached the platform",
        (false, true) => "an earlier attempt may have reached the platform",
        (false, false) => "nothing was sent",
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

/// A parameter that the platform would refuse. It never holds the parameter's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidArgument {
    method: String,
    parameter: String,
    reason: String,
    kind: InvalidKind,
}

/// What a local check found, for programs that tell people what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidKind {
    /// A value that is missing, of another type, or beyond a limit; or things that do not go together.
    Value,
    /// A name that the catalogue does not have. The platform may take it all the same: an untyped call `with_checks(false)` leaves
    /// it to the platform.
    UnknownName,
    /// A file was given as text: give it with [`UntypedCall::file`](crate::UntypedCall::file).
    TextForFile,
    /// Text was given as a file: give it with [`UntypedCall::param`](crate::UntypedCall::param).
    FileForText,
}

impl InvalidArgument {
    pub(crate) fn new(method: impl Into<String>, parameter: impl Into<String>, reason: impl Into<String>) -> Self {
        let kind = InvalidKind::Value;
        Self { method: method.into(), parameter: parameter.into(), reason: reason.into(), kind }
    }

    /// The same, found by the catalogue.
    #[cfg(feature = "catalog")]
    pub(crate) fn of_kind(self, kind: InvalidKind) -> Self {
        Self { kind, ..self }
    }

    /// Wire name of the parameter.
    #[must_use]
    pub fn parameter(&self) -> &str {
        &self.parameter
    }

    /// What is wrong with it, with the limit.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What a local check found.
    #[must_use]
    pub fn kind(&self) -> InvalidKind {
        self.kind
    }
}

impl fmt::Display for InvalidArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let remedy = match self.kind {
            InvalidKind::Value => "",
            InvalidKind::UnknownName => "; if the platform takes it all the same, call with_checks(false)",
            InvalidKind::TextForFile => "; give it with file()",
            InvalidKind::FileForText => "; give it with param()",
        };
        write!(f, "{}: parameter `{}` {}{remedy}; nothing was sent", self.method, self.parameter, self.reason)
    }
}

impl StdError for InvalidArgument {}

impl From<InvalidArgument> for Error {
    fn from(error: InvalidArgument) -> Self {
        Self::Invalid(error)
    }
}

/// The connection failed, or the server's answer was not one of the gateway.
#[derive(Debug, Clone)]
pub struct TransportError {
    message: String,
    sent: bool,
    permanent: bool,
    retry_after: Option<Duration>,
    attempts: Attempts,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl TransportError {
    /// A failure before anything of the call was sent.
    #[must_use]
    pub fn not_sent(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            sent: false,
            permanent: false,
            retry_after: None,
            attempts: Attempts::NONE,
            source: None,
        }
    }

    /// A failure after the call may have been sent.
    #[must_use]
    pub fn maybe_sent(message: impl Into<String>) -> Self {
        Self { sent: true, ..Self::not_sent(message) }
    }

    /// The same, where trying again fails in the same way.
    #[must_use]
    pub fn permanent(mut self) -> Self {
        self.permanent = true;
        self
    }

    /// The same, where the other side told how long to wait.
    #[must_use]
    pub fn retry_after(mut self, time: Duration) -> Self {
        self.retry_after = Some(time);
        self
    }

    /// The same with its cause. The cause must not hold the URL: its query may be signed.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into().into());
        self
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "transport: {}; {}", self.message, reach(self.sent, &self.attempts))
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|s| s as _)
    }
}

/// A time limit ran out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeoutError {
    pub(crate) which: &'static str,
    pub(crate) limit: Option<Duration>,
    pub(crate) sent: bool,
    attempts: Attempts,
}

impl TimeoutError {
    /// A limit ran out: `connect`, `total` or `deadline`, as [`Timeouts`](crate::Timeouts) names them.
    #[must_use]
    pub fn new(which: &'static str, limit: Option<Duration>, sent: bool) -> Self {
        Self { which, limit, sent, attempts: Attempts::NONE }
    }

    /// The name of the limit.
    #[must_use]
    pub fn which(&self) -> &str {
        self.which
    }
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "timeout: the limit `{}`", self.which)?;
        if let Some(limit) = self.limit {
            write!(f, " of {limit:?}")?;
        }
        write!(f, " ran out; {}", reach(self.sent, &self.attempts))
    }
}

impl StdError for TimeoutError {}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}
