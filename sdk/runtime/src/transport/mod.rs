//! How bytes reach the gateway. A trait, so that a test, a mock or another HTTP library can stand in.

mod mock;
#[cfg(feature = "reqwest")]
mod reqwest;

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

pub use mock::{MockTransport, Received};

#[cfg(test)]
pub(crate) use mock::decode;

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

impl HttpRequest {
    /// The headers that every request has, with room for more.
    pub(crate) fn headers(content_type: impl Into<Cow<'static, str>>) -> Vec<(Cow<'static, str>, Cow<'static, str>)> {
        let mut headers = Vec::with_capacity(6);
        headers.push(("content-type".into(), content_type.into()));
        headers.push(("accept".into(), "text/xml,text/javascript".into()));
        headers.push(("user-agent".into(), concat!("topsdk-rust/", env!("CARGO_PKG_VERSION")).into()));
        headers
    }
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

    /// Whether the body is known to be all of it. Where an answer does not tell its end, a connection that breaks looks like one that is
    /// closed.
    pub(crate) fn is_complete(&self) -> bool {
        let length = self.header("content-length").and_then(|length| length.trim().parse().ok());
        let says = |name: &str, word: &str| {
            self.header(name).is_some_and(|text| text.trim().to_ascii_lowercase().ends_with(word))
        };
        // The end of what comes in pieces, or on a connection that is kept, cannot be missed.
        length == Some(self.body.len()) || says("transfer-encoding", "chunked") || says("connection", "keep-alive")
    }

    /// How long `Retry-After` tells to wait: in seconds, or until a time of day by the sender's own clock.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let told = self.header("retry-after")?.trim();
        if let Ok(seconds) = told.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let (until, now) = (http_date(told)?, http_date(self.header("date")?)?);
        Some(until.duration_since(now).unwrap_or_default())
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

/// A time of day as HTTP headers write it.
pub(crate) fn http_date(text: &str) -> Option<SystemTime> {
    Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_lack_its_end() {
        let body = b"12345".to_vec();
        for (headers, expected) in [
            (vec![], false),
            (vec![("content-length", "5")], true),
            (vec![("content-length", "9")], false),
            (vec![("content-length", "x")], false),
            (vec![("transfer-encoding", "gzip, Chunked")], true),
            (vec![("transfer-encoding", "gzip")], false),
            (vec![("connection", "Keep-Alive")], true),
            (vec![("connection", "close")], false),
        ] {
            let pairs = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let response = HttpResponse { status: 200, headers: pairs, body: body.clone() };
            assert_eq!(response.is_complete(), expected, "{headers:?}");
        }
    }

    #[test]
    fn told_to_wait() {
        let date = "Tue, 05 Jan 2016 12:00:00 GMT";
        for (told, date, expected) in [
            (" 3 ", "", Some(3)),
            ("0", date, Some(0)),
            ("Tue, 05 Jan 2016 12:00:07 GMT", date, Some(7)),
            ("Tue, 05 Jan 2016 11:59:00 GMT", date, Some(0)),
            ("Tue, 05 Jan 2016 12:00:07 GMT", "", None),
            ("soon", date, None),
            ("-1", date, None),
            ("1.5", date, None),
        ] {
            let headers = vec![("retry-after".to_owned(), told.to_owned()), ("date".to_owned(), date.to_owned())];
            let response = HttpResponse { status: 503, headers, body: Vec::new() };
            assert_eq!(response.retry_after(), expected.map(Duration::from_secs), "{told}");
        }
        assert_eq!(HttpResponse { status: 503, headers: Vec::new(), body: Vec::new() }.retry_after(), None);
    }
}
