//! The client: settings, and calls in three depths.

mod builder;
mod call;
pub(crate) mod check;
mod clock;
mod decode;
mod diagnose;
mod encode;
pub(crate) mod exchange;
mod hidden;
#[cfg(feature = "catalog")]
pub(crate) mod known;
mod multipart;
pub(crate) mod options;
mod random;
mod reply;
mod timer;
mod untyped;

use std::fmt;
use std::sync::Arc;

pub use builder::{ClientBuilder, Format, Timeouts};
pub use call::Call;
pub use clock::{Clock, SystemClock};
pub use options::Body;
pub use random::{Random, SplitMix};
pub use reply::{RawReply, Reply, Source};
pub use timer::{SystemTimer, Timer, VirtualTimer};
pub use untyped::UntypedCall;

pub(crate) use clock::Skew;
pub(crate) use hidden::Hidden;
pub(crate) use random::unit;
#[cfg(any(feature = "cache", feature = "limit", feature = "queue"))]
pub(crate) use timer::within;

use crate::batch::{Batches, Gatherer};
use crate::credentials::{Credentials, Token};
use crate::environment::Environment;
#[cfg(feature = "reqwest")]
use crate::error::Error;
use crate::layer::retry::Bucket;
use crate::layer::{Layers, Retry};
use crate::model::Request;
use crate::sign::SignMethod;
use crate::transport::Transport;

/// Calls the platform. Cheap to clone; clones share connections and settings.
///
/// ```no_run
/// # async fn run() -> Result<(), topsdk::Error> {
/// use topsdk::trade::TradeFullinfoGet;
/// use topsdk::{Client, Credentials, Environment, Fields};
///
/// let client = Client::new(Environment::Production, Credentials::from_env()?)?;
/// let request = TradeFullinfoGet::new(Fields::all(), 2231958349000123);
/// let reply = client.call(request).with_session("the seller's token").await?;
/// println!("{:?}", reply.trade);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Settings>,
}

/// What all calls of a client share.
pub(crate) struct Settings {
    pub(crate) environment: Environment,
    pub(crate) credentials: Credentials,
    pub(crate) session: Option<Token>,
    pub(crate) transport: Box<dyn Transport>,
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) timer: Box<dyn Timer>,
    pub(crate) random: Box<dyn Random>,
    pub(crate) layers: Layers,
    pub(crate) retry: Retry,
    pub(crate) bucket: Bucket,
    pub(crate) skew: Skew,
    pub(crate) timeouts: Timeouts,
    pub(crate) sign_method: SignMethod,
    pub(crate) format: Format,
    pub(crate) simplify: bool,
    pub(crate) strict: bool,
    pub(crate) max_response: usize,
    pub(crate) partner_id: String,
    pub(crate) batches: Batches,
    pub(crate) coalescer: Option<Gatherer>,
}

impl Client {
    /// A client with the default settings.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the environment's URL is unusable or the HTTP client cannot be set up.
    #[cfg(feature = "reqwest")]
    pub fn new(environment: Environment, credentials: Credentials) -> Result<Self, Error> {
        Self::builder(environment, credentials).build()
    }

    /// A client from environment variables: `TOP_APP_KEY` and `TOP_APP_SECRET`; `TOP_SESSION` if set; `TOP_ENVIRONMENT`
    /// (`production`, `overseas`, `sandbox`, `local` or a URL), else production.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a variable is missing or unusable.
    #[cfg(feature = "reqwest")]
    pub fn from_env() -> Result<Self, Error> {
        let environment = crate::credentials::optional("TOP_ENVIRONMENT");
        let environment = environment.map_or(Ok(Environment::Production), |text| text.parse())?;
        let mut builder = Self::builder(environment, Credentials::from_env()?);
        if let Some(session) = Token::from_env() {
            builder = builder.session(session);
        }
        builder.build()
    }

    /// A client to be configured.
    #[must_use]
    pub fn builder(environment: Environment, credentials: Credentials) -> ClientBuilder {
        ClientBuilder::new(environment, credentials)
    }

    /// Calls the method that a request stands for. Set call options on the result, then `.await` it.
    pub fn call<R: Request>(&self, request: R) -> Call<R> {
        Call::new(self.clone(), request)
    }

    /// Calls any method by its wire name, with parameters as text. Set them on the result, then `.await` it.
    pub fn untyped(&self, method: impl Into<String>) -> UntypedCall {
        UntypedCall::new(self.clone(), method.into())
    }

    /// Where the calls go.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.inner.environment
    }

    /// Whether it is this client or a clone of it.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.inner
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("environment", &self.inner.environment)
            .field("credentials", &self.inner.credentials)
            .finish_non_exhaustive()
    }
}
