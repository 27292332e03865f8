//! The sections of a file: one row for each thing that can be set around calls.

use serde::de::DeserializeOwned;

use crate::batch::{Batches, Coalesce};
use crate::client::ClientBuilder;
use crate::config::node::{Node, Value};
use crate::config::read::{self, lies_below};
use crate::config::reference::Sources;
use crate::error::{ConfigProblem, Error};
use crate::layer::Retry;

/// Puts what a section says into a client.
pub(super) type Part = Box<dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync>;

/// A section around calls.
pub(super) struct Section {
    /// Its key at the top of the file.
    pub(super) name: &'static str,
    /// Reads it, if it is there: `name = false` comes here too, `true` means a section without keys. Nothing if it is off or wrong.
    pub(super) read: fn(&mut Reading<'_>, &mut Parts) -> Option<()>,
}

/// What the sections of a file have made.
#[derive(Default)]
pub(super) struct Parts {
    /// In the order of [`SECTIONS`].
    pub(super) around: Vec<Part>,
    /// Whether calls are gathered into batches, which not every gateway takes.
    pub(super) coalesces: bool,
    #[cfg(feature = "cache")]
    pub(super) cache: Option<crate::layer::cache::Cache>,
    #[cfg(feature = "slo")]
    pub(super) slo: Option<crate::layer::slo::SloWindow>,
    #[cfg(feature = "queue")]
    pub(super) queue: Option<crate::queue::QueueSettings>,
}

impl Parts {
    fn put(&mut self, part: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static) -> Option<()> {
        self.around.push(Box::new(part));
        Some(())
    }
}

/// All sections but `[app]`, in the order in which their layers stand around a call: the first is outermost.
pub(super) static SECTIONS: &[Section] = &[
    #[cfg(feature = "queue")]
    Section { name: "queue", read: queue },
    #[cfg(feature = "slo")]
    Section { name: "slo", read: slo },
    #[cfg(feature = "cache")]
    Section { name: "cache", read: cache },
    Section { name: "retry", read: retry },
    #[cfg(feature = "limit")]
    Section { name: "limits", read: limits },
    Section { name: "coalesce", read: coalesce },
    Section { name: "batch", read: batch },
];

/// What needs a feature, the feature, and whether it is on.
pub(super) const FEATURES: &[(&str, &str, bool)] = &[
    ("cache", "cache", cfg!(feature = "cache")),
    ("cache.redis", "redis", cfg!(feature = "redis")),
    ("limits", "limit", cfg!(feature = "limit")),
    ("limits.redis", "redis", cfg!(feature = "redis")),
    ("queue", "queue", cfg!(feature = "queue")),
    ("queue.redis", "queue-redis", cfg!(feature = "queue-redis")),
    ("slo", "slo", cfg!(feature = "slo")),
];

/// Where `redis = true` means `[redis]`: the whole table, or one of its keys.
pub(super) const SHARED: &[(&str, Option<&str>)] = &[("cache", None), ("limits", None), ("queue", Some("url"))];

fn retry(section: &mut Reading<'_>, parts: &mut Parts) -> Option<()> {
    let retry = if section.is_off() { Retry::off() } else { section.settings::<Retry>()? };
    section.check(retry.check())?;
    parts.put(move |builder| builder.retry(retry.clone()))
}

#[cfg(feature = "limit")]
fn limits(section: &mut Reading<'_>, parts: &mut Parts) -> Option<()> {
    use crate::layer::limit::RateLimiter;

    if section.is_off() {
        return None;
    }
    let limits = section.settings()?;
    let limiter = section.check(RateLimiter::new(limits))?;
    parts.put(move |builder| builder.rate_limiter(&limiter))
}

#[cfg(feature = "cache")]
fn cache(section: &mut Reading<'_>, parts: &mut Parts) -> Option<()> {
    use crate::layer::cache::Cache;

    if section.is_off() {
        return None;
    }
    let settings = section.settings()?;
    let cache = section.check(Cache::new(settings))?;
    parts.cache = Some(cache.clone());
    parts.put(move |builder| builder.cache(&cache))
}

#[cfg(feature = "slo")]
fn slo(section: &mut Reading<'_>, parts: &mut Parts) -> Option<()> {
    use crate::layer::slo::SloWindow;

    if section.is_off() {
        return None;
    }
    let settings = section.settings()?;
    let window = section.check(SloWindow::new(settings))?;
    parts.slo = Some(window.clone());
    parts.put(move |builder| builder.slo(&window))
}

fn coalesce(section: &mut Reading<'_>, parts: &mut Parts) -> Option<()> {
    if section.is_off() {
        return None;
    }
    let coalesce = section.settings::<Coalesce>()?;
    section.check(coalesce.check())?;
    parts.coalesces = true;
    parts.put(move |builder| builder.coalesce(coalesce))
}

fn batch(section: &mut Reading<'_>, parts: &mut Parts) -> Option<()> {
    if section.is_off() {
        return None;
    }
    let batches = section.settings::<Batches>()?;
    section.check(batches.check())?;
    parts.put(move |builder| builder.batches(batches))
}

/// A queue makes calls by a client, and is none of its layers: its settings wait until the program opens it.
#[cfg(feature = "queue")]
fn queue(section: &mut Reading<'_>, parts: &mut Parts) -> Option<()> {
    use crate::queue::QueueSettings;

    if section.is_off() {
        return None;
    }
    let settings = section.settings::<QueueSettings>()?;
    section.check(settings.check())?;
    parts.queue = Some(settings);
    Some(())
}

/// One section that is being read.
pub(super) struct Reading<'a> {
    pub(super) name: &'static str,
    pub(super) node: &'a Node,
    pub(super) sources: &'a Sources<'a>,
    pub(super) problems: &'a mut Vec<ConfigProblem>,
}

impl Reading<'_> {
    /// Whether the section is turned off.
    pub(super) fn is_off(&self) -> bool {
        matches!(self.node.value, Value::Boolean(false))
    }

    /// The section's own settings. What is wrong with them is noted.
    pub(super) fn settings<T: DeserializeOwned>(&mut self) -> Option<T> {
        let on = Node::default();
        let node = if matches!(self.node.value, Value::Boolean(true)) { &on } else { self.node };
        read::read(self.name, node, self.sources, self.problems)
    }

    /// What the layer itself made of its settings.
    pub(super) fn check<T>(&mut self, made: Result<T, impl Into<Error>>) -> Option<T> {
        match made.map_err(Into::into) {
            Ok(made) => return Some(made),
            Err(Error::Config(error)) => error.problems().iter().cloned().for_each(|problem| self.problem(problem)),
            Err(error) => self.problem(ConfigProblem::new(self.name, error.to_string())),
        }
        None
    }

    /// Notes a problem, unless it is the consequence of one that is known.
    pub(super) fn problem(&mut self, mut problem: ConfigProblem) {
        if problem.key.is_empty() {
            (problem.key, problem.message) = read::split(self.name, problem.message);
        }
        let related = |known: &str| lies_below(known, &problem.key) || lies_below(&problem.key, known);
        if !self.problems.iter().any(|known| known.key != problem.key && related(&known.key)) {
            self.problems.push(problem);
        }
    }
}
