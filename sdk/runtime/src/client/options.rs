//! What can be set for one call.

use std::fmt;
use std::time::{Duration, Instant};

use crate::credentials::Token;
use crate::layer::Priority;
#[cfg(feature = "cache")]
use crate::layer::cache::CachePolicy;
#[cfg(feature = "limit")]
use crate::layer::limit::Wait;
use crate::model::Effect;

/// A raw request body. It is signed as it stands; the parameters then travel in the query.
#[derive(Clone)]
#[non_exhaustive]
pub enum Body {
    /// `application/json`.
    Json(String),
    /// `text/xml`.
    Xml(String),
}

impl Body {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Json(text) | Self::Xml(text) => text,
        }
    }

    pub(crate) fn content_type(&self) -> &'static str {
        match self {
            Self::Json(_) => "application/json;charset=utf-8",
            Self::Xml(_) => "text/xml;charset=utf-8",
        }
    }
}

/// The content is left out: it may hold personal data.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes, {})", self.text().len(), self.content_type())
    }
}

/// What is set for one call.
#[derive(Clone, Default)]
pub(crate) struct Options {
    pub(crate) session: Option<Token>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) target_app_key: Option<String>,
    pub(crate) body: Option<Body>,
    pub(crate) strict: Option<bool>,
    pub(crate) deadline: Option<Duration>,
    /// The moment of the deadline, where it is not to be counted from the start of this call.
    pub(crate) until: Option<Instant>,
    pub(crate) attempts: Option<u32>,
    pub(crate) effect: Option<Effect>,
    pub(crate) priority: Priority,
    #[cfg(feature = "limit")]
    pub(crate) rate_wait: Option<Wait>,
    #[cfg(feature = "cache")]
    pub(crate) cache: CachePolicy,
}

/// Writes the `with_*` methods of these options, in this order, for a type with a field `options: Options`. What holds without an
/// effect differs between the types, so that method is given its doc.
macro_rules! options {
    ($($option:ident $(: $doc:literal)?)*) => {
        $($crate::client::options::options!(@$option $($doc)?);)*
    };
    (@session) => {
        /// Calls on behalf of this user.
        pub fn with_session(mut self, session: impl Into<$crate::credentials::Token>) -> Self {
            self.options.session = Some(session.into());
            self
        }
    };
    (@timeout) => {
        /// The limit `total` for each attempt of this call.
        pub fn with_timeout(mut self, limit: std::time::Duration) -> Self {
            self.options.timeout = Some(limit);
            self
        }
    };
    (@deadline) => {
        /// The limit `deadline` for this call: for all attempts and waits together.
        pub fn with_deadline(mut self, limit: std::time::Duration) -> Self {
            self.options.deadline = Some(limit);
            self
        }
    };
    (@attempts) => {
        /// Most attempts of this call, the first included: 1 does not retry, 0 is refused.
        pub fn with_attempts(mut self, most: u32) -> Self {
            self.options.attempts = Some(most);
            self
        }
    };
    (@effect $doc:literal) => {
        #[doc = $doc]
        pub fn with_effect(mut self, effect: $crate::model::Effect) -> Self {
            self.options.effect = Some(effect);
            self
        }
    };
    (@priority) => {
        /// How urgent this call is.
        pub fn with_priority(mut self, priority: $crate::layer::Priority) -> Self {
            self.options.priority = priority;
            self
        }
    };
    (@rate_wait) => {
        /// How long this call may wait for its rate limit, in place of what the limiter's settings say.
        #[cfg(feature = "limit")]
        pub fn with_rate_wait(mut self, wait: $crate::layer::limit::Wait) -> Self {
            self.options.rate_wait = Some(wait);
            self
        }
    };
    (@cache) => {
        /// What the client's cache does for this call.
        #[cfg(feature = "cache")]
        pub fn with_cache(mut self, policy: $crate::layer::cache::CachePolicy) -> Self {
            self.options.cache = policy;
            self
        }
    };
    (@header) => {
        /// Adds an HTTP header.
        pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
            self.options.headers.push((name.into(), value.into()));
            self
        }
    };
    (@target_app_key) => {
        /// Calls the API of another application, by its key.
        pub fn with_target_app_key(mut self, app_key: impl Into<String>) -> Self {
            self.options.target_app_key = Some(app_key.into());
            self
        }
    };
    (@body) => {
        /// Sends a raw body, for the methods that take one.
        pub fn with_body(mut self, body: $crate::client::Body) -> Self {
            self.options.body = Some(body);
            self
        }
    };
}

pub(crate) use options;
