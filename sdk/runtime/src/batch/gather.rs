//! Where the attempts of single calls meet and go on as one request.

use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use crate::batch::load::{Delivery, Item, Load, carry};
use crate::batch::wire;
use crate::batch::{Batches, Coalesce};
use crate::client::exchange::Exchange;
use crate::client::{Client, Random, Timer, unit};
use crate::error::{Error, TimeoutError, TransportError};
use crate::flight::{Flight, lock};
use crate::transport::BoxFuture;

/// Gathers attempts: those of the calls of one batch, or those of a client that are made at the same time.
pub(crate) struct Gatherer {
    at_most: usize,
    window: Duration,
    /// Whether it is one of a batch, whose calls are all known.
    of_batch: bool,
    /// Where calls still come aboard. Those aboard hold it.
    open: Mutex<Weak<Gathering>>,
    /// Calls aboard of anything.
    aboard: AtomicUsize,
    /// One for each attempt.
    chances: Mutex<Vec<f64>>,
    driver: Mutex<Driver>,
}

/// Who gives the calls of a batch their turns, as long as somebody does.
#[derive(Default)]
struct Driver {
    waker: Option<Waker>,
    /// Whether a turn has begun that is not over.
    in_turn: bool,
}

/// Attempts that go together.
struct Gathering {
    load: Arc<Load>,
    flight: Flight,
}

impl Gatherer {
    /// For one batch.
    pub(super) fn of_batch(settings: &Batches) -> Self {
        Self::new(settings.at_most, settings.window, true)
    }

    /// For all calls of a client.
    pub(crate) fn of_client(settings: &Coalesce) -> Self {
        Self::new(settings.at_most, settings.window, false)
    }

    fn new(at_most: usize, window: Duration, of_batch: bool) -> Self {
        let (open, aboard, chances, driver) = Default::default();
        Self { at_most, window, of_batch, open, aboard, chances, driver }
    }

    /// Whether a call may come aboard. All of a batch may, or they would have been refused.
    pub(crate) fn takes(&self, call: &Exchange<'_>) -> bool {
        self.at_most > 1 && (self.of_batch || wire::may_share(call))
    }

    /// Sends an attempt together with others, and brings what the platform says to it. Where there is no other, the call is to go
    /// alone.
    pub(crate) async fn send(
        &self,
        client: &Client,
        call: &Exchange<'_>,
        limit: Option<Duration>,
    ) -> Result<Delivery, Error> {
        let settings = client.settings();
        let mut hidden = call.hidden.clone();
        hidden.key(call.session(settings).unwrap_or_default());
        let now = settings.timer.now();
        let after = |time: Option<Duration>| time.and_then(|time| now.checked_add(time));
        // The other half is for the way to the platform and back.
        let (end, patience) = (after(limit), after(limit.map(|limit| limit / 2)));
        let seat = self.join(client, Item { text: wire::item(call, settings), hidden, limit, end, patience });
        seat.arrive(settings.timer.as_ref(), limit).await
    }

    /// Finds a place aboard.
    fn join(&self, client: &Client, item: Item) -> Seat<'_> {
        let end = item.end;
        let mut open = lock(&self.open);
        self.aboard.fetch_add(1, Ordering::Relaxed);
        let item = match open.upgrade() {
            None => item,
            Some(gathering) => match gathering.load.add(item, self.at_most) {
                Ok(number) => return Seat { gatherer: self, gathering, number, end },
                Err(item) => item,
            },
        };
        let driver = lock(&self.driver);
        // Of a call that somebody else polls, such as a layer, the driver does not know. It can tell whether that was the last one; but
        // nobody waits for it to do so, for nobody may be polling it.
        driver.waker.as_ref().inspect(|driver| driver.wake_by_ref());
        let load = Arc::new(Load::new(item, driver.in_turn));
        let flight = Flight::new(Box::pin(carry(client.clone(), Arc::clone(&load), self.window)));
        let gathering = Arc::new(Gathering { load, flight });
        *open = Arc::downgrade(&gathering);
        Seat { gatherer: self, gathering, number: 0, end }
    }

    /// Before each turn of the calls of the batch. None of what comes aboard departs before the turn is over.
    pub(super) fn turn_begins(&self, driver: &Waker) {
        let mut known = lock(&self.driver);
        known.in_turn = true;
        match known.waker.as_mut() {
            Some(waker) => waker.clone_from(driver),
            None => known.waker = Some(driver.clone()),
        }
    }

    /// After a turn in which all calls of the batch that are under way could come aboard: nothing is gained by waiting if all did.
    pub(super) fn turn_is_over(&self, under_way: usize) {
        lock(&self.driver).in_turn = false;
        let Some(gathering) = lock(&self.open).upgrade() else { return };
        let all = self.aboard.load(Ordering::Relaxed) >= under_way;
        if gathering.load.release(all) {
            gathering.flight.wake();
        }
    }

    /// After the last turn: calls that somebody else still polls have to do without.
    pub(super) fn turns_end(&self) {
        lock(&self.driver).waker = None;
        self.turn_is_over(0);
    }

    /// Chance for the pause after an attempt: the same for all calls of a batch, so that those that failed together come back
    /// together.
    pub(crate) fn chance(&self, attempt: u32, random: &dyn Random) -> f64 {
        if !self.of_batch {
            return unit(random);
        }
        let mut chances = lock(&self.chances);
        let at = usize::try_from(attempt).unwrap_or(usize::MAX);
        while chances.len() <= at {
            chances.push(unit(random));
        }
        chances.get(at).copied().unwrap_or_default()
    }
}

/// The place of one attempt. Who leaves it before the departure is not sent.
struct Seat<'a> {
    gatherer: &'a Gatherer,
    gathering: Arc<Gathering>,
    number: usize,
    end: Option<Instant>,
}

impl Seat<'_> {
    async fn arrive(self, timer: &dyn Timer, limit: Option<Duration>) -> Result<Delivery, Error> {
        let mut out_of_time: Option<BoxFuture<'_, ()>> = None;
        poll_fn(|context| {
            let Gathering { load, flight } = &*self.gathering;
            let is_over = flight.poll(self.number, context).is_ready();
            if let Some(delivery) = load.take(self.number) {
                return Poll::Ready(delivery.map_err(|error| by_own_limit(error, limit)));
            }
            if is_over {
                let error = TransportError::maybe_sent("a call that went in the same request has panicked");
                return Poll::Ready(Err(error.into()));
            }
            // The transport waits as long as the most patient of all; the others have to look at the time themselves.
            if let Some(end) = self.end
                && load.is_patient_beyond(end)
            {
                let left = || timer.sleep(end.saturating_duration_since(timer.now()));
                let over = out_of_time.get_or_insert_with(left).as_mut().poll(context);
                return over.map(|()| Err(Error::Timeout(TimeoutError::new("total", limit, true))));
            }
            Poll::Pending
        })
        .await
    }
}

/// The request has the limit of the most patient call; each call knows its own.
fn by_own_limit(error: Error, limit: Option<Duration>) -> Error {
    match error {
        Error::Timeout(timeout) if timeout.which == "total" => {
            Error::Timeout(TimeoutError::new("total", limit, timeout.sent))
        }
        other => other,
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.gathering.flight.leave(self.number);
        self.gatherer.aboard.fetch_sub(1, Ordering::Relaxed);
        self.gathering.load.leave(self.number);
    }
}
