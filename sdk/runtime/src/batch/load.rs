//! The calls of one request: who is aboard, the way to the platform, and what each gets back.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, Instant};

use tracing::Instrument as _;
use tracing::field::Empty;

use crate::batch::wire;
use crate::client::{Client, Hidden, RawReply};
use crate::error::{Error, Problem};
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
    /// When its time is over.
    pub(super) end: Option<Instant>,
}

/// What becomes of a call that came aboard.
pub(crate) enum Delivery {
    /// Nobody else did: it is to go as always.
    Alone,
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
    pub(crate) calls: usize,
    pub(crate) pieces: usize,
}

impl Whole {
    /// What a call makes of it: an answer of another kind than a refusal is not the call's, whatever it says.
    pub(crate) fn failed(self, reply: RawReply, failure: Option<Error>) -> Failed {
        let Self { calls, pieces } = self;
        match failure {
            Some(error) if pieces == 1 && error.gateway().is_some() => Failed::answered(error, reply),
            Some(error) if pieces == 1 => error.into(),
            _ => reply.unreadable(Problem::Pieces { calls, pieces }).into(),
        }
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

/// Waits until it is time to go, sends the calls, and delivers what the platform says.
pub(super) async fn carry(client: Client, load: Arc<Load>, window: Duration) {
    let mut is_over = client.settings().timer.sleep(window);
    poll_fn(|context| {
        let (closed, held) = {
            let state = lock(&load.0);
            (state.closed, state.held)
        };
        match closed {
            true => Poll::Ready(()),
            // Whoever holds it wakes this when it changes.
            false if held => Poll::Pending,
            false => is_over.as_mut().poll(context),
        }
    })
    .await;
    drop(is_over);
    let items = load.depart();
    if let [(number, _)] = items.as_slice() {
        return load.deliver(*number, Ok(Delivery::Alone));
    }
    if items.is_empty() {
        return;
    }
    let timer = &client.settings().timer;
    let patience = items.iter().map(|(_, item)| item.end).collect::<Option<Vec<_>>>();
    let patience = patience.and_then(|ends| ends.into_iter().max());
    lock(&load.0).patience = Some(patience);
    let limit = patience.map(|end| end.saturating_duration_since(timer.now()));
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
    let whole = Whole { calls: items.len(), pieces: pieces.len() };
    let all = |_| Answer { response: response.clone(), hidden: hidden.clone(), whole: Some(whole) };
    items.iter().map(all).collect()
}
