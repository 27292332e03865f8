//! Who waits for a limit, in which order.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::layer::Priority;

/// The waiting calls of one limit: one queue for each priority. Only the first of a queue asks for its turn, and only while no more
/// urgent call waits, so that waiting calls pass in their order and asking costs one question at a time.
#[derive(Default)]
pub(super) struct Lanes(Mutex<State>);

#[derive(Default)]
struct State {
    /// Tickets of the calls that wait, ascending: interactive ones, then those of the background.
    waiting: [VecDeque<u64>; 2],
    next_ticket: u64,
    /// When the first of each expects to pass, since the limiter began.
    turns: [Duration; 2],
}

/// A place in a queue, given up when dropped: when the call passes, fails or is cancelled.
pub(super) struct Place<'a> {
    lanes: &'a Lanes,
    lane: usize,
    ticket: u64,
}

impl Lanes {
    /// How many calls pass before one of this priority: one that waits, or one that has just come.
    pub(super) fn ahead(&self, priority: Priority, place: Option<&Place<'_>>) -> usize {
        let (state, lane) = (self.lock(), lane(priority));
        let urgent: usize = state.waiting.iter().take(lane).map(VecDeque::len).sum();
        let own = state.waiting.get(lane);
        urgent
            + own.map_or(0, |queue| match place {
                Some(place) => queue.partition_point(|ticket| *ticket < place.ticket),
                None => queue.len(),
            })
    }

    /// Goes to the end of a queue.
    pub(super) fn join(&self, priority: Priority) -> Place<'_> {
        let (mut state, lane) = (self.lock(), lane(priority));
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        if let Some(queue) = state.waiting.get_mut(lane) {
            queue.push_back(ticket);
        }
        Place { lanes: self, lane, ticket }
    }

    /// Remembers when the first of its priority expects to pass.
    pub(super) fn expect(&self, priority: Priority, turn: Duration) {
        if let Some(known) = self.lock().turns.get_mut(lane(priority)) {
            *known = turn;
        }
    }

    /// How long it is until the first of this priority passes, as far as is known.
    pub(super) fn until_turn(&self, priority: Priority, now: Duration) -> Duration {
        self.lock().turns.get(lane(priority)).map_or(Duration::ZERO, |turn| turn.saturating_sub(now))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.lanes.lock();
        if let Some(queue) = state.waiting.get_mut(self.lane)
            && let Ok(at) = queue.binary_search(&self.ticket)
        {
            queue.remove(at);
        }
    }
}

fn lane(priority: Priority) -> usize {
    match priority {
        Priority::Interactive => 0,
        Priority::Background => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Priority::{Background, Interactive};

    #[test]
    fn urgent_calls_first_then_in_order() {
        let lanes = Lanes::default();
        let slow = [lanes.join(Background), lanes.join(Background)];
        let quick = [lanes.join(Interactive), lanes.join(Interactive), lanes.join(Interactive)];
        let ahead = |priority, place: &Place<'_>| lanes.ahead(priority, Some(place));
        assert_eq!(quick.each_ref().map(|place| ahead(Interactive, place)), [0, 1, 2]);
        assert_eq!(slow.each_ref().map(|place| ahead(Background, place)), [3, 4]);
        assert_eq!((lanes.ahead(Interactive, None), lanes.ahead(Background, None)), (3, 5));
        let [first, second, third] = quick;
        drop(second);
        assert_eq!((ahead(Interactive, &first), ahead(Interactive, &third), ahead(Background, &slow[0])), (0, 1, 2));
        drop((first, third, slow));
        assert_eq!((lanes.ahead(Interactive, None), lanes.ahead(Background, None)), (0, 0));
    }
}
