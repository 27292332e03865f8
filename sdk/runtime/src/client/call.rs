//! A typed call and its options.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

use crate::batch::Gatherer;
use crate::client::exchange::Exchange;
use crate::client::options::{Options, options};
use crate::client::{Client, Hidden, RawReply, Reply, check};
use crate::codec::form::Params;
use crate::error::Error;
#[cfg(feature = "cache")]
use crate::layer::cache::CachePolicy;
use crate::layer::{Failed, Outcome};
use crate::model::{Effect, Request};
use crate::transport::{BoxFuture, HttpRequest};

/// A call that is ready to go: `.await` it for the typed answer, or [`raw`](Self::raw) for the bytes.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<R> {
    pub(crate) client: Client,
    pub(crate) request: R,
    options: Options,
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

    options! {
        session
        timeout
        deadline
        attempts
        effect: "What making this call twice does, where the caller knows better than the spec: a write that may be repeated is
            [`Effect::Idempotent`](crate::model::Effect::Idempotent)."
        priority
        rate_wait
        cache
        header
        target_app_key
        body
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
