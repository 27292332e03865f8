//! Work that many wait for. Whoever of them is polled drives it for all, so that it needs no task of its own, and nobody who gives up, or
//! is not polled for a while, stops it for the others. When all have given up, so is the work.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::{Context, Poll, Wake, Waker};

use crate::transport::BoxFuture;

/// Work that several wait for.
pub(crate) struct Flight {
    /// Nothing once it is over.
    work: Mutex<Option<BoxFuture<'static, ()>>>,
    waiting: Arc<Waiting>,
}

impl Flight {
    pub(crate) fn new(work: BoxFuture<'static, ()>) -> Self {
        Self { work: Mutex::new(Some(work)), waiting: Arc::default() }
    }

    /// Goes on with the work, and wakes this one when there is more to do or it is over. A panic of the work is that of who polls it,
    /// and the end of the work.
    pub(crate) fn poll(&self, number: usize, context: &Context<'_>) -> Poll<()> {
        // Before the work is looked at: what it does from here on wakes this one.
        self.waiting.add(number, context.waker());
        let mut tell = Tell(Some(&self.waiting));
        let polled = self.go_on();
        if polled.is_pending() {
            tell.0 = None;
        }
        polled
    }

    fn go_on(&self) -> Poll<()> {
        let mut work = match self.work.try_lock() {
            Ok(work) => work,
            Err(TryLockError::Poisoned(error)) => error.into_inner(),
            // Somebody is at it. What they leave to be done wakes all.
            Err(TryLockError::WouldBlock) => return Poll::Pending,
        };
        // If it panics, it is gone.
        let Some(mut running) = work.take() else { return Poll::Ready(()) };
        let waker = Waker::from(Arc::clone(&self.waiting));
        let polled = running.as_mut().poll(&mut Context::from_waker(&waker));
        if polled.is_pending() {
            *work = Some(running);
        }
        polled
    }

    /// Whether there is nothing more to do.
    #[cfg(feature = "cache")]
    pub(crate) fn is_over(&self) -> bool {
        match self.work.try_lock() {
            Ok(work) => work.is_none(),
            Err(TryLockError::Poisoned(error)) => error.get_ref().is_none(),
            Err(TryLockError::WouldBlock) => false,
        }
    }

    /// This one waits no more.
    pub(crate) fn leave(&self, number: usize) {
        lock(&self.waiting.0).remove(&number);
    }

    /// Lets somebody look again.
    pub(crate) fn wake(&self) {
        self.waiting.wake_by_ref();
    }
}

/// Tells all that the work is over, also if it panics.
struct Tell<'a>(Option<&'a Waiting>);

impl Drop for Tell<'_> {
    fn drop(&mut self) {
        if let Some(waiting) = self.0 {
            waiting.wake_by_ref();
        }
    }
}

/// Those who wait, by their number.
#[derive(Default)]
struct Waiting(Mutex<BTreeMap<usize, Waker>>);

impl Waiting {
    fn add(&self, number: usize, waker: &Waker) {
        lock(&self.0).entry(number).and_modify(|known| known.clone_from(waker)).or_insert_with(|| waker.clone());
    }

    fn wake_by_ref(&self) {
        let all = std::mem::take(&mut *lock(&self.0));
        all.into_values().for_each(Waker::wake);
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        Self::wake_by_ref(&self);
    }
}

/// What is locked here is whole at any time.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
