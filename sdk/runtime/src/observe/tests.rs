//! Everything that is counted, through a real exporter: what it renders, the guide's table and the dashboard name the same metrics.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use serde_json::Value;

use super::events::{self, CacheRead};
use super::table::{METRICS, MetricKind};
use crate::client::VirtualTimer;
use crate::layer::limit::{Ask, Rate, RateLimiter, RateLimits, Wait};
use crate::layer::slo::{Slo, SloWindow};
use crate::layer::{CallInfo, Layer, Next, Outcome, Retry};
use crate::model::Effect;
use crate::transport::BoxFuture;
use crate::{Client, Credentials, Environment, Error, MockTransport, RawReply};

/// Nothing here waits for anything but virtual time.
fn complete<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

/// What a program's exporter shows after this, set up as the guide says; with the names that exporters add of their own, or without.
fn rendered(recommended_naming: bool, run: impl FnOnce()) -> String {
    let mut builder = PrometheusBuilder::new().with_recommended_naming(recommended_naming);
    for metric in METRICS.iter().filter(|metric| !metric.buckets().is_empty()) {
        builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), metric.buckets()).unwrap();
    }
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::with_local_recorder(&recorder, run);
    handle.render()
}

/// Counts what a cache would.
struct Cached;

impl Layer for Cached {
    fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
        for read in [CacheRead::Hit, CacheRead::Miss, CacheRead::Stale, CacheRead::Absent] {
            events::cache_read(call, read);
        }
        Box::pin(next.run(call))
    }
}

const TIME: &str = "taobao.time.get";

const BANNED: &str = r#"{"error_response":{"code":7,"sub_code":"accesscontrol.limited-by-api-access-count",
    "sub_msg":"This ban will last for 9 more seconds"}}"#;

/// Lets everything happen that is counted.
fn everything() {
    let (timer, mock) = (VirtualTimer::new(), MockTransport::new());
    mock.answer_raw(TIME, 200, r#"{"time_get_response":{"time":"2026-01-05 10:00:00"}}"#);
    mock.fail("taobao.trade.get", 15, "isp.system-busy:SECRET");
    mock.answer_raw("taobao.item.get", 200, BANNED);
    mock.fail("what.users.say", 987_654, "who-knows");
    let limits =
        RateLimits::new().tier("basic", Rate::per_minute(60).burst(1)).wait(Wait::AtMost(Duration::from_secs(3)));
    let limiter = RateLimiter::with_timer(limits, timer.clone()).unwrap();
    let window = SloWindow::with_timer(Slo::new().least_calls(1), timer.clone()).unwrap();
    let builder = Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t"));
    let builder = builder.transport(mock).timer(timer).retry(Retry::default().attempts(2));
    let client = builder.slo(&window).call_layer(Cached).rate_limiter(&limiter).build().unwrap();
    for method in [
        TIME,
        TIME,
        TIME,
        "taobao.trade.get",
        "taobao.trade.get",
        "taobao.item.get",
        "taobao.item.get",
        "what.users.say",
    ] {
        drop(complete(client.untyped(method).with_checks(false).with_effect(Effect::Read).raw()));
    }
    complete(limiter.acquire(&Ask::new("12345678", "taobao.item.get").wait(Wait::No))).unwrap_err();
    events::limiter_unreachable();
    events::limiter_corrupt("basic");
    events::cache_failed("second", "unreachable");
    events::batch_sent(20);
    events::queue_depth("orders", "waiting", 3);
    events::job_ended("orders", "done");
}

/// The names in a text that begin like ours.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("top_")).map(base).collect()
}

/// A series of a histogram has the histogram's name with an ending.
fn base(series: &str) -> String {
    let histograms = METRICS.iter().filter(|metric| metric.kind == MetricKind::Histogram);
    let mut names = histograms.map(|metric| metric.prometheus_name());
    let of = |name: &String| ["_bucket", "_sum", "_count"].iter().any(|end| series.strip_suffix(end) == Some(name));
    names.find(of).unwrap_or_else(|| series.to_owned())
}

fn all() -> BTreeSet<String> {
    METRICS.iter().map(|metric| metric.prometheus_name()).collect()
}

#[test]
fn an_exporter_shows_all_of_it_under_the_same_names() {
    for recommended_naming in [false, true] {
        let text = rendered(recommended_naming, everything);
        assert_eq!(names(&text), all(), "recommended naming: {recommended_naming}\n{text}");
        for metric in METRICS {
            let (name, help) = (metric.prometheus_name(), metric.help);
            assert!(text.contains(&format!("# HELP {name} {help}\n")), "{name} is not explained:\n{text}");
            let kind = match metric.kind {
                MetricKind::Counter => "counter",
                MetricKind::Gauge => "gauge",
                MetricKind::Histogram => "histogram",
            };
            assert!(text.contains(&format!("# TYPE {name} {kind}\n")), "{name} is no {kind}:\n{text}");
        }
    }
}

#[test]
fn what_is_counted() {
    let text = rendered(false, everything);
    for line in [
        r#"top_calls_total{method="taobao.time.get",outcome="ok"} 3"#,
        r#"top_calls_total{method="taobao.trade.get",outcome="gateway"} 2"#,
        r#"top_calls_total{method="taobao.item.get",outcome="limited"} 1"#,
        r#"top_calls_total{method="_OTHER",outcome="gateway"} 1"#,
        r#"top_attempts_total{method="taobao.trade.get",outcome="gateway"} 4"#,
        r#"top_attempts_total{method="taobao.time.get",outcome="ok"} 3"#,
        r#"top_retries_total{method="taobao.trade.get",outcome="gateway"} 2"#,
        r#"top_given_up_total{method="taobao.item.get",reason="long_ban"} 1"#,
        r#"top_limiter_refusals_total{limit="basic",reason="ban"} 2"#,
        r#"top_given_up_total{method="taobao.trade.get",reason="attempts"} 2"#,
        r#"top_given_up_total{method="_OTHER",reason="permanent"} 1"#,
        r#"top_refusals_total{method="taobao.trade.get",code="15",sub_code="isp.system-busy"} 4"#,
        r#"top_refusals_total{method="_OTHER",code="_OTHER",sub_code="_OTHER"} 1"#,
        r#"top_limiter_bans_total{limit="basic",scope="method"} 1"#,
        r#"top_cache_reads_total{method="taobao.time.get",result="hit"} 3"#,
        r#"top_slo_missed{method="taobao.trade.get"} 1"#,
        r#"top_batch_size_bucket{le="15"} 0"#,
        r#"top_batch_size_bucket{le="20"} 1"#,
        r#"top_queue_depth{queue="orders",state="waiting"} 3"#,
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    for hidden in ["what.users.say", "who-knows", "SECRET", "s3cr3t", "987654"] {
        assert!(!text.contains(hidden), "{hidden} is in\n{text}");
    }
}

#[test]
fn a_call_that_is_dropped_counts_as_cancelled() {
    struct Silence;
    impl crate::Transport for Silence {
        fn send(&self, _: crate::HttpRequest) -> BoxFuture<'_, Result<crate::HttpResponse, Error>> {
            Box::pin(std::future::pending())
        }
    }
    let text = rendered(false, || {
        let builder = Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t"));
        let client = builder.transport(Silence).build().unwrap();
        let call = pin!(client.untyped(TIME).raw()).poll(&mut Context::from_waker(Waker::noop())).is_pending();
        assert!(call);
    });
    for line in [
        r#"top_calls_total{method="taobao.time.get",outcome="cancelled"} 1"#,
        r#"top_attempts_total{method="taobao.time.get",outcome="cancelled"} 1"#,
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
}

#[test]
fn sub_codes_come_in_families() {
    for (code, sub_code, expected) in [
        (15, "isv.trade-not-exist:tid 5", ("15", "isv.trade-not-exist")),
        (15, "isv.made-up-yesterday", ("15", "isv.*")),
        (15, "", ("15", "")),
        (15, "13812345678", ("15", super::label::OTHER)),
        (700, "isp.x", ("*", "isp.*")),
        (-7, "", (super::label::OTHER, "")),
    ] {
        let body = format!(r#"{{"error_response":{{"code":{code},"sub_code":"{sub_code}"}}}}"#);
        let error = RawReply::stored("x.y", body).failure(None).unwrap();
        let refusal = error.gateway().unwrap();
        let found = super::label::code(refusal);
        assert!(if expected.0 == "*" { found.contains('-') } else { found == expected.0 }, "{code}: {found}");
        assert_eq!(super::label::sub_code(refusal, &[]), expected.1, "{sub_code}");
    }
}

fn file(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../../docs/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The guides' table: name, kind, unit, labels.
#[test]
fn the_guides_have_the_table() {
    let is_metric = |line: &str| {
        let mut cells = line.split(" | ");
        cells.next().is_some_and(|name| name.starts_with("| `top."))
            && cells.next().is_some_and(|kind| ["counter", "gauge", "histogram"].contains(&kind))
    };
    for guide in ["observability.md", "observability.zh-CN.md"] {
        let text = file(guide);
        let rows: Vec<String> = text.lines().filter(|line| is_metric(line)).map(str::to_owned).collect();
        assert_eq!(rows.len(), METRICS.len(), "{guide}");
        for (metric, row) in METRICS.iter().zip(rows) {
            let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
            let kind = format!("{:?}", metric.kind).to_lowercase();
            let start = format!("| `{}` | {kind} | {} | ", metric.name, labels.join(", "));
            assert!(row.starts_with(&start), "{guide} has\n{row}\nand should have\n{start}");
            let told = row.trim_end_matches(" |").rsplit("| ").next().unwrap();
            assert!(guide.contains("zh") || told == metric.help.trim_end_matches('.'), "{guide}: {told}");
        }
    }
}

fn dashboard() -> Value {
    serde_json::from_str(&file("grafana/topsdk.json")).unwrap()
}

/// Each query of the dashboard, with where it stands.
fn queries() -> Vec<(String, String)> {
    let dashboard = dashboard();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let queries = panels.flat_map(|panel| {
        let title = panel["title"].as_str().unwrap().to_owned();
        let targets = panel["targets"].as_array().map(Vec::as_slice).unwrap_or_default();
        targets.iter().map(move |target| (title.clone(), target["expr"].as_str().unwrap().to_owned()))
    });
    queries.collect()
}

#[test]
fn the_dashboard_shows_every_metric_and_no_other() {
    let shown: BTreeSet<String> = queries().iter().flat_map(|(_, query)| names(query)).collect();
    assert_eq!(shown, all());
    // Each series that is asked for is one that an exporter shows.
    let text = rendered(false, everything);
    for (title, query) in queries() {
        for series in
            query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| word.starts_with("top_"))
        {
            let is_there = text.lines().any(|line| line.split(['{', ' ']).next() == Some(series));
            assert!(is_there, "{title}: no series {series}");
        }
    }
}

/// Labels in a query: in `{label=...}`, and in `by (label, ...)`.
fn labels(query: &str) -> Vec<String> {
    let inside = query.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let selected = inside.flat_map(|part| part.split(',')).filter_map(|part| part.split(['=', '!']).next());
    let by = query.split("by (").skip(1).filter_map(|rest| rest.split(')').next()).flat_map(|part| part.split(','));
    selected.chain(by).map(|label| label.trim().to_owned()).collect()
}

#[test]
fn the_dashboard_knows_the_labels() {
    for (title, query) in queries() {
        let used = names(&query);
        let metrics = METRICS.iter().filter(|metric| used.contains(&metric.prometheus_name()));
        let known: Vec<&str> = metrics.flat_map(|metric| metric.labels.iter().copied()).chain(["le"]).collect();
        for label in labels(&query) {
            assert!(known.contains(&label.as_str()), "{title}: no label {label} in {query}");
        }
        let count = |c: char| query.matches(c).count();
        assert_eq!((count('('), count('{'), count('[')), (count(')'), count('}'), count(']')), "{title}: {query}");
    }
    // What a legend shows, the query keeps.
    for panel in dashboard()["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let (legend, query) = (target["legendFormat"].as_str().unwrap(), target["expr"].as_str().unwrap());
            for label in legend.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()) {
                assert!(labels(query).contains(&label.to_owned()), "{}: {label} in {legend}", panel["title"]);
            }
        }
    }
}

#[test]
fn the_dashboard_is_one() {
    let dashboard = dashboard();
    for key in ["title", "uid", "description", "schemaVersion", "time", "templating", "panels"] {
        assert!(!dashboard[key].is_null(), "no {key}");
    }
    let variables: Vec<_> = dashboard["templating"]["list"].as_array().unwrap().iter().map(|v| &v["name"]).collect();
    assert_eq!(variables, ["datasource", "method"]);
    let (mut ids, mut taken) = (BTreeSet::new(), BTreeSet::new());
    for panel in dashboard["panels"].as_array().unwrap() {
        let title = panel["title"].as_str().unwrap();
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{title}: its id is another's too");
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|key| panel["gridPos"][key].as_u64().unwrap());
        assert!(w > 0 && h > 0 && x + w <= 24, "{title}: it stands beside the grid");
        for place in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
            assert!(taken.insert(place), "{title}: it covers another");
        }
        match panel["type"].as_str().unwrap() {
            "row" => assert!(panel["targets"].is_null(), "{title}"),
            "stat" | "timeseries" => {
                let targets = panel["targets"].as_array().unwrap();
                let refs: BTreeSet<_> = targets.iter().map(|target| target["refId"].as_str().unwrap()).collect();
                assert_eq!(refs.len(), targets.len(), "{title}");
                assert_eq!(panel["datasource"]["uid"], "${datasource}", "{title}");
                assert!(panel["description"].is_string(), "{title}");
            }
            other => panic!("{title}: what is a {other}?"),
        }
    }
}
