//! The configuration with the specs' tiers, checked: which limit counts a method.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;
use std::time::Duration;

use crate::error::ConfigError;
use crate::generated::platform_tables::TIERS;
use crate::layer::limit::config::{MethodLimit, Rate, RateLimits};
use crate::layer::methods;

/// The tier of methods about which nothing is known.
const BASIC: &str = "basic";

/// Ten microseconds apart: what is beyond is no limit.
const MOST: i64 = 6_000_000;

/// One limit of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Limit {
    /// Name of the tier or of the method.
    pub(super) name: String,
    /// Time between two calls of the steady rate.
    pub(super) period: Duration,
    /// Calls at once.
    pub(super) burst: NonZeroU32,
    /// Calls of the burst that background calls leave.
    pub(super) reserve: u32,
}

/// All limits of an application, and which counts what.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) limits: Vec<Limit>,
    /// Names of tiers and where their limit stands, few.
    tiers: Vec<(String, usize)>,
    /// The methods that are not counted by the tier of their spec.
    methods: HashMap<String, usize>,
    basic: usize,
}

impl Plan {
    /// Where the limit of a method stands. The tier is that of the spec, if one is known.
    pub(super) fn limit_of(&self, method: &str, tier: Option<&str>) -> usize {
        if !self.methods.is_empty()
            && let Some(own) = self.methods.get(method)
        {
            return *own;
        }
        let tier = tier.or_else(|| methods::tier(method)).unwrap_or(BASIC);
        self.tiers.iter().find(|(name, _)| name == tier).map_or(self.basic, |(_, at)| *at)
    }

    /// Checks the configuration, all of it.
    pub(super) fn new(config: &RateLimits) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let mut rates: BTreeMap<&str, Rate> =
            TIERS.iter().map(|(name, calls)| (*name, Rate::per_minute(i64::from(*calls)))).collect();
        rates.extend(config.tiers.iter().map(|(name, rate)| (name.as_str(), *rate)));
        let mut plan = Self { limits: Vec::new(), tiers: Vec::new(), methods: HashMap::new(), basic: 0 };
        for (name, rate) in &rates {
            let at = plan.add(name, &format!("limits.tiers.{name}"), *rate, &mut problems);
            plan.tiers.push(((*name).to_owned(), at));
            if *name == BASIC {
                plan.basic = at;
            }
        }
        for (method, own) in &config.methods {
            let key = format!("limits.methods.{method}");
            if !own.unlisted && methods::tier(method).is_none() {
                problems.push(unknown(&key, method));
            }
            let at = match (&own.tier, own.per_minute) {
                (Some(tier), None) => match plan.tiers.iter().find(|(name, _)| name == tier) {
                    Some((_, at)) if own.burst.is_none() && own.reserve.is_none() => *at,
                    Some(_) => {
                        problems.push(format!(
                            "{key}: a method that is counted with a tier has no burst or reserve of its own"
                        ));
                        continue;
                    }
                    None => {
                        let known: Vec<&str> = rates.keys().copied().collect();
                        let known = known.join("`, `");
                        problems.push(format!("{key}.tier: no tier `{tier}`; there are `{known}`"));
                        continue;
                    }
                },
                (None, Some(per_minute)) => {
                    let MethodLimit { burst, reserve, .. } = *own;
                    plan.add(method, &key, Rate { per_minute, burst, reserve }, &mut problems)
                }
                _ => {
                    problems.push(format!("{key}: give either per_minute or tier"));
                    continue;
                }
            };
            plan.methods.insert(method.clone(), at);
        }
        if problems.is_empty() { Ok(plan) } else { Err(ConfigError::new(problems.join("; "))) }
    }

    /// Adds a limit and says where it stands.
    fn add(&mut self, name: &str, key: &str, rate: Rate, problems: &mut Vec<String>) -> usize {
        match limit(name, key, rate) {
            Ok(limit) => self.limits.push(limit),
            Err(problem) => problems.push(problem),
        }
        self.limits.len().saturating_sub(1)
    }
}

fn limit(name: &str, key: &str, rate: Rate) -> Result<Limit, String> {
    let calls = rate.per_minute;
    if !(1..=MOST).contains(&calls) {
        return Err(format!("{key}.per_minute: {calls} is no rate; give 1 to {MOST} calls a minute"));
    }
    // Half of it, for a burst takes from the steady rate: see `Rate::burst`.
    let most = (calls + 1) / 2;
    let burst = rate.burst.unwrap_or((calls + 59) / 60);
    if !(1..=most).contains(&burst) {
        return Err(format!("{key}.burst: {burst} is no burst of {calls} calls a minute; give 1 to {most}"));
    }
    let reserve = rate.reserve.unwrap_or(burst / 2);
    if !(0..burst).contains(&reserve) {
        return Err(format!("{key}.reserve: {reserve} of a burst of {burst}; give 0 to {}", burst - 1));
    }
    // All are within 1..=MOST, so that none of these fails.
    let small = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    // Rounded up, so that a minute never holds one call too many.
    let period = 60_000_000_000_u64.div_ceil(u64::from(small(calls - burst + 1)));
    Ok(Limit {
        name: name.to_owned(),
        period: Duration::from_nanos(period),
        burst: NonZeroU32::new(small(burst)).unwrap_or(NonZeroU32::MIN),
        reserve: small(reserve),
    })
}

fn unknown(key: &str, method: &str) -> String {
    let hint = methods::near(method).map_or_else(String::new, |near| format!(" Did you mean `{near}`?"));
    format!("{key}: no such method.{hint} If it has no spec here, say `unlisted`")
}
