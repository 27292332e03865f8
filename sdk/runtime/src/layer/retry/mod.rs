//! Trying again, where that helps and does no harm.
//!
//! On by default, with three attempts. Whether a call is tried again depends on what making it twice does and on how it failed:
//!
//! | failed | read, idempotent | write |
//! |---|---|---|
//! | before anything was sent; refused by the gateway itself: flow control, clock | yes | yes |
//! | transport, time limit, an answer that is none, `isp.*`, services that are down | yes | no: it may have been applied |
//! | whatever would fail again: arguments, permissions, sessions, signatures, `isv.*` | no | no |
//!
//! Which code is which stands in the platform's error table and in the specs of the methods; [`Retry::on_code`] and
//! [`Retry::on_sub_code`] add to it. A call that its caller may repeat says so:
//! [`with_effect(Effect::Idempotent)`](crate::Call::with_effect). [`Error::attempts`] and [`Reply::attempts`](crate::Reply::attempts)
//! tell what happened.

mod attempts;
mod budget;
mod decide;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use attempts::{Attempts, FailedAttempt, Stopped};
pub use budget::Budget;

pub(crate) use budget::Bucket;

use crate::error::{ConfigError, ConfigProblem, Error};
use crate::layer::{CallInfo, Next, Outcome};
use crate::model::RetryClass;
use crate::observe;
use decide::{Situation, decide, is_clock};

/// When and how often calls are tried again.
///
/// ```
/// use std::time::Duration;
/// use topsdk::layer::Retry;
/// use topsdk::model::RetryClass;
///
/// let patient = Retry::default()
///     .attempts(5)
///     .backoff(Duration::from_millis(500), Duration::from_secs(30))
///     .longest_ban(Duration::from_secs(60))
///     .on_sub_code("isv.item-update-service-error:*", RetryClass::Backoff);
/// ```
///
/// With the feature `config` the same comes from a configuration file:
///
/// ```toml
/// attempts = 5
/// base = "500ms"
/// cap = "30s"
/// longest_ban = "60s"
/// sub_codes."isv.item-update-service-error:*" = "backoff"   # or "never", "once", "after_ban"
/// ```
#[derive(Debug, Clone)]
#[cfg_attr(feature = "config", derive(serde::Deserialize), serde(deny_unknown_fields, default))]
pub struct Retry {
    pub(crate) attempts: u32,
    #[cfg_attr(feature = "config", serde(deserialize_with = "crate::human::read::time"))]
    pub(crate) base: Duration,
    #[cfg_attr(feature = "config", serde(deserialize_with = "crate::human::read::time"))]
    pub(crate) cap: Duration,
    #[cfg_attr(feature = "config", serde(deserialize_with = "crate::human::read::time"))]
    pub(crate) longest_ban: Duration,
    pub(crate) budget: Budget,
    #[cfg_attr(feature = "config", serde(deserialize_with = "crate::human::read::pairs"))]
    codes: Vec<(i64, RetryClass)>,
    #[cfg_attr(feature = "config", serde(deserialize_with = "crate::human::read::pairs"))]
    sub_codes: Vec<(String, RetryClass)>,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 3,
            base: Duration::from_millis(200),
            cap: Duration::from_secs(10),
            longest_ban: Duration::from_secs(5),
            budget: Budget::default(),
            codes: Vec::new(),
            sub_codes: Vec::new(),
        }
    }
}

impl Retry {
    /// One attempt a call.
    #[must_use]
    pub fn off() -> Self {
        Self::default().attempts(1)
    }

    /// Most attempts of a call, the first included. 3 by default.
    #[must_use]
    pub fn attempts(mut self, most: u32) -> Self {
        self.attempts = most;
        self
    }

    /// The pauses: before the second attempt up to `base`, then up to twice as long each time, never more than `cap`. Each
    /// is a random part of that, so that calls that failed together do not come back together. 200 ms and 10 s by default.
    #[must_use]
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        (self.base, self.cap) = (base, cap);
        self
    }

    /// The longest ban that a call waits for; a longer one is an error at once. 5 s by default: bans for frequency last 1 or 2 s, those
    /// for a daily quota hours.
    #[must_use]
    pub fn longest_ban(mut self, limit: Duration) -> Self {
        self.longest_ban = limit;
        self
    }

    /// What the client may spend on further attempts.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Whether trying again helps after this code, instead of what the tables say. An [`on_sub_code`](Self::on_sub_code) that fits
    /// counts more.
    #[must_use]
    pub fn on_code(mut self, code: i64, class: RetryClass) -> Self {
        self.codes.retain(|(known, _)| *known != code);
        self.codes.push((code, class));
        self
    }

    /// Whether trying again helps after this sub code, instead of what the tables say. A `*` at the end stands for any ending; the
    /// longest entry that fits counts.
    #[must_use]
    pub fn on_sub_code(mut self, sub_code: impl Into<String>, class: RetryClass) -> Self {
        let sub_code = sub_code.into();
        self.sub_codes.retain(|(known, _)| *known != sub_code);
        self.sub_codes.push((sub_code, class));
        self
    }

    /// The class of an error, by the user's tables, else by those of the specs.
    pub(crate) fn class(&self, error: &Error) -> RetryClass {
        let Some(refusal) = error.gateway() else { return error.retry() };
        if let Some(sub_code) = refusal.sub_code() {
            let name = sub_code.split(':').next().unwrap_or(sub_code);
            let fits = |known: &str| match known.strip_suffix('*') {
                Some(start) => sub_code.starts_with(start),
                None => known == sub_code || known == name,
            };
            let fitting = self.sub_codes.iter().filter(|(known, _)| fits(known));
            // Without the `*`, an exact entry is never shorter than a family that holds it.
            if let Some((_, class)) = fitting.max_by_key(|(known, _)| known.trim_end_matches('*').len()) {
                return *class;
            }
        }
        let by_code = self.codes.iter().find(|(code, _)| *code == refusal.code());
        by_code.map_or(refusal.retry(), |(_, class)| *class)
    }

    /// The longest pause after so many attempts.
    fn ceiling(&self, attempts: u32) -> Duration {
        let times = 2_u32.saturating_pow(attempts.saturating_sub(1));
        self.base.saturating_mul(times).min(self.cap)
    }

    /// Tells all that makes no sense.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        if self.attempts == 0 {
            problems.push(ConfigProblem::new("retry.attempts", "0 attempts make no call: 1 is without retries"));
        }
        if self.base > self.cap {
            let message = format!("the first pause is longer than the longest: {:?} > {:?}", self.base, self.cap);
            problems.push(ConfigProblem::new("retry.base", message));
        }
        problems.extend(self.budget.problem());
        ConfigError::none_of(problems)
    }
}

/// Makes the attempts of a call.
pub(crate) async fn attempts(call: CallInfo<'_>) -> Outcome {
    let settings = call.client.settings();
    let (retry, bucket, timer) = (&settings.retry, &settings.bucket, call.timer());
    let most = call.exchange.options.attempts.unwrap_or(retry.attempts);
    let (mut attempts, mut paid) = (Attempts::default(), false);
    loop {
        let call = CallInfo { attempt: attempts.begin(), ..call };
        let (start, skew) = (timer.now(), settings.skew.get());
        let mut failed = match Next::around_attempt(&settings.layers).run_attempt(call).await {
            Ok(mut reply) => {
                bucket.earn(paid);
                reply.attempts = attempts;
                return Ok(reply);
            }
            Err(failed) => failed,
        };
        let corrected = is_clock(failed.error()) && call.client.correct_clock(&failed, skew);
        let situation = Situation {
            corrected,
            error: failed.error(),
            effect: call.effect(),
            repeated: attempts.failed_as(failed.error()),
            attempts: call.attempt,
            most,
            remaining: call.remaining(),
            chance: call.chance(),
        };
        let next = decide(retry, &situation);
        // A refusal for a reason of its own shows that the platform works; one for a wrong clock is no load.
        if next == Err(Stopped::Permanent) && failed.error().gateway().is_some() {
            bucket.earn(paid);
        }
        paid = !corrected;
        let next = next.and_then(|pause| if corrected || bucket.pay() { Ok(pause) } else { Err(Stopped::Budget) });
        match next {
            Ok(pause) => {
                let took = timer.now().saturating_duration_since(start);
                tracing::debug!(method = call.method(), attempt = call.attempt, error = %failed.error(), ?pause, "trying again");
                observe::retried(call, failed.error());
                attempts.failed_once(failed.error(), took, pause);
                if !pause.is_zero() {
                    timer.sleep(pause).await;
                }
            }
            Err(why) => {
                observe::given_up(call, why);
                attempts.stop(why);
                failed.set_attempts(attempts);
                return Err(failed);
            }
        }
    }
}
