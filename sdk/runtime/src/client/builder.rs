//! Settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::batch::{Batches, Coalesce, Gatherer, no_batch_router};
use crate::client::{Client, Clock, Random, Settings, Skew, SplitMix, SystemClock, SystemTimer, Timer};
use crate::credentials::{Credentials, Token};
use crate::environment::Environment;
use crate::error::{ConfigError, Error};
use crate::layer::retry::Bucket;
use crate::layer::{Layer, Layers, Retry};
use crate::sign::SignMethod;
use crate::transport::Transport;

/// The time limits of a call, by name. `None` means no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "config", derive(serde::Deserialize), serde(deny_unknown_fields, default))]
#[non_exhaustive]
pub struct Timeouts {
    /// `connect`: until the connection stands. 15 s by default, as in the official client.
    #[cfg_attr(feature = "config", serde(deserialize_with = "crate::human::read::time_or_none"))]
    pub connect: Option<Duration>,
    /// `total`: from the start of an attempt to the end of its answer. 30 s by default.
    #[cfg_attr(feature = "config", serde(deserialize_with = "crate::human::read::time_or_none"))]
    pub total: Option<Duration>,
    /// `deadline`: from the start of a call to its end, with all attempts and waits. None by default.
    #[cfg_attr(feature = "config", serde(deserialize_with = "crate::human::read::time_or_none"))]
    pub deadline: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Some(Duration::from_secs(15)), total: Some(Duration::from_secs(30)), deadline: None }
    }
}

/// The format of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "config", derive(serde::Deserialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Format {
    /// JSON.
    #[default]
    Json,
    /// XML.
    Xml,
}

impl Format {
    /// The value of the `format` parameter.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }
}

/// Builds a [`Client`].
pub struct ClientBuilder {
    environment: Environment,
    credentials: Credentials,
    session: Option<Token>,
    transport: Option<Box<dyn Transport>>,
    clock: Box<dyn Clock>,
    timer: Box<dyn Timer>,
    random: Box<dyn Random>,
    layers: Layers,
    retry: Retry,
    timeouts: Timeouts,
    #[cfg(feature = "reqwest")]
    proxy: Option<String>,
    #[cfg(feature = "reqwest")]
    gzip: bool,
    allow_plain_http: bool,
    sign_method: SignMethod,
    format: Format,
    simplify: bool,
    strict: bool,
    max_response: usize,
    partner_id: String,
    batches: Batches,
    coalesce: Option<Coalesce>,
}

impl ClientBuilder {
    pub(crate) fn new(environment: Environment, credentials: Credentials) -> Self {
        Self {
            environment,
            credentials,
            session: None,
            transport: None,
            clock: Box::new(SystemClock),
            timer: Box::new(SystemTimer),
            random: Box::new(SplitMix::new()),
            layers: Layers::default(),
            retry: Retry::default(),
            timeouts: Timeouts::default(),
            #[cfg(feature = "reqwest")]
            proxy: None,
            #[cfg(feature = "reqwest")]
            gzip: true,
            allow_plain_http: false,
            sign_method: SignMethod::default(),
            format: Format::default(),
            simplify: false,
            strict: false,
            max_response: 32 * 1024 * 1024,
            partner_id: concat!("topsdk-rust-", env!("CARGO_PKG_VERSION")).to_owned(),
            batches: Batches::new(),
            coalesce: None,
        }
    }

    /// The user's token for calls that do not name one.
    #[must_use]
    pub fn session(mut self, session: impl Into<Token>) -> Self {
        self.session = Some(session.into());
        self
    }

    /// Sends through this transport instead of the network. Proxy, `connect` limit and gzip are then its own affair.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Box::new(transport));
        self
    }

    /// Takes the time from here.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Waits and measures by this timer.
    #[must_use]
    pub fn timer(mut self, timer: impl Timer + 'static) -> Self {
        self.timer = Box::new(timer);
        self
    }

    /// Takes random numbers from here, such as for the pauses between attempts.
    #[must_use]
    pub fn random(mut self, random: impl Random + 'static) -> Self {
        self.random = Box::new(random);
        self
    }

    /// When and how often calls are tried again: see [`layer::retry`](crate::layer::retry). Three attempts by default.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Puts a layer around each call, inside those that are there.
    #[must_use]
    pub fn call_layer(mut self, layer: impl Layer + 'static) -> Self {
        self.layers.call.push(Box::new(layer));
        self
    }

    /// Puts a layer around each attempt of a call, inside those that are there.
    #[must_use]
    pub fn attempt_layer(mut self, layer: impl Layer + 'static) -> Self {
        self.layers.attempt.push(Box::new(layer));
        self
    }

    /// Gives answers that are kept, inside the layers that are there. Give the same cache to all clients of a process.
    #[cfg(feature = "cache")]
    #[must_use]
    pub fn cache(self, cache: &crate::layer::cache::Cache) -> Self {
        self.call_layer(crate::layer::cache::Cached(cache.clone()))
    }

    /// Lets each attempt of a call pass only as fast as its limit allows. Give the same limiter to all clients of an application.
    #[cfg(feature = "limit")]
    #[must_use]
    pub fn rate_limiter(self, limiter: &crate::layer::limit::RateLimiter) -> Self {
        self.attempt_layer(crate::layer::limit::Limited(limiter.clone()))
    }

    /// Watches the success and latency of the calls, around everything else: what it counts is what callers see.
    #[cfg(feature = "slo")]
    #[must_use]
    pub fn slo(mut self, window: &crate::layer::slo::SloWindow) -> Self {
        self.layers.call.insert(0, Box::new(window.clone()));
        self
    }

    /// The limit for the connection to stand; `None` for no limit. 15 s by default.
    #[must_use]
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeouts.connect = limit.into();
        self
    }

    /// The limit for a whole attempt; `None` for no limit. 30 s by default.
    #[must_use]
    pub fn total_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeouts.total = limit.into();
        self
    }

    /// The limit for a whole call, with all attempts and waits; `None` for no limit, which is the default. An attempt begins as long as
    /// any time is left, and gets no more than that.
    #[must_use]
    pub fn deadline(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeouts.deadline = limit.into();
        self
    }

    /// Sends everything, uploads included, through this proxy (`http://`, `https://`, with the feature `socks` also
    /// `socks5://`). Without it, the usual environment variables (`HTTPS_PROXY`, `NO_PROXY`, ...) count.
    #[cfg(feature = "reqwest")]
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Whether answers may come compressed. On by default.
    #[cfg(feature = "reqwest")]
    #[must_use]
    pub fn gzip(mut self, on: bool) -> Self {
        self.gzip = on;
        self
    }

    /// Allows `http://` to hosts other than this machine and the platform's sandbox. Off by default: sessions and personal data
    /// would travel unprotected.
    #[must_use]
    pub fn allow_plain_http(mut self, on: bool) -> Self {
        self.allow_plain_http = on;
        self
    }

    /// How calls are signed. HMAC-SHA256 by default.
    #[must_use]
    pub fn sign_method(mut self, method: SignMethod) -> Self {
        self.sign_method = method;
        self
    }

    /// The format of answers. JSON by default.
    #[must_use]
    pub fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// Whether to ask for simplified JSON: no wrapper, bare lists. Off by default; typed answers are the same either way.
    #[must_use]
    pub fn simplify(mut self, on: bool) -> Self {
        self.simplify = on;
        self
    }

    /// Whether a field that cannot be read fails the call. Off by default: such a field is `None` and noted as drift.
    #[must_use]
    pub fn strict(mut self, on: bool) -> Self {
        self.strict = on;
        self
    }

    /// Most bytes of an answer, after decompression. 32 MiB by default.
    #[must_use]
    pub fn max_response(mut self, bytes: usize) -> Self {
        self.max_response = bytes;
        self
    }

    /// The `partner_id` parameter, by which the platform tells SDKs apart; empty to leave it out.
    #[must_use]
    pub fn partner_id(mut self, id: impl Into<String>) -> Self {
        self.partner_id = id.into();
        self
    }

    /// How [batches](crate::Client::batch) travel.
    #[must_use]
    pub fn batches(mut self, batches: Batches) -> Self {
        self.batches = batches;
        self
    }

    /// Gathers single calls that are made at the same time into batches; `None` for not, which is the default. Calls with files, raw
    /// bodies, HTTP headers of their own or the key of another application go alone.
    ///
    /// ```
    /// use std::time::Duration;
    /// use topsdk::batch::Coalesce;
    /// use topsdk::{Client, Credentials, Environment, MockTransport};
    ///
    /// let client = Client::builder(Environment::Production, Credentials::new("12345678", "secret"))
    ///     .transport(MockTransport::new())
    ///     .coalesce(Coalesce::new().window(Duration::from_millis(2)).at_most(20))
    ///     .build()?;
    /// # Ok::<(), topsdk::Error>(())
    /// ```
    #[must_use]
    pub fn coalesce(mut self, coalesce: impl Into<Option<Coalesce>>) -> Self {
        self.coalesce = coalesce.into();
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if key or secret is empty, the gateway's URL is unusable or unsafe, the proxy is no URL, the settings of
    /// retries or batches make no sense, or there is no transport.
    pub fn build(mut self) -> Result<Client, Error> {
        self.environment.check(self.allow_plain_http)?;
        if self.credentials.app_key().trim().is_empty() || self.credentials.secret().is_empty() {
            return Err(ConfigError::new("the app key or the app secret is empty").into());
        }
        self.retry.check()?;
        self.batches.check()?;
        if let Some(coalesce) = &self.coalesce {
            coalesce.check()?;
            self.environment.batch_url().ok_or_else(no_batch_router)?;
        }
        #[cfg(feature = "metrics")]
        crate::observe::describe();
        let transport = match self.transport.take() {
            Some(transport) => transport,
            None => self.network()?,
        };
        let inner = Settings {
            environment: self.environment,
            credentials: self.credentials,
            session: self.session,
            transport,
            clock: self.clock,
            timer: self.timer,
            random: self.random,
            layers: self.layers,
            bucket: Bucket::new(self.retry.budget),
            retry: self.retry,
            skew: Skew::default(),
            timeouts: self.timeouts,
            sign_method: self.sign_method,
            format: self.format,
            simplify: self.simplify,
            strict: self.strict,
            max_response: self.max_response,
            partner_id: self.partner_id,
            batches: self.batches,
            coalescer: self.coalesce.as_ref().map(Gatherer::of_client),
        };
        Ok(Client { inner: Arc::new(inner) })
    }

    #[cfg(feature = "reqwest")]
    fn network(&mut self) -> Result<Box<dyn Transport>, ConfigError> {
        use crate::transport::{Network, ReqwestTransport};

        let network = Network { connect_timeout: self.timeouts.connect, proxy: self.proxy.take(), gzip: self.gzip };
        Ok(Box::new(ReqwestTransport::new(&network)?))
    }

    #[cfg(not(feature = "reqwest"))]
    fn network(&mut self) -> Result<Box<dyn Transport>, ConfigError> {
        Err(ConfigError::new("no transport: enable the feature `rustls` or `native-tls`, or set one with transport()"))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("environment", &self.environment)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}
