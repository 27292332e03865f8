//! Calls by method name, without a spec.

use std::borrow::Cow;
use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

use crate::batch::Gatherer;
#[cfg(feature = "catalog")]
use crate::catalog;
use crate::client::exchange::Exchange;
#[cfg(feature = "catalog")]
use crate::client::known;
use crate::client::options::{Options, options};
use crate::client::{Client, Hidden, RawReply};
use crate::codec::form::Params;
use crate::error::Error;
use crate::layer::{Failed, Outcome};
use crate::model::Upload;
use crate::transport::{BoxFuture, HttpRequest};

/// A call of any method by its wire name: `.await` it for the answer as a JSON value, or [`raw`](Self::raw) for the bytes.
///
/// With the feature `catalog`, the parameters of a method that it knows are checked before sending, as those of a typed call are,
/// and so are their names and types, unless `with_checks` says otherwise. Any other method is called as it is.
///
/// ```no_run
/// # async fn run(client: topsdk::Client) -> Result<(), topsdk::Error> {
/// let answer = client.untyped("taobao.time.get").await?;
/// println!("{}", answer["time"]);
/// # Ok(()) }
/// ```
#[must_use = "a call does nothing until it is awaited"]
pub struct UntypedCall {
    client: Client,
    method: String,
    params: Vec<(String, String)>,
    files: Vec<(String, Upload)>,
    options: Options,
    #[cfg(feature = "catalog")]
    checks: bool,
}

impl UntypedCall {
    pub(crate) fn new(client: Client, method: String) -> Self {
        Self {
            client,
            method,
            params: Vec::new(),
            files: Vec::new(),
            options: Options::default(),
            #[cfg(feature = "catalog")]
            checks: true,
        }
    }

    /// Sets a parameter, as text. Blank ones are not sent; setting one again replaces it. A common parameter set here, such as
    /// `v` or `timestamp`, wins over the client's own; `method`, `app_key`, `sign_method` and `sign` are the client's alone and
    /// refused.
    pub fn param(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        let name = name.into();
        self.params.retain(|(known, _)| *known != name);
        self.params.push((name, value.to_string()));
        self
    }

    /// Adds a file.
    pub fn file(mut self, name: impl Into<String>, file: Upload) -> Self {
        self.files.push((name.into(), file));
        self
    }

    options! {
        session
        timeout
        deadline
        attempts
        effect: "What making this call twice does. Unless set it is what the catalogue says, with the feature `catalog`, of a method
            that it knows and as long as the call is checked; else [`Effect::Write`](crate::model::Effect::Write)."
        priority
        rate_wait
        cache
        header
        target_app_key
        body
    }

    /// Whether the catalogue's word counts for this call: on by default. Without it, any parameter goes to the platform, and the
    /// client's session with it, which is what to do where the platform takes more than the catalogue knows.
    #[cfg(feature = "catalog")]
    pub fn with_checks(mut self, on: bool) -> Self {
        self.checks = on;
        self
    }

    /// Makes the call and returns what is inside the response wrapper. XML is turned into the same shape as JSON, all scalars as
    /// text.
    ///
    /// # Errors
    ///
    /// See [`Error`]: one variant a phase.
    pub async fn send(self) -> Result<serde_json::Value, Error> {
        self.exchange(None).await.map_err(Failed::into_error)?.value()
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
    /// Those before the transport.
    pub fn prepare(&self) -> Result<HttpRequest, Error> {
        let (client, exchange) = (&self.client, self.plan()?);
        client.check(&exchange)?;
        let limit = self.options.timeout.or(client.settings().timeouts.total);
        Ok(client.encode(&exchange, client.now(), limit, &mut Hidden::default()))
    }

    /// Makes the call, as part of a batch if there is one.
    pub(crate) async fn exchange(&self, gatherer: Option<Arc<Gatherer>>) -> Outcome {
        let mut exchange = self.plan()?;
        exchange.gatherer = gatherer;
        self.client.exchange(exchange).await
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The call with its parameters.
    fn plan(&self) -> Result<Exchange<'_>, Error> {
        let mut params = Params::default();
        for (name, value) in &self.params {
            params.push(name.as_str(), value.as_str());
        }
        let files = self.files.iter().map(|(name, file)| (name.as_str().into(), Cow::Borrowed(file)));
        params.files.extend(files);
        let exchange = Exchange::new(&self.method, None, params, &self.options);
        #[cfg(feature = "catalog")]
        let exchange = self.judge(exchange)?;
        Ok(exchange)
    }
}

#[cfg(feature = "catalog")]
impl UntypedCall {
    /// The call with what the catalogue knows of the method, once the parameters are found to be right.
    fn judge<'a>(&self, mut exchange: Exchange<'a>) -> Result<Exchange<'a>, Error> {
        let Some(method) = catalog::get(&self.method) else { return Ok(exchange) };
        exchange.hidden = known::hidden(method, &self.params);
        if self.checks {
            let given =
                known::Given { params: &self.params, files: &self.files, has_body: self.options.body.is_some() };
            known::check(method, &given)?;
            exchange.info = Some(method.info());
        }
        Ok(exchange)
    }
}

impl IntoFuture for UntypedCall {
    type Output = Result<serde_json::Value, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Names only: values may be secret.
impl fmt::Debug for UntypedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.params.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("UntypedCall").field("method", &self.method).field("params", &names).finish_non_exhaustive()
    }
}
