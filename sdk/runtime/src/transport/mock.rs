//! A transport that answers from memory.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::batch::wire;
use crate::codec::{self, Form, json};
use crate::error::{Error, TransportError};
use crate::model::{Record, Request};
use crate::transport::{BoxFuture, HttpRequest, HttpResponse, Transport};

const FORM: &str = "application/x-www-form-urlencoded";

/// Answers calls from memory, batches included, for tests of code that uses this SDK. A method without an answer is a readable error: the mock
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
    /// The parameters of query and form body, decoded. Those of a multipart body are only in [`body`](Self::body).
    pub params: Vec<(String, String)>,
    /// The body as sent; of a batch, the item.
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
        let has_type = |wanted: &str| {
            request.headers.iter().any(|(name, value)| name == "content-type" && value.starts_with(wanted))
        };
        let text = std::str::from_utf8(&request.body).unwrap_or_default();
        if has_type(wire::TEXT) {
            let mut answers = Vec::new();
            for item in text.split(wire::SEPARATOR) {
                answers.push(self.answer_to([decode(query), decode(item)].concat(), item.as_bytes())?.body);
            }
            return Ok(HttpResponse {
                status: 200,
                headers: Vec::new(),
                body: answers.join(wire::SEPARATOR.as_bytes()),
            });
        }
        let form = if has_type(FORM) { decode(text) } else { Vec::new() };
        self.answer_to([decode(query), form].concat(), &request.body)
    }

    /// Answers one call.
    fn answer_to(&self, params: Vec<(String, String)>, body: &[u8]) -> Result<HttpResponse, Error> {
        let param = |name: &str| params.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
        let method = param("method").to_owned();
        let form = match (param("format"), param("simplify")) {
            ("xml", _) => Form::Xml,
            (_, "true") => Form::Simplified,
            _ => Form::Json,
        };
        let mut state = self.lock();
        state.received.push(Received { method: method.clone(), params, body: body.to_vec() });
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
            None => {
                let error = TransportError::not_sent(format!("the mock has no answer for `{method}`"));
                Err(error.permanent().into())
            }
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
pub(crate) fn decode(pairs: &str) -> Vec<(String, String)> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Format;
    use crate::{Client, Credentials, Environment, Model, Request, Upload};

    #[derive(Clone, Request)]
    #[top(method = "taobao.clock.get", response = Answer)]
    struct ClockGet {
        text: Option<String>,
        file: Option<Upload>,
    }

    #[derive(Model)]
    struct Answer {
        tid: Option<i64>,
        texts: Vec<String>,
    }

    fn answer(tid: i64) -> Answer {
        Answer { tid: Some(tid), texts: vec!["中".into(), "b".into()] }
    }

    fn client(mock: &Arc<MockTransport>, format: Format, simplify: bool) -> Client {
        let builder = Client::builder(Environment::Production, Credentials::new("1", "s3cr3t"));
        builder.transport(Arc::clone(mock)).session("s3ss10n").format(format).simplify(simplify).build().unwrap()
    }

    #[tokio::test]
    async fn answers_in_the_form_that_is_asked_for() {
        let mock = Arc::new(MockTransport::new());
        mock.answer::<ClockGet>(answer(1));
        for (format, simplify, start) in [
            (Format::Json, false, r#"{"clock_get_response":{"tid":1,"texts":{"string":["#),
            (Format::Json, true, r#"{"tid":1,"texts":["#),
            (
                Format::Xml,
                false,
                "<?xml version=\"1.0\" encoding=\"utf-8\" ?><clock_get_response><tid>1</tid><texts list=\"true\">",
            ),
        ] {
            let client = client(&mock, format, simplify);
            let raw = client.call(ClockGet::new()).raw().await.unwrap();
            assert!(raw.body().starts_with(start.as_bytes()), "{}", String::from_utf8_lossy(raw.body()));
            assert_eq!(*client.call(ClockGet::new()).with_strict(true).await.unwrap(), answer(1));
        }
    }

    #[tokio::test]
    async fn answers_in_turn_and_the_last_one_again() {
        let mock = Arc::new(MockTransport::new());
        mock.answer::<ClockGet>(answer(1));
        mock.fail("taobao.clock.get", 15, "isv.\"odd\"");
        mock.answer_raw("taobao.clock.get", 502, "<html>");
        mock.answer::<ClockGet>(answer(2));
        let client = client(&mock, Format::Json, false);
        assert_eq!(client.call(ClockGet::new()).await.unwrap().tid, Some(1));
        let refused = client.call(ClockGet::new()).await.unwrap_err();
        assert_eq!((refused.code(), refused.sub_code()), (Some(15), Some("isv.\"odd\"")));
        assert!(matches!(client.call(ClockGet::new()).await, Err(Error::Transport(_))));
        for _ in 0..3 {
            assert_eq!(client.call(ClockGet::new()).await.unwrap().tid, Some(2));
        }
        assert_eq!(mock.received().len(), 6);
    }

    #[tokio::test]
    async fn a_method_without_an_answer_is_told() {
        let mock = Arc::new(MockTransport::new());
        let client = client(&mock, Format::Json, false);
        let error = client.untyped("taobao.other.get").await.unwrap_err();
        assert_eq!(error.to_string(), "transport: the mock has no answer for `taobao.other.get`; nothing was sent");
        assert!(!error.may_have_reached_platform());
    }

    #[tokio::test]
    async fn what_was_received() {
        let mock = Arc::new(MockTransport::new());
        mock.answer::<ClockGet>(answer(1));
        let client = client(&mock, Format::Json, false);
        client.call(ClockGet::new().text("a+b & 中%")).await.unwrap();
        client.call(ClockGet::new().text("a=b&c=d").file(Upload::new("a.png", *b"x=y&z=1"))).await.unwrap();
        let received = mock.received();
        let param = |call: &Received, name: &str| {
            let found = call.params.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        assert_eq!(
            (received[0].method.as_str(), param(&received[0], "text").as_str()),
            ("taobao.clock.get", "a+b & 中%")
        );
        // A multipart body is no form: only the query is taken apart.
        let names: Vec<_> = received[1].params.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["method", "app_key", "timestamp", "v", "format", "sign_method", "partner_id"]);
        assert!(received[1].body.windows(7).any(|window| window == b"x=y&z=1"));

        let shown = format!("{mock:?}");
        assert!(shown.contains("\"text\"") && !shown.contains("s3ss10n") && !shown.contains("a+b"), "{shown}");
    }

    #[tokio::test]
    async fn untyped_calls() {
        let mock = Arc::new(MockTransport::new());
        let client = client(&mock, Format::Json, false);
        for (body, expected) in [
            (r#"{"clock_get_response":{"tid":7104300007405429232,"tid":2}}"#, r#"{"tid":2}"#),
            (r#"{"tid":1,"request_id":"r"}"#, r#"{"tid":1,"request_id":"r"}"#),
            ("<clock_get_response><t><s>1</s><s>2</s></t></clock_get_response>", r#"{"t":{"s":["1","2"]}}"#),
        ] {
            mock.answer_raw("taobao.clock.get", 200, body);
            // The one before is repeated until there is another, so it goes first.
            let mut answer = client.untyped("taobao.clock.get").await.unwrap();
            if mock.received().len() > 1 {
                answer = client.untyped("taobao.clock.get").await.unwrap();
            }
            assert_eq!(answer.to_string(), expected, "{body}");
        }
        let error = client.untyped("taobao.clock.get").param("sign", "x").await.unwrap_err();
        assert!(error.to_string().contains("parameter `sign` is set by the client"), "{error}");
        client.untyped("taobao.clock.get").param("a", 1).param("a", 2).await.unwrap();
        let last = mock.received().pop().unwrap();
        assert_eq!(
            last.params.iter().filter(|(name, _)| name == "a").collect::<Vec<_>>(),
            [&("a".to_owned(), "2".to_owned())]
        );
    }

    #[test]
    fn decodes_pairs() {
        for (text, pairs) in [
            ("a=1&b=+%2B%E4%B8%AD", vec![("a", "1"), ("b", " +中")]),
            ("a=&=b&c", vec![("a", ""), ("", "b")]),
            ("a=%&b=%2&c=%zz&d=%ff&e=1", vec![("e", "1")]),
            ("", vec![]),
        ] {
            let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            assert_eq!(decode(text), pairs, "{text}");
        }
    }
}
