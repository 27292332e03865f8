//! A future that many wait for. Whoever of them is polled drives it for all, so that it needs no task of its own, and nobody who gives
//! up stops it for the others.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};

use crate::transport::BoxFuture;

/// Work that several wait for.
pub(super) struct Flight {
    /// Nothing once it is done.
    work: Mutex<Option<BoxFuture<'static, ()>>>,
    waiting: Arc<Waiting>,
}

impl Flight {
    pub(super) fn new(work: BoxFuture<'static, ()>) -> Self {
        Self { work: Mutex::new(Some(work)), waiting: Arc::default() }
    }

    /// Goes on with the work, and wakes this one when there is more to do or all is done.
    pub(super) fn poll(&self, number: usize, context: &Context<'_>) {
        // Before the work is looked at: what it does from here on wakes this one.
        self.waiting.add(number, context.waker());
        let mut work = lock(&self.work);
        let Some(running) = work.as_mut() else { return };
        let waker = Waker::from(Arc::clone(&self.waiting));
        if running.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
            *work = None;
            drop(work);
            waker.wake();
        }
    }

    /// Lets somebody look again.
    pub(super) fn wake(&self) {
        self.waiting.wake_by_ref();
    }
}

/// Those who wait, by their number.
#[derive(Default)]
struct Waiting(Mutex<Vec<(usize, Waker)>>);

impl Waiting {
    fn add(&self, number: usize, waker: &Waker) {
        let mut all = lock(&self.0);
        match all.iter_mut().find(|(known, _)| *known == number) {
            Some((_, known)) => known.clone_from(waker),
            None => all.push((number, waker.clone())),
        }
    }

    fn wake_by_ref(&self) {
        let all = std::mem::take(&mut *lock(&self.0));
        all.into_iter().for_each(|(_, waker)| waker.wake());
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        Self::wake_by_ref(&self);
    }
}

/// What is locked here is whole at any time.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
