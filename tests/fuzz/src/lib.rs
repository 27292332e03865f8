//! What several targets do.

use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use topsdk::client::VirtualTimer;
use topsdk::codec::{Form, write};
use topsdk::trade::{TradesSoldGet, TradesSoldGetResponse};
use topsdk::transport::BoxFuture;
use topsdk::{
    Client, Credentials, Environment, Error, HttpRequest, HttpResponse, MockTransport, RawReply, Transport,
};

/// The method whose answers are decoded.
pub const METHOD: &str = "taobao.trades.sold.get";

/// The secret of [`client`], which no error may show.
pub const SECRET: &str = "fuzz-secret";

/// The session of [`client`], which no error may show.
pub const SESSION: &str = "fuzz-session";

/// A client that is answered with these bytes, whatever it asks.
#[must_use]
pub fn client(body: &[u8]) -> Client {
    let mock = Arc::new(MockTransport::new());
    mock.answer_raw(METHOD, 200, body);
    let builder = Client::builder(Environment::Production, Credentials::new("1", SECRET));
    // Many answers look like a passing fault: waits between attempts take no time.
    builder.transport(mock).timer(VirtualTimer::new()).session(SESSION).build().expect("the settings are fixed")
}

/// A client whose transport answers every request with these bytes, whatever it asks.
#[must_use]
pub fn answered(body: &[u8]) -> Client {
    let builder = Client::builder(Environment::Production, Credentials::new("1", SECRET)).transport(Always(body.to_vec()));
    builder.timer(VirtualTimer::new()).session(SESSION).build().expect("the settings are fixed")
}

/// Answers every request with the same bytes.
struct Always(Vec<u8>);

impl Transport for Always {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        let response = HttpResponse { status: 200, headers: Vec::new(), body: self.0.clone() };
        Box::pin(async move { Ok(response) })
    }
}

/// Completes what waits for nobody else, but takes several turns.
pub fn eventually<F: IntoFuture>(work: F) -> F::Output {
    let mut work = pin!(work.into_future());
    for _ in 0..10_000 {
        if let Poll::Ready(output) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
    panic!("it does not end");
}

/// Makes a call whose transport answers at once.
pub fn now<F: IntoFuture>(call: F) -> F::Output {
    match pin!(call.into_future()).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the mock answers at once"),
    }
}

/// Decodes an answer, typed and untyped, and lets every error speak.
pub fn decode(body: &[u8]) -> Option<TradesSoldGetResponse> {
    if let Err(error) = now(client(body).untyped(METHOD)) {
        speak(&error);
    }
    match RawReply::stored(METHOD, body).decode::<TradesSoldGet>(false) {
        Ok(reply) => {
            let _ = format!("{reply:?}");
            Some(reply.into_inner())
        }
        Err(error) => {
            speak(&error);
            None
        }
    }
}

/// What is written in this form is read back as it was.
pub fn same(response: &TradesSoldGetResponse, form: Form) {
    assert_eq!(&reread(response, form), response, "changed by {form:?}");
}

/// Writing and reading in a form that cannot hold every value comes to rest: XML knows neither empty texts nor empty
/// structures, each of which may leave another one empty, and not every character.
pub fn settles(response: &TradesSoldGetResponse, form: Form) {
    let mut before = reread(response, form);
    for _ in 0..8 {
        let after = reread(&before, form);
        if after == before {
            return;
        }
        before = after;
    }
    panic!("never the same by {form:?}: {before:?}");
}

fn reread(response: &TradesSoldGetResponse, form: Form) -> TradesSoldGetResponse {
    let body = write(METHOD, response, form);
    let reply = RawReply::stored(METHOD, body.as_str()).decode::<TradesSoldGet>(false).expect(&body);
    assert_eq!(reply.drift(), [], "{body}");
    assert_eq!(reply.unknown_fields(), [] as [&str; 0], "{body}");
    reply.into_inner()
}

/// Shows an error in every way, and nothing secret with it.
pub fn speak(error: &Error) {
    let shown = format!("{error} {error:?} {:?} {:?} {:?}", error.retry(), error.remedy(), error.request_id());
    for secret in [SECRET, SESSION] {
        assert!(!shown.contains(secret), "{shown}");
    }
    if let Some(refusal) = error.gateway() {
        let _ = (refusal.ban(), refusal.hint(), error.is_rate_limited(), error.is_session_invalid());
    }
}
