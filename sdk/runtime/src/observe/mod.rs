//! What can be seen of calls from outside: spans by `tracing`, and with the feature `metrics` counts by the crate `metrics`.
//!
//! Each call is a span `top.call`, each attempt in it a span `top.attempt`. What is counted stands in [`METRICS`]; it goes to
//! the recorder that the program has installed, nowhere if there is none.
//!
//! Neither shows a secret, a session, a signature, a parameter or anything of an answer but its codes and the request id. Labels hold a
//! bounded number of values: `method` is that of a typed call, or of a call by name that names one of the platform's methods;
//! `code` and `sub_code` are entries of the platform's table and of the specs; `limit` and `queue` are names of the program's
//! configuration. Anything else is `_OTHER`.
//!
//! The names and their meaning for a dashboard are in the guide, `docs/observability.md` of the repository.

mod emit;
mod events;
mod label;
mod span;
mod table;
#[cfg(test)]
mod tests;

pub use table::{METRICS, Metric, MetricKind, MetricUnit};

#[cfg(all(feature = "limit", feature = "redis"))]
pub(crate) use events::limiter_corrupt;
#[cfg(feature = "cache")]
pub(crate) use events::{CacheRead, cache_failed, cache_read};
pub(crate) use events::{batch_sent, given_up, retried};
#[cfg(feature = "queue")]
pub(crate) use events::{job_ended, queue_depth};
#[cfg(feature = "limit")]
pub(crate) use events::{limiter_banned, limiter_refused, limiter_unreachable, limiter_waited};
#[cfg(feature = "queue")]
pub(crate) use label::phase;
pub(crate) use span::Watch;

#[cfg(feature = "metrics")]
pub(crate) use emit::describe;
#[cfg(feature = "slo")]
pub(crate) use {
    events::slo_judged,
    label::{OTHER, method},
};
