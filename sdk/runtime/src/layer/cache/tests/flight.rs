//! Equal calls at the same time. Time is tokio's, which stands still until nothing else is left to do.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Instant;

use super::*;
use crate::client::Timer;
use crate::error::TimeoutError;
use crate::layer::Priority;
use crate::{HttpRequest, HttpResponse, Reply};

/// Time that passes when everybody waits.
#[derive(Clone, Copy)]
struct Paused;

impl Timer for Paused {
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A platform that takes its time: each request the next one of a list, the last one again and again.
#[derive(Clone, Default)]
struct Line {
    todo: Arc<Mutex<VecDeque<(Duration, String)>>>,
    asked: Arc<AtomicUsize>,
    /// Requests that nobody waits for any more.
    given_up: Arc<AtomicUsize>,
}

impl Line {
    fn new(todo: &[(u64, &str)]) -> Self {
        let todo = todo.iter().map(|(time, body)| (ms(*time), (*body).to_owned())).collect();
        Self { todo: Arc::new(Mutex::new(todo)), ..Self::default() }
    }

    fn builder(&self, cache: &Cache) -> ClientBuilder {
        Client::builder(Environment::Production, Credentials::new("12345678", "secret"))
            .transport(self.clone())
            .timer(Paused)
            .session("s3ss10n")
            .cache(cache)
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// Counts what is dropped before its time.
struct Dropped<'a>(&'a AtomicUsize, bool);

impl Drop for Dropped<'_> {
    fn drop(&mut self) {
        if !self.1 {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl crate::Transport for Line {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let mut dropped = Dropped(&self.given_up, false);
            let (time, body) = {
                let mut todo = self.todo.lock().unwrap();
                if todo.len() > 1 { todo.pop_front().unwrap() } else { todo[0].clone() }
            };
            let limit = request.timeout.filter(|limit| *limit < time);
            tokio::time::sleep(limit.unwrap_or(time)).await;
            dropped.1 = true;
            assert_ne!(body, PANIC, "on purpose");
            match limit {
                Some(_) => Err(Error::Timeout(TimeoutError::new("total", limit, true))),
                None => Ok(HttpResponse { status: 200, headers: Vec::new(), body: body.into() }),
            }
        })
    }
}

const ONE: &str = r#"{"item_seller_get_response":{"title":"one"}}"#;
const TWO: &str = r#"{"item_seller_get_response":{"title":"two"}}"#;
const BUSY: &str = r#"{"error_response":{"code":15,"sub_code":"isp.remote-service-timeout"}}"#;
const DENIED: &str = r#"{"error_response":{"code":15,"sub_code":"isv.permission-denied"}}"#;
const PANIC: &str = "panic";

type Get = crate::Call<ItemSellerGet>;
type Got = Result<Reply<ItemSellerGetResponse>, Error>;

fn get(client: &Client) -> Get {
    client.call(ItemSellerGet::new(1))
}

/// Makes a call after some time, in a task of its own. What it brings, and when.
fn at(time: u64, call: Get) -> tokio::task::JoinHandle<(Result<String, Error>, u128)> {
    let start = Paused.now();
    tokio::spawn(async move {
        Paused.sleep(ms(time)).await;
        let result = call.await.map(|reply| reply.title.clone().unwrap());
        (result, (Paused.now() - start).as_millis())
    })
}

/// Has one look at a call, and leaves it so.
async fn park(call: Get) -> Pin<Box<dyn Future<Output = Got> + Send>> {
    let mut call = call.into_future();
    let looked = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
    assert!(looked.is_pending());
    call
}

fn cache() -> Cache {
    Cache::new(CacheSettings::new()).unwrap()
}

/// What a call says of itself is no business of the others.
#[tokio::test(start_paused = true)]
async fn a_failure_by_the_options_of_one_call_is_its_own() {
    /// What one call says of itself, and what the platform does.
    type Case = (&'static str, fn(Get) -> Get, Vec<(u64, &'static str)>);
    let options: [Case; 4] = [
        ("deadline", |call| call.with_deadline(ms(30)), vec![(100, ONE)]),
        ("deadline of retries", |call| call.with_deadline(ms(30)), vec![(20, BUSY), (20, ONE)]),
        ("timeout", |call| call.with_timeout(ms(30)).with_attempts(1), vec![(100, ONE)]),
        ("attempts", |call| call.with_attempts(1), vec![(20, BUSY), (20, BUSY), (20, ONE)]),
    ];
    for (name, own, todo) in options {
        let (line, cache) = (Line::new(&todo), cache());
        let client =
            line.builder(&cache).retry(Retry::default().backoff(ms(40), ms(40))).random(Whole).build().unwrap();
        let (first, second) = (at(0, own(get(&client))), at(1, get(&client)));
        assert!(first.await.unwrap().0.is_err(), "{name}");
        assert_eq!(second.await.unwrap().0.unwrap(), "one", "{name}");
    }
}

/// All of everything.
struct Whole;

impl crate::client::Random for Whole {
    fn next(&self) -> u64 {
        u64::MAX
    }
}

#[cfg(feature = "limit")]
#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_no_limit_does_not_speak_for_one_that_does() {
    use crate::layer::limit::{Rate, RateLimiter, RateLimits, Wait};

    // It has room for one attempt a second.
    let scene = |todo| {
        let (line, cache) = (Line::new(todo), cache());
        let limits = RateLimits::new().method(METHOD, Rate::per_minute(60).burst(1));
        let limiter = RateLimiter::with_timer(limits, Paused).unwrap();
        line.builder(&cache).rate_limiter(&limiter).build().unwrap()
    };
    let client = scene(&[(50, BUSY), (10, ONE)]);
    let (hasty, patient) = (at(0, get(&client).with_rate_wait(Wait::No)), at(1, get(&client)));
    let result = hasty.await.unwrap().0;
    assert!(matches!(result, Err(Error::Limited(_))), "{result:?}");
    assert!(patient.await.unwrap().0.is_ok());
    // Nor does it wait with that one.
    let client = scene(&[(10, ONE)]);
    client.call(ItemSellerGet::new(2)).await.unwrap();
    let (patient, hasty) = (at(0, get(&client)), at(1, get(&client).with_rate_wait(Wait::No)));
    let (result, when) = hasty.await.unwrap();
    assert!(matches!(result, Err(Error::Limited(_))) && when == 1, "{when} {result:?}");
    assert!(patient.await.unwrap().0.is_ok());
}

/// Lets calls that nobody waits for stand for a while.
struct Patience;

impl Layer for Patience {
    fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            if call.priority() == Priority::Background {
                Paused.sleep(seconds(60)).await;
            }
            next.run(call).await
        })
    }
}

#[tokio::test(start_paused = true)]
async fn an_urgent_call_does_not_wait_behind_one_that_is_not() {
    let (line, cache) = (Line::new(&[(10, ONE)]), cache());
    let client = line.builder(&cache).attempt_layer(Patience).build().unwrap();
    let background = at(0, get(&client).with_priority(Priority::Background));
    let (urgent, too) = (at(1, get(&client)), at(2, get(&client)));
    assert_eq!((urgent.await.unwrap().1, too.await.unwrap().1, line.asked()), (11, 11, 1));
    assert!(background.await.unwrap().0.is_ok());
}

/// What any of them would have been told is told to all.
#[tokio::test(start_paused = true)]
async fn a_failure_that_is_everybodys_is_shared() {
    for (todo, deadline) in [(DENIED, Some(seconds(9))), (DENIED, None), (BUSY, None)] {
        let (line, cache) = (Line::new(&[(50, todo)]), cache());
        let client = line.builder(&cache).retry(Retry::off()).build().unwrap();
        let first = deadline.map_or_else(|| get(&client), |deadline| get(&client).with_deadline(deadline));
        let calls: Vec<_> = std::iter::once(at(0, first)).chain((1..20).map(|time| at(time, get(&client)))).collect();
        for call in calls {
            let (result, when) = call.await.unwrap();
            assert_eq!((result.unwrap_err().code(), when), (Some(15), 50));
        }
        assert_eq!((line.asked(), cache.stats().joined), (1, 19));
    }
    // A limit of all that ran out.
    let (line, cache) = (Line::new(&[(1_000, ONE)]), cache());
    let client = line.builder(&cache).total_timeout(ms(100)).retry(Retry::off()).build().unwrap();
    let calls: Vec<_> = (0..20).map(|time| at(time, get(&client))).collect();
    for call in calls {
        assert_eq!(call.await.unwrap().1, 100);
    }
    assert_eq!(line.asked(), 1);
}

/// Clients share what they keep, but not what goes wrong with one of them.
#[tokio::test(start_paused = true)]
async fn a_failure_of_another_client_is_not_shared() {
    for (body, asked) in [(BUSY, 2), (DENIED, 1)] {
        let (line, cache) = (Line::new(&[(50, body), (50, ONE)]), cache());
        let client = || line.builder(&cache).retry(Retry::off()).build().unwrap();
        let (one, other) = (client(), client());
        let (first, second) = (at(0, get(&one)), at(1, get(&other)));
        assert!(first.await.unwrap().0.is_err());
        assert_eq!((second.await.unwrap().0.is_ok(), line.asked()), (asked == 2, asked));
    }
}

/// Others that have less time come and go; whoever has more does not wait for each of them in turn.
#[tokio::test(start_paused = true)]
async fn a_patient_call_waits_for_a_hasty_one_once() {
    let (line, cache) = (Line::new(&[(100, ONE)]), cache());
    let client = line.builder(&cache).build().unwrap();
    let hasty: Vec<_> = (0..30).map(|time| at(time * 10, get(&client).with_deadline(ms(30)))).collect();
    let (result, when) = at(5, get(&client)).await.unwrap();
    assert_eq!((result.unwrap(), when), ("one".to_owned(), 130));
    for call in hasty {
        drop(call.await.unwrap());
    }
    assert!(line.asked() < 8, "{}", line.asked());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_left_alone_keeps_nobody_waiting() {
    let (line, cache) = (Line::new(&[(50, ONE)]), cache());
    let client = line.builder(&cache).build().unwrap();
    let parked = park(get(&client)).await;
    let others: Vec<_> = (1..4).map(|time| at(time, get(&client))).collect();
    for call in others {
        let call = tokio::time::timeout(seconds(60), call).await.expect("it waits for ever");
        assert_eq!(call.unwrap().1, 50);
    }
    // It gets what was asked for it, however late.
    assert_eq!(parked.await.unwrap().source(), Source::Platform);
    assert_eq!(line.asked(), 1);
    // One that waits for another one, and is left alone when its turn would come.
    cache.clear();
    let leading = at(0, get(&client).with_deadline(ms(20)));
    tokio::task::yield_now().await;
    let _parked = park(get(&client)).await;
    assert!(leading.await.unwrap().0.is_err());
    let last = tokio::time::timeout(seconds(60), at(0, get(&client))).await.expect("it waits for ever");
    assert!(last.unwrap().0.is_ok());
}

/// The request of a batch goes on by whoever waits for one of its calls.
#[tokio::test(start_paused = true)]
async fn a_batch_that_is_left_alone_keeps_nobody_waiting() {
    /// Comes to the request late.
    struct Late;
    impl Layer for Late {
        fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
            Box::pin(async move {
                Paused.sleep(ms(10)).await;
                next.run(call).await
            })
        }
    }
    let (line, cache) = (Line::new(&[(50, ONE)]), cache());
    let client = line.builder(&cache).attempt_layer(Late).build().unwrap();
    let mut batch = client.batch();
    let handle = batch.add(get(&client));
    let mut batch = Box::pin(batch.send());
    let looked = poll_fn(|context| Poll::Ready(batch.as_mut().poll(context))).await;
    assert!(looked.is_pending());
    let call = tokio::time::timeout(seconds(60), at(0, get(&client))).await.expect("it waits for ever");
    assert!(call.unwrap().0.is_ok());
    assert!(batch.await.take(handle).is_ok());
    assert_eq!(line.asked(), 1);
}

/// Nothing goes on in a runtime that nobody drives, or that is gone.
#[test]
fn a_runtime_that_stands_still_keeps_no_other_waiting() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    for is_gone in [false, true] {
        let (line, cache) = (Line::new(&[(50, ONE)]), cache());
        let client = line.builder(&cache).build().unwrap();
        let (still, other) = (runtime(), runtime());
        let parked = still.block_on(park(get(&client)));
        let still = (!is_gone).then_some(still);
        let call = async { tokio::time::timeout(seconds(60), get(&client)).await };
        assert!(other.block_on(call).expect("it waits for ever").is_ok());
        drop((parked, still));
    }
}

/// Wakes a thread.
struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Answers when it is told to, without any runtime.
#[derive(Clone, Default)]
struct Bell(Arc<Mutex<(bool, Vec<Waker>)>>);

impl crate::Transport for Bell {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        Box::pin(poll_fn(|context| {
            let mut bell = self.0.lock().unwrap();
            if bell.0 {
                return Poll::Ready(Ok(HttpResponse { status: 200, headers: Vec::new(), body: ONE.into() }));
            }
            bell.1.push(context.waker().clone());
            Poll::Pending
        }))
    }
}

#[test]
fn a_call_that_is_left_alone_keeps_nobody_waiting_without_a_runtime() {
    let (bell, cache) = (Bell::default(), cache());
    let client = Client::builder(Environment::Production, Credentials::new("12345678", "secret"));
    let client = client.transport(bell.clone()).session("s3ss10n").cache(&cache).build().unwrap();
    let mut parked = get(&client).into_future();
    assert!(parked.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let mut call = pin!(get(&client).into_future());
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut context = Context::from_waker(&waker);
    assert!(call.as_mut().poll(&mut context).is_pending());
    let rung = std::thread::spawn(move || {
        let mut bell = bell.0.lock().unwrap();
        bell.0 = true;
        bell.1.drain(..).for_each(Waker::wake);
    });
    rung.join().unwrap();
    assert!(call.as_mut().poll(&mut context).is_ready(), "it waits for ever");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_is_given_up() {
    let (line, cache) = (Line::new(&[(50, ONE)]), cache());
    let client = line.builder(&cache).build().unwrap();
    let calls: Vec<_> = (0..3).map(|time| at(time, get(&client))).collect();
    Paused.sleep(ms(10)).await;
    let given_up = || line.given_up.load(Ordering::SeqCst);
    for (left, call) in (0..3).rev().zip(calls) {
        assert_eq!(given_up(), 0);
        call.abort();
        assert!(call.await.is_err());
        assert_eq!(given_up(), usize::from(left == 0));
    }
    assert_eq!((at(0, get(&client)).await.unwrap().1, line.asked()), (50, 2));
    assert_eq!(cache.inner.flights.len(), 0, "nothing is left of it");
}

/// A panic is that of one call.
#[tokio::test(start_paused = true)]
async fn a_panic_keeps_nobody_waiting() {
    let (line, cache) = (Line::new(&[(50, PANIC), (50, ONE)]), cache());
    let client = line.builder(&cache).build().unwrap();
    let calls: Vec<_> = (0..3).map(|time| at(time, get(&client))).collect();
    let mut done = Vec::new();
    for call in calls {
        match tokio::time::timeout(seconds(60), call).await.expect("it waits for ever") {
            Ok((result, when)) => done.push((result.unwrap(), when)),
            Err(error) => assert!(error.is_panic()),
        }
    }
    assert_eq!(done, [("one".to_owned(), 100), ("one".to_owned(), 100)]);
}

/// Whoever asks anew does not wait for what was asked before, and what comes of that later does not take its place.
#[tokio::test(start_paused = true)]
async fn a_call_that_refreshes_waits_for_nobody() {
    let (line, cache) = (Line::new(&[(100, ONE), (10, TWO)]), cache());
    let client = line.builder(&cache).build().unwrap();
    let old = at(0, get(&client));
    let (result, when) = at(5, get(&client).with_cache(CachePolicy::Refresh)).await.unwrap();
    assert_eq!((result.unwrap(), when), ("two".to_owned(), 15));
    assert_eq!(old.await.unwrap().0.unwrap(), "one");
    assert_eq!((at(0, get(&client)).await.unwrap().0.unwrap(), line.asked()), ("two".to_owned(), 2));
}

/// What is no answer that the platform would give is not kept; but whoever waits for it has it, unless a write lies between.
#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_kept_is_shared_by_those_that_wait() {
    let (line, cache) = (Line::new(&[(50, r#"{"code":503,"message":"down"}"#)]), cache());
    let client = line.builder(&cache).retry(Retry::off()).build().unwrap();
    let raw = |time| {
        let call = get(&client).raw();
        let start = Paused.now();
        tokio::spawn(async move {
            Paused.sleep(ms(time)).await;
            call.await.unwrap();
            (Paused.now() - start).as_millis()
        })
    };
    for call in (0..10).map(raw).collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap(), 50);
    }
    assert_eq!(line.asked(), 1);
    let (first, second) = (raw(0), raw(20));
    Paused.sleep(ms(10)).await;
    cache.invalidate("12345678", "item", "1").await;
    assert_eq!((first.await.unwrap(), second.await.unwrap(), line.asked()), (50, 100, 3));
}
