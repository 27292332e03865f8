//! Time that passes, injected.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::transport::BoxFuture;

/// Measures how long something takes, and waits. [`Clock`](crate::Clock) tells the time of day.
pub trait Timer: Send + Sync {
    /// Now, on a clock that never goes back.
    fn now(&self) -> Instant;

    /// Completes when this time has passed.
    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()>;
}

/// Waits by tokio inside its runtimes, elsewhere by a thread that ends with the wait.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemTimer;

impl Timer for SystemTimer {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        #[cfg(feature = "tokio")]
        if tokio::runtime::Handle::try_current().is_ok() {
            return Box::pin(tokio::time::sleep(time));
        }
        Box::pin(thread::sleep(time))
    }
}

/// What comes of this, unless the time passes before.
#[cfg(any(feature = "cache", feature = "limit", feature = "queue"))]
pub(crate) async fn within<T>(timer: &dyn Timer, time: Option<Duration>, work: BoxFuture<'_, T>) -> Option<T> {
    use std::future::poll_fn;
    use std::task::Poll;

    let Some(time) = time else { return Some(work.await) };
    let (mut work, mut over) = (work, timer.sleep(time));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(result) => Poll::Ready(Some(result)),
        Poll::Pending => over.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// Waiting without a runtime.
mod thread {
    use std::future::poll_fn;
    use std::sync::{Arc, Mutex, PoisonError};
    use std::task::{Poll, Waker};
    use std::time::{Duration, Instant};

    enum State {
        Waiting(Option<Waker>),
        Over,
    }

    pub(super) async fn sleep(time: Duration) {
        let state = Arc::new(Mutex::new(State::Waiting(None)));
        // A time that no clock can tell is waited for without end.
        let (theirs, end) = (Arc::clone(&state), Instant::now().checked_add(time));
        let spawned = std::thread::Builder::new().name("topsdk-timer".to_owned()).spawn(move || {
            park_until(end);
            let before = std::mem::replace(&mut *theirs.lock().unwrap_or_else(PoisonError::into_inner), State::Over);
            if let State::Waiting(Some(waker)) = before {
                waker.wake();
            }
        });
        if spawned.is_err() {
            // There is no room for one more thread, so this one waits: worse for its other tasks, but who is told to wait and does not
            // would ask again at once, and for ever.
            park_until(end);
            return;
        }
        poll_fn(|context| match &mut *state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Over => Poll::Ready(()),
            State::Waiting(waker) => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
        })
        .await;
    }

    fn park_until(end: Option<Instant>) {
        let left = || end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
        while !left().is_zero() {
            std::thread::park_timeout(left());
        }
    }
}

/// Time that passes only when somebody sleeps, for tests: a wait ends at once, and the time it would have taken has passed.
/// Clones share their time.
///
/// ```
/// use std::time::Duration;
/// use topsdk::client::{Timer, VirtualTimer};
///
/// let timer = VirtualTimer::new();
/// let start = timer.now();
/// timer.advance(Duration::from_secs(3600));
/// assert_eq!(timer.now() - start, Duration::from_secs(3600));
/// ```
#[derive(Debug, Clone)]
pub struct VirtualTimer {
    start: Instant,
    passed: Arc<Mutex<Duration>>,
}

impl VirtualTimer {
    /// A timer that stands still.
    #[must_use]
    pub fn new() -> Self {
        Self { start: Instant::now(), passed: Arc::default() }
    }

    /// Lets time pass.
    pub fn advance(&self, time: Duration) {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        *passed = passed.saturating_add(time);
    }

    /// How much time has passed.
    #[must_use]
    pub fn passed(&self) -> Duration {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for VirtualTimer {
    fn default() -> Self {
        Self::new()
    }
}

impl Timer for VirtualTimer {
    fn now(&self) -> Instant {
        self.start.checked_add(self.passed()).unwrap_or(self.start)
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move { self.advance(time) })
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future as _;
    use std::pin::pin;
    use std::task::{Context, Wake};

    use super::*;

    /// Wakes a thread.
    struct Unpark(std::thread::Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    /// Sleeps without any runtime.
    #[test]
    fn without_a_runtime_a_thread_waits() {
        let waker = Arc::new(Unpark(std::thread::current())).into();
        let (start, time) = (SystemTimer.now(), Duration::from_millis(20));
        let mut sleep = pin!(SystemTimer.sleep(time));
        while sleep.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            std::thread::park();
        }
        assert!(SystemTimer.now() - start >= time, "a sleep is never shorter than asked for");
    }

    #[tokio::test]
    async fn virtual_time_passes_at_once() {
        let timer = VirtualTimer::new();
        let (clone, start) = (timer.clone(), timer.now());
        clone.sleep(Duration::from_secs(86_400)).await;
        timer.advance(Duration::from_secs(1));
        assert_eq!((timer.now() - start, clone.passed()), (Duration::from_secs(86_401), timer.passed()));
    }
}
