//! How bytes reach the gateway. A trait, so that a test, a mock or another HTTP library can stand in.

mod mock;
#[cfg(feature = "reqwest")]
mod reqwest;

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub use mock::{MockTransport, Received};

#[cfg(feature = "reqwest")]
pub(crate) use self::reqwest::{Network, ReqwestTransport};

use crate::error::Error;

/// A future that a [`Transport`] returns.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends one request and brings its answer.
pub trait Transport: Send + Sync {
    /// Posts the request and reads the whole answer.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] or [`Error::Timeout`], each with whether the request may have been sent. Answers with any HTTP
    /// status are no errors here.
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>>;
}

/// A POST request. `Debug` shows neither query nor body: both may hold signatures and sessions.
#[derive(Clone)]
pub struct HttpRequest {
    /// Where to. It must not be shown: see the type.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// The body.
    pub body: Vec<u8>,
    /// The limit for the whole exchange.
    pub timeout: Option<Duration>,
    /// Most bytes of an answer, after decompression.
    pub max_response: usize,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.split('?').next().unwrap_or_default();
        f.debug_struct("HttpRequest").field("url", &url).field("body_bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// An answer, decompressed. `Debug` does not show the body: it may hold personal data.
#[derive(Clone, Default)]
pub struct HttpResponse {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The first header of this name (in lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
