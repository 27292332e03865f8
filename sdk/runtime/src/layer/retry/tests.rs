//! Calls through the whole client, with a transport that fails as told and time that passes only when slept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use proptest::prelude::*;

use super::*;
use crate::client::{Clock, Random, VirtualTimer};
use crate::error::TransportError;
use crate::model::Effect;
use crate::transport::{BoxFuture, HttpRequest, HttpResponse, Transport};
use crate::{Client, ClientBuilder, Credentials, DateTime, Environment, Model, Request, Upload};

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
}

#[derive(Model)]
struct Answer {
    tid: Option<i64>,
}

/// What a transport is told to do with a call.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Do {
    Answer,
    /// The connection does not stand.
    Refuse,
    /// The call got through, its answer did not.
    Lose,
    /// The platform says no, with code and sub code.
    Fail(i64, &'static str),
    Ban(u32),
    /// HTTP status.
    Status(u16),
    /// 503, with so many seconds to wait.
    Busy(u64),
    Body(&'static str),
    /// This takes so many milliseconds, and then the connection breaks.
    Last(u64),
}

/// Does as it is told, in turn, and answers when nothing is left.
#[derive(Clone)]
struct Script {
    todo: Arc<Mutex<VecDeque<Do>>>,
    seen: Arc<Mutex<Vec<HttpRequest>>>,
    timer: VirtualTimer,
    gateway_is_ahead: Duration,
}

/// 2026-01-05 10:00:00 in the platform's zone, plus the time that has passed.
#[derive(Clone)]
struct Passing(VirtualTimer);

impl Clock for Passing {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_578_400) + self.0.passed()
    }
}

/// Half of everything.
struct Half;

impl Random for Half {
    fn next(&self) -> u64 {
        1 << 63
    }
}

impl Script {
    fn new(todo: &[Do]) -> Self {
        Self {
            todo: Arc::new(Mutex::new(todo.iter().copied().collect())),
            seen: Arc::default(),
            timer: VirtualTimer::new(),
            gateway_is_ahead: Duration::ZERO,
        }
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder(Environment::Production, Credentials::new("1", "s3cr3t"))
            .transport(self.clone())
            .timer(self.timer.clone())
            .clock(Passing(self.timer.clone()))
            .random(Half)
    }

    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    fn sent(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    fn timestamps(&self) -> Vec<String> {
        self.values("timestamp")
    }

    fn values(&self, name: &str) -> Vec<String> {
        let value = |request: &HttpRequest| {
            let all = format!("{}&{}", request.url, String::from_utf8_lossy(&request.body));
            let start = all.find(&format!("{name}=")).unwrap() + name.len() + 1;
            all[start..].split('&').next().unwrap().to_owned()
        };
        self.seen.lock().unwrap().iter().map(value).collect()
    }

    fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        self.seen.lock().unwrap().push(request);
        let next = self.todo.lock().unwrap().pop_front().unwrap_or(Do::Answer);
        let refusal = |code, sub_code, sub_msg: &str| {
            format!(r#"{{"error_response":{{"code":{code},"sub_code":"{sub_code}","sub_msg":"{sub_msg}"}}}}"#)
        };
        let busy = if let Do::Busy(seconds) = next { Some(("retry-after".into(), seconds.to_string())) } else { None };
        let (status, body) = match next {
            Do::Answer => (200, r#"{"memo_get_response":{"tid":1}}"#.to_owned()),
            Do::Refuse => return Err(TransportError::not_sent("no connection").into()),
            Do::Lose => return Err(TransportError::maybe_sent("broken off").into()),
            Do::Last(ms) => {
                self.timer.advance(Duration::from_millis(ms));
                return Err(TransportError::maybe_sent("broken off").into());
            }
            Do::Fail(code, sub_code) => (200, refusal(code, sub_code, "")),
            Do::Ban(seconds) => (200, refusal(7, "", &format!("This ban will last for {seconds} more seconds"))),
            Do::Status(status) => (status, String::new()),
            Do::Busy(_) => (503, String::new()),
            Do::Body(body) => (200, body.to_owned()),
        };
        let date = Passing(self.timer.clone()).now() + self.gateway_is_ahead;
        let date = DateTime::from(date).to_string().replace(' ', "T") + "+08:00[+08:00]";
        let date = date.parse::<jiff::Zoned>().unwrap();
        let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date.timestamp()).unwrap();
        Ok(HttpResponse {
            status,
            headers: [("date".into(), date)].into_iter().chain(busy).collect(),
            body: body.into_bytes(),
        })
    }
}

impl Transport for Script {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        Box::pin(async move { self.exchange(request) })
    }
}

fn get() -> MemoGet {
    MemoGet::new(1)
}

fn add() -> MemoAdd {
    MemoAdd::new(1)
}

#[tokio::test]
async fn a_read_gets_through_and_tells_how() {
    let script = Script::new(&[Do::Lose, Do::Fail(15, "isp.remote-service-timeout")]);
    let reply = script.client().call(get()).await.unwrap();
    let attempts = reply.attempts();
    assert_eq!((attempts.count(), attempts.stopped(), attempts.waited()), (3, None, Duration::from_millis(300)));
    let [lost, refused] = attempts.failed() else { panic!("{attempts:?}") };
    assert_eq!(lost.error, "transport: broken off; the call may have reached the platform");
    assert_eq!((lost.code, lost.waited), (None, Duration::from_millis(100)));
    assert_eq!((refused.code, refused.sub_code.as_deref()), (Some(15), Some("isp.remote-service-timeout")));
    assert_eq!(refused.waited, Duration::from_millis(200));
}

#[tokio::test]
async fn a_write_is_repeated_only_where_nothing_can_have_happened() {
    for (todo, sent, stopped) in [
        (vec![Do::Refuse, Do::Refuse], 3, None),
        (vec![Do::Ban(1), Do::Refuse], 3, None),
        (vec![Do::Lose], 1, Some(Stopped::MayBeApplied)),
        (vec![Do::Refuse, Do::Lose], 2, Some(Stopped::MayBeApplied)),
        (vec![Do::Status(502)], 1, Some(Stopped::MayBeApplied)),
        (vec![Do::Body("")], 1, Some(Stopped::MayBeApplied)),
        (vec![Do::Fail(15, "isp.remote-service-timeout")], 1, Some(Stopped::MayBeApplied)),
        (vec![Do::Refuse; 3], 3, Some(Stopped::Attempts)),
    ] {
        let script = Script::new(&todo);
        let outcome = script.client().call(add()).await;
        assert_eq!(script.sent(), sent, "{todo:?}");
        assert_eq!(outcome.err().and_then(|error| error.attempts().stopped()), stopped, "{todo:?}");
    }
    // Unless its caller knows that it does no harm; and a read by name is a write as long as nobody says what it is.
    let script = Script::new(&[Do::Lose, Do::Lose, Do::Answer, Do::Lose, Do::Answer, Do::Lose]);
    let client = script.client();
    assert_eq!(client.call(add()).with_effect(Effect::Idempotent).await.unwrap().attempts().count(), 3);
    assert!(client.untyped("taobao.memo.get").with_effect(Effect::Read).await.is_ok());
    assert!(client.untyped("taobao.memo.get").await.is_err());
}

#[tokio::test]
async fn an_error_tells_how_often_and_why_not_again() {
    let script = Script::new(&[Do::Lose; 9]);
    let client = script.client();
    let error = client.call(get()).await.unwrap_err();
    assert_eq!((error.attempts().count(), error.attempts().failed().len()), (3, 2));
    assert_eq!(error.attempts().stopped(), Some(Stopped::Attempts));
    assert!(error.to_string().ends_with("may have reached the platform (3 attempts)"), "{error}");
    let error = client.call(get()).with_attempts(1).await.unwrap_err();
    assert_eq!((error.attempts().count(), error.to_string().contains("attempts)")), (1, false), "{error}");
    let off = script.builder().retry(Retry::off()).build().unwrap();
    assert_eq!(off.call(get()).await.unwrap_err().attempts().count(), 1);
    assert_eq!(off.call(get()).with_attempts(2).await.unwrap_err().attempts().count(), 2, "a call may ask for more");
    // Nothing was attempted.
    let invalid = client.untyped("x.y").param("sign", 1).await.unwrap_err();
    assert_eq!((invalid.attempts().count(), invalid.attempts().stopped()), (0, None));
}

/// What the last attempt tells is not all: an earlier one may have got through.
#[tokio::test]
async fn an_error_tells_of_all_attempts_whether_one_may_have_got_through() {
    let ms = Duration::from_millis;
    for (todo, says) in [
        (
            [Do::Lose, Do::Refuse],
            "transport: no connection; an earlier attempt may have reached the platform (2 attempts)",
        ),
        ([Do::Lose, Do::Ban(9)], " An earlier attempt may have reached the platform. (2 attempts)"),
        ([Do::Lose, Do::Fail(15, "isp.x")], " (2 attempts)"),
    ] {
        let script = Script::new(&todo);
        let error = script.client().call(get()).with_attempts(2).await.unwrap_err();
        assert!(error.may_have_reached_platform() && error.to_string().ends_with(says), "{todo:?}: {error}");
        assert!(error.attempts().failed()[0].may_have_reached_platform);
        assert!(!error.to_string().contains("nothing was sent"), "{error}");
    }
    for todo in [[Do::Refuse, Do::Refuse], [Do::Ban(1), Do::Refuse]] {
        let error = Script::new(&todo).client().call(get()).with_attempts(2).await.unwrap_err();
        assert!(!error.may_have_reached_platform() && error.to_string().ends_with("; nothing was sent (2 attempts)"));
    }

    // Where no time is left for the second attempt.
    struct Slow;
    impl crate::layer::Layer for Slow {
        fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
            Box::pin(async move {
                if call.attempt() == 2 {
                    call.timer().sleep(Duration::from_secs(9)).await;
                }
                next.run(call).await
            })
        }
    }
    let script = Script::new(&[Do::Lose]);
    let client = script.builder().deadline(ms(5_000)).attempt_layer(Slow).build().unwrap();
    let error = client.call(get()).await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_reached_platform(), "{error}");
    assert!(error.to_string().contains("ran out; an earlier attempt may have reached the platform"), "{error}");
}

/// Who sorts errors by what helps learns that waiting does; the call itself has waited.
#[cfg(feature = "limit")]
#[tokio::test]
async fn a_limiter_that_lets_nothing_pass_ends_the_call() {
    use crate::layer::limit::{Rate, RateLimiter, RateLimits, Wait};

    let script = Script::new(&[Do::Lose]);
    let limits = RateLimits::new().tier("basic", Rate::per_minute(1)).wait(Wait::No);
    let limiter = RateLimiter::with_timer(limits, script.timer.clone()).unwrap();
    let client = script.builder().rate_limiter(&limiter).build().unwrap();
    let error = client.call(get()).await.unwrap_err();
    assert!(matches!(&error, Error::Limited(_)) && error.may_have_reached_platform(), "{error}");
    assert_eq!((error.retry(), error.attempts().stopped()), (RetryClass::AfterBan, Some(Stopped::Limited)));
    assert!(error.to_string().ends_with("; an earlier attempt may have reached the platform (2 attempts)"), "{error}");
}

#[tokio::test]
async fn raw_calls_are_tried_again_too_and_end_with_the_bytes() {
    let script = Script::new(&[Do::Fail(10, ""), Do::Answer]);
    let raw = script.client().call(get()).raw().await.unwrap();
    assert_eq!((raw.attempts().count(), raw.body()), (2, &b"{\"memo_get_response\":{\"tid\":1}}"[..]));
    let script = Script::new(&[Do::Fail(10, ""); 3]);
    let raw = script.client().call(get()).raw().await.unwrap();
    assert_eq!((raw.attempts().count(), raw.attempts().stopped()), (3, Some(Stopped::Attempts)));
    let error = raw.decode::<MemoGet>(false).unwrap_err();
    assert_eq!((error.code(), error.attempts().count()), (Some(10), 3), "the decoded error knows it too");
}

#[tokio::test]
async fn each_attempt_has_its_own_timestamp_and_signature_and_the_same_content() {
    let script = Script::new(&[Do::Ban(2), Do::Ban(3)]);
    script.client().call(add()).await.unwrap();
    assert_eq!(
        script.timestamps(),
        ["2026-01-05+10%3A00%3A00", "2026-01-05+10%3A00%3A02", "2026-01-05+10%3A00%3A05"],
        "bans of 2 and 3 seconds, with 100 and 200 ms of chance"
    );
    let signs = script.values("sign");
    assert!(signs[0] != signs[1] && signs[1] != signs[2], "{signs:?}");

    let script = Script::new(&[Do::Refuse, Do::Refuse]);
    script.client().call(add().image(Upload::new("a.png", vec![7; 1000]))).await.unwrap();
    let files: Vec<_> =
        script.seen.lock().unwrap().iter().map(|request| request.body.split(|b| *b == 7).count()).collect();
    assert_eq!(files, [1001; 3]);
}

#[tokio::test]
async fn long_bans_are_told_at_once() {
    let script = Script::new(&[Do::Ban(31_062)]);
    let error = script.client().call(get()).await.unwrap_err();
    assert_eq!((error.attempts().stopped(), script.timer.passed()), (Some(Stopped::LongBan), Duration::ZERO));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(31_062)));
}

#[tokio::test]
async fn a_server_that_tells_how_long_it_is_busy_is_left_alone_so_long() {
    let script = Script::new(&[Do::Busy(3)]);
    script.client().call(get()).await.unwrap();
    assert_eq!((script.sent(), script.timer.passed() >= Duration::from_secs(3)), (2, true));

    let script = Script::new(&[Do::Busy(600)]);
    let error = script.client().call(get()).await.unwrap_err();
    assert_eq!(error.attempts().stopped(), Some(Stopped::LongBan));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once_and_for_all_calls() {
    let mut script = Script::new(&[Do::Fail(31, "")]);
    script.gateway_is_ahead = Duration::from_secs(3 * 3600);
    let client = script.client();
    let reply = client.call(add()).await.unwrap();
    assert_eq!((reply.attempts().count(), reply.attempts().waited()), (2, Duration::ZERO), "a write, too");
    client.clone().call(get()).await.unwrap();
    let (wrong, right) = ("2026-01-05+10%3A00%3A00", "2026-01-05+13%3A00%3A00");
    assert_eq!(script.timestamps(), [wrong, right, right]);
    let prepared = client.call(get()).prepare().unwrap();
    assert!(prepared.url.contains(right), "{prepared:?}");
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_after_other_failures_too() {
    let mut script = Script::new(&[Do::Lose, Do::Fail(31, "")]);
    script.gateway_is_ahead = Duration::from_secs(3 * 3600);
    assert_eq!(script.client().call(get()).await.unwrap().attempts().count(), 3);
}

#[tokio::test]
async fn a_clock_that_is_right_is_left_alone() {
    let script = Script::new(&[Do::Fail(31, ""), Do::Answer]);
    let client = script.client();
    let error = client.call(get()).await.unwrap_err();
    assert_eq!(error.attempts().stopped(), Some(Stopped::Permanent));
    client.call(get()).await.unwrap();
    assert_eq!(script.timestamps()[0], script.timestamps()[1]);
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_after_another_fault_too() {
    let mut script = Script::new(&[Do::Refuse, Do::Fail(31, ""), Do::Answer]);
    script.gateway_is_ahead = Duration::from_secs(3600);
    assert_eq!(script.client().call(get()).await.unwrap().attempts().count(), 3);
}

#[tokio::test]
async fn a_clock_that_cannot_be_corrected_is_no_way_round_pause_and_budget() {
    let script = Script::new(&[Do::Fail(31, ""); 9]);
    let retry = Retry::default().attempts(5).on_code(31, RetryClass::Backoff).budget(Budget::default().capacity(10));
    let error = script.builder().retry(retry).build().unwrap().call(get()).await.unwrap_err();
    assert_eq!((error.attempts().count(), error.attempts().stopped()), (3, Some(Stopped::Budget)));
    assert_eq!(error.attempts().waited(), Duration::from_millis(300));
}

#[tokio::test]
async fn calls_that_were_signed_before_the_correction_are_repeated_all() {
    let mut script = Script::new(&[Do::Fail(31, ""), Do::Fail(31, "")]);
    script.gateway_is_ahead = Duration::from_secs(3600);
    // Both are signed before either is answered.
    struct Together(tokio::sync::Barrier);
    impl crate::layer::Layer for Together {
        fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
            Box::pin(async move {
                let outcome = next.run(call).await;
                if call.attempt() == 1 {
                    self.0.wait().await;
                }
                outcome
            })
        }
    }
    let client = script.builder().attempt_layer(Together(tokio::sync::Barrier::new(2))).build().unwrap();
    let (a, b) = tokio::join!(client.call(get()).send(), client.call(get()).send());
    assert_eq!((a.unwrap().attempts().count(), b.unwrap().attempts().count()), (2, 2));
}

#[tokio::test]
async fn deadlines() {
    // (deadline, what happens, attempts, why it stopped, whether it is the time limit that is told)
    let ms = Duration::from_millis;
    for (deadline, todo, count, stopped) in [
        (ms(1000), vec![Do::Last(300), Do::Last(300), Do::Answer], 3, None),
        (ms(400), vec![Do::Last(300), Do::Answer], 1, Some(Stopped::Deadline)),
        (ms(401), vec![Do::Last(300), Do::Answer], 2, None),
        (ms(3000), vec![Do::Ban(3)], 1, Some(Stopped::Deadline)),
    ] {
        let script = Script::new(&todo);
        let outcome = script.client().call(get()).with_deadline(deadline).await;
        let attempts = outcome.as_ref().map_or_else(|e| e.attempts().clone(), |reply| reply.attempts().clone());
        assert_eq!((attempts.count(), attempts.stopped()), (count, stopped), "{deadline:?} {todo:?}");
        // No attempt is given more time than there is.
        let limits: Vec<_> = script.seen.lock().unwrap().iter().map(|request| request.timeout.unwrap()).collect();
        assert!(limits[0] == deadline && limits.windows(2).all(|pair| pair[1] < pair[0]), "{limits:?}");
    }
    let script = Script::new(&[]);
    let client = script.builder().deadline(ms(60_000)).build().unwrap();
    client.call(get()).await.unwrap();
    assert_eq!(script.seen.lock().unwrap()[0].timeout, Some(ms(30_000)), "the limit of an attempt is nearer");

    // Where others have used up the time, nothing is sent.
    struct Slow;
    impl crate::layer::Layer for Slow {
        fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
            Box::pin(async move {
                call.timer().sleep(Duration::from_secs(1)).await;
                next.run(call).await
            })
        }
    }
    let script = Script::new(&[]);
    let client = script.builder().deadline(ms(500)).attempt_layer(Slow).build().unwrap();
    let error = client.call(add()).await.unwrap_err();
    assert_eq!(error.to_string(), "timeout: the limit `deadline` of 500ms ran out; nothing was sent");
    assert_eq!((script.sent(), error.attempts().stopped()), (0, Some(Stopped::Deadline)));
}

#[tokio::test]
async fn when_nothing_works_each_call_soon_makes_one_attempt() {
    let script = Script::new(&vec![Do::Lose; 10_000]);
    let client = script.client();
    let mut last = None;
    for _ in 0..1_000 {
        last = client.clone().call(get()).await.err();
    }
    assert_eq!(script.sent(), 1_100, "1,000 calls and the 100 attempts that the budget pays");
    let last = last.unwrap();
    assert_eq!((last.attempts().count(), last.attempts().stopped()), (1, Some(Stopped::Budget)));
    // Refusals for reasons of their own, and answers, show that it works again.
    script.todo.lock().unwrap().clear();
    script.todo.lock().unwrap().extend([Do::Fail(15, "isv.trade-not-exist"); 5].into_iter().chain([Do::Lose]));
    for _ in 0..5 {
        client.call(get()).await.unwrap_err();
    }
    assert_eq!(client.call(get()).await.unwrap().attempts().count(), 2);
}

#[test]
fn nonsense_is_refused_when_the_client_is_built() {
    let script = Script::new(&[]);
    let second = Duration::from_secs(1);
    for (retry, says) in [
        (Retry::default().attempts(0), "0 attempts make no call"),
        (Retry::default().backoff(2 * second, second), "2s > 1s"),
        (Retry::default().budget(Budget::default().cost(501)), "500 < 501"),
    ] {
        let error = script.builder().retry(retry).build().unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    assert!(script.builder().retry(Retry::off().budget(Budget::UNLIMITED)).build().is_ok());
}

#[tokio::test]
async fn a_call_without_attempts_is_refused() {
    let script = Script::new(&[]);
    let client = script.client();
    for error in [
        client.call(get()).with_attempts(0).await.unwrap_err(),
        client.untyped("x.y").with_attempts(0).raw().await.unwrap_err(),
    ] {
        assert_eq!(error.to_string(), "configuration: with_attempts(0) makes no call: 1 is without retries");
    }
    assert_eq!(script.sent(), 0);
}

fn anything() -> impl Strategy<Value = Do> {
    prop_oneof![
        Just(Do::Answer),
        Just(Do::Refuse),
        Just(Do::Lose),
        Just(Do::Busy(1)),
        Just(Do::Fail(10, "")),
        Just(Do::Fail(15, "isp.x")),
        Just(Do::Fail(15, "isv.x")),
        Just(Do::Fail(31, "")),
        (1_u32..9).prop_map(Do::Ban),
        prop_oneof![Just(404_u16), Just(429), Just(503)].prop_map(Do::Status),
        prop_oneof![Just(""), Just("<html>"), Just("{\"a"), Just("{}")].prop_map(Do::Body),
    ]
}

proptest! {
    /// Whatever happens: no write is sent again that may have got through, and no call more often than is allowed.
    #[test]
    fn no_write_is_applied_twice(todo in proptest::collection::vec(anything(), 0..6), most in 1_u32..6, skewed: bool) {
        let mut script = Script::new(&todo);
        script.gateway_is_ahead = Duration::from_secs(if skewed { 3600 } else { 0 });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let outcome = runtime.block_on(script.client().call(add()).with_attempts(most).send());
        let sent = script.sent();
        prop_assert!(sent <= most as usize);
        let certainly_not = |one: &Do| matches!(one, Do::Refuse | Do::Ban(_) | Do::Fail(31, _));
        prop_assert!(todo.iter().take(sent - 1).all(certainly_not), "{todo:?} {sent}");
        let attempts = outcome.map_or_else(|e| e.attempts().clone(), |reply| reply.attempts().clone());
        prop_assert_eq!((attempts.count() as usize, attempts.failed().len()), (sent, sent - 1));
    }
}
