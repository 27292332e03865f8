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
use std::future::ready;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, UNIX_EPOCH};

pub use config::{CachePolicy, CacheSettings};
#[cfg(feature = "redis")]
pub use redis::RedisCache;
#[cfg(feature = "redis")]
pub use seal::CacheKeys;
pub use stats::CacheStats;
pub use store::{CacheStore, Found, StoreError};
use tracing::Instrument as _;

use crate::client::{Clock, RawReply, SystemClock, SystemTimer, within};
use crate::error::Error;
use crate::layer::cache::config::Ttl;
use crate::layer::cache::entry::{Age, Entry};
use crate::layer::cache::flight::{Flights, Landing, With};
use crate::layer::cache::generations::Generations;
use crate::layer::cache::key::{Key, Tag};
use crate::layer::cache::second::{Asker, Second, Seen};
use crate::layer::cache::stats::Counters;
use crate::layer::{CallInfo, Copied, Failed, Layer, Next, Outcome, SessionId};
use crate::model::RetryClass;
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
    /// How many answers have been asked for.
    numbers: AtomicU64,
    counters: Arc<Counters>,
}

/// An answer in this process.
pub(crate) struct Kept {
    entry: Entry,
    /// What its method declared, and the tags that came of it.
    declared: &'static [&'static str],
    tags: Box<[Tag]>,
    /// The generations of the tags when it was asked for.
    generations: Box<[u64]>,
    /// When the second level last said that it holds, in milliseconds since 1970.
    checked: u64,
    /// How many had been asked for before it in this process.
    number: u64,
    /// Whether somebody could not read it.
    refused: AtomicBool,
}

impl Kept {
    pub(crate) fn body(&self) -> &[u8] {
        &self.entry.body
    }

    /// It cannot be read, and is not given again, though the second level may still have it.
    pub(crate) fn refuse(&self) {
        self.refused.store(true, Ordering::Release);
    }

    fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Acquire)
    }
}

/// What is to be done about a call.
#[derive(Clone)]
struct Plan {
    key: Key,
    ttl: Duration,
    /// The tags that the method declares.
    declared: &'static [&'static str],
    tags: OnceLock<Box<[Tag]>>,
}

impl Plan {
    /// The tags of the call. A hit goes without: the answer has them.
    fn tags(&self, call: &CallInfo<'_>) -> &[Tag] {
        self.tags.get_or_init(|| key::tags(call, self.declared).into())
    }

    /// An answer that was asked for when its tags had these generations, and held at this time.
    fn kept(&self, call: &CallInfo<'_>, entry: Entry, generations: Box<[u64]>, checked: u64, number: u64) -> Kept {
        let (tags, refused) = (self.tags(call).into(), AtomicBool::new(false));
        Kept { entry, declared: self.declared, tags, generations, checked, number, refused }
    }
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
        let counters = Arc::<Counters>::default();
        let inner = Inner {
            local,
            generations: Generations::new(),
            second: settings.store.clone().map(|store| Second::new(store, Arc::clone(&counters))),
            settings,
            flights: Arc::default(),
            numbers: AtomicU64::new(0),
            counters,
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
        self.throw_away(key::tag(app_key, tag, value)).await;
    }

    /// Throws away what shows this to a user: `("items", SessionId::of(token))` is what the tag `items:session` of the specs means
    /// for the user of that token.
    pub async fn invalidate_session(&self, app_key: &str, tag: &str, session: SessionId) {
        self.throw_away(key::session_tag(app_key, tag, session)).await;
    }

    async fn throw_away(&self, tag: Tag) {
        self.inner.changed(&[tag], now_of(&SystemClock));
        if let Some(second) = &self.inner.second {
            second.tell(Asker { timer: &SystemTimer, deadline: None }).await;
        }
    }

    /// Throws away everything that this process keeps. The second level stays as it is.
    pub fn clear(&self) {
        self.inner.local.invalidate_all();
    }

    /// Makes the call, or does without it after all. What is kept, if anything, may be given if there is nothing else.
    async fn read<'a>(&self, call: CallInfo<'a>, next: Next<'a>, plan: Plan, mut spare: Option<Arc<Kept>>) -> Outcome {
        let inner = &*self.inner;
        let mut with = match call.cache_policy() {
            CachePolicy::Use => With::Anybody,
            CachePolicy::Refresh | CachePolicy::Bypass => With::Nobody,
        };
        loop {
            let fetch = || {
                let fetch = self.clone().fetch(next.copy(call), plan.clone());
                // Who else drives it does that for this call.
                Box::pin(fetch.in_current_span()) as BoxFuture<'static, Landing>
            };
            let seat = inner.flights.board(&call, plan.key, with, fetch);
            // Who leads has its deadline aboard.
            let time = call.remaining().filter(|_| !seat.leads());
            let Some(landing) = within(call.timer(), time, Box::pin(seat.land())).await else {
                // The deadline has come: the call says so itself.
                return next.run(call).await;
            };
            match landing {
                Some(Landing::Fresh(kept)) => return inner.hit(&call, &kept, now(&call)),
                Some(Landing::Stale(kept)) => return inner.give(&call, &kept, now(&call)),
                Some(Landing::Answered(reply, _)) => return Ok(*reply),
                Some(Landing::Failed(failed, kept)) if seat.leads() => {
                    return inner.or_spare(&call, failed, kept.or(spare));
                }
                Some(Landing::Failed(failed, kept)) if seat.shares(&call, &failed) => {
                    inner.counters.joined.one();
                    return inner.or_spare(&call, failed, kept.or(spare));
                }
                Some(Landing::Failed(..)) => {}
                // The call that this one has waited for may have brought the answer.
                None => match inner.look(&call, &plan, now(&call)) {
                    Look::Hit(kept) => {
                        inner.counters.joined.one();
                        return inner.hit(&call, &kept, now(&call));
                    }
                    Look::Stale(kept) => {
                        inner.counters.joined.one();
                        return inner.give(&call, &kept, now(&call));
                    }
                    Look::Miss(kept) => {
                        // One that is not kept will do too, unless somebody has written since it was asked for.
                        if let Some((reply, generations)) = seat.answer()
                            && inner.generations.are(plan.tags(&call), &generations)
                        {
                            inner.counters.joined.one();
                            return Ok(reply);
                        }
                        spare = kept.or(spare);
                    }
                },
            }
            with = with.next();
        }
    }

    /// Brings an answer for all calls that wait for it: that of another process, or one of the platform.
    async fn fetch(self, copy: Copied, plan: Plan) -> Landing {
        let (call, next) = copy.parts();
        let inner = &*self.inner;
        let (mut seen, mut spare) = (None, None);
        if call.cache_policy() == CachePolicy::Use {
            // An equal call may have ended just before this one began.
            if let Look::Hit(kept) = inner.look(&call, &plan, now(&call)) {
                return Landing::Fresh(kept);
            }
            let look;
            (look, seen) = inner.look_further(&call, &plan).await;
            match look {
                Look::Hit(kept) => return Landing::Fresh(kept),
                Look::Stale(kept) => {
                    self.refresh(call, next, &plan, With::Nobody, seen);
                    return Landing::Stale(kept);
                }
                Look::Miss(kept) => spare = kept,
            }
        }
        inner.counters.misses.one();
        observe::cache_read(call, CacheRead::Miss);
        let generations = inner.generations.of(plan.tags(&call));
        Landing::of(inner.ask(&call, &plan, seen, next.run(call)).await, generations, spare)
    }

    /// Fetches a new answer behind the caller's back, unless that is being done.
    fn refresh(&self, call: CallInfo<'_>, next: Next<'_>, plan: &Plan, with: With, seen: Option<Vec<u64>>) {
        // Where nothing runs in the background, the next call after the time has run out fetches it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let seat = self.inner.flights.board(&call, plan.key, with, || {
            let (cache, plan, mut copy) = (self.clone(), plan.clone(), next.copy(call));
            Box::pin(async move {
                copy.begin_anew();
                let (call, next) = copy.parts();
                let generations = cache.inner.generations.of(plan.tags(&call));
                Landing::of(cache.inner.ask(&call, &plan, seen, next.run(call)).await, generations, None)
            })
        });
        if seat.leads() {
            // A failure is the business of the call that comes when the time has run out.
            runtime.spawn(async move { drop(seat.land().await) });
        }
    }
}

/// What an entry takes beside its bytes, roughly.
const OVERHEAD: usize = 256;

impl Inner {
    /// Whether and how long the answer to a call may be kept.
    fn plan(&self, call: &CallInfo<'_>) -> Option<Plan> {
        if !call.is_read()
            || call.has_files()
            || call.body().is_some()
            // They are no part of the key, and nobody knows what they do to an answer.
            || !call.exchange.options.headers.is_empty()
            || call.cache_policy() == CachePolicy::Bypass
        {
            return None;
        }
        let rule = call.cache_rule();
        let own = if self.settings.methods.is_empty() { None } else { self.settings.methods.get(call.method()) };
        let ttl = match own {
            Some(Ttl::Off) => return None,
            Some(Ttl::For(ttl)) => *ttl,
            None => Duration::from_secs(rule?.ttl.into()),
        };
        let declared = rule.map_or(&[][..], |rule| rule.tags);
        if !key::are_given(call, declared) {
            return None;
        }
        Some(Plan { key: key::key(call), ttl, declared, tags: OnceLock::new() })
    }

    /// What this process keeps.
    fn look(&self, call: &CallInfo<'_>, plan: &Plan, now: u64) -> Look {
        let Some(kept) = self.local.get(&plan.key) else { return Look::Miss(None) };
        // Who calls by name may have left an answer that has other tags or none, and writes would pass it by.
        if kept.is_refused() || kept.declared != plan.declared || !self.generations.are(&kept.tags, &kept.generations) {
            return Look::Miss(None);
        }
        let holds = self.second.as_ref().is_none_or(|second| {
            now.saturating_sub(kept.checked) < millis(self.settings.recheck) || second.is_left_alone(call.timer())
        });
        if holds { self.judge(kept, now) } else { Look::Miss(Some(kept)) }
    }

    /// What the second level keeps, and its generations of the tags if it answers. Afterwards it is in this process too.
    async fn look_further(&self, call: &CallInfo<'_>, plan: &Plan) -> (Look, Option<Vec<u64>>) {
        let Some(second) = &self.second else { return (Look::Miss(None), None) };
        let tags = plan.tags(call);
        let (generations, checked, number) = (self.generations.of(tags), now(call), self.number());
        let Some(Seen { entry, generations: seen }) = second.look(&plan.key, tags, Asker::of(call)).await else {
            // Where it does not answer, what is kept here is as good as it was before.
            return (self.look(call, plan, now(call)), None);
        };
        let here = self.local.get(&plan.key);
        let is_refused = |asked| here.is_some_and(|kept| kept.is_refused() && kept.entry.asked == asked);
        // A write of this process of which the second level may not have heard.
        let holds = |entry: &Entry| !self.generations.changed_since(tags, entry.asked) && !is_refused(entry.asked);
        let Some(entry) = entry.filter(holds) else {
            return (Look::Miss(None), Some(seen));
        };
        let kept = Arc::new(plan.kept(call, entry, generations, checked, number));
        self.keep(plan.key, &kept);
        let look = self.judge(kept, now(call));
        if matches!(look, Look::Hit(_)) {
            self.counters.second_level_hits.one();
        }
        (look, Some(seen))
    }

    fn judge(&self, kept: Arc<Kept>, now: u64) -> Look {
        match kept.entry.age(now) {
            Age::Fresh => Look::Hit(kept),
            Age::Old(time) if time < millis(self.settings.stale_while_revalidate) => Look::Stale(kept),
            Age::Old(time) if time < millis(self.settings.stale_if_error) => Look::Miss(Some(kept)),
            Age::Old(_) => Look::Miss(None),
        }
    }

    /// Asks the platform, and keeps what it says. The generations that the second level was seen to have protect against what others
    /// write while this call is under way; where nobody has looked yet, it is asked for them.
    async fn ask(
        &self,
        call: &CallInfo<'_>,
        plan: &Plan,
        seen: Option<Vec<u64>>,
        asked: impl Future<Output = Outcome>,
    ) -> Outcome {
        let tags = plan.tags(call);
        let (generations, asked_at, number) = (self.generations.of(tags), now(call), self.number());
        let seen = match (&self.second, seen) {
            (Some(second), None) => second.look(&plan.key, tags, Asker::of(call)).await.map(|seen| seen.generations),
            (_, seen) => seen,
        };
        let mut outcome = asked.await;
        let (body, absent, ttl) = match &outcome {
            Ok(reply) if reply.is_own(call.client.settings().simplify) => (reply.body(), false, plan.ttl),
            Ok(_) => {
                tracing::debug!(
                    method = call.method(),
                    "an answer is not kept: it is not of the form that the platform gives"
                );
                return outcome;
            }
            Err(failed) => match (failed.error().gateway(), failed.reply()) {
                (Some(refusal), Some(reply)) if refusal.is_absent() && !self.settings.absent.is_zero() => {
                    (reply.body(), true, self.settings.absent.min(plan.ttl))
                }
                _ => return outcome,
            },
        };
        let entry = Entry { body: body.into(), absent, asked: asked_at, ttl: millis(ttl) };
        let kept = Arc::new(plan.kept(call, entry, generations, asked_at, number));
        if !self.keep(plan.key, &kept) {
            return outcome;
        }
        if let (Some(second), Some(seen)) = (&self.second, &seen) {
            let most = self.settings.stale_while_revalidate.max(self.settings.stale_if_error);
            second.put(&plan.key, &kept.entry, seen, ttl.saturating_add(most), Asker::of(call)).await;
        }
        self.counters.kept.one();
        if let Ok(reply) = &mut outcome {
            reply.set_kept(kept);
        }
        outcome
    }

    fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Keeps an answer in this process, unless one is kept that was asked for later, such as by a call that refreshes.
    fn keep(&self, key: Key, kept: &Arc<Kept>) -> bool {
        let is_newer = |known: &Arc<Kept>| known.number <= kept.number;
        self.local.entry(key).or_insert_with_if(|| Arc::clone(kept), is_newer).is_fresh()
    }

    fn hit(&self, call: &CallInfo<'_>, kept: &Arc<Kept>, now: u64) -> Outcome {
        self.counters.hits.one();
        observe::cache_read(*call, if kept.entry.absent { CacheRead::Absent } else { CacheRead::Hit });
        self.answer(call, kept, false, now)
    }

    /// An answer after its time.
    fn give(&self, call: &CallInfo<'_>, kept: &Arc<Kept>, now: u64) -> Outcome {
        self.counters.stale.one();
        observe::cache_read(*call, CacheRead::Stale);
        self.answer(call, kept, true, now)
    }

    fn answer(&self, call: &CallInfo<'_>, kept: &Arc<Kept>, stale: bool, now: u64) -> Outcome {
        let age = Duration::from_millis(now.saturating_sub(kept.entry.asked));
        let reply =
            RawReply::kept(call.client, call.method(), Arc::clone(kept), call.exchange.hidden.clone(), age, stale);
        if kept.entry.absent
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
        let (limit, now) = (millis(self.settings.stale_if_error), now(call));
        let spare = spare.filter(|kept| match kept.entry.age(now) {
            // The second level does not have it any more: somebody may have written.
            Age::Fresh => limit > 0,
            Age::Old(time) => time < limit,
        });
        match spare {
            Some(kept) if passing => self.give(call, &kept, now),
            _ => Err(failed),
        }
    }

    /// Makes a call with whose answer the cache has nothing to do, and throws away what it makes old.
    async fn pass<'a>(&self, call: CallInfo<'a>, next: Next<'a>) -> Outcome {
        let old = call.invalidates();
        if old.is_empty() {
            return next.run(call).await;
        }
        let mut write = Write { inner: self, call, tags: key::tags(&call, old) };
        let outcome = next.run(call).await;
        if outcome.as_ref().is_err_and(|failed| !failed.error().may_have_reached_platform()) {
            write.tags.clear();
        }
        drop(write);
        if let Some(second) = &self.second {
            second.tell(Asker::of(&call)).await;
        }
        outcome
    }

    /// The answers with these tags are old from now on; the second level is still to be told.
    fn changed(&self, tags: &[Tag], now: u64) {
        tags.iter().for_each(|tag| self.generations.change(tag, now));
        self.counters.invalidated.add(tags.len());
        if let Some(second) = &self.second {
            second.changed(tags);
        }
    }
}

/// A write under way. When it ends, what it makes old is old: also if its caller goes away, as after a time limit of its own, for the
/// platform may have applied it.
struct Write<'a> {
    inner: &'a Inner,
    call: CallInfo<'a>,
    tags: Vec<Tag>,
}

impl Drop for Write<'_> {
    fn drop(&mut self) {
        self.inner.changed(&self.tags, now(&self.call));
    }
}

/// A cache around each call of a client.
pub(crate) struct Cached(pub(crate) Cache);

impl Layer for Cached {
    fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
        let (cache, inner) = (&self.0, &*self.0.inner);
        let Some(plan) = inner.plan(&call) else { return Box::pin(inner.pass(call, next)) };
        let now = now(&call);
        let look = match call.cache_policy() {
            CachePolicy::Use => inner.look(&call, &plan, now),
            CachePolicy::Refresh | CachePolicy::Bypass => Look::Miss(None),
        };
        // What is known at once needs no future that has room for a whole call.
        Box::pin(ready(match look {
            Look::Hit(kept) => inner.hit(&call, &kept, now),
            Look::Stale(kept) => {
                cache.refresh(call, next, &plan, With::Anybody, None);
                inner.give(&call, &kept, now)
            }
            Look::Miss(spare) => return Box::pin(cache.read(call, next, plan, spare)),
        }))
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
