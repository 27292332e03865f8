//! Many tasks in virtual time: it passes only when all of them wait, and then to the next one that wakes.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use crate::client::Timer;
use crate::transport::BoxFuture;

#[derive(Clone)]
pub(super) struct Sim {
    start: Instant,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    now: Duration,
    /// Those who wait, by when they wake; the number tells apart who wakes at the same time, in the order of their coming.
    asleep: BTreeMap<(Duration, u64), Waker>,
    next: u64,
}

impl Sim {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), state: Arc::default() }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.state.lock().unwrap().now
    }

    /// Waits until this time since the start.
    pub(super) async fn at(&self, time: Duration) {
        self.sleep(time.saturating_sub(self.elapsed())).await;
    }

    /// Runs all tasks to their ends and returns their results in order.
    pub(super) fn run<T>(&self, tasks: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
        let ready = Arc::new(Mutex::new(Vec::new()));
        let mut tasks: Vec<_> = tasks.into_iter().map(|task| (Box::pin(task), None)).collect();
        for number in 0..tasks.len() {
            ready.lock().unwrap().push(number);
        }
        loop {
            let turn: Vec<usize> = std::mem::take(&mut *ready.lock().unwrap());
            for number in &turn {
                let waker = Waker::from(Arc::new(Task { number: *number, ready: Arc::clone(&ready) }));
                let (task, result) = &mut tasks[*number];
                if result.is_none()
                    && let Poll::Ready(value) = task.as_mut().poll(&mut Context::from_waker(&waker))
                {
                    *result = Some(value);
                }
            }
            if tasks.iter().all(|(_, result)| result.is_some()) {
                return tasks.into_iter().filter_map(|(_, result)| result).collect();
            }
            if ready.lock().unwrap().is_empty() {
                let mut state = self.state.lock().unwrap();
                let ((time, _), waker) = state.asleep.pop_first().expect("a task waits for nothing");
                state.now = state.now.max(time);
                drop(state);
                waker.wake();
            }
        }
    }

    pub(super) fn block_on<T>(&self, task: impl Future<Output = T>) -> T {
        self.run([task]).remove(0)
    }
}

struct Task {
    number: usize,
    ready: Arc<Mutex<Vec<usize>>>,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.ready.lock().unwrap().push(self.number);
    }
}

impl Timer for Sim {
    fn now(&self) -> Instant {
        self.start + self.elapsed()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        let end = self.elapsed() + time;
        let mut entry = None;
        Box::pin(poll_fn(move |context| {
            let mut state = self.state.lock().unwrap();
            if state.now >= end {
                return Poll::Ready(());
            }
            let key = *entry.get_or_insert_with(|| {
                state.next += 1;
                (end, state.next)
            });
            state.asleep.insert(key, context.waker().clone());
            Poll::Pending
        }))
    }
}
