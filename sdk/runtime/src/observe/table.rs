//! What is counted, as data: the documentation, the dashboard and the recorder's descriptions all follow this table.

/// One metric: a name with what it says.
#[derive(Debug)]
#[non_exhaustive]
pub struct Metric {
    /// Its name, with dots. Exporters for Prometheus write underscores; see [`prometheus_name`](Self::prometheus_name).
    pub name: &'static str,
    /// How it behaves.
    pub kind: MetricKind,
    /// What it is counted in.
    pub unit: MetricUnit,
    /// The names of its labels. What a label may hold is bounded: see the [module](super).
    pub labels: &'static [&'static str],
    /// What it says, in a sentence.
    pub help: &'static str,
}

/// How a metric behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricKind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How often which values came.
    Histogram,
}

/// What a metric is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricUnit {
    /// Things.
    Count,
    /// Seconds.
    Seconds,
}

impl Metric {
    /// The name as Prometheus has it: with `_` for `.`. The unit and `total` are part of the name, so that it is the same whether an
    /// exporter would add them or not.
    #[must_use]
    pub fn prometheus_name(&self) -> String {
        self.name.replace('.', "_")
    }

    /// For a histogram, the upper bounds of its buckets that fit what it counts; empty for the others. An exporter has to be told.
    #[must_use]
    pub fn buckets(&self) -> &'static [f64] {
        match (self.kind, self.unit) {
            (MetricKind::Histogram, MetricUnit::Seconds) => SECONDS,
            (MetricKind::Histogram, MetricUnit::Count) => ITEMS,
            _ => &[],
        }
    }
}

/// From a hit in a cache to the usual limit of an attempt, with 100 ms among them.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Sizes of batches.
const ITEMS: &[f64] = &[1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 50.0, 100.0];

/// Declares the metrics and the list of them.
macro_rules! metrics {
    ($($(#[doc = $help:literal])* $id:ident = $name:literal, $kind:ident of $unit:ident, [$($label:literal),*];)*) => {
        $(pub(super) static $id: &Metric = &Metric {
            name: $name,
            kind: MetricKind::$kind,
            unit: MetricUnit::$unit,
            labels: &[$($label),*],
            help: concat!($($help),*).trim_ascii(),
        };)*

        /// Every metric that this crate counts, whether the feature `metrics` is on or not.
        pub static METRICS: &[&Metric] = &[$($id),*];
    };
}

metrics! {
    /// Calls that ended, by how.
    CALLS = "top.calls.total", Counter of Count, ["method", "outcome"];
    /// How long calls took, with all their attempts and waits.
    CALL_DURATION = "top.call.duration.seconds", Histogram of Seconds, ["method"];
    /// Attempts that ended, by how: what was sent to the platform.
    ATTEMPTS = "top.attempts.total", Counter of Count, ["method", "outcome"];
    /// How long attempts took, from sending to the whole answer.
    ATTEMPT_DURATION = "top.attempt.duration.seconds", Histogram of Seconds, ["method"];
    /// Attempts that are tried again, by how they failed.
    RETRIES = "top.retries.total", Counter of Count, ["method", "outcome"];
    /// Calls that failed and were not tried again, by why not.
    GIVEN_UP = "top.given_up.total", Counter of Count, ["method", "reason"];
    /// Refusals of the platform, by code and sub code or its family.
    REFUSALS = "top.refusals.total", Counter of Count, ["method", "code", "sub_code"];
    /// How long the attempts waited that a rate limit let pass, but not at once.
    LIMITER_WAIT = "top.limiter.wait.seconds", Histogram of Seconds, ["limit"];
    /// Attempts that a rate limit did not let pass at all, by why.
    LIMITER_REFUSALS = "top.limiter.refusals.total", Counter of Count, ["limit", "reason"];
    /// Bans learnt from the platform, by what they close.
    LIMITER_BANS = "top.limiter.bans.total", Counter of Count, ["limit", "scope"];
    /// How often the shared count of the rate limits could not be reached.
    LIMITER_UNREACHABLE = "top.limiter.unreachable.total", Counter of Count, [];
    /// Shared counts of a rate limit that were no counts, and start anew.
    LIMITER_CORRUPT = "top.limiter.corrupt.total", Counter of Count, ["limit"];
    /// Reads that asked the cache, by what it had.
    CACHE_READS = "top.cache.reads.total", Counter of Count, ["method", "result"];
    /// What a store of the cache could not do, by store and reason.
    CACHE_FAILURES = "top.cache.failures.total", Counter of Count, ["store", "reason"];
    /// Calls in a batch that was sent.
    BATCH_SIZE = "top.batch.size", Histogram of Count, [];
    /// Jobs of a queue, by their state: `waiting`, `delayed`, `running`, `dead`. Set while a worker runs, when it ends, and by
    /// `inspect()`.
    QUEUE_DEPTH = "top.queue.depth", Gauge of Count, ["queue", "state"];
    /// Jobs of a queue that were worked on, by how that ended.
    QUEUE_JOBS = "top.queue.jobs.total", Counter of Count, ["queue", "outcome"];
    /// 1 while the service level of a method is missed, else 0.
    SLO_MISSED = "top.slo.missed", Gauge of Count, ["method"];
}
