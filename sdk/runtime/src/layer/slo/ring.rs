//! The last minutes of one method, in slots of time that are used again and again.

use std::time::Duration;

use crate::layer::slo::histogram::{self, BINS};

/// Into how many slots the window is divided: so much of it at least is always whole.
const SLOTS: usize = 20;

/// How a call ended, as far as the service level is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// It succeeded, slower than it should or not.
    Well { slow: bool },
    /// It failed and could have succeeded.
    Badly,
    /// It could not succeed: what was asked for was refused.
    Refused,
}

/// How many calls ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) well: u64,
    pub(super) slow: u64,
    pub(super) badly: u64,
    pub(super) refused: u64,
}

impl Counts {
    /// Calls that could succeed.
    pub(super) fn judged(&self) -> u64 {
        self.well + self.badly
    }

    fn add(&mut self, ended: Ended) {
        match ended {
            Ended::Well { slow } => {
                self.well += 1;
                self.slow += u64::from(slow);
            }
            Ended::Badly => self.badly += 1,
            Ended::Refused => self.refused += 1,
        }
    }

    fn take_away(&mut self, other: &Self) {
        self.well -= other.well;
        self.slow -= other.slow;
        self.badly -= other.badly;
        self.refused -= other.refused;
    }
}

#[derive(Clone)]
struct Slot {
    counts: Counts,
    /// The latencies of the calls that ended well.
    bins: [u32; BINS],
}

/// The window of one method.
pub(super) struct Ring {
    slots: Box<[Slot]>,
    /// The length of a slot.
    width: Duration,
    /// The number of the newest slot since time began.
    newest: u64,
    /// All slots together, so that judging a call costs no walk through them.
    counts: Counts,
}

impl Ring {
    pub(super) fn new(window: Duration) -> Self {
        let slot = Slot { counts: Counts::default(), bins: [0; BINS] };
        Self { slots: vec![slot; SLOTS].into(), width: window / SLOTS as u32, newest: 0, counts: Counts::default() }
    }

    /// Notes a call that has ended now.
    pub(super) fn add(&mut self, now: Duration, ended: Ended, latency: Duration) {
        self.forget(now);
        self.counts.add(ended);
        let at = place(self.newest);
        let Some(slot) = self.slots.get_mut(at) else { return };
        slot.counts.add(ended);
        if let (Ended::Well { .. }, Some(count)) = (ended, slot.bins.get_mut(histogram::bin(latency))) {
            *count = count.saturating_add(1);
        }
    }

    /// Forgets what is older than the window.
    pub(super) fn forget(&mut self, now: Duration) {
        let newest = u64::try_from(now.as_nanos() / self.width.as_nanos().max(1)).unwrap_or(u64::MAX);
        let passed = newest.saturating_sub(self.newest).min(SLOTS as u64);
        for number in (0..passed).map(|back| newest - back) {
            if let Some(slot) = self.slots.get_mut(place(number)) {
                self.counts.take_away(&slot.counts);
                *slot = Slot { counts: Counts::default(), bins: [0; BINS] };
            }
        }
        self.newest = self.newest.max(newest);
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// The latencies of the calls that ended well.
    pub(super) fn bins(&self) -> [u64; BINS] {
        let mut all = [0; BINS];
        for slot in &self.slots {
            all.iter_mut().zip(slot.bins).for_each(|(sum, count)| *sum += u64::from(count));
        }
        all
    }
}

fn place(number: u64) -> usize {
    usize::try_from(number % SLOTS as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WELL: Ended = Ended::Well { slow: false };

    #[test]
    fn what_is_old_is_forgotten() {
        let seconds = Duration::from_secs;
        let mut ring = Ring::new(seconds(20));
        ring.add(seconds(0), WELL, seconds(1));
        ring.add(seconds(5), Ended::Badly, seconds(1));
        ring.add(seconds(19), Ended::Well { slow: true }, seconds(2));
        ring.add(seconds(19), Ended::Refused, seconds(2));
        assert_eq!(ring.counts(), Counts { well: 2, slow: 1, badly: 1, refused: 1 });
        assert_eq!(ring.bins().iter().sum::<u64>(), 2, "only those that ended well have a latency");
        for (now, judged) in [(20, 2), (24, 2), (25, 1), (38, 1), (39, 0), (1_000_000, 0)] {
            ring.forget(seconds(now));
            assert_eq!(ring.counts().judged(), judged, "after {now} s");
        }
        assert_eq!(ring.bins().iter().sum::<u64>(), 0);
        // A clock that goes back is none of ours, but nothing breaks.
        ring.add(seconds(3), WELL, seconds(1));
        assert_eq!(ring.counts().judged(), 1);
    }

    proptest! {
        /// The sums are those of a list of all calls.
        #[test]
        fn the_same_as_a_list(steps in prop::collection::vec((0_u64..4_000, 0_u8..4), 1..300)) {
            let mut ring = Ring::new(Duration::from_secs(20));
            let (mut all, mut now) = (Vec::new(), 0);
            for (pause, how) in steps {
                now += pause;
                let ended = [WELL, Ended::Well { slow: true }, Ended::Badly, Ended::Refused][usize::from(how)];
                ring.add(Duration::from_millis(now), ended, Duration::from_millis(pause));
                all.push((now / 1_000, ended));
                let mut expected = Counts::default();
                let inside = all.iter().filter(|(slot, _)| slot + SLOTS as u64 > now / 1_000);
                inside.for_each(|(_, ended)| expected.add(*ended));
                prop_assert_eq!(ring.counts(), expected);
                prop_assert_eq!(ring.bins().iter().sum::<u64>(), expected.well);
            }
        }
    }
}
