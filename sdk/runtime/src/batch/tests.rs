//! Batches through the whole client. Time is tokio's, which stands still until nothing else is left to do.

mod coalesce;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::client::{Random, Timer};
use crate::error::{Problem, TimeoutError, TransportError};
use crate::layer::retry::Stopped;
use crate::layer::{CallInfo, Layer, Next};
use crate::model::Effect;
use crate::transport::{HttpRequest, HttpResponse, Transport};
use crate::{Body, ClientBuilder, Credentials, Environment, Model, Request, Upload};

#[derive(Clone, Request)]
#[top(method = "taobao.memo.get", response = Answer, effect = read)]
struct MemoGet {
    tid: i64,
}

#[derive(Clone, Request)]
#[top(method = "taobao.memo.add", response = Answer)]
struct MemoAdd {
    tid: i64,
    image: Option<Upload>,
    timestamp: Option<String>,
}

#[derive(Model)]
struct Answer {
    tid: Option<i64>,
}

/// Time that passes when everybody waits.
#[derive(Clone, Copy)]
struct Paused;

impl Timer for Paused {
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// Half of everything.
struct Half;

impl Random for Half {
    fn next(&self) -> u64 {
        1 << 63
    }
}

/// What is done with one request.
#[derive(Debug, Clone)]
enum Do {
    /// Answers each call of it by its parameter `tid`: of the odd ones the platform says no with this, once each.
    Answer,
    FailOdd(i64, &'static str),
    /// The connection breaks.
    Lose,
    /// The connection does not stand.
    Refuse,
    /// This body, whatever was asked, and its length.
    Body(String),
    /// The same of an answer that does not tell its length.
    Cut(String),
    Status(u16),
    /// Answers after so many milliseconds.
    Slow(u64),
    /// Answers never.
    Hang,
    Panic,
}

/// A gateway. It notes for each request the `tid` of its calls, in their order.
#[derive(Clone, Default)]
struct Gateway {
    todo: Arc<Mutex<VecDeque<Do>>>,
    seen: Arc<Mutex<Vec<Vec<i64>>>>,
    requests: Arc<Mutex<Vec<HttpRequest>>>,
    began: Arc<Mutex<Vec<Instant>>>,
}

impl Gateway {
    fn new(todo: &[Do]) -> Self {
        Self { todo: Arc::new(Mutex::new(todo.iter().cloned().collect())), ..Self::default() }
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t"))
            .transport(self.clone())
            .timer(Paused)
            .random(Half)
    }

    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    fn seen(&self) -> Vec<Vec<i64>> {
        self.seen.lock().unwrap().clone()
    }
}

fn tid(item: &str) -> i64 {
    item.split('&').find_map(|pair| pair.strip_prefix("tid=")?.parse().ok()).unwrap_or_default()
}

fn refusal(code: i64, sub_code: &str) -> String {
    format!(r#"{{"error_response":{{"code":{code},"msg":"no","sub_code":"{sub_code}"}}}}"#)
}

impl Transport for Gateway {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        Box::pin(async move {
            let body = String::from_utf8(request.body.clone()).unwrap();
            let tids: Vec<i64> = body.split(wire::SEPARATOR).map(tid).collect();
            assert_eq!(request.url.contains("/router/batch?"), tids.len() > 1, "one call is no batch");
            self.began.lock().unwrap().push(Paused.now());
            let timeout = request.timeout;
            self.requests.lock().unwrap().push(request);
            self.seen.lock().unwrap().push(tids.clone());
            let next = self.todo.lock().unwrap().pop_front().unwrap_or(Do::Answer);
            let answer = |tid: &i64| format!(r#"{{"memo_get_response":{{"tid":{tid}}}}}"#);
            let (mut status, mut headers) = (200, Vec::new());
            let body = match next {
                Do::Lose => return Err(TransportError::maybe_sent("broken off").into()),
                Do::Refuse => return Err(TransportError::not_sent("no connection").into()),
                Do::Answer => tids.iter().map(answer).collect::<Vec<_>>().join(wire::SEPARATOR),
                Do::FailOdd(code, sub_code) => {
                    let piece = |tid: &i64| if tid % 2 == 1 { refusal(code, sub_code) } else { answer(tid) };
                    tids.iter().map(piece).collect::<Vec<_>>().join(wire::SEPARATOR)
                }
                Do::Body(body) => {
                    headers.push(("content-length".to_owned(), body.len().to_string()));
                    body
                }
                Do::Cut(body) => body,
                Do::Status(other) => {
                    status = other;
                    String::new()
                }
                Do::Hang => {
                    tokio::time::sleep(timeout.unwrap()).await;
                    return Err(Error::Timeout(TimeoutError::new("total", timeout, true)));
                }
                Do::Panic => panic!("on purpose"),
                Do::Slow(ms) => {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    tids.iter().map(answer).collect::<Vec<_>>().join(wire::SEPARATOR)
                }
            };
            Ok(HttpResponse { status, headers, body: body.into_bytes() })
        })
    }
}

fn gets(numbers: std::ops::Range<i64>) -> impl Iterator<Item = MemoGet> {
    numbers.map(MemoGet::new)
}

/// The `tid` of each reply, or the code of its error.
fn told(results: &[Result<Reply<Answer>, Error>]) -> Vec<Result<i64, Option<i64>>> {
    results.iter().map(|result| result.as_ref().map(|reply| reply.tid.unwrap()).map_err(Error::code)).collect()
}

fn counts(gateway: &Gateway) -> Vec<usize> {
    gateway.seen().iter().map(Vec::len).collect()
}

#[tokio::test(start_paused = true)]
async fn calls_are_split_and_come_back_in_order() {
    for (calls, expected) in [
        (0, vec![]),
        (1, vec![1]),
        (2, vec![2]),
        (20, vec![20]),
        (21, vec![20, 1]),
        (45, vec![20, 20, 5]),
        // No more than 80 are under way.
        (100, vec![20; 5]),
    ] {
        let gateway = Gateway::default();
        let results = gateway.client().batch_of(gets(0..calls)).await;
        assert_eq!(told(&results), (0..calls).map(Ok).collect::<Vec<_>>());
        assert_eq!(counts(&gateway), expected, "{calls} calls");
        assert!(results.iter().all(|result| result.as_ref().unwrap().attempts().count() == 1));
    }
    let gateway = Gateway::default();
    let client = gateway.builder().batches(Batches::new().at_most(1)).build().unwrap();
    assert_eq!(told(&client.batch_of(gets(0..3)).await), [Ok(0), Ok(1), Ok(2)]);
    assert_eq!(counts(&gateway), [1, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn shape_on_the_wire() {
    let gateway = Gateway::default();
    let client = gateway.builder().session("s3ss10n").simplify(true).partner_id("me").build().unwrap();
    let mut batch = client.batch();
    let first = batch.add(MemoGet::new(1));
    let second = batch.add(client.call(MemoGet::new(2)).with_session("other").with_target_app_key("77"));
    let third =
        batch.add(client.untyped("taobao.memo.get").param("tid", 3).param("text", "a b&中").param("blank", " "));
    assert_eq!((batch.len(), batch.is_empty()), (3, false));
    let mut results = batch.send().await;
    assert_eq!(results.take(third).unwrap()["tid"], 3);
    assert_eq!((results.take(first).unwrap().tid, results.take_raw(second).unwrap().status()), (Some(1), 200));
    let requests = gateway.requests.lock().unwrap();
    let body = std::str::from_utf8(&requests[0].body).unwrap();
    let expected = [
        "tid=1&method=taobao.memo.get&session=s3ss10n",
        "tid=2&method=taobao.memo.get&session=other&target_app_key=77",
        "tid=3&text=a+b%26%E4%B8%AD&method=taobao.memo.get&session=s3ss10n",
    ];
    assert_eq!(body.split("\r\n-S-\r\n").collect::<Vec<_>>(), expected);
    let (url, query) = requests[0].url.split_once('?').unwrap();
    assert_eq!(url, "https://eco.taobao.com/router/batch");
    let names: Vec<_> = query.split('&').map(|pair| pair.split('=').next().unwrap()).collect();
    let common = ["app_key", "timestamp", "v", "format", "sign_method", "simplify", "partner_id", "sign"];
    assert_eq!(names, common, "neither a method nor a session");
    let header = |name: &str| requests[0].headers.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!(header("content-type"), "text/plain;charset=UTF-8");
}

#[tokio::test(start_paused = true)]
async fn what_no_batch_carries_is_refused_and_the_others_go() {
    let gateway = Gateway::default();
    let client = gateway.client();
    let other = gateway.client();
    let mut batch = client.batch();
    let good = batch.add(MemoGet::new(1));
    let refused = [
        ("image", batch.add(MemoAdd::new(2).image(Upload::new("a.png", [1])))),
        ("timestamp", batch.add(MemoAdd::new(3).timestamp("2026-01-05 10:00:00"))),
        ("body", batch.add(client.call(MemoAdd::new(4)).with_body(Body::Json("{}".into())))),
        ("x-trace", batch.add(client.call(MemoAdd::new(5)).with_header("x-trace", "1"))),
    ];
    let foreign = batch.add(other.call(MemoGet::new(6)));
    let sign = batch.add(client.untyped("x.y").param("sign", 1));
    let mut results = batch.await;
    assert_eq!(results.take(good).unwrap().tid, Some(1));
    for (name, call) in refused {
        let error = results.take(call).unwrap_err();
        assert!(matches!(&error, Error::Invalid(e) if e.parameter() == name), "{error:?}");
        assert!(error.to_string().contains("make this call by itself"), "{error}");
    }
    assert!(results.take(foreign).unwrap_err().to_string().contains("another client"));
    assert!(matches!(results.take(sign), Err(Error::Invalid(_))));
    assert_eq!(gateway.seen(), [[1]]);

    let mut batch = client.batch();
    let of_another = batch.add(MemoGet::new(1));
    let error = client.batch().send().await.take(of_another).unwrap_err();
    assert!(error.to_string().contains("another batch"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn only_what_failed_goes_again_and_together() {
    let gateway = Gateway::new(&[Do::FailOdd(15, "isp.remote-service-timeout")]);
    let results = gateway.client().batch_of(gets(0..6)).await;
    assert_eq!(told(&results), (0..6).map(Ok).collect::<Vec<_>>());
    assert_eq!(gateway.seen(), [vec![0, 1, 2, 3, 4, 5], vec![1, 3, 5]]);
    let attempts: Vec<_> = results.iter().map(|result| result.as_ref().unwrap().attempts().count()).collect();
    assert_eq!(attempts, [1, 2, 1, 2, 1, 2]);
    let began = gateway.began.lock().unwrap();
    assert_eq!(began[1] - began[0], Duration::from_millis(100), "the pause after a first attempt, and nothing besides");
    let signs = gateway.requests.lock().unwrap();
    assert_ne!(signs[0].url, signs[1].url, "a signature of its own");
}

#[tokio::test(start_paused = true)]
async fn a_write_is_never_made_twice() {
    for (todo, requests, stopped) in [
        (Do::Lose, 1, Some(Stopped::MayBeApplied)),
        (Do::Status(502), 1, Some(Stopped::MayBeApplied)),
        (Do::Body(String::new()), 1, Some(Stopped::MayBeApplied)),
        (Do::Refuse, 2, None),
        (Do::Body(refusal(7, "accesscontrol.limited-by-api-access-count")), 2, None),
        (Do::Body(refusal(25, "")), 1, Some(Stopped::Permanent)),
    ] {
        let gateway = Gateway::new(std::slice::from_ref(&todo));
        let client = gateway.client();
        let results = client.batch_of((0..3).map(MemoAdd::new)).await;
        assert_eq!(gateway.seen(), vec![vec![0, 1, 2]; requests], "{todo:?}");
        for result in results {
            assert_eq!(result.err().and_then(|error| error.attempts().stopped()), stopped, "{todo:?}");
        }
    }
    // Reads of the same request are repeated, the writes are not.
    let gateway = Gateway::new(&[Do::Lose]);
    let client = gateway.client();
    let mut batch = client.batch();
    let write = batch.add(MemoAdd::new(1));
    let read = batch.add(MemoGet::new(2));
    let harmless = batch.add(client.call(MemoAdd::new(3)).with_effect(Effect::Idempotent));
    let mut results = batch.send().await;
    assert!(results.take(write).unwrap_err().may_have_reached_platform());
    assert!(results.take(read).is_ok() && results.take(harmless).is_ok());
    assert_eq!(gateway.seen(), [vec![1, 2, 3], vec![2, 3]]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_all_is_told_from_one_of_each() {
    let gateway = Gateway::new(&[Do::Body(refusal(25, "")), Do::FailOdd(27, "invalid-sessionkey")]);
    let client = gateway.client();
    for (whole, codes) in [(Some(4), [Some(25); 4]), (None, [None, Some(27), None, Some(27)])] {
        let mut batch = client.batch();
        let calls: Vec<_> = gets(0..4).map(|request| batch.add(request)).collect();
        let mut results = batch.send().await;
        assert_eq!(results.whole_error().and_then(|error| error.gateway()?.batch()), whole);
        assert_eq!(results.errors().count(), codes.iter().flatten().count());
        for (call, code) in calls.into_iter().zip(codes) {
            let result = results.take(call);
            assert_eq!(result.as_ref().err().and_then(Error::code), code);
            if let Err(error) = result {
                let text = error.to_string();
                assert_eq!(text.contains("for a whole batch of 4 calls"), whole.is_some(), "{text}");
            }
        }
    }
    // One call goes alone, so what it is told is its own.
    let gateway = Gateway::new(&[Do::Body(refusal(25, ""))]);
    let error = gateway.client().batch_of(gets(0..1)).await.remove(0).unwrap_err();
    assert_eq!((error.code(), error.gateway().unwrap().batch()), (Some(25), None));
}

/// The refusal of the first call, with the rest cut off, looks like a refusal of all.
#[tokio::test(start_paused = true)]
async fn a_refusal_with_the_rest_cut_off_is_that_of_the_first_call() {
    let limited = refusal(7, "accesscontrol.limited-by-api-access-count");
    for (cut, again) in [
        (Do::Cut(limited.clone()), vec![vec![0]]),
        (Do::Cut(refusal(15, "isv.bad")), vec![]),
        // All of the answer is there.
        (Do::Body(limited), vec![vec![0, 1, 2]]),
    ] {
        let gateway = Gateway::new(std::slice::from_ref(&cut));
        let client = gateway.client();
        let results = client.batch_of((0..3).map(MemoAdd::new)).await;
        assert_eq!(gateway.seen()[1..], again, "{cut:?}");
        if again != [vec![0, 1, 2]] {
            let refusal = results[0].as_ref().err().and_then(Error::gateway).map(|own| (own.code(), own.batch()));
            assert!(refusal.is_none_or(|own| own == (15, None)), "{refusal:?}");
            for result in &results[1..] {
                let error = result.as_ref().unwrap_err();
                assert!(error.may_have_reached_platform(), "{error}");
                assert_eq!(error.attempts().stopped(), Some(Stopped::MayBeApplied), "{error}");
            }
        }
        // Reads are repeated as after any answer that is cut.
        let gateway = Gateway::new(&[cut]);
        let results = gateway.client().batch_of(gets(0..3)).await;
        assert!(results[1..].iter().all(Result::is_ok), "{results:?}");
    }
    // A wrong signature is that of all calls, however much of the answer is missing.
    let gateway = Gateway::new(&[Do::Cut(refusal(25, ""))]);
    let client = gateway.client();
    for result in client.batch_of((0..3).map(MemoAdd::new)).await {
        assert_eq!(result.unwrap_err().gateway().map(|refusal| (refusal.code(), refusal.batch())), Some((25, Some(3))));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_with_a_wrong_number_of_pieces_belongs_to_nobody() {
    let piece = r#"{"memo_get_response":{"tid":1}}"#;
    let pieces = |count: usize| vec![piece; count].join("\r\n-S-\r\n");
    for (body, attempts) in [
        (pieces(1), 3),
        (pieces(2), 3),
        (pieces(4), 1),
        // A separator at the end is no piece more.
        (pieces(3) + "\r\n-S-\r\n", 0),
    ] {
        let gateway = Gateway::new(&vec![Do::Body(body.clone()); 3]);
        let client = gateway.client();
        let results = client.batch_of(gets(0..3)).await;
        if attempts == 0 {
            assert_eq!(told(&results), [Ok(1); 3]);
            continue;
        }
        for result in results {
            let error = result.unwrap_err();
            assert!(matches!(&error, Error::Decode(e) if matches!(e.problem(), Problem::Pieces { calls: 3, .. })));
            assert_eq!(error.attempts().count(), attempts, "{error}");
            assert!(error.to_string().contains("3 calls were sent together"), "{error}");
        }
        let gateway = Gateway::new(&vec![Do::Body(body); 3]);
        let client = gateway.client();
        let mut batch = client.batch();
        let calls: Vec<_> = gets(0..3).map(|request| batch.add(request)).collect();
        let mut results = batch.send().await;
        calls.into_iter().for_each(|call| assert!(results.take_raw(call).is_err(), "bytes of others are no answer"));
    }
    // What can be read of a single piece tells more.
    for (body, problem) in [(" ", Problem::Empty), ("<html>", Problem::Html)] {
        let gateway = Gateway::new(&vec![Do::Body(body.into()); 3]);
        let error = gateway.client().batch_of(gets(0..3)).await.remove(1).unwrap_err();
        assert!(matches!(&error, Error::Decode(e) if *e.problem() == problem), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_that_of_each_call() {
    let gateway = Gateway::new(&[Do::Slow(1_000)]);
    let client = gateway.client();
    let mut batch = client.batch();
    let hasty = batch.add(client.call(MemoGet::new(1)).with_deadline(Duration::from_millis(300)));
    let short = batch.add(client.call(MemoGet::new(2)).with_timeout(Duration::from_millis(500)).with_attempts(1));
    let patient = batch.add(MemoGet::new(3));
    let start = Paused.now();
    let mut results = batch.send().await;
    assert_eq!(Paused.now() - start, Duration::from_secs(1));
    for (call, which) in [(hasty, "deadline"), (short, "total")] {
        let error = results.take(call).unwrap_err();
        assert!(matches!(&error, Error::Timeout(e) if e.which() == which), "{error}");
        assert!(error.may_have_reached_platform());
    }
    assert_eq!(results.take(patient).unwrap().tid, Some(3));
    assert_eq!(gateway.requests.lock().unwrap()[0].timeout, Some(Duration::from_secs(30)));
}

/// Lets one call pass in each time.
struct Slowly(Mutex<Option<Instant>>);

impl Layer for Slowly {
    fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let now = Paused.now();
            let wait = {
                let mut last = self.0.lock().unwrap();
                let turn = last.map_or(now, |last| last + Duration::from_millis(10));
                *last = Some(turn);
                turn - now
            };
            Paused.sleep(wait).await;
            next.run(call).await
        })
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_for_their_limit_keep_others_no_longer_than_the_window() {
    for (window, expected) in [(5, vec![1, 1, 1, 1, 1, 1]), (25, vec![3, 3]), (100, vec![6])] {
        let gateway = Gateway::default();
        let batches = Batches::new().window(Duration::from_millis(window));
        let layer = Slowly(Mutex::default());
        let client = gateway.builder().attempt_layer(layer).batches(batches).build().unwrap();
        assert_eq!(told(&client.batch_of(gets(0..6)).await), (0..6).map(Ok).collect::<Vec<_>>());
        assert_eq!(counts(&gateway), expected, "{window} ms");
    }
}

/// Makes each call in a task of its own.
struct Elsewhere;

impl Layer for Elsewhere {
    fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(async move { tokio::spawn(next.detached(call)).await.unwrap() })
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_a_layer_makes_elsewhere_still_go_together() {
    let gateway = Gateway::default();
    let client = gateway.builder().call_layer(Elsewhere).build().unwrap();
    assert_eq!(told(&client.batch_of(gets(0..25)).await), (0..25).map(Ok).collect::<Vec<_>>());
    assert_eq!(counts(&gateway), [20, 5]);
}

#[tokio::test(start_paused = true)]
async fn nothing_secret_of_others_is_shown() {
    let body = |echo: &str| format!(r#"{{"error_response":{{"code":25,"sub_msg":"I signed {echo}"}}}}"#);
    let gateway = Gateway::new(&[Do::Body(body("tid=1&session=0ne5e55 tid=2&session=tw05e55 s3cr3t"))]);
    let client = gateway.client();
    let call = |tid, session: &str| client.call(MemoGet::new(tid)).with_session(session);
    let mut batch = client.batch();
    let first = batch.add(call(1, "0ne5e55"));
    batch.add(call(2, "tw05e55"));
    let shown = format!("{batch:?} {first:?}");
    let mut results = batch.send().await;
    let shown = format!(
        "{shown} {results:?} {:?} {:?}",
        results.take(first),
        results.take_raw::<()>(Handle {
            number: 1,
            batch: Arc::clone(&results.id),
            read: |_, _| Ok(()),
            strict: false
        })
    );
    assert!(shown.contains("code: 25"), "{shown}");
    for secret in ["0ne5e55", "tw05e55", "s3cr3t"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn nonsense_is_refused_when_the_client_is_built() {
    let builder = || Gateway::default().builder();
    for (builder, why) in [
        (builder().batches(Batches::new().at_most(0)), "batch.at_most"),
        (builder().coalesce(Coalesce::new().at_most(0)), "coalesce.at_most"),
    ] {
        let error = builder.build().unwrap_err();
        assert!(matches!(error, Error::Config(_)) && error.to_string().contains(why), "{error}");
    }
    let elsewhere = Client::builder(Environment::custom("https://gw.example/"), Credentials::new("1", "s"));
    let error = elsewhere.transport(Gateway::default()).coalesce(Coalesce::new()).build().unwrap_err().to_string();
    assert!(error.contains("`/batch` beside `/rest`"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any number of calls, any size of requests, any luck: each call gets its own answer, and each write is made once.
    #[test]
    fn nothing_is_lost_doubled_or_exchanged(
        calls in 0_i64..70,
        at_most in 1_usize..9,
        at_once in 1_usize..4,
        luck in prop::collection::vec(0..5, 0..12),
    ) {
        let todo: Vec<Do> = luck.into_iter().map(|number| match number {
            0 => Do::Refuse,
            1 => Do::FailOdd(15, "isp.remote-service-timeout"),
            2 => Do::Body(refusal(7, "")),
            3 => Do::Slow(7),
            _ => Do::Answer,
        }).collect();
        let gateway = Gateway::new(&todo);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let batches = Batches::new().at_most(at_most).at_once(at_once);
        let client = gateway.builder().batches(batches).build().unwrap();
        let reads = gets(0..calls).map(|request| client.call(request).with_attempts(20));
        let results = runtime.block_on(client.batch_of(reads));
        prop_assert_eq!(told(&results), (0..calls).map(Ok).collect::<Vec<_>>());
        prop_assert!(counts(&gateway).iter().all(|count| *count <= at_most));

        let gateway = Gateway::new(&todo);
        let client = gateway.builder().batches(batches).build().unwrap();
        let results = runtime.block_on(client.batch_of((0..calls).map(MemoAdd::new)));
        for (number, result) in results.iter().enumerate() {
            // The gateway answers what it was told to, so only a refused connection or a refusal of all is another attempt.
            let seen = gateway.seen().iter().flatten().filter(|tid| usize::try_from(**tid).unwrap() == number).count();
            let attempts = match result {
                Ok(reply) => reply.attempts().count(),
                Err(error) => error.attempts().count(),
            };
            prop_assert_eq!(seen, usize::try_from(attempts).unwrap());
        }
    }
}
