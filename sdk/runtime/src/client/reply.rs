//! Answers.

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use crate::client::{Client, Format, Hidden, decode};
use crate::codec::json::{self, Repeated};
use crate::codec::tree::Tree;
use crate::codec::{self, Drift, Payload, payload};
use crate::error::{DecodeError, Error, Problem, TransportError};
use crate::layer::retry::Attempts;
use crate::model::{MethodInfo, Request, SubCode};
use crate::transport::HttpResponse;

/// A typed answer. It dereferences to the response, so `reply.trade` works.
#[derive(Clone)]
pub struct Reply<T> {
    pub(crate) response: T,
    pub(crate) request_id: Option<String>,
    pub(crate) drift: Vec<Drift>,
    pub(crate) drift_count: usize,
    pub(crate) unknown: Vec<String>,
    pub(crate) attempts: Attempts,
    pub(crate) source: Source,
}

/// Where an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Source {
    /// The platform, for this call.
    #[default]
    Platform,
    /// A [cache](crate::ClientBuilder::call_layer).
    Cache {
        /// How long ago it was asked for.
        age: Duration,
        /// Whether its time is over.
        stale: bool,
    },
}

impl<T> Reply<T> {
    /// The response, owned.
    pub fn into_inner(self) -> T {
        self.response
    }

    /// The platform's id of the call, for its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Fields that could not be read and are therefore `None`: the first hundred.
    #[must_use]
    pub fn drift(&self) -> &[Drift] {
        &self.drift
    }

    /// How many fields could not be read.
    #[must_use]
    pub fn drift_count(&self) -> usize {
        self.drift_count
    }

    /// The attempts that it took.
    #[must_use]
    pub fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// Where the answer comes from.
    #[must_use]
    pub fn source(&self) -> Source {
        self.source
    }

    /// Paths of fields that the spec does not have: the first hundred, each once.
    #[must_use]
    pub fn unknown_fields(&self) -> &[String] {
        &self.unknown
    }
}

impl<T> Deref for Reply<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.response
    }
}

impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("response", &self.response)
            .field("request_id", &self.request_id)
            .field("drift", &self.drift)
            .field("unknown", &self.unknown)
            .field("attempts", &self.attempts.count())
            .finish()
    }
}

/// An answer as it came. `Debug` does not show the body: it may hold personal data.
#[derive(Clone)]
pub struct RawReply {
    /// Who called; unknown for a stored answer.
    pub(crate) client: Option<Client>,
    pub(crate) method: String,
    pub(crate) hidden: Hidden,
    pub(crate) attempts: Attempts,
    /// How many calls it answers, where it is one refusal for a whole batch.
    pub(crate) batch: Option<usize>,
    pub(crate) source: Source,
    response: HttpResponse,
}

impl RawReply {
    pub(crate) fn new(client: &Client, method: &str, hidden: Hidden, response: HttpResponse) -> Result<Self, Error> {
        // The gateway answers below 400, and with 400 in one old case; everything else comes from something in between.
        let status = response.status;
        if status > 400 {
            let error = TransportError::maybe_sent(format!("HTTP status {status}"));
            let error = if is_passing(status) { error } else { error.permanent() };
            return Err(match response.retry_after() {
                Some(time) => error.retry_after(time),
                None => error,
            }
            .into());
        }
        let (client, method, attempts) = (Some(client.clone()), method.to_owned(), Attempts::NONE);
        Ok(Self { client, method, hidden, attempts, batch: None, source: Source::Platform, response })
    }

    /// An answer from elsewhere, such as a file, to be decoded.
    #[must_use]
    pub fn stored(method: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        let response = HttpResponse { status: 200, headers: Vec::new(), body: body.into() };
        let (method, hidden, attempts) = (method.into(), Hidden::default(), Attempts::NONE);
        Self { client: None, method, hidden, attempts, batch: None, source: Source::Platform, response }
    }

    /// An answer that was kept.
    #[cfg(feature = "cache")]
    pub(crate) fn kept(client: &Client, method: &str, body: &[u8], hidden: Hidden, age: Duration, stale: bool) -> Self {
        let (client, source) = (Some(client.clone()), Source::Cache { age, stale });
        Self { client, hidden, source, ..Self::stored(method, body) }
    }

    /// Where the answer comes from.
    #[must_use]
    pub fn source(&self) -> Source {
        self.source
    }

    /// The typed answer to a request of this type.
    ///
    /// # Errors
    ///
    /// [`Error::Gateway`] if the answer is a refusal, [`Error::Decode`] if it cannot be read or, in strict mode, has drift.
    pub fn decode<R: Request>(&self, strict: bool) -> Result<Reply<R::Response>, Error> {
        decode::typed(R::INFO, self, strict)
    }

    /// The attempts that it took.
    #[must_use]
    pub fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// What is inside the response wrapper, as a JSON value. XML is turned into the same shape as JSON, all scalars as text.
    ///
    /// # Errors
    ///
    /// [`Error::Gateway`] if the answer is a refusal, [`Error::Decode`] if it cannot be read.
    pub fn value(&self) -> Result<serde_json::Value, Error> {
        let tree = self.tree()?;
        match payload(tree.root(), None) {
            None => Err(self.unreadable(Problem::NotAnObject)),
            Some(Payload::Failure(node)) => Err(decode::failure(self, node, sub_codes(&self.method))),
            Some(Payload::Answer(node)) => Ok(json::value(
                node,
                match self.format() {
                    Format::Json => Repeated::Last,
                    Format::Xml => Repeated::Joined,
                },
            )),
        }
    }

    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.response.status
    }

    /// The first header of this name (in lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.header(name)
    }

    /// The body, decompressed.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.response.body
    }

    /// The format that the body seems to have, whatever was asked for: errors in front of the router may come in another.
    #[must_use]
    pub fn format(&self) -> Format {
        let first = self.body().iter().find(|b| !b.is_ascii_whitespace() && !b"\xEF\xBB\xBF".contains(b));
        if first == Some(&b'<') { Format::Xml } else { Format::Json }
    }

    /// Parses the body, whatever it says.
    pub(crate) fn tree(&self) -> Result<Tree<'_>, Error> {
        let body = self.body();
        if body.iter().all(u8::is_ascii_whitespace) {
            return Err(self.unreadable(Problem::Empty));
        }
        let tree = match self.format() {
            Format::Json => codec::json::read(body),
            Format::Xml if is_html(body) => return Err(self.unreadable(Problem::Html)),
            Format::Xml => codec::xml::read(body),
        };
        tree.map_err(|e| self.unreadable(Problem::Syntax(e)))
    }

    /// What the answer is if it is none: a refusal, or nothing that this gateway would send. An answer is not parsed for this.
    pub(crate) fn failure(&self, info: Option<&'static MethodInfo>) -> Option<Error> {
        let body = self.body().trim_ascii();
        // A refusal says so at once, and the answer of another kind ends with its root.
        let refuses = || contains(body.get(..HEAD).unwrap_or(body), b"error_response");
        let whole = matches!(body, [b'{' | b'[', .., b'}' | b']'] | [b'\xEF' | b'<', .., b'}' | b']' | b'>']);
        if whole && !is_html(body) && !refuses() {
            return None;
        }
        let tree = match self.tree() {
            Ok(tree) => tree,
            Err(error) => return Some(error),
        };
        match payload(tree.root(), None) {
            Some(Payload::Failure(node)) => Some(decode::failure(self, node, info.map_or(&[], |info| info.errors))),
            _ => None,
        }
    }

    pub(crate) fn unreadable(&self, problem: Problem) -> Error {
        Error::Decode(Box::new(DecodeError {
            method: self.method.clone(),
            problem,
            body: self.body().to_vec(),
            request_id: None,
            attempts: self.attempts.clone(),
        }))
    }
}

impl fmt::Debug for RawReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawReply").field("method", &self.method).field("response", &self.response).finish()
    }
}

/// Whether a status may be another one next time: too late, too early, too much, or a failing server.
fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429) || status >= 500
}

/// The bytes in which a refusal says what it is.
const HEAD: usize = 256;

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// What is known about a method's own sub codes.
#[cfg(feature = "catalog")]
fn sub_codes(method: &str) -> &'static [SubCode] {
    crate::catalog::get(method).map_or(&[], |method| method.errors())
}

/// What is known about a method's own sub codes: nothing, without the catalogue.
#[cfg(not(feature = "catalog"))]
fn sub_codes(_: &str) -> &'static [SubCode] {
    &[]
}

/// Whether the first tag is one of a web page.
fn is_html(body: &[u8]) -> bool {
    let start = body.iter().position(|&b| b == b'<').unwrap_or(0);
    let head: Vec<u8> = body[start..].iter().take(15).map(u8::to_ascii_lowercase).collect();
    head.starts_with(b"<!doctype html")
        || head.starts_with(b"<html")
        || head.starts_with(b"<head")
        || head.starts_with(b"<body")
}
