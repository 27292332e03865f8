//! The calls of one request: who is aboard, the way to the platform, and what each gets back.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, Instant};

use tracing::Instrument as _;
use tracing::field::Empty;

use crate::batch::wire;
use crate::client::{Client, Hidden, RawReply};
use crate::error::{Error, Problem, TimeoutError};
use crate::flight::lock;
use crate::layer::Failed;
use crate::observe;
use crate::transport::HttpResponse;

/// A call that goes with others.
pub(super) struct Item {
    /// As it stands in the body.
    pub(super) text: String,
    /// Its session and its sensitive parameters.
    pub(super) hidden: Hidden,
    /// The time that it may take, others' company included.
    pub(super) limit: Option<Duration>,
    /// When that is over.
    pub(super) end: Option<Instant>,
    /// Until when it waits for others.
    pub(super) patience: Option<Instant>,
}

/// What becomes of a call that came aboard.
pub(crate) enum Delivery {
    /// Nobody else did: it is to go as always, within what is left of its time.
    Alone(Option<Duration>),
    /// The platform answered.
    Answer(Box<Answer>),
}

/// What the platform says to a call.
pub(crate) struct Answer {
    pub(crate) response: HttpResponse,
    /// What this answer must not show, beside the call's own.
    pub(crate) hidden: Hidden,
    /// Where the answer is not the call's own, but one to all.
    pub(crate) whole: Option<Whole>,
}

/// An answer that did not come in as many pieces as there were calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whole {
    calls: usize,
    pieces: usize,
    /// Whether nothing of it can be missing.
    is_complete: bool,
    /// Whether it is looked at for the first call, whose piece comes first.
    is_first: bool,
}

/// Refusals of what the calls of a request have in common: its format, signature, time and version.
const OF_ALL: [i64; 8] = [23, 24, 25, 30, 31, 32, 33, 34];

impl Whole {
    /// What a call makes of it: an answer of another kind than a refusal is not the call's, whatever it says.
    ///
    /// A refusal of the whole request looks like the refusal of its first call with the rest cut off. In either case the first call was
    /// refused; what became of the others is unknown, unless it is certain which one it is.
    pub(crate) fn failed(self, mut reply: RawReply, failure: Option<Error>) -> Failed {
        let Self { calls, pieces, .. } = self;
        match failure {
            Some(Error::Gateway(mut refusal)) if pieces == 1 && self.is_of_all(refusal.code()) => {
                (refusal.batch, reply.batch) = (Some(calls), Some(calls));
                Failed::answered(Error::Gateway(refusal), reply)
            }
            Some(error @ Error::Gateway(_)) if pieces == 1 && self.is_first => Failed::answered(error, reply),
            Some(error) if pieces == 1 && error.gateway().is_none() => error.into(),
            _ => reply.unreadable(Problem::Pieces { calls, pieces }).into(),
        }
    }

    fn is_of_all(self, code: i64) -> bool {
        self.is_complete || OF_ALL.contains(&code)
    }
}

/// The calls of one request.
pub(super) struct Load(Mutex<State>);

struct State {
    /// Nobody comes aboard any more.
    closed: bool,
    /// The window has not begun: more calls of the batch may come in this turn.
    held: bool,
    /// Nothing where the call has left, or has departed.
    items: Vec<Option<Item>>,
    /// Until when the request may take, from its departure on.
    patience: Option<Option<Instant>>,
    deliveries: Vec<Option<Result<Delivery, Error>>>,
}

impl Load {
    /// With its first call, whose number is 0.
    pub(super) fn new(first: Item, held: bool) -> Self {
        let (items, deliveries) = (vec![Some(first)], vec![None]);
        Self(Mutex::new(State { closed: false, held, items, patience: None, deliveries }))
    }

    /// Takes a call aboard, unless it is too late; the last one that has room closes.
    pub(super) fn add(&self, item: Item, at_most: usize) -> Result<usize, Item> {
        let mut state = lock(&self.0);
        if state.closed {
            return Err(item);
        }
        state.items.push(Some(item));
        state.deliveries.push(None);
        state.closed = state.items.iter().flatten().count() >= at_most;
        Ok(state.items.len() - 1)
    }

    pub(super) fn leave(&self, number: usize) {
        if let Some(item) = lock(&self.0).items.get_mut(number) {
            *item = None;
        }
    }

    /// Begins the window, or closes if all are aboard. Whether anything changed.
    pub(super) fn release(&self, all: bool) -> bool {
        let mut state = lock(&self.0);
        let changes = state.held || (all && !state.closed);
        state.held = false;
        state.closed |= all;
        changes
    }

    pub(super) fn take(&self, number: usize) -> Option<Result<Delivery, Error>> {
        lock(&self.0).deliveries.get_mut(number)?.take()
    }

    /// Whether the request may take longer than this.
    pub(super) fn is_patient_beyond(&self, end: Instant) -> bool {
        lock(&self.0).patience.is_some_and(|patience| patience.is_none_or(|patience| patience > end))
    }

    /// When to depart, if nobody comes aboard until then. The window ends earlier for a call that has little time.
    fn departure(&self, window: Instant) -> Departure {
        let state = lock(&self.0);
        if state.closed {
            return Departure::Now;
        }
        if state.held {
            return Departure::Held;
        }
        let patience = state.items.iter().flatten().filter_map(|item| item.patience).min();
        Departure::At(patience.map_or(window, |patience| patience.min(window)))
    }

    /// Closes, and hands out those that are still there with their numbers.
    fn depart(&self) -> Vec<(usize, Item)> {
        let mut state = lock(&self.0);
        state.closed = true;
        let items = state.items.iter_mut().enumerate();
        items.filter_map(|(number, item)| Some((number, item.take()?))).collect()
    }

    fn deliver(&self, number: usize, what: Result<Delivery, Error>) {
        if let Some(place) = lock(&self.0).deliveries.get_mut(number) {
            *place = Some(what);
        }
    }
}

/// When a load departs.
enum Departure {
    Now,
    At(Instant),
    /// That is for somebody else to say.
    Held,
}

/// Waits until it is time to go, sends the calls, and delivers what the platform says.
pub(super) async fn carry(client: Client, load: Arc<Load>, window: Duration) {
    let timer = client.settings().timer.as_ref();
    let begin = timer.now();
    let window_end = begin.checked_add(window).unwrap_or(begin);
    let (mut until, mut is_over) = (window_end, timer.sleep(window));
    poll_fn(|context| match load.departure(window_end) {
        Departure::Now => Poll::Ready(()),
        // Whoever holds it wakes this when it changes.
        Departure::Held => Poll::Pending,
        Departure::At(at) => {
            if at != until {
                (until, is_over) = (at, timer.sleep(at.saturating_duration_since(timer.now())));
            }
            is_over.as_mut().poll(context)
        }
    })
    .await;
    drop(is_over);
    let now = timer.now();
    let in_time = |(_, item): &(usize, Item)| item.end.is_none_or(|end| end > now);
    let (items, late): (Vec<_>, Vec<_>) = load.depart().into_iter().partition(in_time);
    for (number, item) in late {
        load.deliver(number, Err(Error::Timeout(TimeoutError::new("total", item.limit, false))));
    }
    if let [(number, item)] = items.as_slice() {
        let left = item.end.map(|end| end.saturating_duration_since(now));
        return load.deliver(*number, Ok(Delivery::Alone(left)));
    }
    if items.is_empty() {
        return;
    }
    let patience = items.iter().map(|(_, item)| item.end).collect::<Option<Vec<_>>>();
    let patience = patience.and_then(|ends| ends.into_iter().max());
    lock(&load.0).patience = Some(patience);
    // Those who wait look again: from here on, each has to heed its own time.
    poll_fn(|context| {
        context.waker().wake_by_ref();
        Poll::Ready(())
    })
    .await;
    let limit = patience.map(|end| end.saturating_duration_since(now));
    match send(&client, &items, limit).await {
        Ok(answers) => {
            items.iter().zip(answers).for_each(|((number, _), answer)| {
                load.deliver(*number, Ok(Delivery::Answer(Box::new(answer))));
            });
        }
        Err(error) => items.iter().for_each(|(number, _)| load.deliver(*number, Err(error.clone()))),
    }
}

/// Sends the calls as one request. One answer for each.
async fn send(client: &Client, items: &[(usize, Item)], limit: Option<Duration>) -> Result<Vec<Answer>, Error> {
    let texts: Vec<&str> = items.iter().map(|(_, item)| item.text.as_str()).collect();
    let (request, signature) = wire::encode(client, texts.join(wire::SEPARATOR), client.now(), limit)?;
    observe::batch_sent(items.len());
    let span = tracing::info_span!(parent: None, "top.batch", calls = items.len(), status = Empty, bytes = Empty);
    let response = client.settings().transport.send(request).instrument(span.clone()).await;
    let _entered = span.enter();
    let response = response.inspect_err(|error| tracing::debug!(%error, "the batch failed in transport"))?;
    span.record("status", response.status).record("bytes", response.body.len());
    let mut hidden = Hidden::default();
    hidden.key(&signature);
    Ok(hand_out(&response, items, hidden))
}

/// To each call its piece; where there are not as many pieces as calls, all of it to everybody.
fn hand_out(response: &HttpResponse, items: &[(usize, Item)], mut hidden: Hidden) -> Vec<Answer> {
    let pieces = wire::pieces(&response.body);
    let piece = |body: &[u8]| HttpResponse { body: body.to_vec(), headers: response.headers.clone(), ..*response };
    if pieces.len() == items.len() && response.status <= 400 {
        let own = |body: &&[u8]| Answer { response: piece(body), hidden: hidden.clone(), whole: None };
        return pieces.iter().map(own).collect();
    }
    // It may say something of any of them.
    items.iter().for_each(|(_, item)| hidden.extend(&item.hidden));
    let (calls, pieces, is_complete) = (items.len(), pieces.len(), response.is_complete());
    let all = |number| {
        let whole = Whole { calls, pieces, is_complete, is_first: number == 0 };
        Answer { response: response.clone(), hidden: hidden.clone(), whole: Some(whole) }
    };
    (0..calls).map(all).collect()
}
