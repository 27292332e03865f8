//! The configuration with the specs' tiers, checked: which limit counts a method.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use crate::error::{ConfigError, ConfigProblem};
use crate::generated::platform_tables::TIERS;
use crate::layer::Priority;
use crate::layer::limit::config::{MethodLimit, Rate, RateLimits};
use crate::methods;
use crate::nearest::nearest;

/// The tier of methods about which nothing is known.
const BASIC: &str = "basic";

/// Ten microseconds apart: what is beyond is no limit.
const MOST: i64 = 6_000_000;

/// Most processes.
const MOST_PROCESSES: i64 = 100_000;

/// One limit of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Limit {
    /// Name of the tier or of the method.
    pub(super) name: String,
    /// What all processes count together.
    pub(super) whole: Count,
    /// What one of them counts by itself.
    pub(super) share: Count,
}

/// How fast calls go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    /// Time between two calls of the steady rate.
    pub(super) period: Duration,
    /// Calls at once.
    pub(super) burst: NonZeroU32,
    /// Calls of the burst that background calls leave.
    pub(super) reserve: u32,
}

impl Count {
    /// The share of one of so many processes. All figures are checked.
    fn share(calls: i64, burst: i64, reserve: i64, processes: i64) -> Self {
        let burst = (burst / processes).max(1);
        let reserve = (reserve / processes).min(burst - 1);
        // Rounded up, so that a minute never holds one call too many.
        let (minute, steady) = (60_000_000_000 * processes, calls - processes * (burst - 1));
        let period = minute.unsigned_abs().div_ceil(steady.unsigned_abs().max(1));
        let small = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            period: Duration::from_nanos(period),
            burst: NonZeroU32::new(small(burst)).unwrap_or(NonZeroU32::MIN),
            reserve: small(reserve),
        }
    }

    /// How many calls of the burst a call leaves to more urgent ones.
    pub(super) fn leave(&self, priority: Priority) -> u32 {
        match priority {
            Priority::Interactive => 0,
            Priority::Background => self.reserve,
        }
    }
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
    processes: i64,
    /// Where the limits of methods stand that were called by name, for a search takes longer than all the rest.
    found: RwLock<HashMap<String, usize>>,
}

/// Most methods whose limit is remembered: more than a program calls, and no room for names that somebody makes up.
const REMEMBERED: usize = 1_000;

impl Plan {
    /// Where the limit of a method stands. The tier is that of the spec, if one is known.
    pub(super) fn limit_of(&self, method: &str, tier: Option<&str>) -> usize {
        if !self.methods.is_empty()
            && let Some(own) = self.methods.get(method)
        {
            return *own;
        }
        let Some(tier) = tier else { return self.by_name(method) };
        self.of_tier(tier)
    }

    fn of_tier(&self, tier: &str) -> usize {
        self.tiers.iter().find(|(name, _)| name == tier).map_or(self.basic, |(_, at)| *at)
    }

    fn by_name(&self, method: &str) -> usize {
        if let Some(found) = self.found.read().unwrap_or_else(PoisonError::into_inner).get(method) {
            return *found;
        }
        let limit = self.of_tier(methods::tier(method).unwrap_or(BASIC));
        let mut found = self.found.write().unwrap_or_else(PoisonError::into_inner);
        if found.len() < REMEMBERED {
            found.insert(method.to_owned(), limit);
        }
        limit
    }

    /// Checks the configuration, all of it.
    pub(super) fn new(config: &RateLimits) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let mut rates: BTreeMap<&str, Rate> =
            TIERS.iter().map(|(name, calls)| (*name, Rate::per_minute(i64::from(*calls)))).collect();
        rates.extend(config.tiers.iter().map(|(name, rate)| (name.as_str(), *rate)));
        let processes = config.processes;
        if !(1..=MOST_PROCESSES).contains(&processes) {
            let message = format!("{processes} is no number of processes; give 1 to {MOST_PROCESSES}");
            problems.push(ConfigProblem::new("limits.processes", message));
        }
        let processes = processes.clamp(1, MOST_PROCESSES);
        let (limits, tiers, methods) = (Vec::new(), Vec::new(), HashMap::new());
        let mut plan = Self { limits, tiers, methods, basic: 0, processes, found: RwLock::default() };
        for (name, rate) in &rates {
            let key = format!("limits.tiers.{name}");
            if !rate.unlisted && !is_tier(name) && !config.methods.values().any(|own| own.tier.as_deref() == Some(name))
            {
                problems.push(unknown_tier(&key, name));
            }
            let at = plan.add(name, &key, *rate, &mut problems);
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
                        let message = "a method that is counted with a tier has no burst or reserve of its own";
                        problems.push(ConfigProblem::new(key, message));
                        continue;
                    }
                    None => {
                        let known: Vec<&str> = rates.keys().copied().collect();
                        let known = known.join("`, `");
                        let message = format!("no tier `{tier}`; there are `{known}`");
                        problems.push(ConfigProblem::new(format!("{key}.tier"), message));
                        continue;
                    }
                },
                (None, Some(per_minute)) => {
                    let MethodLimit { burst, reserve, unlisted, .. } = *own;
                    plan.add(method, &key, Rate { per_minute, burst, reserve, unlisted }, &mut problems)
                }
                _ => {
                    problems.push(ConfigProblem::new(key, "give either per_minute or tier"));
                    continue;
                }
            };
            plan.methods.insert(method.clone(), at);
        }
        ConfigError::none_of(problems).map(|()| plan)
    }

    /// Adds a limit and says where it stands.
    fn add(&mut self, name: &str, key: &str, rate: Rate, problems: &mut Vec<ConfigProblem>) -> usize {
        match limit(name, key, rate, self.processes) {
            Ok(limit) => self.limits.push(limit),
            Err(problem) => problems.push(problem),
        }
        self.limits.len().saturating_sub(1)
    }
}

fn limit(name: &str, key: &str, rate: Rate, processes: i64) -> Result<Limit, ConfigProblem> {
    let problem = |at: &str, message: String| Err(ConfigProblem::new(format!("{key}.{at}"), message));
    let calls = rate.per_minute;
    if !(1..=MOST).contains(&calls) {
        return problem("per_minute", format!("{calls} is no rate; give 1 to {MOST} calls a minute"));
    }
    // Half of it, for a burst takes from the steady rate: see `Rate::burst`.
    let most = (calls + 1) / 2;
    let burst = rate.burst.unwrap_or((calls + 59) / 60);
    if !(1..=most).contains(&burst) {
        return problem("burst", format!("{burst} is no burst of {calls} calls a minute; give 1 to {most}"));
    }
    let reserve = rate.reserve.unwrap_or(burst / 2);
    if !(0..burst).contains(&reserve) {
        return problem("reserve", format!("{reserve} of a burst of {burst}; give 0 to {}", burst - 1));
    }
    let share = |processes| Count::share(calls, burst, reserve, processes);
    Ok(Limit { name: name.to_owned(), whole: share(1), share: share(processes) })
}

fn is_tier(name: &str) -> bool {
    TIERS.iter().any(|(tier, _)| *tier == name)
}

fn unknown_tier(key: &str, name: &str) -> ConfigProblem {
    let near = nearest(name, TIERS.iter().map(|(tier, _)| *tier), 1);
    let hint = near.first().map_or_else(String::new, |near| format!(" Did you mean `{near}`?"));
    ConfigProblem::new(key, format!("no such tier.{hint} If requests of your own name it, say `unlisted`"))
}

fn unknown(key: &str, method: &str) -> ConfigProblem {
    let hint = methods::near(method).map_or_else(String::new, |near| format!(" Did you mean `{near}`?"));
    ConfigProblem::new(key, format!("no such method.{hint} If it has no spec here, say `unlisted`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_a_limit() {
        for (rate, processes, milliseconds, burst, reserve) in [
            (Rate::per_minute(1_200).burst(20), 1, 51, 20, 10),
            (Rate::per_minute(1_200).burst(20), 10, 505, 2, 1),
            (Rate::per_minute(200), 10, 3_000, 1, 0),
            (Rate::per_minute(200), 3, 900, 1, 0),
            (Rate::per_minute(1), 10, 600_000, 1, 0),
            (Rate::per_minute(MOST), MOST_PROCESSES, 1_000, 1, 0),
        ] {
            let Limit { share, .. } = limit("x", "x", rate, processes).unwrap();
            let got = (share.period.as_nanos().div_ceil(1_000_000), share.burst.get(), share.reserve);
            assert_eq!(got, (milliseconds, burst, reserve), "{rate:?} of {processes}");
            // All of them make hardly more than what one might.
            let most = i64::from(burst) + i64::try_from((60_000_000_000 - 1) / share.period.as_nanos()).unwrap();
            assert!(most * processes < rate.per_minute + processes, "{rate:?} of {processes}");
        }
    }

    #[test]
    fn what_is_called_by_name_is_remembered_up_to_a_bound() {
        let plan = Plan::new(&RateLimits::new()).unwrap();
        let name = |method| plan.limits[plan.limit_of(method, None)].name.clone();
        for _ in 0..2 {
            assert_eq!([name("taobao.trade.get"), name("taobao.time.get"), name("x.y")], ["trade", "basic", "basic"]);
        }
        assert_eq!(plan.found.read().unwrap().len(), 3);
        plan.limit_of("a.b", Some("trade"));
        (0..2 * REMEMBERED).for_each(|n| assert_eq!(plan.limit_of(&format!("x.{n}"), None), plan.basic));
        assert_eq!(plan.found.read().unwrap().len(), REMEMBERED);
        assert_eq!(name("taobao.trade.fullinfo.get"), "trade", "what is not remembered is found all the same");
    }
}
