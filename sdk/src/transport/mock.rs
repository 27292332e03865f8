//! A transport that answers from memory.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::codec::{self, Form, json};
use crate::error::{Error, TransportError};
use crate::model::{Record, Request};
use crate::transport::{BoxFuture, HttpRequest, HttpResponse, Transport};

/// Answers calls from memory, for tests of code that uses this SDK. A method without an answer is a readable error: the mock
/// never sends anything anywhere.
///
/// ```
/// # async fn run() -> Result<(), topsdk::Error> {
/// use topsdk::platform::{TimeGet, TimeGetResponse};
/// use topsdk::{Client, Credentials, Environment, MockTransport};
///
/// let mut time = TimeGetResponse::default();
/// time.time = "2026-01-05 10:00:00".parse().ok();
///
/// let mock = MockTransport::new();
/// mock.answer::<TimeGet>(time.clone());
/// let client = Client::builder(Environment::Production, Credentials::new("1", "s")).transport(mock).build()?;
/// assert_eq!(client.call(TimeGet::new()).await?.time, time.time);
/// # Ok(()) }
/// ```
#[derive(Default)]
pub struct MockTransport {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    answers: HashMap<String, Vec<Answer>>,
    received: Vec<Received>,
}

/// What a method answers: a response in whatever form is asked for, or bytes as they are.
#[derive(Clone)]
enum Answer {
    Response(Arc<dyn Record>),
    Raw(HttpResponse),
}

/// A call that a [`MockTransport`] got.
#[derive(Clone)]
pub struct Received {
    /// The method that was called.
    pub method: String,
    /// The parameters of query and form body, decoded.
    pub params: Vec<(String, String)>,
    /// The body as sent.
    pub body: Vec<u8>,
}

/// Names only: values may be secret.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.params.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Received").field("method", &self.method).field("params", &names).finish()
    }
}

impl MockTransport {
    /// A mock that answers nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers the next call of a method with this response, in the form that the call asks for. The last answer of a method
    /// is repeated.
    pub fn answer<R: Request>(&self, response: R::Response) {
        self.push(R::INFO.name, Answer::Response(Arc::new(response)));
    }

    /// Answers the next call of a method with an error of the platform.
    pub fn fail(&self, method: &str, code: i64, sub_code: &str) {
        let mut body = format!("{{\"error_response\":{{\"code\":{code},\"msg\":\"\",\"sub_code\":");
        json::escape(sub_code, &mut body);
        body.push_str("}}");
        self.answer_raw(method, 200, body);
    }

    /// Answers the next call of a method with this status and body.
    pub fn answer_raw(&self, method: &str, status: u16, body: impl Into<Vec<u8>>) {
        self.push(method, Answer::Raw(HttpResponse { status, headers: Vec::new(), body: body.into() }));
    }

    /// The calls so far, in order.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.lock().received.clone()
    }

    fn push(&self, method: &str, answer: Answer) {
        self.lock().answers.entry(method.to_owned()).or_default().push(answer);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // A panic while holding the lock leaves whole values behind.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, Error> {
        let query = request.url.split_once('?').map_or("", |(_, query)| query);
        let mut params = decode(query);
        if let Ok(body) = std::str::from_utf8(&request.body) {
            params.extend(decode(body));
        }
        let param = |name: &str| params.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
        let method = param("method").to_owned();
        let form = match (param("format"), param("simplify")) {
            ("xml", _) => Form::Xml,
            (_, "true") => Form::Simplified,
            _ => Form::Json,
        };
        let mut state = self.lock();
        state.received.push(Received { method: method.clone(), params, body: request.body.clone() });
        let answer = match state.answers.get_mut(&method) {
            Some(answers) if answers.len() > 1 => Some(answers.remove(0)),
            Some(answers) => answers.first().cloned(),
            None => None,
        };
        match answer {
            Some(Answer::Raw(response)) => Ok(response),
            Some(Answer::Response(response)) => {
                let body = codec::write(&method, response.as_ref(), form).into_bytes();
                Ok(HttpResponse { status: 200, headers: Vec::new(), body })
            }
            None => Err(TransportError::not_sent(format!("the mock has no answer for `{method}`")).into()),
        }
    }
}

impl Transport for MockTransport {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        Box::pin(async move { self.exchange(&request) })
    }
}

impl Transport for Arc<MockTransport> {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        Box::pin(async move { self.exchange(&request) })
    }
}

impl fmt::Debug for MockTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockTransport").field("received", &self.received()).finish()
    }
}

/// Pairs of a query or form body; what is not percent-encoded text is dropped.
fn decode(pairs: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
                    let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                    u8::try_from(high * 16 + low).ok()?
                }
                plain => plain,
            });
        }
        String::from_utf8(bytes).ok()
    };
    let pairs = pairs.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter_map(|(name, value)| Some((decoded(name)?, decoded(value)?))).collect()
}
