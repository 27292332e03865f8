//! The window in a client, by a timer that the tests move.

use std::sync::{Arc, Mutex};

use super::*;
use crate::client::VirtualTimer;
use crate::layer::Retry;
use crate::{Client, ClientBuilder, Credentials, Environment, HttpRequest, HttpResponse, Transport};

const TIME: &str = "taobao.time.get";

/// Answers by a rule, after a time.
#[derive(Clone)]
struct Answers {
    timer: VirtualTimer,
    next: Arc<Mutex<(Duration, &'static str)>>,
}

const GOOD: &str = r#"{"time_get_response":{"time":"2026-01-05 10:00:00"}}"#;
const BUSY: &str = r#"{"error_response":{"code":15,"sub_code":"isp.system-busy"}}"#;
const MISTAKEN: &str = r#"{"error_response":{"code":15,"sub_code":"isv.trade-not-exist"}}"#;

impl Transport for Answers {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        let (time, body) = *self.next.lock().unwrap();
        Box::pin(async move {
            self.timer.sleep(time).await;
            Ok(HttpResponse { status: 200, headers: Vec::new(), body: body.into() })
        })
    }
}

/// A client with a window, and all that changed.
struct Scene {
    timer: VirtualTimer,
    answers: Answers,
    window: SloWindow,
    changes: Arc<Mutex<Vec<String>>>,
    client: Client,
}

impl Scene {
    fn new(slo: Slo) -> Self {
        Self::with(slo, |builder| builder)
    }

    fn with(slo: Slo, set: impl Fn(ClientBuilder) -> ClientBuilder) -> Self {
        let timer = VirtualTimer::new();
        let answers = Answers { timer: timer.clone(), next: Arc::new(Mutex::new((Duration::ZERO, GOOD))) };
        let changes = Arc::<Mutex<Vec<String>>>::default();
        let told = Arc::clone(&changes);
        let tell = move |level: &MethodLevel| {
            let rate = level.success_rate.unwrap_or_default();
            told.lock().unwrap().push(format!("{} {} {rate:.3}", level.method, level.missed));
        };
        let window = SloWindow::with_timer(slo.on_change(tell), timer.clone()).unwrap();
        let builder = Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t"));
        let builder = builder.transport(answers.clone()).timer(timer.clone()).retry(Retry::off()).slo(&window);
        let client = set(builder).build().unwrap();
        Self { timer, answers, window, changes, client }
    }

    async fn call(&self, times: u32, took: Duration, answer: &'static str) {
        *self.answers.next.lock().unwrap() = (took, answer);
        for _ in 0..times {
            drop(self.client.untyped(TIME).await);
        }
    }

    fn changes(&self) -> Vec<String> {
        std::mem::take(&mut *self.changes.lock().unwrap())
    }
}

const QUICK: Duration = Duration::from_millis(10);

#[tokio::test]
async fn a_miss_is_told_once_and_its_end_once() {
    let scene = Scene::new(Slo::new());
    scene.call(99, QUICK, GOOD).await;
    scene.call(1, QUICK, BUSY).await;
    assert_eq!(scene.changes(), [""; 0], "one failure alone is no miss");
    scene.call(5, QUICK, BUSY).await;
    assert_eq!(scene.changes(), [format!("{TIME} true 0.980")]);
    scene.call(500, Duration::from_millis(150), GOOD).await;
    assert_eq!(scene.changes(), [""; 0], "slow calls now, which is the same miss");
    scene.call(1_000, QUICK, GOOD).await;
    assert_eq!(scene.changes(), [""; 0], "the slow ones are still in the window");
    // All that was bad leaves the window; then it has to stay so for a minute.
    scene.timer.advance(Duration::from_secs(300));
    scene.call(200, QUICK, GOOD).await;
    assert_eq!(scene.changes(), [""; 0]);
    scene.timer.advance(Duration::from_secs(60));
    scene.call(1, QUICK, GOOD).await;
    assert_eq!(scene.changes(), [format!("{TIME} false 1.000")]);
    scene.timer.advance(Duration::from_secs(60));
    scene.call(200, QUICK, GOOD).await;
    assert_eq!(scene.changes(), [""; 0]);
}

/// Collects errors that are logged.
struct Errors(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Errors {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() == tracing::Level::ERROR
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut text = String::new();
        event.record(&mut |field: &tracing::field::Field, value: &dyn fmt::Debug| {
            text += &format!("{field}: {value:?} ")
        });
        self.0.lock().unwrap().push(text);
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

/// What the program does when it is told of a miss is no part of the call that shows it.
#[tokio::test]
async fn a_panic_of_the_program_is_not_one_of_the_call() {
    let (scene, errors) = (Scene::new(Slo::new()), Arc::<Mutex<Vec<String>>>::default());
    let _guard = tracing::subscriber::set_default(Errors(Arc::clone(&errors)));
    let told = Arc::<Mutex<usize>>::default();
    let count = Arc::clone(&told);
    let panics = move |_: &MethodLevel| {
        *count.lock().unwrap() += 1;
        panic!("on purpose");
    };
    let window = SloWindow::with_timer(Slo::new().on_change(panics), scene.timer.clone()).unwrap();
    let builder = Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t"));
    let client = builder.transport(scene.answers.clone()).timer(scene.timer.clone()).slo(&window).build().unwrap();
    for told_so_far in [1, 2] {
        for (took, told_then) in [(Duration::from_millis(150), 2 * told_so_far - 1), (QUICK, 2 * told_so_far)] {
            *scene.answers.next.lock().unwrap() = (took, GOOD);
            for _ in 0..200 {
                assert!(client.untyped(TIME).await.is_ok());
            }
            scene.timer.advance(Duration::from_secs(61));
            window.check();
            assert_eq!(*told.lock().unwrap(), told_then);
            scene.timer.advance(Duration::from_secs(300));
        }
    }
    let errors = errors.lock().unwrap();
    assert!(
        matches!(errors.as_slice(), [one] if one.contains("has panicked") && !one.contains("on purpose")),
        "{errors:?}"
    );
}

#[tokio::test]
async fn calls_that_stop_are_looked_at_on_request() {
    let scene = Scene::new(Slo::new().hold(Duration::from_secs(10)));
    scene.call(200, QUICK, BUSY).await;
    assert_eq!(scene.changes().len(), 1);
    scene.timer.advance(Duration::from_secs(280));
    scene.call(1, QUICK, GOOD).await;
    scene.timer.advance(Duration::from_secs(20));
    scene.window.check();
    assert_eq!(scene.changes(), [""; 0], "it is met from now on");
    scene.timer.advance(Duration::from_secs(10));
    scene.window.check();
    assert_eq!(scene.changes(), [format!("{TIME} false 1.000")]);
}

#[tokio::test]
async fn what_a_snapshot_shows() {
    let scene = Scene::new(Slo::new());
    assert_eq!(scene.window.snapshot(), []);
    scene.call(80, QUICK, GOOD).await;
    scene.call(17, Duration::from_millis(70), GOOD).await;
    scene.call(3, Duration::from_secs(2), GOOD).await;
    scene.call(50, QUICK, MISTAKEN).await;
    scene.call(1, QUICK, BUSY).await;
    drop(scene.client.untyped("whatever.users.say").await);
    let levels = scene.window.snapshot();
    assert_eq!(levels.iter().map(|level| level.method).collect::<Vec<_>>(), ["_OTHER", TIME]);
    let level = &levels[1];
    assert_eq!((level.calls, level.failed, level.slow, level.refused, level.missed), (101, 1, 3, 50, false));
    assert!((level.success_rate.unwrap() - 100.0 / 101.0).abs() < 1e-9);
    for (told, expected) in [(level.p50, 10), (level.p95, 70), (level.p99, 2_000)] {
        let error = told.unwrap().as_secs_f64() * 1_000.0 / f64::from(expected) - 1.0;
        assert!(error.abs() <= 0.0625, "{told:?} for {expected} ms");
    }
    scene.timer.advance(Duration::from_secs(300));
    let level = &scene.window.snapshot()[1];
    assert_eq!((level.calls, level.success_rate, level.p50), (0, None, None));
}

#[tokio::test]
async fn a_call_is_one_with_all_its_attempts() {
    let retry = Retry::default().attempts(3).backoff(Duration::from_millis(60), Duration::from_millis(60));
    let scene = Scene::with(Slo::new(), |builder| builder.retry(retry.clone()));
    *scene.answers.next.lock().unwrap() = (Duration::from_millis(60), BUSY);
    drop(scene.client.untyped(TIME).with_effect(crate::model::Effect::Read).await);
    let level = &scene.window.snapshot()[0];
    assert_eq!((level.calls, level.failed), (1, 1));
}

#[tokio::test]
async fn a_call_that_its_caller_gives_up() {
    let scene = Scene::new(Slo::new());
    for (waited, failed) in [(QUICK, 0), (Duration::from_millis(101), 1)] {
        /// Never answers.
        struct Silence;
        impl Transport for Silence {
            fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
                Box::pin(std::future::pending())
            }
        }
        let builder = Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t"));
        let client = builder.transport(Silence).call_layer(scene.window.clone()).build().unwrap();
        let mut call = Box::pin(client.untyped(TIME).raw());
        assert!(futures_poll(call.as_mut()).is_pending());
        scene.timer.advance(waited);
        drop(call);
        let level = scene.window.snapshot();
        assert_eq!(level.first().map_or(0, |level| level.failed), failed, "{waited:?}");
    }
}

fn futures_poll<F: Future>(future: std::pin::Pin<&mut F>) -> std::task::Poll<F::Output> {
    future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
}

#[test]
fn memory_has_an_end() {
    let window = SloWindow::with_timer(Slo::new(), VirtualTimer::new()).unwrap();
    let names: Vec<&'static str> = (0..1_000).map(|at| &*format!("x.{at:04}").leak()).collect();
    for name in &names {
        window.inner.add(name, Ended::Badly, QUICK);
    }
    let levels = window.snapshot();
    assert_eq!(levels.len(), MOST_METHODS + 1);
    assert_eq!((levels[0].method, levels[0].calls), ("_OTHER", 1_000 - MOST_METHODS as u64));
    assert_eq!(levels.iter().map(|level| level.calls).sum::<u64>(), 1_000);
    window.inner.add(names[0], Ended::Badly, QUICK);
    assert_eq!(window.snapshot()[1].calls, 2, "who is in keeps their window");
}

#[test]
fn bad_settings_are_refused_by_name() {
    let target = || SloTarget::new().success(0.5);
    for (slo, told) in [
        (Slo::new().success(1.5), "slo.success: 1.5 is no share; give more than 0 and at most 1, such as 0.999"),
        (Slo::new().success(f64::NAN), "slo.success: NaN is no share"),
        (Slo::new().success(99.9), "slo.success: 99.9 is no share"),
        (Slo::new().quantile(0.0), "slo.quantile: 0 is no share"),
        (Slo::new().latency(Duration::ZERO), "slo.latency: no call takes no time"),
        (Slo::new().window(Duration::from_secs(9)), "slo.window: 9s is no window; give 10s to 1h"),
        (Slo::new().window(Duration::from_secs(3_601)), "slo.window: 3601s is no window"),
        (Slo::new().hold(Duration::MAX), "slo.hold: "),
        (Slo::new().least_calls(0), "slo.least_calls: 0 calls tell nothing"),
        (Slo::new().method("taobao.time.gett", target()), "slo.methods.taobao.time.gett: no method of this name"),
        (Slo::new().method("taobao.time.gett", target()), "Did you mean `taobao.time.get`?"),
        (Slo::new().method(TIME, target().quantile(-1.0)), "slo.methods.taobao.time.get.quantile: -1 is no share"),
    ] {
        let error = SloWindow::new(slo).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    let both = SloWindow::new(Slo::new().success(0.0).least_calls(0)).unwrap_err().to_string();
    assert!(both.contains("slo.success") && both.contains("slo.least_calls"), "{both}");
    SloWindow::new(Slo::new().success(1.0).quantile(1.0).method("x.y", target().unlisted())).unwrap();
}

#[tokio::test]
async fn a_method_may_have_targets_of_its_own() {
    let patient = SloTarget::new().latency(Duration::from_secs(3)).success(0.5).quantile(0.5);
    let scene = Scene::new(Slo::new().method(TIME, patient));
    scene.call(60, Duration::from_secs(2), GOOD).await;
    scene.call(60, QUICK, BUSY).await;
    let level = &scene.window.snapshot()[0];
    assert_eq!((level.slow, level.failed, level.missed), (0, 60, false));
    assert_eq!(scene.changes(), [""; 0]);
}

#[cfg(feature = "serde")]
#[test]
fn settings_from_a_file() {
    let read = |json: &str| serde_json::from_str::<Slo>(json).map_err(|error| error.to_string());
    let text = r#"{"success":0.99,"latency":"1s 500ms","quantile":0.9,"window":"10m","least_calls":7,"hold":"0s",
        "methods":{"taobao.time.get":{"latency":"2s"}}}"#;
    let targets = Targets::new(&read(text).unwrap()).unwrap();
    let (usual, own) = (targets.of("x.y"), targets.of(TIME));
    assert_eq!((usual.success, usual.latency, usual.quantile), (0.99, Duration::from_millis(1_500), 0.9));
    assert_eq!((usual.least_calls, usual.hold), (7, Duration::ZERO));
    assert_eq!((own.success, own.latency), (0.99, Duration::from_secs(2)));
    let default = Targets::new(&read("{}").unwrap()).unwrap();
    assert_eq!(default.of("x.y"), Targets::new(&Slo::new()).unwrap().of("x.y"));
    for (json, told) in [
        (r#"{"succes":1}"#, "unknown field `succes`"),
        (r#"{"latency":"fast"}"#, "expected a time such as `250ms`, `5s`"),
        (r#"{"hold":"-5s"}"#, "expected a time"),
        (r#"{"least_calls":-1}"#, "invalid value"),
        (r#"{"methods":{"a":{"window":"1m"}}}"#, "unknown field `window`"),
        (r#"{"methods":{"a":{"latency":"x"}}}"#, "expected a time"),
    ] {
        let error = read(json).unwrap_err();
        assert!(error.contains(told), "{error}");
    }
}
