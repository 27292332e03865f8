//! Answers.

use std::fmt;
use std::ops::Deref;
#[cfg(feature = "cache")]
use std::sync::Arc;
use std::time::Duration;

use crate::client::{Client, Format, Hidden, decode};
#[cfg(feature = "cache")]
use crate::codec::Kind;
use crate::codec::json::{self, Repeated};
use crate::codec::tree::Tree;
use crate::codec::{self, Drift, Payload, payload};
use crate::error::{DecodeError, Error, Problem, TransportError};
#[cfg(feature = "cache")]
use crate::layer::cache::Kept;
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

    /// The response, and what else is known of the answer.
    pub(crate) fn into_parts(self) -> (T, Reply<()>) {
        let Self { response, request_id, drift, drift_count, unknown, attempts, source } = self;
        (response, Reply { response: (), request_id, drift, drift_count, unknown, attempts, source })
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
    /// The answer as the cache keeps it, with its body in place of the response's: whoever gets it shares it.
    #[cfg(feature = "cache")]
    kept: Option<Arc<Kept>>,
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
        let client = Some(client.clone());
        Ok(Self { client, hidden, response, ..Self::stored(method, Vec::new()) })
    }

    /// An answer from elsewhere, such as a file, to be decoded.
    #[must_use]
    pub fn stored(method: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        let response = HttpResponse { status: 200, headers: Vec::new(), body: body.into() };
        let (method, hidden, attempts) = (method.into(), Hidden::default(), Attempts::NONE);
        Self {
            client: None,
            method,
            hidden,
            attempts,
            batch: None,
            source: Source::Platform,
            response,
            #[cfg(feature = "cache")]
            kept: None,
        }
    }

    /// An answer that was kept.
    #[cfg(feature = "cache")]
    pub(crate) fn kept(
        client: &Client,
        method: &str,
        kept: Arc<Kept>,
        hidden: Hidden,
        age: Duration,
        stale: bool,
    ) -> Self {
        let (client, source) = (Some(client.clone()), Source::Cache { age, stale });
        Self { client, hidden, source, kept: Some(kept), ..Self::stored(method, Vec::new()) }
    }

    /// The same, now that it is kept.
    #[cfg(feature = "cache")]
    pub(crate) fn set_kept(&mut self, kept: Arc<Kept>) {
        self.kept = Some(kept);
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
        decode::typed(R::INFO, self, strict).inspect_err(|error| self.refuse(error))
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
        self.read_value().inspect_err(|error| self.refuse(error))
    }

    fn read_value(&self) -> Result<serde_json::Value, Error> {
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
        #[cfg(feature = "cache")]
        if let Some(kept) = &self.kept {
            return kept.body();
        }
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
        // A refusal says so at once.
        let refuses = || contains(body.get(..HEAD).unwrap_or(body), b"error_response");
        if is_whole(body) && !is_html(body) && !refuses() {
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

    /// Whether it is an answer of its method beyond doubt, to be given again: the method's own wrapper around fields or, where the
    /// simplified form was asked for, fields with the id of the call. What stands between here and the platform may say something else
    /// in the platform's place.
    #[cfg(feature = "cache")]
    pub(crate) fn is_own(&self, simplified: bool) -> bool {
        let Ok(tree) = self.tree() else { return false };
        let Kind::Map(mut entries) = tree.root().kind() else { return false };
        match (entries.next(), entries.next()) {
            (Some((name, answer)), None) if name == codec::wrapper(&self.method) => match answer.kind() {
                Kind::Map(_) | Kind::Null => true,
                Kind::Text(text) => text.trim().is_empty(),
                _ => false,
            },
            _ => {
                let has = |name| tree.root().get(name).is_some();
                simplified && self.format() == Format::Json && has("request_id") && !has("error_response")
            }
        }
    }

    /// An answer that cannot be read is not given again.
    fn refuse(&self, error: &Error) {
        #[cfg(feature = "cache")]
        if let (Error::Decode(_), Some(kept)) = (error, &self.kept) {
            kept.refuse();
        }
        #[cfg(not(feature = "cache"))]
        let _ = error;
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
        f.debug_struct("RawReply")
            .field("method", &self.method)
            .field("status", &self.status())
            .field("body_bytes", &self.body().len())
            .finish_non_exhaustive()
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

/// Whether the answer ends with its root, as far as can be told without parsing it: an answer that is whole may seem not to be.
fn is_whole(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    match body {
        // Brackets in texts are counted too, for telling texts apart takes as long as parsing. By bytes that wrap round, for that is
        // what a processor does sixteen at a time; answers are not nested as deep as that.
        [b'{' | b'[', .., b'}' | b']'] => {
            let open = body.iter().fold(0_u8, |open, byte| {
                // `[` and `{` differ in one bit, as do `]` and `}`.
                let bracket = byte & 0xDF;
                open.wrapping_add(u8::from(bracket == b'[')).wrapping_sub(u8::from(bracket == b']'))
            });
            open == 0
        }
        [b'<', .., b'>'] => ends_with_its_root(body).unwrap_or(false),
        _ => false,
    }
}

/// Whether XML ends with the tag that its first element ends with, but for comments.
fn ends_with_its_root(xml: &[u8]) -> Option<bool> {
    let mut start = xml;
    let name = loop {
        let at = start.iter().position(|byte| *byte == b'<')?;
        start = start.get(at + 1..)?;
        if !start.starts_with(b"?") && !start.starts_with(b"!") {
            break start.split(|byte| matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace()).next()?;
        }
    };
    let mut end = xml;
    while let Some(before) = end.strip_suffix(b"-->") {
        end = before.get(..before.windows(4).rposition(|window| window == b"<!--")?)?.trim_ascii_end();
    }
    let tag = end.strip_suffix(b">")?.trim_ascii_end().strip_suffix(name)?;
    Some(tag.ends_with(b"</"))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codec::Form;
    use crate::{Model, Request};

    #[derive(Clone, Request)]
    #[top(method = "taobao.memos.get", response = Memos)]
    struct MemosGet {}

    #[derive(Model)]
    struct Memos {
        memos: Vec<Memo>,
        total: Option<i64>,
    }

    #[derive(Model)]
    struct Memo {
        tid: Option<i64>,
        text: Option<String>,
        tags: Vec<String>,
    }

    fn is_cut(body: &[u8]) -> bool {
        let error = RawReply::stored("taobao.memos.get", body).failure(None);
        error.is_some_and(|error| error.retry() == crate::model::RetryClass::Backoff)
    }

    #[test]
    fn what_is_whole() {
        for (body, whole) in [
            ("{}", true),
            ("[]", true),
            (r#"{"a":{"b":[{},{"c":[1]}]}}"#, true),
            (r#"{"a":{"b":[{}"#, false),
            (r#"{"a":{"b":[1]"#, false),
            (r#"{"a":{"b":[1]}"#, false),
            (r#"{"a":"}"}"#, false),
            ("\u{feff}{}", true),
            ("<a/>", false),
            ("<a></a>", true),
            ("\u{feff}<?xml version=\"1.0\" ?><a x=\"1\"><b>1</b></a ><!--top010-->\n<!-- b -->", true),
            ("<?xml version=\"1.0\" ?>\n<a><b>1</b>", false),
            ("<?xml version=\"1.0\" ?>\n<a><a>1</a>", true),
            ("<a><b/>", false),
            ("<ba><a></a>", false),
            ("<a><!-- -->", false),
            ("<a>-->", false),
            ("<?xml?>", false),
            ("<", false),
            ("", false),
            ("x", false),
        ] {
            assert_eq!(is_whole(body.trim().as_bytes()), whole, "{body}");
        }
        // What only seems to be cut is parsed, and found to be whole.
        for body in [r#"{"a_response":{"text":"}"}}"#, "<a_response/>"] {
            assert!(!is_whole(body.as_bytes()) && !is_cut(body.as_bytes()), "{body}");
        }
    }

    proptest! {
        /// Wherever an answer ends too early, it is found before it is decoded, so that it can be asked for again.
        #[test]
        fn an_answer_that_is_cut_is_none(
            memos in proptest::collection::vec(("[a-z\\[{\"é]{0,5}", proptest::collection::vec("[a-z]{1,3}", 0..3)), 0..4),
            at in any::<proptest::sample::Index>(),
            form in prop_oneof![Just(Form::Json), Just(Form::Simplified), Just(Form::Xml)],
        ) {
            let memos = memos.into_iter().map(|(text, tags)| Memo { tid: Some(1), text: Some(text), tags }).collect();
            let body = codec::write(MemosGet::INFO.name, &Memos { memos, total: Some(1) }, form);
            prop_assert!(!is_cut(body.as_bytes()), "{body}");
            let cut = &body.as_bytes()[..at.index(body.len())];
            prop_assert!(is_cut(cut), "{}", String::from_utf8_lossy(cut));
        }
    }
}
