//! Makes two calls, one of which is tried again, and sends what is to be seen of them to the collector that
//! `OTEL_EXPORTER_OTLP_ENDPOINT` names.

use std::env;
use std::error::Error;

use telemetry::Telemetry;
use topsdk::layer::slo::{Slo, SloWindow};
use topsdk::platform::{TimeGet, TimeGetResponse};
use topsdk::{Client, Credentials, Environment, MockTransport};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let collector = env::var("OTEL_EXPORTER_OTLP_ENDPOINT").unwrap_or_else(|_| "http://localhost:4318".to_owned());
    let telemetry = Telemetry::start(&collector, "topsdk-example")?;

    let mock = MockTransport::new(); // in place of the network
    mock.fail("taobao.time.get", 15, "isp.system-busy");
    mock.answer::<TimeGet>(TimeGetResponse::default());
    let window = SloWindow::new(Slo::new())?;
    let credentials = Credentials::new("12345678", "secret");
    let client = Client::builder(Environment::Production, credentials).transport(mock).slo(&window).build()?;
    for _ in 0..2 {
        client.call(TimeGet::new()).await?;
    }
    for level in window.snapshot() {
        println!("{}: {} calls, {} failed, 95 % within {:?}", level.method, level.calls, level.failed, level.p95);
    }

    // The exporters wait for the network, which must not keep the calls of others waiting.
    let sent = tokio::task::spawn_blocking(|| telemetry.end().map_err(|error| error.to_string())).await?;
    sent.map_err(|error| format!("{collector} did not take it all: {error}"))?;
    println!("{collector} has the spans and metrics");
    Ok(())
}
