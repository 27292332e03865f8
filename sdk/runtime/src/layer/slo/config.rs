//! What can be set, and what is wrong with it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{ConfigError, ConfigProblem};
use crate::layer::slo::MethodLevel;
use crate::methods;

/// How good calls should be: 99.9 % succeed, and 95 % of those within 100 ms, in any five minutes.
///
/// ```
/// use std::time::Duration;
/// use topsdk::layer::slo::{Slo, SloTarget, SloWindow};
///
/// let slo = Slo::new()
///     .success(0.99)
///     .method("taobao.trades.sold.get", SloTarget::new().latency(Duration::from_secs(1)))
///     .on_change(|level| println!("{}: {}", level.method, if level.missed { "missed" } else { "met again" }));
/// let window = SloWindow::new(slo)?;
/// # Ok::<(), topsdk::Error>(())
/// ```
///
/// With the feature `serde` the same comes from a configuration file:
///
/// ```toml
/// success = 0.999          # share of the calls that could succeed
/// latency = "100ms"        # for `quantile` of those that did
/// quantile = 0.95
/// window = "5m"
/// least_calls = 100        # below, nothing is missed
/// hold = "1m"              # so long it must be met until it is met again
/// methods."taobao.trades.sold.get" = { latency = "1s" }
/// ```
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(deny_unknown_fields, default))]
pub struct Slo {
    success: f64,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::human::read::time"))]
    latency: Duration,
    quantile: f64,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::human::read::time"))]
    pub(super) window: Duration,
    least_calls: u32,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::human::read::time"))]
    hold: Duration,
    methods: BTreeMap<String, SloTarget>,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) on_change: OnChange,
}

impl Default for Slo {
    fn default() -> Self {
        Self {
            success: 0.999,
            latency: Duration::from_millis(100),
            quantile: 0.95,
            window: Duration::from_secs(300),
            least_calls: 100,
            hold: Duration::from_secs(60),
            methods: BTreeMap::new(),
            on_change: OnChange::default(),
        }
    }
}

impl Slo {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The share of the calls that should succeed, of those that can: 0.999 by default. One failure alone is never a miss.
    #[must_use]
    pub fn success(mut self, share: f64) -> Self {
        self.success = share;
        self
    }

    /// Within which time calls that succeed should do so: 100 ms by default. It holds for [`quantile`](Self::quantile) of them.
    #[must_use]
    pub fn latency(mut self, limit: Duration) -> Self {
        self.latency = limit;
        self
    }

    /// For which share of the calls the latency should hold: 0.95 by default.
    #[must_use]
    pub fn quantile(mut self, share: f64) -> Self {
        self.quantile = share;
        self
    }

    /// How far back is looked: five minutes by default, 10 s to an hour.
    #[must_use]
    pub fn window(mut self, time: Duration) -> Self {
        self.window = time;
        self
    }

    /// How many calls that can succeed there must be in the window for a miss: 100 by default.
    #[must_use]
    pub fn least_calls(mut self, calls: u32) -> Self {
        self.least_calls = calls;
        self
    }

    /// How long the level must be met without interruption to be met again: a minute by default. It keeps the changes apart.
    #[must_use]
    pub fn hold(mut self, time: Duration) -> Self {
        self.hold = time;
        self
    }

    /// Other targets for a method.
    #[must_use]
    pub fn method(mut self, name: impl Into<String>, target: SloTarget) -> Self {
        self.methods.insert(name.into(), target);
        self
    }

    /// Runs this when the level of a method is missed, and when it is met again. It runs in the call that shows it, so it should
    /// be quick: send a message, set a flag. If it panics, the call does not; the first panic is logged as an error.
    #[must_use]
    pub fn on_change(mut self, run: impl Fn(&MethodLevel) + Send + Sync + 'static) -> Self {
        self.on_change = OnChange(Some(Arc::new(run)));
        self
    }
}

/// Targets of one method, in place of those for all.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(deny_unknown_fields, default))]
pub struct SloTarget {
    success: Option<f64>,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::human::read::some_time"))]
    latency: Option<Duration>,
    quantile: Option<f64>,
    unlisted: bool,
}

impl SloTarget {
    /// The targets for all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The share of the calls that should succeed.
    #[must_use]
    pub fn success(mut self, share: f64) -> Self {
        self.success = Some(share);
        self
    }

    /// Within which time calls that succeed should do so.
    #[must_use]
    pub fn latency(mut self, limit: Duration) -> Self {
        self.latency = Some(limit);
        self
    }

    /// For which share of the calls the latency should hold.
    #[must_use]
    pub fn quantile(mut self, share: f64) -> Self {
        self.quantile = Some(share);
        self
    }

    /// For a method that has no spec here. Without it, such a name is taken for a misspelt one.
    #[must_use]
    pub fn unlisted(mut self) -> Self {
        self.unlisted = true;
        self
    }
}

/// What the program wants to be told.
#[derive(Clone, Default)]
pub(super) struct OnChange(pub(super) Option<Arc<Run>>);

type Run = dyn Fn(&MethodLevel) + Send + Sync;

impl fmt::Debug for OnChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "OnChange(..)" } else { "OnChange" })
    }
}

/// What one method is judged by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Target {
    pub(super) success: f64,
    pub(super) latency: Duration,
    pub(super) quantile: f64,
    pub(super) least_calls: u32,
    pub(super) hold: Duration,
}

/// The targets of all methods, checked.
#[derive(Debug)]
pub(super) struct Targets {
    usual: Target,
    methods: BTreeMap<String, Target>,
}

impl Targets {
    pub(super) fn of(&self, method: &str) -> &Target {
        self.methods.get(method).unwrap_or(&self.usual)
    }

    /// Checks the settings, all of them.
    pub(super) fn new(slo: &Slo) -> Result<Self, ConfigError> {
        let Slo { success, latency, quantile, least_calls, hold, .. } = *slo;
        let usual = Target { success, latency, quantile, least_calls, hold };
        let mut problems = Vec::new();
        check(&usual, "slo", &mut problems);
        if !(Duration::from_secs(10)..=Duration::from_secs(3_600)).contains(&slo.window) {
            problems.push(format!("slo.window: {:?} is no window; give 10s to 1h", slo.window));
        }
        if hold > Duration::from_secs(86_400) {
            problems.push(format!("slo.hold: {hold:?} is too long; give a day at most"));
        }
        if least_calls == 0 {
            problems.push("slo.least_calls: 0 calls tell nothing; give 1 or more".to_owned());
        }
        let mut targets = BTreeMap::new();
        for (method, own) in &slo.methods {
            let key = format!("slo.methods.{method}");
            if !own.unlisted && methods::listed(method).is_none() {
                let hint = methods::near(method).map_or_else(String::new, |near| format!(" Did you mean `{near}`?"));
                problems.push(format!(
                    "{key}: no method of this name has a spec; if there is one all the same, say that it is unlisted.{hint}"
                ));
            }
            let target = Target {
                success: own.success.unwrap_or(success),
                latency: own.latency.unwrap_or(latency),
                quantile: own.quantile.unwrap_or(quantile),
                ..usual
            };
            if target != usual {
                check(&target, &key, &mut problems);
            }
            targets.insert(method.clone(), target);
        }
        let split = |problem: String| match problem.split_once(": ") {
            Some((key, message)) => ConfigProblem::new(key, message),
            None => ConfigProblem::new("slo", problem),
        };
        ConfigError::none_of(problems.into_iter().map(split).collect())?;
        Ok(Self { usual, methods: targets })
    }
}

fn check(target: &Target, key: &str, problems: &mut Vec<String>) {
    for (name, share) in [("success", target.success), ("quantile", target.quantile)] {
        if !(share > 0.0 && share <= 1.0) {
            problems.push(format!("{key}.{name}: {share} is no share; give more than 0 and at most 1, such as 0.999"));
        }
    }
    if target.latency.is_zero() {
        problems.push(format!("{key}.latency: no call takes no time; give a time such as 100ms"));
    }
}
