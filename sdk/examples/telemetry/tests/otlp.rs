//! The example's program, and a collector that keeps what it is sent.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::thread;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{HistogramDataPoint, Metric};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use prost::Message as _;
use topsdk::observe::METRICS;

/// The bodies that arrived, by path.
type Received = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// Takes everything, for as long as the test runs.
fn collector() -> (String, Received) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, received) = (format!("http://{}", listener.local_addr().unwrap()), Received::default());
    let keeps = Arc::clone(&received);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, keeps) = (stream.unwrap(), Arc::clone(&keeps));
            thread::spawn(move || serve(stream, &keeps));
        }
    });
    (address, received)
}

/// Answers the requests of one connection.
fn serve(mut stream: TcpStream, keeps: &Received) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let (mut first, mut length) = (String::new(), 0);
        if reader.read_line(&mut first).unwrap_or(0) == 0 {
            return;
        }
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap();
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        keeps.lock().unwrap().push((first.split(' ').nth(1).unwrap().to_owned(), body));
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
    }
}

fn run(collector: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_telemetry"));
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector).env("NO_PROXY", "127.0.0.1").output().unwrap()
}

fn attributes(pairs: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let value =
        |pair: &KeyValue| pair.value.as_ref().and_then(|value| value.value.as_ref()).map(text).unwrap_or_default();
    pairs.iter().map(|pair| (pair.key.clone(), value(pair))).collect()
}

fn spans(received: &Received) -> Vec<Span> {
    let received = received.lock().unwrap();
    let bodies = received.iter().filter(|(path, _)| path == "/v1/traces").map(|(_, body)| body.as_slice());
    let requests = bodies.map(|body| ExportTraceServiceRequest::decode(body).unwrap());
    let scopes = requests.flat_map(|request| request.resource_spans).flat_map(|resource| {
        assert_eq!(attributes(&resource.resource.unwrap().attributes)["service.name"], "topsdk-example");
        resource.scope_spans
    });
    scopes.flat_map(|scope| scope.spans).collect()
}

fn metrics(received: &Received) -> Vec<Metric> {
    let received = received.lock().unwrap();
    let bodies = received.iter().filter(|(path, _)| path == "/v1/metrics").map(|(_, body)| body.as_slice());
    let requests = bodies.map(|body| ExportMetricsServiceRequest::decode(body).unwrap());
    let scopes = requests.flat_map(|request| request.resource_metrics).flat_map(|resource| resource.scope_metrics);
    scopes.flat_map(|scope| scope.metrics).collect()
}

#[test]
fn spans_and_metrics_arrive() {
    let (address, received) = collector();
    let output = run(&address);
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{complained}");
    assert!(said.starts_with("taobao.time.get: 2 calls, 0 failed, 95 % within "), "{said}");
    see_spans(&spans(&received));
    see_metrics(&metrics(&received));
    for (path, body) in received.lock().unwrap().iter() {
        let text = String::from_utf8_lossy(body);
        assert!(!text.contains("secret") && !text.contains("sign"), "{path}: {text}");
    }
}

/// Two calls; of the first, the second attempt succeeded.
fn see_spans(spans: &[Span]) {
    let named = |name: &str| spans.iter().filter(|span| span.name == name).collect::<Vec<_>>();
    let (calls, attempts) = (named("top.call"), named("top.attempt"));
    assert_eq!((calls.len(), attempts.len(), spans.len()), (2, 3, 5), "{spans:?}");
    for attempt in &attempts {
        let parent = calls.iter().find(|call| call.span_id == attempt.parent_span_id);
        assert_eq!(parent.unwrap().trace_id, attempt.trace_id, "an attempt belongs to its call");
        assert_eq!(attempt.kind, i32::from(SpanKind::Client));
    }
    let tried = attributes(&calls[0].attributes);
    assert_eq!((tried["rpc.method"].as_str(), tried["top.attempts"].as_str()), ("taobao.time.get", "2"));
    let failed =
        attempts.iter().find(|span| span.status.as_ref().is_some_and(|s| s.code == i32::from(StatusCode::Error)));
    let shown = attributes(&failed.unwrap().attributes);
    for (name, value) in [
        ("rpc.system.name", "top"),
        ("rpc.method", "taobao.time.get"),
        ("http.request.method", "POST"),
        ("server.address", "eco.taobao.com"),
        ("server.port", "443"),
        ("http.response.status_code", "200"),
        ("error.type", "gateway"),
        ("rpc.response.status_code", "15"),
        ("top.sub_code", "isp.system-busy"),
    ] {
        assert_eq!(shown.get(name).map(String::as_str), Some(value), "{name} of {shown:?}");
    }
    let resent: Vec<_> =
        attempts.iter().filter_map(|span| attributes(&span.attributes).remove("http.request.resend_count")).collect();
    assert_eq!(resent, ["1"]);
}

/// Under the names, with the units and buckets of the table.
fn see_metrics(metrics: &[Metric]) {
    for metric in metrics {
        let known = METRICS.iter().find(|known| known.name == metric.name).unwrap_or_else(|| panic!("{}", metric.name));
        assert_eq!(metric.description, known.help);
        if let Some(Data::Histogram(histogram)) = &metric.data {
            let bounds = |point: &HistogramDataPoint| point.explicit_bounds.clone();
            assert!(histogram.data_points.iter().all(|point| bounds(point) == known.buckets()), "{metric:?}");
        }
    }
    let shown: Vec<&str> = metrics.iter().map(|metric| metric.name.as_str()).collect();
    for name in [
        "top.calls.total",
        "top.attempts.total",
        "top.retries.total",
        "top.refusals.total",
        "top.call.duration.seconds",
    ] {
        assert!(shown.contains(&name), "{name} is not in {shown:?}");
    }
}

#[test]
fn a_collector_that_is_not_there_is_told() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = run(&format!("http://{gone}"));
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(complained.contains(&format!("http://{gone} did not take it all")), "{complained}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("2 calls, 0 failed"), "the calls do not care");
}
