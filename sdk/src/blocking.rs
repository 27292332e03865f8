//! A client for code without async.
//!
//! The same calls, made to completion on a small runtime of its own. Do not use it inside async code: it would block the executor.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use crate::client::{Call, ClientBuilder, RawReply, Reply, UntypedCall};
use crate::error::{ConfigError, Error};
use crate::model::Request;

/// Calls the platform and waits for the answer. Cheap to clone.
///
/// ```no_run
/// # fn run() -> Result<(), topsdk::Error> {
/// use topsdk::platform::TimeGet;
/// use topsdk::{Credentials, Environment, blocking};
///
/// let client = blocking::Client::new(Environment::Production, Credentials::from_env()?)?;
/// let reply = client.send(client.call(TimeGet::new()))?;
/// println!("{:?}", reply.time);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client {
    client: crate::Client,
    runtime: Arc<Runtime>,
}

impl Client {
    /// A client with the default settings.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the environment's URL is unusable or the runtime cannot be started.
    #[cfg(feature = "reqwest")]
    pub fn new(environment: crate::Environment, credentials: crate::Credentials) -> Result<Self, Error> {
        Self::build(crate::Client::builder(environment, credentials))
    }

    /// A client with the settings of a builder.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`]; the runtime cannot be started.
    pub fn build(builder: ClientBuilder) -> Result<Self, Error> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|e| ConfigError::new(format!("no runtime: {e}")))?;
        Ok(Self { client: builder.build()?, runtime: Arc::new(runtime) })
    }

    /// A call to be given options and then [sent](Self::send).
    pub fn call<R: Request>(&self, request: R) -> Call<R> {
        self.client.call(request)
    }

    /// A call by method name, to be given parameters and then made with [`wait`](Self::wait).
    pub fn untyped(&self, method: impl Into<String>) -> UntypedCall {
        self.client.untyped(method)
    }

    /// Makes a typed call.
    ///
    /// # Errors
    ///
    /// See [`Error`]: one variant a phase.
    pub fn send<R: Request>(&self, call: Call<R>) -> Result<Reply<R::Response>, Error> {
        self.wait(call)
    }

    /// Makes a typed call and returns the answer's bytes.
    ///
    /// # Errors
    ///
    /// Those before and during the transport.
    pub fn raw<R: Request>(&self, call: Call<R>) -> Result<RawReply, Error> {
        self.runtime.block_on(call.raw())
    }

    /// Makes any call.
    pub fn wait<F: IntoFuture>(&self, call: F) -> F::Output {
        self.runtime.block_on(call.into_future())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}
