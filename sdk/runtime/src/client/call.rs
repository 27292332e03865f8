//! A typed call and its options.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::batch::Gatherer;
use crate::client::exchange::Exchange;
use crate::client::{Client, Hidden, RawReply, Reply, check};
use crate::codec::form::Params;
use crate::credentials::Token;
use crate::error::Error;
#[cfg(feature = "cache")]
use crate::layer::cache::CachePolicy;
#[cfg(feature = "limit")]
use crate::layer::limit::Wait;
use crate::layer::{Failed, Outcome, Priority};
use crate::model::{Effect, Request};
use crate::transport::{BoxFuture, HttpRequest};

/// A call that is ready to go: `.await` it for the typed answer, or [`raw`](Self::raw) for the bytes.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<R> {
    pub(crate) client: Client,
    pub(crate) request: R,
    options: Options,
}

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

impl<R> Call<R> {
    pub(crate) fn new(client: Client, request: R) -> Self {
        Self::with(client, request, Options::default())
    }

    pub(crate) fn with(client: Client, request: R, options: Options) -> Self {
        Self { client, request, options }
    }

    pub(crate) fn into_parts(self) -> (Client, R, Options) {
        (self.client, self.request, self.options)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.options.strict.unwrap_or(self.client.settings().strict)
    }

    /// Calls on behalf of this user.
    pub fn with_session(mut self, session: impl Into<Token>) -> Self {
        self.options.session = Some(session.into());
        self
    }

    /// The limit `total` for each attempt of this call.
    pub fn with_timeout(mut self, limit: Duration) -> Self {
        self.options.timeout = Some(limit);
        self
    }

    /// The limit `deadline` for this call: for all attempts and waits together.
    pub fn with_deadline(mut self, limit: Duration) -> Self {
        self.options.deadline = Some(limit);
        self
    }

    /// Most attempts of this call, the first included: 1 does not retry, 0 is refused.
    pub fn with_attempts(mut self, most: u32) -> Self {
        self.options.attempts = Some(most);
        self
    }

    /// What making this call twice does, where the caller knows better than the spec: a write that may be repeated is
    /// [`Effect::Idempotent`].
    pub fn with_effect(mut self, effect: Effect) -> Self {
        self.options.effect = Some(effect);
        self
    }

    /// How urgent this call is.
    pub fn with_priority(mut self, priority: Priority) -> Self {
        self.options.priority = priority;
        self
    }

    /// How long this call may wait for its rate limit, in place of what the limiter's settings say.
    #[cfg(feature = "limit")]
    pub fn with_rate_wait(mut self, wait: Wait) -> Self {
        self.options.rate_wait = Some(wait);
        self
    }

    /// What the client's cache does for this call.
    #[cfg(feature = "cache")]
    pub fn with_cache(mut self, policy: CachePolicy) -> Self {
        self.options.cache = policy;
        self
    }

    /// Adds an HTTP header.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.headers.push((name.into(), value.into()));
        self
    }

    /// Calls the API of another application, by its key.
    pub fn with_target_app_key(mut self, app_key: impl Into<String>) -> Self {
        self.options.target_app_key = Some(app_key.into());
        self
    }

    /// Sends a raw body, for the methods that take one.
    pub fn with_body(mut self, body: Body) -> Self {
        self.options.body = Some(body);
        self
    }

    /// Whether a field that cannot be read fails this call.
    pub fn with_strict(mut self, on: bool) -> Self {
        self.options.strict = Some(on);
        self
    }
}

impl<R: Request> Call<R> {
    /// What making this call twice does.
    pub(crate) fn effect(&self) -> Effect {
        self.options.effect.unwrap_or(R::INFO.effect)
    }

    /// Makes the call and returns the typed answer. The same as `.await` on the call.
    ///
    /// # Errors
    ///
    /// See [`Error`]: one variant a phase.
    pub async fn send(self) -> Result<Reply<R::Response>, Error> {
        let strict = self.is_strict();
        self.exchange(None).await.map_err(Failed::into_error)?.decode::<R>(strict)
    }

    /// Makes the call and returns the answer's bytes, whatever they say: an `error_response` is not an [`Error`] here.
    ///
    /// # Errors
    ///
    /// Those before and during the transport.
    pub async fn raw(self) -> Result<RawReply, Error> {
        self.exchange(None).await.or_else(Failed::into_reply)
    }

    /// The signed HTTP request, without sending it: for a dry run, or to be sent by other means within ten minutes.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if a parameter is missing or beyond its limit.
    pub fn prepare(&self) -> Result<HttpRequest, Error> {
        let (client, exchange) = (&self.client, self.plan()?);
        client.check(&exchange)?;
        let limit = self.options.timeout.or(client.settings().timeouts.total);
        Ok(client.encode(&exchange, client.now(), limit, &mut Hidden::default()))
    }

    /// Makes the call with other values of some parameters.
    pub(crate) async fn send_with(&self, set: &[(&'static str, String)]) -> Result<Reply<R::Response>, Error> {
        let strict = self.is_strict();
        let mut exchange = self.plan()?;
        // A page that is older than the one before it may lack rows.
        #[cfg(feature = "cache")]
        {
            exchange.options.to_mut().cache = CachePolicy::Bypass;
        }
        crate::page::send(&mut exchange.params, &self.request, set);
        exchange.hidden = Hidden::of(&self.request);
        self.client.exchange(exchange).await.map_err(Failed::into_error)?.decode::<R>(strict)
    }

    /// Makes the call, as part of a batch if there is one.
    pub(crate) async fn exchange(self, gatherer: Option<Arc<Gatherer>>) -> Outcome {
        let mut exchange = self.plan()?;
        exchange.gatherer = gatherer;
        exchange.hidden = Hidden::of(&self.request);
        self.client.exchange(exchange).await
    }

    /// The call with its parameters, which are checked.
    fn plan(&self) -> Result<Exchange<'_>, Error> {
        check::record(R::INFO.name, &self.request)?;
        let mut params = Params::default();
        params.record(&self.request);
        Ok(Exchange::new(R::INFO.name, Some(R::INFO), params, &self.options))
    }
}

impl<R: Request> IntoFuture for Call<R> {
    type Output = Result<Reply<R::Response>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<R: fmt::Debug> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("request", &self.request).finish_non_exhaustive()
    }
}
