//! What is counted, against what the sandbox has seen; and the service level over a socket that fails.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use topsdk::client::VirtualTimer;
use topsdk::layer::slo::{MethodLevel, Slo, SloWindow};
use topsdk::layer::{CallInfo, Layer, Next, Outcome};
use topsdk::platform::TimeGet;
use topsdk::trade::TradeFullinfoGet;
use topsdk::transport::BoxFuture;
use topsdk_sandbox::fixtures::PAID_TRADE;
use topsdk_sandbox::{Fault, What};

use crate::support::{builder, sandbox, single};

/// The sum of all series of a counter whose labels hold this.
fn sum(text: &str, counter: &str, labels: &str) -> u64 {
    let series = text.lines().filter(|line| line.split('{').next() == Some(counter) && line.contains(labels));
    series.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

#[tokio::test]
async fn the_counts_are_those_of_the_sandbox() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let guard = metrics::set_default_local_recorder(&recorder);
    let sandbox = sandbox().await;
    let client = builder(&sandbox).timer(VirtualTimer::new()).build().unwrap();
    sandbox.fault(Fault::error(15, "isp.remote-service-timeout").probability(0.3));
    sandbox.fault(Fault::new(What::Truncate).probability(0.3));
    let (mut good, mut attempts) = (0, 0);
    for _ in 0..100 {
        match client.call(TradeFullinfoGet::new("tid,status", PAID_TRADE)).await {
            Ok(reply) => (good, attempts) = (good + 1, attempts + u64::from(reply.attempts().count())),
            Err(error) => attempts += u64::from(error.attempts().count()),
        }
    }
    drop(guard);
    let text = recorder.handle().render();
    let method = r#"method="taobao.trade.fullinfo.get""#;
    assert!(attempts > 100 && good < 100, "the faults had no effect: {good} of 100 in {attempts}");
    assert_eq!(sum(&text, "top_calls_total", method), 100);
    assert_eq!(sum(&text, "top_calls_total", r#"outcome="ok""#), good);
    assert_eq!(sum(&text, "top_attempts_total", method), attempts);
    assert_eq!(attempts, sandbox.requests().len() as u64);
    assert_eq!(sum(&text, "top_attempts_total", r#"outcome="ok""#), good);
    assert_eq!(sum(&text, "top_retries_total", method), attempts - 100);
    assert_eq!(sum(&text, "top_given_up_total", r#"reason="attempts""#), 100 - good);
    let refused = sum(&text, "top_attempts_total", r#"outcome="gateway""#);
    assert_eq!(sum(&text, "top_refusals_total", r#"code="15",sub_code="isp.remote-service-timeout""#), refused);
    assert_eq!(sum(&text, "top_call_duration_seconds_count", method), 100);
    assert_eq!(sum(&text, "top_attempt_duration_seconds_count", method), attempts);
}

#[tokio::test]
async fn a_service_level_is_missed_and_met_again() {
    let (timer, told) = (VirtualTimer::new(), Arc::new(Mutex::new(Vec::new())));
    let tells = Arc::clone(&told);
    // By a timer that stands still, no call is slow.
    let slo = Slo::new().least_calls(10).on_change(move |level: &MethodLevel| {
        tells.lock().unwrap().push((level.method, level.missed, level.failed));
    });
    let window = SloWindow::with_timer(slo, timer.clone()).unwrap();
    let sandbox = sandbox().await;
    let client = single(&sandbox).slo(&window).build().unwrap();
    let call = async |times: u32| {
        for _ in 0..times {
            drop(client.call(TimeGet::new()).await);
        }
    };
    call(20).await;
    // What callers ask for and cannot have is nobody's failure.
    sandbox.fault(Fault::error(15, "isv.trade-not-exist").times(20));
    call(20).await;
    assert_eq!(*told.lock().unwrap(), []);
    sandbox.fault(Fault::new(What::Reset).times(5));
    call(5).await;
    assert_eq!(*told.lock().unwrap(), [("taobao.time.get", true, 2)], "at the second failure, once");
    timer.advance(Duration::from_secs(300));
    call(1).await;
    timer.advance(Duration::from_secs(60));
    call(1).await;
    assert_eq!(told.lock().unwrap()[1..], [("taobao.time.get", false, 0)]);
    let [level] = &window.snapshot()[..] else { panic!("one method was called") };
    assert_eq!((level.calls, level.success_rate, level.missed), (2, Some(1.0), false));
}

/// Tells from inside a call what the window says, as a page of a program might at any time.
struct Look(SloWindow);

impl Layer for Look {
    fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
        assert!(self.0.snapshot().iter().all(|level| level.failed == 0));
        Box::pin(next.run(call))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients_count_in_one_window() {
    let window = SloWindow::new(Slo::new().latency(Duration::from_secs(60))).unwrap();
    let sandbox = sandbox().await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let client = single(&sandbox).slo(&window).call_layer(Look(window.clone())).build().unwrap();
            tokio::spawn(async move {
                for _ in 0..25 {
                    client.call(TimeGet::new()).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let [level] = &window.snapshot()[..] else { panic!("one method was called") };
    assert_eq!((level.calls, level.failed, level.success_rate), (200, 0, Some(1.0)));
    assert!(level.p50 <= level.p95 && level.p95 <= level.p99, "{level:?}");
}
