//! Who waits for a limit, in which order.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::layer::Priority;

/// The waiting calls of one limit: one queue for each priority. Only the first of a queue asks for its turn, and only while no more
/// urgent call waits, so that waiting calls pass in their order and asking costs one question at a time.
///
/// Nothing can make a future go on that its owner does not poll. So each waiting call says when it will look again, and one that has
/// not come by then is in nobody's way until it has been in time again. It keeps its ticket: when it comes back, it stands where it stood.
#[derive(Default)]
pub(super) struct Lanes(Mutex<State>);

#[derive(Default)]
struct State {
    /// The calls that wait, by their tickets, ascending: interactive ones, then those of the background.
    waiting: [VecDeque<Waiting>; 2],
    next_ticket: u64,
    /// When the first of each expects to pass, since the limiter began.
    turns: [Duration; 2],
}

struct Waiting {
    ticket: u64,
    /// Until when it is before those with later tickets, since the limiter began.
    counts_until: Duration,
}

/// A place in a queue, given up when dropped: when the call passes, fails or is cancelled.
pub(super) struct Place<'a> {
    lanes: &'a Lanes,
    lane: usize,
    ticket: u64,
}

impl Lanes {
    /// How many calls pass before one of this priority: one that waits, or one that has just come.
    pub(super) fn ahead(&self, priority: Priority, place: Option<&Place<'_>>, now: Duration) -> usize {
        let (state, lane) = (self.lock(), lane(priority));
        let urgent = state.waiting.iter().take(lane).flatten();
        let before = |waiting: &&Waiting| place.is_none_or(|place| waiting.ticket < place.ticket);
        let own = state.waiting.get(lane).into_iter().flatten().take_while(before);
        urgent.chain(own).filter(|waiting| waiting.counts_until >= now).count()
    }

    /// Goes to the end of a queue.
    pub(super) fn join(&self, priority: Priority) -> Place<'_> {
        let (mut state, lane) = (self.lock(), lane(priority));
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        if let Some(queue) = state.waiting.get_mut(lane) {
            queue.push_back(Waiting { ticket, counts_until: Duration::ZERO });
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

impl Place<'_> {
    /// Those behind wait for this one until then, and no longer.
    pub(super) fn counts_until(&self, time: Duration) {
        self.with(|queue, at| {
            if let Some(waiting) = queue.get_mut(at) {
                waiting.counts_until = time;
            }
        });
    }

    fn with(&self, work: impl FnOnce(&mut VecDeque<Waiting>, usize)) {
        let mut state = self.lanes.lock();
        if let Some(queue) = state.waiting.get_mut(self.lane)
            && let Ok(at) = queue.binary_search_by_key(&self.ticket, |waiting| waiting.ticket)
        {
            work(queue, at);
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.with(|queue, at| {
            queue.remove(at);
        });
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

    const NOW: Duration = Duration::from_secs(9);

    #[test]
    fn urgent_calls_first_then_in_order() {
        let lanes = Lanes::default();
        let join = |priority| {
            let place = lanes.join(priority);
            place.counts_until(NOW);
            place
        };
        let slow = [join(Background), join(Background)];
        let quick = [join(Interactive), join(Interactive), join(Interactive)];
        let ahead = |priority, place: &Place<'_>| lanes.ahead(priority, Some(place), NOW);
        let coming = || (lanes.ahead(Interactive, None, NOW), lanes.ahead(Background, None, NOW));
        assert_eq!(quick.each_ref().map(|place| ahead(Interactive, place)), [0, 1, 2]);
        assert_eq!(slow.each_ref().map(|place| ahead(Background, place)), [3, 4]);
        assert_eq!(coming(), (3, 5));
        let [first, second, third] = quick;
        drop(second);
        assert_eq!((ahead(Interactive, &first), ahead(Interactive, &third), ahead(Background, &slow[0])), (0, 1, 2));
        // Who is late is in nobody's way, and has its place again when it comes back.
        first.counts_until(NOW - Duration::from_nanos(1));
        assert_eq!((ahead(Interactive, &first), ahead(Interactive, &third), ahead(Background, &slow[0])), (0, 0, 1));
        assert_eq!(coming(), (1, 3));
        first.counts_until(NOW);
        assert_eq!((ahead(Interactive, &third), coming()), (1, (2, 4)));
        drop((first, third, slow));
        assert_eq!(coming(), (0, 0));
    }
}
