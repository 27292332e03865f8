//! Sends spans and metrics to an OpenTelemetry collector, by OTLP over HTTP.

use std::error::Error;

use metrics_opentelemetry::{OpenTelemetryMetrics, OpenTelemetryRecorder};
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::layer::SubscriberExt as _;

/// What sends. Keep it as long as the program runs, and [end](Self::end) it.
#[derive(Debug)]
pub struct Telemetry {
    spans: SdkTracerProvider,
    metrics: SdkMeterProvider,
}

impl Telemetry {
    /// Sends to the collector at this address, such as `http://localhost:4318`. Do it before the first client is built.
    ///
    /// # Errors
    ///
    /// The address is none, or the program has a subscriber or a recorder already.
    pub fn start(collector: &str, service: &'static str) -> Result<Self, Box<dyn Error>> {
        let collector = collector.trim_end_matches('/');
        let resource = Resource::builder().with_service_name(service).build();

        let exporter = SpanExporter::builder().with_http().with_endpoint(format!("{collector}/v1/traces")).build()?;
        let spans = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.clone()).build();
        // The level keeps the spans and events of the HTTP client out, the exporter's own among them.
        let layer = tracing_opentelemetry::layer().with_tracer(spans.tracer("topsdk"));
        let subscriber = tracing_subscriber::registry().with(layer.with_filter(LevelFilter::INFO));
        tracing::subscriber::set_global_default(subscriber)?;

        let exporter =
            MetricExporter::builder().with_http().with_endpoint(format!("{collector}/v1/metrics")).build()?;
        let metrics = SdkMeterProvider::builder().with_periodic_exporter(exporter).with_resource(resource).build();
        let mut recorder = OpenTelemetryRecorder::new(OpenTelemetryMetrics::new(metrics.meter("topsdk")));
        for metric in topsdk::observe::METRICS.iter().filter(|metric| !metric.buckets().is_empty()) {
            recorder.set_histogram_bounds_mut([metric.name].into_iter(), metric.buckets());
        }
        metrics::set_global_recorder(recorder).map_err(|error| error.to_string())?;
        Ok(Self { spans, metrics })
    }

    /// Sends what is left.
    ///
    /// # Errors
    ///
    /// The collector did not take it.
    pub fn end(self) -> Result<(), Box<dyn Error>> {
        let (spans, metrics) = (self.spans.shutdown(), self.metrics.shutdown());
        Ok(spans.and(metrics)?)
    }
}
