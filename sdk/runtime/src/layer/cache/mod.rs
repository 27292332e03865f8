//! A cache: the answer to a read is used again while it may be.
//!
//! Each method's spec says whether, and for how long; [settings](CacheSettings) can say otherwise. Answers are kept in this process and,
//! if wanted, in a [second level](CacheStore) that several processes share. A write makes the answers old that its spec names. Equal
//! calls that are made at the same time go out once.
//!
//! ```
//! use topsdk::layer::cache::{Cache, CacheSettings};
//! use topsdk::{Client, Credentials, Environment, MockTransport};
//!
//! let cache = Cache::new(CacheSettings::new())?;
//! let client = Client::builder(Environment::Production, Credentials::new("12345678", "secret"))
//!     .transport(MockTransport::new())
//!     .cache(&cache)
//!     .build()?;
//! # Ok::<(), topsdk::Error>(())
//! ```

mod config;
mod entry;
mod flight;
mod generations;
mod key;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "redis")]
mod seal;
mod second;
mod stats;
mod store;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

pub use config::{CachePolicy, CacheSettings};
#[cfg(feature = "redis")]
pub use redis::RedisCache;
#[cfg(feature = "redis")]
pub use seal::CacheKeys;
pub use stats::CacheStats;
pub use store::{CacheStore, Found, StoreError};

use crate::client::{Clock, RawReply, SystemClock, SystemTimer, Timer, within};
use crate::error::Error;
use crate::layer::cache::config::Ttl;
use crate::layer::cache::entry::{Age, Entry};
use crate::layer::cache::flight::{Flights, Leader, Turn};
use crate::layer::cache::generations::Generations;
use crate::layer::cache::key::{Key, Tag};
use crate::layer::cache::second::Second;
use crate::layer::cache::stats::Counters;
use crate::layer::{CallInfo, Failed, Layer, Next, Outcome};
use crate::model::{Effect, RetryClass};
use crate::observe::{self, CacheRead};
use crate::transport::BoxFuture;

/// Keeps answers. Cheap to clone; clones keep together.
///
/// Give it to all clients of a process ([`ClientBuilder::cache`](crate::ClientBuilder::cache)): applications, environments and users
/// never see each other's answers.
#[derive(Clone)]
pub struct Cache {
    inner: Arc<Inner>,
}

struct Inner {
    settings: CacheSettings,
    local: moka::sync::Cache<Key, Arc<Kept>>,
    generations: Generations,
    second: Option<Second>,
    flights: Arc<Flights>,
    counters: Counters,
}

/// An answer in this process.
struct Kept {
    entry: Entry,
    /// The generations of its tags when it was asked for.
    generations: Box<[u64]>,
    /// When the second level last said that it holds, in milliseconds since 1970.
    checked: u64,
}

/// What is to be done about a call.
struct Plan {
    key: Key,
    tags: Vec<Tag>,
    ttl: Duration,
}

/// What is kept for a call.
enum Look {
    Hit(Arc<Kept>),
    /// Old, but not too old to be given while a new one is fetched.
    Stale(Arc<Kept>),
    /// Nothing, or something that may only be given if there is nothing else.
    Miss(Option<Arc<Kept>>),
}

impl Cache {
    /// A cache with these settings.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a method is unknown or writes, or nothing could be kept. It names the key, and all that is wrong.
    pub fn new(settings: CacheSettings) -> Result<Self, Error> {
        settings.check()?;
        let weight = |_: &Key, kept: &Arc<Kept>| u32::try_from(kept.entry.body.len() + OVERHEAD).unwrap_or(u32::MAX);
        let local = moka::sync::Cache::builder().max_capacity(settings.max_bytes as u64).weigher(weight).build();
        let inner = Inner {
            local,
            generations: Generations::new(),
            second: settings.store.clone().map(Second::new),
            settings,
            flights: Arc::default(),
            counters: Counters::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What it has done so far.
    #[must_use]
    pub fn stats(&self) -> CacheStats {
        self.inner.counters.now()
    }

    /// Throws away what shows this, for an application: `("item", "2100739")` is what the tag `item:num_iid` of the specs means for
    /// that item; the value is empty for a tag without a parameter. For what changes outside of this program, such as by a message
    /// of the platform.
    pub async fn invalidate(&self, app_key: &str, tag: &str, value: &str) {
        self.inner.invalidate(&[key::tag(app_key, tag, value)], now_of(&SystemClock), &SystemTimer).await;
    }

    /// Throws away everything that this process keeps. The second level stays as it is.
    pub fn clear(&self) {
        self.inner.local.invalidate_all();
    }

    /// Makes the call, or does without it.
    async fn read<'a>(&self, call: CallInfo<'a>, next: Next<'a>, plan: Plan) -> Outcome {
        let inner = &*self.inner;
        let mut spare = None;
        if call.cache_policy() == CachePolicy::Use {
            match inner.look(&call, &plan) {
                Look::Hit(kept) => return inner.hit(&call, &kept),
                Look::Stale(kept) => {
                    if let Some(leader) = inner.flights.try_join(plan.key) {
                        self.refresh(call, next, plan, leader);
                    }
                    return inner.give(&call, &kept.entry);
                }
                Look::Miss(kept) => spare = kept,
            }
        }
        let leader = match within(call.timer(), call.remaining(), Box::pin(inner.flights.join(plan.key))).await {
            Some(Turn::Ask(leader)) => leader,
            Some(Turn::Failed(failed)) => {
                inner.counters.joined.one();
                return inner.or_spare(&call, failed, spare);
            }
            // The deadline has come: the call says so itself.
            None => return next.run(call).await,
        };
        if call.cache_policy() == CachePolicy::Use {
            // The call that this one waited for may have brought the answer, or another process.
            if let Look::Hit(kept) = inner.look(&call, &plan) {
                inner.counters.joined.one();
                return inner.hit(&call, &kept);
            }
            match inner.look_further(&call, &plan).await {
                Look::Hit(kept) => return inner.hit(&call, &kept),
                Look::Stale(kept) => {
                    self.refresh(call, next, plan, leader);
                    return inner.give(&call, &kept.entry);
                }
                Look::Miss(kept) => spare = kept.or(spare),
            }
        }
        inner.counters.misses.one();
        observe::cache_read(call, CacheRead::Miss);
        let outcome = inner.ask(&call, &plan, next.run(call)).await;
        match outcome {
            Ok(reply) => Ok(reply),
            Err(failed) => {
                leader.fail(&failed);
                inner.or_spare(&call, failed, spare)
            }
        }
    }

    /// Fetches a new answer behind the caller's back.
    fn refresh(&self, call: CallInfo<'_>, next: Next<'_>, plan: Plan, leader: Leader) {
        // Where nothing runs in the background, the next call after the time has run out fetches it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (cache, client, exchange) = (self.clone(), call.client.clone(), call.exchange.clone().into_owned());
        let running = next.detached(call);
        runtime.spawn(async move {
            let call = CallInfo { client: &client, exchange: &exchange, attempt: 0 };
            // A failure is the business of the call that comes when the time has run out.
            let _ = cache.inner.ask(&call, &plan, running).await;
            drop(leader);
        });
    }
}

/// What an entry takes beside its bytes, roughly.
const OVERHEAD: usize = 256;

impl Inner {
    /// Whether and how long the answer to a call may be kept.
    fn plan(&self, call: &CallInfo<'_>) -> Option<Plan> {
        if call.effect() != Effect::Read
            || call.has_files()
            || call.body().is_some()
            || call.cache_policy() == CachePolicy::Bypass
        {
            return None;
        }
        let rule = call.info().and_then(|info| info.cache);
        let own = if self.settings.methods.is_empty() { None } else { self.settings.methods.get(call.method()) };
        let ttl = match own {
            Some(Ttl::Off) => return None,
            Some(Ttl::For(ttl)) => *ttl,
            None => Duration::from_secs(rule?.ttl.into()),
        };
        let tags = rule.map_or_else(Vec::new, |rule| key::tags(call, rule.tags));
        Some(Plan { key: key::key(call), tags, ttl })
    }

    /// What this process keeps.
    fn look(&self, call: &CallInfo<'_>, plan: &Plan) -> Look {
        let Some(kept) = self.local.get(&plan.key) else { return Look::Miss(None) };
        if !self.generations.are(&plan.tags, &kept.generations) {
            return Look::Miss(None);
        }
        let now = now(call);
        let holds = self.second.as_ref().is_none_or(|second| {
            now.saturating_sub(kept.checked) < millis(self.settings.recheck) || second.is_left_alone(call.timer())
        });
        if holds { self.judge(kept, now) } else { Look::Miss(Some(kept)) }
    }

    /// What the second level keeps. Afterwards it is in this process too.
    async fn look_further(&self, call: &CallInfo<'_>, plan: &Plan) -> Look {
        let Some(second) = &self.second else { return Look::Miss(None) };
        let generations = self.generations.of(&plan.tags);
        let Some(entry) = second.get(call, &plan.key, &plan.tags, &self.counters).await else {
            // Where it does not answer, what is kept here is as good as it was before.
            return if second.is_left_alone(call.timer()) { self.look(call, plan) } else { Look::Miss(None) };
        };
        // A write of this process of which the second level may not have heard.
        if self.generations.changed_since(&plan.tags, entry.asked) {
            return Look::Miss(None);
        }
        let now = now(call);
        let kept = Arc::new(Kept { entry, generations, checked: now });
        self.local.insert(plan.key, Arc::clone(&kept));
        let look = self.judge(kept, now);
        if matches!(look, Look::Hit(_)) {
            self.counters.second_level_hits.one();
        }
        look
    }

    fn judge(&self, kept: Arc<Kept>, now: u64) -> Look {
        match kept.entry.age(now) {
            Age::Fresh => Look::Hit(kept),
            Age::Old(time) if time < millis(self.settings.stale_while_revalidate) => Look::Stale(kept),
            Age::Old(time) if time < millis(self.settings.stale_if_error) => Look::Miss(Some(kept)),
            Age::Old(_) => Look::Miss(None),
        }
    }

    /// Asks the platform, and keeps what it says.
    async fn ask(&self, call: &CallInfo<'_>, plan: &Plan, asked: impl Future<Output = Outcome>) -> Outcome {
        let (generations, asked_at) = (self.generations.of(&plan.tags), now(call));
        // What others write while this call is under way must show.
        let beyond = match &self.second {
            Some(second) => second.generations(call, &plan.key, &plan.tags, &self.counters).await,
            None => None,
        };
        let outcome = asked.await;
        let (body, absent, ttl) = match &outcome {
            Ok(reply) => (reply.body(), false, plan.ttl),
            Err(failed) => match (failed.error().gateway(), failed.reply()) {
                (Some(refusal), Some(reply)) if refusal.is_absent() && !self.settings.absent.is_zero() => {
                    (reply.body(), true, self.settings.absent.min(plan.ttl))
                }
                _ => return outcome,
            },
        };
        let entry = Entry { body: body.into(), absent, asked: asked_at, ttl: millis(ttl) };
        if let (Some(second), Some(beyond)) = (&self.second, &beyond) {
            let most = self.settings.stale_while_revalidate.max(self.settings.stale_if_error);
            second.put(call, &plan.key, &entry, beyond, ttl.saturating_add(most), &self.counters).await;
        }
        self.counters.kept.one();
        self.local.insert(plan.key, Arc::new(Kept { entry, generations, checked: now(call) }));
        outcome
    }

    fn hit(&self, call: &CallInfo<'_>, kept: &Kept) -> Outcome {
        self.counters.hits.one();
        observe::cache_read(*call, if kept.entry.absent { CacheRead::Absent } else { CacheRead::Hit });
        self.answer(call, &kept.entry, false)
    }

    /// An answer after its time.
    fn give(&self, call: &CallInfo<'_>, entry: &Entry) -> Outcome {
        self.counters.stale.one();
        observe::cache_read(*call, CacheRead::Stale);
        self.answer(call, entry, true)
    }

    fn answer(&self, call: &CallInfo<'_>, entry: &Entry, stale: bool) -> Outcome {
        let age = Duration::from_millis(now(call).saturating_sub(entry.asked));
        let reply = RawReply::kept(call.client, call.method(), &entry.body, call.exchange.hidden.clone(), age, stale);
        if entry.absent
            && let Some(error) = reply.failure(call.info())
        {
            self.counters.absent_hits.one();
            return Err(Failed::answered(error, reply));
        }
        Ok(reply)
    }

    /// What is kept for such a case, where the platform could not answer; else the failure.
    fn or_spare(&self, call: &CallInfo<'_>, failed: Failed, spare: Option<Arc<Kept>>) -> Outcome {
        let passing = matches!(failed.error(), Error::Limited(_)) || failed.error().retry() != RetryClass::Never;
        let limit = millis(self.settings.stale_if_error);
        let spare = spare.filter(|kept| match kept.entry.age(now(call)) {
            // The second level does not have it any more: somebody may have written.
            Age::Fresh => limit > 0,
            Age::Old(time) => time < limit,
        });
        match spare {
            Some(kept) if passing => self.give(call, &kept.entry),
            _ => Err(failed),
        }
    }

    async fn invalidate(&self, tags: &[Tag], now: u64, timer: &dyn Timer) {
        tags.iter().for_each(|tag| self.generations.change(tag, now));
        self.counters.invalidated.add(tags.len());
        if let Some(second) = &self.second {
            second.invalidate(tags, timer, &self.counters).await;
        }
    }
}

/// A cache around each call of a client.
pub(crate) struct Cached(pub(crate) Cache);

impl Layer for Cached {
    fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let inner = &*self.0.inner;
            if let Some(plan) = inner.plan(&call) {
                return self.0.read(call, next, plan).await;
            }
            let outcome = next.run(call).await;
            let written = outcome.as_ref().err().is_none_or(|failed| failed.error().may_have_reached_platform());
            if let Some(info) = call.info().filter(|info| written && !info.invalidates.is_empty()) {
                inner.invalidate(&key::tags(&call, info.invalidates), now(&call), call.timer()).await;
            }
            outcome
        })
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("settings", &self.inner.settings)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

/// Milliseconds since 1970 by the client's clock: answers outlive processes.
fn now(call: &CallInfo<'_>) -> u64 {
    now_of(call.client.settings().clock.as_ref())
}

fn now_of(clock: &dyn Clock) -> u64 {
    clock.now().duration_since(UNIX_EPOCH).map_or(0, millis)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
