//! Equal calls that are made at the same time go out once.
//!
//! What goes out is a copy of the first of them, which all that wait for it drive: no one call holds up the others by not being polled.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use crate::client::{Client, RawReply};
use crate::error::Error;
use crate::flight::{self, lock};
use crate::layer::cache::Kept;
use crate::layer::cache::key::Key;
use crate::layer::retry::Stopped;
use crate::layer::{CallInfo, Failed, Outcome, Priority};
use crate::model::RetryClass;
use crate::transport::BoxFuture;

/// The calls under way.
#[derive(Default)]
pub(super) struct Flights {
    under_way: Mutex<HashMap<Route, Weak<Flight>>>,
}

/// Calls of one route may go together: they ask for the same, wait equally long for it and are equally urgent. All but the deadline,
/// which is another one for each call.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Route {
    key: Key,
    priority: Priority,
    attempts: Option<u32>,
    timeout: Option<Duration>,
    #[cfg(feature = "limit")]
    rate_wait: Option<crate::layer::limit::Wait>,
    /// A request lives in the runtime in which it was begun, which may stand still or end while others go on.
    runtime: Option<tokio::runtime::Id>,
}

impl Route {
    fn of(call: &CallInfo<'_>, key: Key) -> Self {
        let options = &call.exchange.options;
        Self {
            key,
            priority: options.priority,
            attempts: options.attempts,
            timeout: options.timeout,
            #[cfg(feature = "limit")]
            rate_wait: options.rate_wait,
            runtime: tokio::runtime::Handle::try_current().ok().map(|runtime| runtime.id()),
        }
    }
}

/// With whom a call goes that is made at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum With {
    /// With anybody of its route.
    Anybody,
    /// With one of the same client that has as much time.
    ItsLike,
    /// With nobody who went before.
    Nobody,
}

impl With {
    /// After a wait that has brought nothing. Nobody waits for others again and again.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Anybody => Self::ItsLike,
            Self::ItsLike | Self::Nobody => Self::Nobody,
        }
    }
}

/// What came of a flight.
#[derive(Clone)]
pub(super) enum Landing {
    /// The second level has an answer.
    Fresh(Arc<Kept>),
    /// It has one that is old, and a new one is fetched.
    Stale(Arc<Kept>),
    /// The platform has answered, to a question from when the call's tags had these generations.
    Answered(Box<RawReply>, Box<[u64]>),
    /// There is no answer, but maybe something that may be given if there is nothing else.
    Failed(Failed, Option<Arc<Kept>>),
}

impl Landing {
    pub(super) fn of(outcome: Outcome, generations: Box<[u64]>, spare: Option<Arc<Kept>>) -> Self {
        match outcome {
            Ok(reply) => Self::Answered(Box::new(reply), generations),
            Err(failed) => Self::Failed(failed, spare),
        }
    }
}

/// One request for several calls.
struct Flight {
    flights: Arc<Flights>,
    route: Route,
    /// Of the call that leads.
    client: Client,
    deadline: Option<Instant>,
    work: flight::Flight,
    /// How many have come aboard so far.
    boarded: AtomicUsize,
    landing: Arc<Mutex<Option<Landing>>>,
}

impl Flight {
    fn takes(&self, call: &CallInfo<'_>, with: With) -> bool {
        let suits = match with {
            With::Anybody => true,
            With::ItsLike => self.is_led_by_the_like_of(call),
            With::Nobody => false,
        };
        suits && !self.work.is_over()
    }

    /// Whether the one that leads fails in no other way than this call would.
    fn is_led_by_the_like_of(&self, call: &CallInfo<'_>) -> bool {
        let has_time = self.deadline.is_none_or(|theirs| call.deadline().is_some_and(|own| theirs >= own));
        has_time && self.client.is(call.client)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut under_way = lock(&self.flights.under_way);
        // Another one may have taken its place.
        if under_way.get(&self.route).is_some_and(|known| known.strong_count() == 0) {
            under_way.remove(&self.route);
        }
    }
}

impl Flights {
    /// A place in an equal call that is under way, or in a new one, which this call leads. Later calls go with the new one.
    pub(super) fn board(
        self: &Arc<Self>,
        call: &CallInfo<'_>,
        key: Key,
        with: With,
        work: impl FnOnce() -> BoxFuture<'static, Landing>,
    ) -> Seat {
        let route = Route::of(call, key);
        // Outlives the lock: the end of a flight needs it.
        let known;
        let mut under_way = lock(&self.under_way);
        known = under_way.get(&route).and_then(Weak::upgrade);
        if let Some(flight) = &known
            && flight.takes(call, with)
        {
            let number = flight.boarded.fetch_add(1, Ordering::Relaxed);
            return Seat { flight: Arc::clone(flight), number };
        }
        let (landing, work) = (Arc::new(Mutex::new(None)), work());
        let theirs = Arc::clone(&landing);
        let work = async move {
            let landed = work.await;
            *lock(&theirs) = Some(landed);
        };
        let flight = Arc::new(Flight {
            flights: Arc::clone(self),
            route,
            client: call.client.clone(),
            deadline: call.deadline(),
            work: flight::Flight::new(Box::pin(work)),
            boarded: AtomicUsize::new(1),
            landing,
        });
        under_way.insert(route, Arc::downgrade(&flight));
        Seat { flight, number: 0 }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        lock(&self.under_way).len()
    }
}

/// The place of one call.
pub(super) struct Seat {
    flight: Arc<Flight>,
    number: usize,
}

impl Seat {
    /// Whether it is its own call that is made.
    pub(super) fn leads(&self) -> bool {
        self.number == 0
    }

    /// Waits for the end, and brings what came of it. The others see of it only how it failed: an answer is kept, as a rule.
    pub(super) async fn land(&self) -> Option<Landing> {
        poll_fn(|context| self.flight.work.poll(self.number, context)).await;
        let is_alone = self.flight.boarded.load(Ordering::Relaxed) == 1;
        let mut landing = lock(&self.flight.landing);
        match &*landing {
            Some(Landing::Failed(..)) => landing.clone(),
            _ if !self.leads() => None,
            _ if is_alone => landing.take(),
            _ => landing.clone(),
        }
    }

    /// What the platform has answered, after the landing.
    pub(super) fn answer(&self) -> Option<(RawReply, Box<[u64]>)> {
        match &*lock(&self.flight.landing) {
            Some(Landing::Answered(reply, generations)) => Some(((**reply).clone(), generations.clone())),
            _ => None,
        }
    }

    /// Whether this failure would have been that of the call too, had it been made by itself.
    pub(super) fn shares(&self, call: &CallInfo<'_>, failed: &Failed) -> bool {
        let error = failed.error();
        // What the platform refuses for good it refuses everybody.
        let is_final = error.gateway().is_some() && call.client.settings().retry.class(error) == RetryClass::Never;
        let is_by_deadline = match error {
            // Nobody waits for a limit beyond the deadline.
            Error::Limited(_) => true,
            Error::Timeout(timeout) => timeout.which() == "deadline",
            _ => error.attempts().stopped() == Some(Stopped::Deadline),
        };
        is_final || self.flight.is_led_by_the_like_of(call) || (!is_by_deadline && self.flight.client.is(call.client))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.flight.work.leave(self.number);
    }
}
