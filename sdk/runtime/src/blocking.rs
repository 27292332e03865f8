//! A client for code without async.
//!
//! The same calls, made to completion on a small runtime of its own. It works inside async code too, but blocks the executor's
//! thread there: use [`crate::Client`] instead, or `spawn_blocking`.

use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::thread;

use futures_core::Stream;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::batch::Batch;
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
    runtime: Arc<Own>,
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
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("topsdk-blocking").enable_all().build();
        let runtime = runtime.map_err(|e| ConfigError::new(format!("no runtime: {e}")))?;
        let runtime = Own { handle: runtime.handle().clone(), runtime: Some(runtime) };
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

    /// A batch to be filled with calls and then made with [`wait`](Self::wait).
    pub fn batch(&self) -> Batch {
        self.client.batch()
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
        self.runtime.complete(call.raw())
    }

    /// The pages or rows of a list, one by one: `client.iter(client.call(request).items())`.
    pub fn iter<S: Stream<Item: Send> + Send + Unpin>(&self, stream: S) -> Iter<S> {
        Iter { stream, runtime: Arc::clone(&self.runtime) }
    }

    /// Makes any call, or a batch of calls.
    pub fn wait<F>(&self, call: F) -> F::Output
    where
        F: IntoFuture<Output: Send, IntoFuture: Send>,
    {
        self.runtime.complete(call.into_future())
    }
}

/// A stream as an iterator: see [`Client::iter`].
pub struct Iter<S> {
    stream: S,
    runtime: Arc<Own>,
}

impl<S> Iter<S> {
    /// The stream, which knows the place: `iter.stream().cursor()`.
    pub fn stream(&self) -> &S {
        &self.stream
    }
}

impl<S: Stream<Item: Send> + Send + Unpin> Iterator for Iter<S> {
    type Item = S::Item;

    fn next(&mut self) -> Option<S::Item> {
        let stream = &mut self.stream;
        self.runtime.complete(poll_fn(|context| Pin::new(&mut *stream).poll_next(context)))
    }
}

impl<S: fmt::Debug> fmt::Debug for Iter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").field("stream", &self.stream).finish_non_exhaustive()
    }
}

/// A runtime that works and ends inside another one's threads too, where tokio's own ways of waiting panic.
struct Own {
    handle: Handle,
    runtime: Option<Runtime>,
}

impl Own {
    fn complete<F: Future<Output: Send> + Send>(&self, future: F) -> F::Output {
        if Handle::try_current().is_err() {
            return self.handle.block_on(future);
        }
        // A thread that belongs to a runtime must not wait for another one, but it may wait for a thread.
        let done = thread::scope(|scope| scope.spawn(|| self.handle.block_on(future)).join());
        done.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}
