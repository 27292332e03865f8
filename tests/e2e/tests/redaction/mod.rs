//! No secret, session, signature or sensitive value is shown: not in `Debug`, not in errors, not in logs, not in metrics.
//!
//! Every such value is marked, and what is shown is searched for the marks. That values which may be shown are found in the same
//! texts proves that the search can fail.

mod collector;
mod counted;
mod marks;
mod queued;
mod requests;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use topsdk::codec::Form;
use topsdk::layer::cache::{Cache, CacheKeys, CacheSettings, RedisCache};
use topsdk::platform::{TimeGet, TmcUserGet};
use topsdk::trade::{TradeFullinfoGet, TradeMemoUpdate};
use topsdk::transport::BoxFuture;
use topsdk::{
    Body, Client, ClientBuilder, Credentials, Environment, Error, Format, HttpRequest, HttpResponse, MockTransport,
    RawReply, Token, Transport, Upload, blocking,
};
use topsdk_codegen::model::{Field, Scalar};
use topsdk_e2e::{Answer, methods};
use topsdk_sandbox::fixtures::PAID_TRADE;
use topsdk_sandbox::{Fault, Sandbox, What};

use self::counted::Counted;
use self::marks::{FILE, FILE_NAME, Marks};
use crate::support::net::unused_port;
use crate::support::spec;
use crate::support::values::{edge, every_with};
use crate::support::writer::{Odd, Writer};

const KEY: &str = "20260105";

/// Marked keys of an application and its user.
struct Keys {
    secret: String,
    session: String,
}

impl Keys {
    fn new(marks: &mut Marks) -> Self {
        Self { secret: marks.secret("the app secret"), session: marks.secret("the session") }
    }

    fn builder(&self, environment: Environment) -> ClientBuilder {
        Client::builder(environment, Credentials::new(KEY, self.secret.as_str())).session(self.session.as_str())
    }
}

/// Refuses every call and tells it all that it was sent.
#[derive(Clone)]
struct Echo {
    format: Format,
    seen: Arc<Mutex<String>>,
}

impl Transport for Echo {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        let sent = format!("{}&{}", request.url, String::from_utf8_lossy(&request.body));
        // A gateway may repeat parameters, but not files.
        let text = sent.replace(FILE, "").replace(FILE_NAME, "");
        self.seen.lock().unwrap().clone_from(&sent);
        let echo = json!({
            "code": 40, "msg": format!("Refused: {text}"), "sub_code": format!("isv.invalid-parameter:{text}"),
            "sub_msg": format!("Not allowed: {text}"), "request_id": "zqo-request"
        });
        let body = match self.format {
            Format::Xml => {
                let part = |name: &str| {
                    let text = echo[name].as_str().map_or_else(|| echo[name].to_string(), str::to_owned);
                    format!("<{name}>{}</{name}>", text.replace('&', "&amp;").replace('<', "&lt;"))
                };
                let parts: String = ["code", "msg", "sub_code", "sub_msg", "request_id"].map(part).concat();
                format!("<error_response>{parts}</error_response>")
            }
            _ => json!({ "error_response": echo }).to_string(),
        };
        Box::pin(async move { Ok(HttpResponse { status: 200, headers: Vec::new(), body: body.into_bytes() }) })
    }
}

#[tokio::test]
async fn requests_and_refusals_that_repeat_them() {
    let mut marks = Marks::default();
    let keys = Keys::new(&mut marks);
    let all = requests::all(&mut marks);
    let mut sent_places = Vec::new();
    let mut sent_files = Vec::new();
    let counted = Counted::start();
    for format in [Format::Json, Format::Xml] {
        let echo = Echo { format, seen: Arc::default() };
        let builder = keys.builder(Environment::custom("https://gateway.example/router/rest"));
        let client = builder.format(format).transport(echo.clone()).slo(counted.window()).build().unwrap();
        for marked in &all {
            let method = marked.method();
            marks.hunt(&format!("Debug of the request or call of {method}"), &marked.debug(&client));
            marks.hunt_debug(&format!("the prepared request of {method}"), &marked.prepare(&client).unwrap());
            let error = marked.call(&client).await.unwrap_err();
            let said = marks.hunt_error(&format!("{method}, refused"), &error);
            marks.expect_open(&format!("the error of {method}"), &said, &[KEY.into(), method.into()]);
            assert_eq!(error.code(), Some(40), "{method}: {error}");
            let sent = echo.seen.lock().unwrap().clone();
            sent_places.extend(marks.places(&sent).into_iter().map(str::to_owned));
            sent_files.extend(sent.contains(FILE).then_some(method));
        }
        let session = "zqs-other-session";
        let untyped = client.untyped("x.y").param("tid", "zqo-tid").with_session(session);
        let error = untyped.await.unwrap_err();
        let said = marks.hunt_error("an untyped call, refused", &error);
        assert!(!said.contains(session), "{said}");
        marks.expect_open("an untyped call, refused", &said, &["zqo-tid".into()]);
    }
    counted.hunt(&mut marks);
    // The requests are complete: each sensitive parameter of the specs was sent, and so was each file.
    sent_places.retain(|place| !place.starts_with("the "));
    sent_places.sort();
    sent_places.dedup();
    assert_eq!(sent_places, requests::parameters());
    sent_files.sort_unstable();
    sent_files.dedup();
    assert_eq!(sent_files, {
        let mut all = requests::uploads();
        all.sort_unstable();
        all
    });
    marks.assert_clean();
}

/// Each method with its writer.
fn each() -> impl Iterator<Item = (&'static topsdk_e2e::Method, Writer<'static>)> {
    spec().domains.iter().flat_map(|domain| {
        domain.methods.iter().map(move |method| {
            let writer = Writer { domain, method, form: Form::Json, odd: Odd::No };
            (topsdk_e2e::method(&method.name.value).unwrap(), writer)
        })
    })
}

const FORMS: [Form; 3] = [Form::Json, Form::Simplified, Form::Xml];

fn hunt_answer(marks: &mut Marks, place: &str, answer: &Answer) {
    marks.hunt(&format!("Debug of {place}"), &answer.debug);
    for drift in &answer.drift {
        marks.hunt(&format!("drift of {place}"), &format!("{drift} {drift:?}"));
    }
    marks.hunt(&format!("unknown fields of {place}"), &answer.unknown.join(" "));
}

#[test]
fn answers() {
    let mut marks = Marks::default();
    let (mut secrets, mut opens) = (0, 0);
    for (method, writer) in each() {
        let mut open = Vec::new();
        let response = every_with(writer, &mut |field: &Field, scalar| {
            let place = || format!("{} {}", method.name, field.name.value);
            secrets += usize::from(field.sensitive.is_some());
            match (field.sensitive, scalar) {
                (Some(_), Scalar::String) => marks.secret(place()).into(),
                (Some(_), Scalar::I64 | Scalar::F64) => marks.secret_number(place()).into(),
                (Some(_), Scalar::Money | Scalar::Decimal) => marks.secret_number(place()).to_string().into(),
                (Some(_), Scalar::Json) => json!({ "a": [marks.secret(place())] }).to_string().into(),
                // No room for a mark.
                (Some(_), Scalar::Bool | Scalar::Date | Scalar::Bytes) => edge(scalar),
                (None, Scalar::String) => {
                    open.push(marks.open(place()));
                    open[open.len() - 1].clone().into()
                }
                (None, other) => edge(other),
            }
        });
        opens += open.len();
        for form in FORMS {
            let place = format!("the reply of {} as {form:?}", method.name);
            let body = Writer { form, ..writer }.body(&response);
            let answer = (method.decode)(body.as_bytes(), true).unwrap();
            hunt_answer(&mut marks, &place, &answer);
            marks.expect_open(&place, &answer.debug, &open);
            marks.hunt_debug(&place, &RawReply::stored(method.name, body.as_str()));
        }
    }
    assert!(secrets > 150 && opens > 500, "{secrets} secrets, {opens} others");
    marks.assert_clean();
}

/// Secrets where something else is expected, and under names that nobody knows.
#[test]
fn answers_that_are_not_as_documented() {
    let mut marks = Marks::default();
    let mut drifted = 0;
    for (method, writer) in each() {
        let response = every_with(writer, &mut |field: &Field, _| {
            marks.secret(format!("{} {}", method.name, field.name.value)).into()
        });
        for form in FORMS {
            let place = format!("the odd reply of {} as {form:?}", method.name);
            let mut body = Writer { form, ..writer }.body(&response);
            if form == Form::Simplified && body != "{}" {
                body.insert_str(1, &format!("\"zz_new\":\"{}\",", marks.secret("a new field")));
            }
            let answer = (method.decode)(body.as_bytes(), false).unwrap();
            // Text fields that are not sensitive may show their text.
            for drift in &answer.drift {
                marks.hunt(&place, &format!("{drift} {drift:?}"));
            }
            marks.hunt(&place, &answer.unknown.join(" "));
            drifted += answer.drift.len();
            match (method.decode)(body.as_bytes(), true) {
                Ok(_) => assert!(answer.drift.is_empty(), "{place}"),
                Err(error) => drop(marks.hunt_error(&format!("{place}, strict"), &error)),
            }
            // A body that breaks off, in the middle and near the end.
            for cut in [body.len() / 2, body.len().saturating_sub(3)] {
                let cut = (0..=cut).rev().find(|at| body.is_char_boundary(*at)).unwrap_or_default();
                if let Err(error) = (method.decode)(&body.as_bytes()[..cut], false) {
                    marks.hunt_error(&format!("{place}, cut off"), &error);
                }
            }
        }
        for odd in [json!([marks.secret("a list")]), json!(marks.secret("a text")), response] {
            if let Err(error) = (method.through_serde)(odd) {
                marks.hunt(&format!("the serde error of {}", method.name), &format!("{error} {error:?}"));
            }
        }
    }
    assert!(drifted > 500, "{drifted}");
    marks.assert_clean();
}

#[test]
fn bodies_that_cannot_be_read() {
    let mut marks = Marks::default();
    let secret = marks.secret("an unreadable body");
    for body in [
        format!("{{\"a\":\"{secret}"),
        format!("{{\"a\":{secret}}}"),
        format!("{{{secret}:1}}"),
        format!("[\"{secret}\"]"),
        format!("\"{secret}\""),
        secret.clone(),
        format!("<html><body>{secret}</body></html>"),
        format!("<a><{secret}></a>"),
        format!("<a>{secret}</b>"),
        format!("<a>&{secret};</a>"),
        format!("<a x=\"{secret}></a>"),
        format!("<!DOCTYPE a [<!ENTITY b \"{secret}\">]><a>&b;</a>"),
        format!("{}{secret}{}", "[".repeat(5_000), "]".repeat(5_000)),
        format!("{}{secret}", "<a>".repeat(5_000)),
    ] {
        let raw = RawReply::stored("taobao.trade.fullinfo.get", body.as_str());
        match raw.decode::<TradeFullinfoGet>(true) {
            Ok(reply) => marks.hunt_debug(&body[..30.min(body.len())].replace("zqs", "..."), &reply),
            Err(error) => drop(marks.hunt_error(&body[..30.min(body.len())].replace("zqs", "..."), &error)),
        }
        marks.hunt_debug("a stored reply", &raw);
    }
    marks.assert_clean();
}

/// Everything that a client logs, whatever it does and whatever goes wrong, in JSON and XML.
#[tokio::test]
async fn logs() {
    let mut marks = Marks::default();
    let keys = Keys::new(&mut marks);
    let all = requests::all(&mut marks);
    collector::start();
    tracing::info!(app_key = KEY, "the collector listens to tracing");
    log::trace!("the collector listens to log");
    let sandbox = Sandbox::builder().app(KEY, &keys.secret).session(&keys.session).start().await.unwrap();
    let gateway = || Environment::custom(sandbox.rest_url());
    let mut called = 0;
    let counted = Counted::start();
    for format in [Format::Json, Format::Xml] {
        let client = keys.builder(gateway()).format(format).slo(counted.window()).build().unwrap();
        for method in methods() {
            sandbox.reset();
            let result = (method.call)(&client).await;
            called += usize::from(result.is_ok());
            if let Err(error) = result {
                marks.hunt_error(method.name, &error);
            }
            drop((method.call_as)(&client, &keys.session).await);
        }
        sandbox.reset();
        for marked in &all {
            // Most are refused: no such buyer, no such code. Some of the answers repeat what they were asked for.
            if let Err(error) = marked.call(&client).await {
                marks.hunt_error(marked.method(), &error);
            }
        }
        for what in [
            What::Reset,
            What::Truncate,
            What::Shorten,
            What::BadGzip,
            What::TruncatedGzip,
            What::Html { status: 502 },
            What::Html { status: 200 },
            What::Empty,
            What::HttpStatus { status: 500 },
            What::WrongType { field: None },
            What::Duplicate,
            What::ControlChars,
            What::Deep { levels: 3_000 },
            What::Ban { seconds: 9 },
        ] {
            let place = format!("{what:?}");
            sandbox.fault(Fault::new(what).times(1));
            let memo = marks.secret("a memo");
            if let Err(error) = client.call(TradeMemoUpdate::new(PAID_TRADE).memo(memo)).with_strict(true).await {
                marks.hunt_error(&place, &error);
            }
            sandbox.clear_faults();
            sandbox.reset();
        }
    }
    for (place, error) in failures(&keys, &sandbox, &mut marks).await {
        marks.hunt_error(place, &error);
    }
    queued::hunt(&keys, &sandbox, &mut marks).await;
    counted.hunt(&mut marks);
    let text = collector::text();
    marks.hunt("a log", &text);
    for shown in [
        "top.call",
        "top.attempt",
        "rpc.method",
        "error.type",
        "top.sub_code",
        "taobao.trade.fullinfo.get",
        KEY,
        "listens to tracing",
        "listens to log",
        "hyper",
        "reqwest",
        "apalis",
        "sqlx::query",
    ] {
        assert!(text.contains(shown), "the logs do not show `{shown}`, so they are not collected");
    }
    for name in ["session=", "sign=", "Authorization"] {
        assert!(!text.contains(name), "a log shows `{name}`");
    }
    assert!(called >= 2 * (methods().count() - 2), "{called}");
    marks.assert_clean();
}

/// What fails before or beside the sandbox.
async fn failures(keys: &Keys, sandbox: &Sandbox, marks: &mut Marks) -> Vec<(&'static str, Error)> {
    let dead = || Environment::custom(format!("http://{}/router/rest", unused_port()));
    let gateway = || Environment::custom(sandbox.rest_url());
    let password = marks.secret("the password of a proxy");
    let memo = || TradeMemoUpdate::new(PAID_TRADE).memo("x");
    let mut failures = Vec::new();
    let mut called = async |place, builder: ClientBuilder| {
        let result = builder.build().unwrap().call(memo()).await;
        failures.push((place, result.map(drop).expect_err(place)));
    };
    called("nobody listens", keys.builder(dead())).await;
    called("a dead proxy", keys.builder(gateway()).proxy(format!("http://user:{password}@{}", unused_port()))).await;
    let other = marks.secret("another secret");
    called("a wrong secret", Client::builder(gateway(), Credentials::new(KEY, other)).session("sandbox-session")).await;
    called("an unknown session", keys.builder(gateway()).session(marks.secret("another session"))).await;
    called("an unknown key", Client::builder(gateway(), Credentials::new("1", keys.secret.as_str())).session("x"))
        .await;
    sandbox.fault(Fault::latency(60_000));
    called("a limit, three times", keys.builder(gateway()).total_timeout(Duration::from_millis(30))).await;
    sandbox.clear_faults();

    let client = keys.builder(gateway()).build().unwrap();
    let header = marks.secret("a header that is none") + "\n";
    failures.push(("a bad header", client.call(memo()).with_header("x-trace", header).await.unwrap_err()));
    let long = TmcUserGet::new("user_id", marks.secret("a long nick").repeat(100));
    failures.push(("a long nick", client.call(long).await.unwrap_err()));
    let body = Body::Json(json!({ "phone": marks.secret("a raw body") }).to_string());
    failures.push(("a raw body", client.untyped("no.such.method").with_body(body).await.unwrap_err()));
    let url = format!("http://user:{password}@gateway.example/router/rest");
    for (place, builder) in [
        ("a URL with a password", keys.builder(Environment::custom(url))),
        ("a proxy that is no URL", keys.builder(gateway()).proxy(format!("http://[{password}"))),
        ("plain http", keys.builder(Environment::custom("http://gateway.example/router/rest"))),
        ("no key", Client::builder(gateway(), Credentials::new("", keys.secret.as_str()))),
    ] {
        failures.push((place, builder.build().unwrap_err()));
    }
    failures
}

/// `Debug` of whatever a user may hold.
#[test]
fn debug_of_everything_else() {
    let mut marks = Marks::default();
    let keys = Keys::new(&mut marks);
    let mock = Arc::new(MockTransport::new());
    let builder = || keys.builder(Environment::Production).transport(Arc::clone(&mock));
    let client = builder().build().unwrap();
    marks.hunt_debug("ClientBuilder", &builder());
    marks.hunt_debug("Client", &client);
    marks.hunt_debug("Credentials", &Credentials::new(KEY, keys.secret.as_str()));
    marks.hunt_debug("Token", &Token::from(keys.session.as_str()));
    let upload = Upload::new(marks.secret("a file's name"), marks.secret("a file"));
    marks.hunt_debug("Upload", &upload);
    for body in [Body::Json(marks.secret("a JSON body")), Body::Xml(marks.secret("an XML body"))] {
        marks.hunt_debug("Body", &body);
        let call = client.call(TimeGet::new()).with_body(body).with_session(keys.session.as_str());
        let call = call.with_header("x-key", marks.secret("a header"));
        marks.hunt_debug("Call", &call);
        marks.hunt_debug("HttpRequest", &call.prepare().unwrap());
    }
    let untyped = client.untyped("taobao.time.get").param("phone", marks.secret("an untyped parameter"));
    let untyped =
        untyped.with_session(keys.session.as_str()).file("zqo-file", Upload::new("a.png", [1])).with_checks(false);
    marks.hunt_debug("UntypedCall", &untyped);

    let blocking = blocking::Client::build(builder()).unwrap();
    marks.hunt_debug("blocking::Client", &blocking);
    let answer = json!({ "time_get_response": { "time": marks.secret("an answer") } }).to_string();
    mock.answer_raw("taobao.time.get", 200, answer.as_str());
    blocking.wait(untyped).unwrap();
    marks.hunt_debug("MockTransport", &mock);
    marks.hunt_debug("Received", &mock.received());
    assert_eq!(mock.received().len(), 1);
    let raw = blocking.raw(blocking.call(TimeGet::new())).unwrap();
    marks.hunt_debug("RawReply", &raw);
    let headers = vec![("set-cookie".to_owned(), marks.secret("a cookie"))];
    marks.hunt_debug("HttpResponse", &HttpResponse { status: 200, headers, body: answer.into_bytes() });

    let sealing = CacheKeys::new(&marks.secret("a key of 32 bytes").repeat(32).as_bytes()[..32]).unwrap();
    let url = format!("redis://user:{}@127.0.0.1/", marks.secret("a password"));
    let store = RedisCache::new(&url).unwrap().keys(sealing.clone());
    marks.hunt_debug("CacheKeys", &sealing);
    marks.hunt_debug("RedisCache", &store);
    let settings = CacheSettings::new().store(store);
    marks.hunt_debug("CacheSettings", &settings);
    marks.hunt_debug("Cache", &Cache::new(settings).unwrap());

    let shown = format!("{client:?} {:?}", client.untyped("taobao.time.get").param("zqo-name", 1));
    marks.expect_open("Debug", &shown, &[KEY.into(), "taobao.time.get".into(), "zqo-name".into()]);
    let samples: String = methods().map(|method| (method.debug)()).collect();
    marks.expect_open("Debug of the samples", &samples, &["TradeFullinfoGet".into(), PAID_TRADE.to_string()]);
    marks.assert_clean();
}
