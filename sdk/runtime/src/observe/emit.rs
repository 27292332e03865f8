//! The way to the recorder that the program has chosen; nowhere without the feature `metrics`.

use std::borrow::Cow;

use crate::observe::table::Metric;

/// A label's name and value.
pub(super) type Label = (&'static str, Cow<'static, str>);

/// Adds one to a counter.
pub(super) fn add(metric: &'static Metric, labels: &[Label]) {
    #[cfg(feature = "metrics")]
    on::counter(metric, labels).increment(1);
    #[cfg(not(feature = "metrics"))]
    let _ = (metric, labels);
}

/// Notes a value of a histogram.
pub(super) fn record(metric: &'static Metric, labels: &[Label], value: f64) {
    #[cfg(feature = "metrics")]
    on::histogram(metric, labels).record(value);
    #[cfg(not(feature = "metrics"))]
    let _ = (metric, labels, value);
}

/// Sets a gauge.
#[cfg(any(test, feature = "queue", feature = "slo"))]
pub(super) fn set(metric: &'static Metric, labels: &[Label], value: f64) {
    #[cfg(feature = "metrics")]
    on::gauge(metric, labels).set(value);
    #[cfg(not(feature = "metrics"))]
    let _ = (metric, labels, value);
}

#[cfg(feature = "metrics")]
pub(crate) use on::describe;

#[cfg(feature = "metrics")]
mod on {
    #[cfg(any(test, feature = "queue", feature = "slo"))]
    use metrics::Gauge;
    use metrics::{Counter, Histogram, KeyName, Level, Metadata, Recorder, SharedString, Unit, with_recorder};

    use super::Label;
    use crate::observe::table::{METRICS, Metric, MetricKind, MetricUnit};

    static METADATA: Metadata<'static> = Metadata::new("topsdk", Level::INFO, Some("topsdk"));

    pub(super) fn counter(metric: &'static Metric, labels: &[Label]) -> Counter {
        with_recorder(|recorder| recorder.register_counter(&key(metric, labels), &METADATA))
    }

    pub(super) fn histogram(metric: &'static Metric, labels: &[Label]) -> Histogram {
        with_recorder(|recorder| recorder.register_histogram(&key(metric, labels), &METADATA))
    }

    #[cfg(any(test, feature = "queue", feature = "slo"))]
    pub(super) fn gauge(metric: &'static Metric, labels: &[Label]) -> Gauge {
        with_recorder(|recorder| recorder.register_gauge(&key(metric, labels), &METADATA))
    }

    fn key(metric: &'static Metric, labels: &[Label]) -> metrics::Key {
        debug_assert!(labels.iter().map(|(name, _)| name).eq(metric.labels), "{}", metric.name);
        let labels: Vec<_> = labels.iter().map(|(name, value)| metrics::Label::new(*name, value.clone())).collect();
        metrics::Key::from_parts(metric.name, labels)
    }

    /// Tells the recorder what each metric means.
    pub(crate) fn describe() {
        with_recorder(|recorder| METRICS.iter().for_each(|metric| describe_one(recorder, metric)));
    }

    fn describe_one(recorder: &dyn Recorder, metric: &'static Metric) {
        let (name, help) = (KeyName::from(metric.name), SharedString::const_str(metric.help));
        let unit = Some(match metric.unit {
            MetricUnit::Count => Unit::Count,
            MetricUnit::Seconds => Unit::Seconds,
        });
        match metric.kind {
            MetricKind::Counter => recorder.describe_counter(name, unit, help),
            MetricKind::Gauge => recorder.describe_gauge(name, unit, help),
            MetricKind::Histogram => recorder.describe_histogram(name, unit, help),
        }
    }
}
