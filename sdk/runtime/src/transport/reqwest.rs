//! The default transport, over reqwest.

use std::error::Error as StdError;
use std::time::Duration;

use crate::error::{ConfigError, Error, TimeoutError, TransportError};
use crate::transport::{BoxFuture, HttpRequest, HttpResponse, Transport};

/// What the HTTP client is built from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Network {
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) proxy: Option<String>,
    pub(crate) gzip: bool,
}

/// Sends over a pooled reqwest client.
#[derive(Debug)]
pub(crate) struct ReqwestTransport {
    client: reqwest::Client,
    connect_timeout: Option<Duration>,
}

impl ReqwestTransport {
    pub(crate) fn new(network: &Network) -> Result<Self, ConfigError> {
        // Fails where the program has chosen a provider of its own, which is then used.
        #[cfg(feature = "rustls")]
        let _ = rustls::crypto::ring::default_provider().install_default();
        // The platform never redirects, and a redirect would carry the signed body elsewhere.
        let mut builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).gzip(network.gzip);
        if let Some(limit) = network.connect_timeout {
            builder = builder.connect_timeout(limit);
        }
        if let Some(url) = &network.proxy {
            let proxy = reqwest::Proxy::all(url).map_err(|_| ConfigError::new("the proxy is not a URL"))?;
            builder = builder.proxy(proxy);
        }
        let client = builder.build().map_err(|e| ConfigError::new(format!("no HTTP client: {}", e.without_url())))?;
        Ok(Self { client, connect_timeout: network.connect_timeout })
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        let limit = request.timeout;
        let max = request.max_response;
        let mut post = self.client.post(&request.url).body(request.body);
        for (name, value) in &request.headers {
            post = post.header(name.as_ref(), value.as_ref());
        }
        if let Some(limit) = limit {
            post = post.timeout(limit);
        }
        let mut response = post.send().await.map_err(|e| self.failed(e, limit))?;
        let headers = response.headers().iter();
        let headers = headers.map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()));
        let mut answer =
            HttpResponse { status: response.status().as_u16(), headers: headers.collect(), body: Vec::new() };
        // What HTTP/1.1 leaves unsaid: its answers need not tell their end only where the connection is closed, and say so.
        if response.version() >= reqwest::Version::HTTP_11 && answer.header("connection").is_none() {
            answer.headers.push(("connection".to_owned(), "keep-alive".to_owned()));
        }
        while let Some(chunk) = response.chunk().await.map_err(|e| self.failed(e, limit))? {
            if answer.body.len() + chunk.len() > max {
                let message = format!("the answer is larger than the limit of {max} bytes");
                return Err(Error::Transport(TransportError::maybe_sent(message).permanent()));
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }

    fn failed(&self, error: reqwest::Error, total: Option<Duration>) -> Error {
        // The URL may carry a signature.
        let error = error.without_url();
        let connecting = error.is_connect();
        if error.is_timeout() {
            let (which, limit) = if connecting { ("connect", self.connect_timeout) } else { ("total", total) };
            return Error::Timeout(TimeoutError::new(which, limit, !connecting));
        }
        let message = if connecting {
            format!("cannot connect: {}", root(&error))
        } else if error.is_decode() && is_damage(&error) {
            format!("the compressed answer is damaged: {}", root(&error))
        } else if error.is_decode() || error.is_body() {
            format!("the answer broke off: {}", root(&error))
        } else {
            root(&error)
        };
        let failure = if connecting || error.is_builder() {
            TransportError::not_sent(message)
        } else {
            TransportError::maybe_sent(message)
        };
        let failure = if error.is_builder() { failure.permanent() } else { failure };
        Error::Transport(failure.with_source(error))
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        Box::pin(self.exchange(request))
    }
}

/// The innermost cause, which is the one that tells something.
fn root(error: &dyn StdError) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Whether decompression failed. The connection's own failures lie one error deeper.
fn is_damage(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause.and_then(|cause| cause.downcast_ref::<reqwest::Error>()) {
        cause = inner.source();
    }
    cause.is_some_and(|cause| cause.is::<std::io::Error>())
}
