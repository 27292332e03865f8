//! Equal calls that are made at the same time go out once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::layer::Failed;
use crate::layer::cache::key::Key;

/// The calls under way.
#[derive(Default)]
pub(super) struct Flights {
    by_key: Mutex<HashMap<Key, Arc<Flight>>>,
}

/// One call under way, and those that wait for it.
#[derive(Default)]
struct Flight {
    turn: Arc<async_lock::Mutex<()>>,
    /// How many have failed, and how the last one did.
    failures: AtomicU32,
    failure: Mutex<Option<Failed>>,
}

/// What a call has to do.
pub(super) enum Turn {
    /// To ask the platform: nobody else does.
    Ask(Leader),
    /// Nothing: the call that it waited for has failed, in this way.
    Failed(Failed),
}

/// Who asks for all. Dropping it lets the next one look.
pub(super) struct Leader {
    flights: Arc<Flights>,
    key: Key,
    flight: Option<Arc<Flight>>,
    turn: Option<async_lock::MutexGuardArc<()>>,
}

impl Flights {
    /// Waits for an equal call that is under way.
    pub(super) async fn join(self: &Arc<Self>, key: Key) -> Turn {
        let mut leader = self.enter(key);
        let Some(flight) = leader.flight.clone() else { return Turn::Ask(leader) };
        let failures = flight.failures.load(Ordering::Acquire);
        leader.turn = Some(flight.turn.lock_arc().await);
        if flight.failures.load(Ordering::Acquire) != failures
            && let Some(failed) = flight.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
        {
            return Turn::Failed(failed);
        }
        Turn::Ask(leader)
    }

    /// The turn, unless an equal call is under way.
    pub(super) fn try_join(self: &Arc<Self>, key: Key) -> Option<Leader> {
        let mut leader = self.enter(key);
        let turn = leader.flight.as_ref()?.turn.try_lock_arc()?;
        leader.turn = Some(turn);
        Some(leader)
    }

    fn enter(self: &Arc<Self>, key: Key) -> Leader {
        let mut flights = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        let flight = Some(Arc::clone(flights.entry(key).or_default()));
        Leader { flights: Arc::clone(self), key, flight, turn: None }
    }
}

impl Leader {
    /// Tells those that wait that it has failed.
    pub(super) fn fail(&self, failed: &Failed) {
        if let Some(flight) = &self.flight {
            *flight.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failed.clone());
            flight.failures.fetch_add(1, Ordering::AcqRel);
        }
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        self.turn = None;
        let mut flights = self.flights.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        self.flight = None;
        // The last one clears up. Nobody can enter meanwhile.
        if flights.get(&self.key).is_some_and(|flight| Arc::strong_count(flight) == 1) {
            flights.remove(&self.key);
        }
    }
}
