//! What becomes of a job, from its request to its answer or its end.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use topsdk::item::ItemQuantityUpdate;
use topsdk::layer::{CallInfo, Layer, Next, Outcome};
use topsdk::platform::{TimeGet, TimeGetResponse};
use topsdk::queue::{Counts, JobId, OnDoubt, Priority, Queue, QueueError, Reason, Sessions, State};
use topsdk::refund::RefundMessageAdd;
use topsdk::trade::{TradeFullinfoGet, TradeMemoUpdate};
use topsdk::transport::BoxFuture;
use topsdk::{DateTime, MockTransport, Request, Token, Upload};

use super::Place;
use crate::support::offline;

const UPDATE: &str = "taobao.item.quantity.update";

async fn counts(queue: &Queue) -> [u64; 5] {
    let Counts { waiting, delayed, running, done, dead, .. } = queue.inspect().await.unwrap();
    [waiting, delayed, running, done, dead]
}

async fn open(place: &Place, mock: &Arc<MockTransport>) -> Queue {
    Queue::open(&offline(mock).build().unwrap(), place.settings().tries(3)).await.unwrap()
}

#[tokio::test]
async fn an_answer_is_kept_until_somebody_asks() {
    for place in Place::all() {
        let mock = Arc::new(MockTransport::new());
        let mut response = TimeGetResponse::default();
        response.time = Some("2026-01-02 03:04:05".parse::<DateTime>().unwrap());
        mock.answer::<TimeGet>(response.clone());
        let queue = open(&place, &mock).await;
        let typed = queue.enqueue(TimeGet::new()).await.unwrap();
        let named = queue.enqueue_untyped("taobao.time.get").await.unwrap();
        assert_eq!((counts(&queue).await, mock.received().len()), ([2, 0, 0, 0, 0], 0));
        assert!(queue.result(&typed).await.unwrap().is_none());
        // Another queue on the same store knows nothing of it.
        let client = offline(&mock).build().unwrap();
        let other = Queue::open(&client, place.settings().name("other")).await.unwrap();
        assert_eq!((counts(&other).await, other.job(&typed).await.unwrap().is_none()), ([0; 5], true));

        queue.work(2).run_until_idle().await.unwrap();
        assert_eq!((counts(&queue).await, mock.received().len()), ([0, 0, 0, 2, 0], 2));
        for id in [&typed, &named] {
            let reply = queue.result(id).await.unwrap().unwrap();
            assert_eq!(reply.decode::<TimeGet>(true).unwrap().time, response.time);
            let job = queue.job(id).await.unwrap().unwrap();
            assert_eq!((job.state, job.tries, job.method.as_deref()), (State::Done, 1, Some("taobao.time.get")));
        }
        assert!(queue.remove(&typed).await.unwrap() && !queue.remove(&typed).await.unwrap());
        assert!(queue.job(&typed).await.unwrap().is_none());
        assert!(!queue.retry(&named).await.unwrap(), "what is done is not done again");
    }
}

#[tokio::test]
async fn a_key_is_enqueued_once() {
    for place in Place::all() {
        let mock = Arc::new(MockTransport::new());
        mock.answer::<TimeGet>(TimeGetResponse::default());
        let queue = open(&place, &mock).await;
        let enqueue = |key: &'static str| queue.enqueue(TimeGet::new()).with_idempotency_key(key);
        let empty = enqueue("").await.unwrap_err();
        assert!(empty.to_string().contains("idempotency key"), "{empty}");
        let first = enqueue("order-17").await.unwrap();
        assert_eq!(enqueue("order-17").await.unwrap(), first);
        assert_ne!(enqueue("order-18").await.unwrap(), first);
        queue.work(1).run_until_idle().await.unwrap();
        assert_eq!(enqueue("order-17").await.unwrap(), first, "as long as the job is kept");
        assert!(queue.remove(&first).await.unwrap());
        assert_ne!(enqueue("order-17").await.unwrap(), first);
        assert_eq!(mock.received().len(), 2);
    }
}

#[tokio::test]
async fn jobs_go_by_priority_and_not_before_their_time() {
    for place in Place::all() {
        let mock = Arc::new(MockTransport::new());
        mock.answer::<TradeMemoUpdate>(<TradeMemoUpdate as Request>::Response::default());
        let queue = open(&place, &mock).await;
        let enqueue = |memo: &str| queue.enqueue(TradeMemoUpdate::new(1).memo(memo));
        let low = enqueue("low").with_priority(Priority::Low).await.unwrap();
        let first = enqueue("first").await.unwrap();
        let second = enqueue("second").await.unwrap();
        let late = enqueue("late").with_priority(Priority::High).with_delay(Duration::from_secs(1)).await.unwrap();
        let high = enqueue("high").with_priority(Priority::High).await.unwrap();
        assert_eq!(counts(&queue).await, [4, 1, 0, 0, 0]);
        let ids = async |state, most| -> Vec<JobId> {
            queue.jobs(state, most).await.unwrap().into_iter().map(|job| job.id).collect()
        };
        assert_eq!(ids(State::Waiting, 10).await, [high.clone(), first, second, low.clone()]);
        assert_eq!((ids(State::Waiting, 1).await, ids(State::Waiting, 0).await), (vec![high], vec![]));
        assert_eq!((ids(State::Delayed, 10).await, ids(State::Running, 10).await), (vec![late], vec![]));
        queue.work(1).run_until_idle().await.unwrap();
        let memos = || -> Vec<String> {
            let received = mock.received().into_iter().flat_map(|call| call.params);
            received.filter(|(name, _)| name == "memo").map(|(_, value)| value).collect()
        };
        assert_eq!(memos(), ["high", "first", "second", "low"]);
        assert_eq!(ids(State::Done, 10).await.len(), 4);
        while counts(&queue).await[1] > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        queue.work(1).run_until_idle().await.unwrap();
        assert_eq!(memos().last().unwrap(), "late");
    }
}

#[tokio::test]
async fn failures_end_as_answers_or_dead_letters() {
    for place in Place::all() {
        let mock = Arc::new(MockTransport::new());
        // A refusal for good, one that passes, and one that stays.
        mock.fail(UPDATE, 15, "isv.item-not-exist");
        mock.fail("taobao.time.get", 15, "isp.remote-service-timeout");
        mock.answer::<TimeGet>(TimeGetResponse::default());
        mock.answer_raw("taobao.trade.fullinfo.get", 503, "");
        let queue = open(&place, &mock).await;
        let refused = queue.enqueue(ItemQuantityUpdate::new(1, 2)).await.unwrap();
        let passing = queue.enqueue(TimeGet::new()).await.unwrap();
        let staying = queue.enqueue(TradeFullinfoGet::new("tid", 1)).await.unwrap();
        let drain = async || {
            loop {
                queue.work(1).run_until_idle().await.unwrap();
                if counts(&queue).await[..3] == [0; 3] {
                    break;
                }
            }
        };
        drain().await;
        assert_eq!(counts(&queue).await, [0, 0, 0, 1, 2]);
        let job = queue.job(&refused).await.unwrap().unwrap();
        let failure = job.failure.unwrap();
        assert_eq!((job.state, job.tries, failure.reason), (State::Dead, 1, Reason::Refused));
        assert_eq!((failure.code, failure.sub_code.as_deref()), (Some(15), Some("isv.item-not-exist")));
        let job = queue.job(&passing).await.unwrap().unwrap();
        assert_eq!((job.state, job.tries, job.failure), (State::Done, 2, None));
        let job = queue.job(&staying).await.unwrap().unwrap();
        let failure = job.failure.unwrap();
        assert_eq!((job.tries, failure.reason, failure.phase.as_deref()), (3, Reason::Exhausted, Some("transport")));

        let dead = queue.dead(10).await.unwrap();
        assert_eq!(dead.len(), 2);
        assert_eq!(queue.dead(1).await.unwrap().len(), 1);
        // The mock repeats its last answer: it refuses once more, and then what was wrong is mended.
        mock.answer::<ItemQuantityUpdate>(<ItemQuantityUpdate as Request>::Response::default());
        for expected in [State::Dead, State::Done] {
            assert!(queue.retry(&refused).await.unwrap() && !queue.retry(&refused).await.unwrap());
            drain().await;
            let job = queue.job(&refused).await.unwrap().unwrap();
            assert_eq!((job.state, job.tries), (expected, 1));
        }
        assert!(queue.remove(&staying).await.unwrap());
    }
}

/// What is sent and panics before the answer is stored.
struct Panics(AtomicU32);

impl Layer for Panics {
    fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let outcome = next.run(call).await;
            assert!(self.0.fetch_add(1, Ordering::Relaxed) > 1, "a layer of the test panics on purpose");
            outcome
        })
    }
}

#[tokio::test]
async fn a_panic_leaves_a_write_in_doubt_and_the_worker_alive() {
    for place in Place::all() {
        let mock = Arc::new(MockTransport::new());
        mock.answer::<ItemQuantityUpdate>(<ItemQuantityUpdate as Request>::Response::default());
        let client = offline(&mock).call_layer(Panics(AtomicU32::new(0))).build().unwrap();
        let queue = Queue::open(&client, place.settings()).await.unwrap();
        let once = queue.enqueue(ItemQuantityUpdate::new(1, 2)).await.unwrap();
        let again = queue.enqueue(ItemQuantityUpdate::new(3, 4)).with_on_doubt(OnDoubt::Repeat).await.unwrap();
        while counts(&queue).await[..3] != [0; 3] {
            queue.work(1).run_until_idle().await.unwrap();
        }
        let job = queue.job(&once).await.unwrap().unwrap();
        assert_eq!((job.state, job.failure.unwrap().reason), (State::Dead, Reason::InDoubt));
        let job = queue.job(&again).await.unwrap().unwrap();
        assert_eq!((job.state, job.tries), (State::Done, 2));
    }
}

/// Holds calls until it is told to let them go.
#[derive(Clone, Default)]
struct Gate {
    came: Arc<Notify>,
    go: Arc<Notify>,
}

impl Layer for Gate {
    fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            self.came.notify_one();
            self.go.notified().await;
            next.run(call).await
        })
    }
}

#[tokio::test]
async fn a_stop_lets_running_jobs_end_and_gives_back_the_others() {
    for place in Place::all() {
        let (mock, gate) = (Arc::new(MockTransport::new()), Gate::default());
        mock.answer::<TimeGet>(TimeGetResponse::default());
        let client = offline(&mock).call_layer(gate.clone()).build().unwrap();
        let queue = Queue::open(&client, place.settings()).await.unwrap();
        for _ in 0..5 {
            queue.enqueue(TimeGet::new()).await.unwrap();
        }
        let (stop, stopped) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (told, worker) = (Arc::clone(&stop), queue.work(1));
        let work = tokio::spawn(async move {
            worker
                .run_until(async move {
                    told.notified().await;
                })
                .await
        });
        gate.came.notified().await;
        stop.notify_one();
        // It waits for the job, and does not take another.
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!work.is_finished());
        gate.go.notify_one();
        work.await.unwrap().unwrap();
        stopped.notify_one();
        assert_eq!((counts(&queue).await, mock.received().len()), ([4, 0, 0, 1, 0], 1));
    }
}

/// One session, and one that cannot be looked up the first time.
struct Book(AtomicU32);

impl Sessions for Book {
    fn token<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Token>, Box<dyn Error + Send + Sync>>> {
        Box::pin(async move {
            match name {
                "seller-7" if self.0.fetch_add(1, Ordering::Relaxed) == 0 => Err("the vault sleeps".into()),
                "seller-7" => Ok(Some(Token::from("t0k3n-of-7"))),
                _ => Ok(None),
            }
        })
    }
}

#[tokio::test]
async fn workers_share_jobs_and_make_each_once() {
    for place in Place::all() {
        let mock = Arc::new(MockTransport::new());
        mock.answer::<TradeMemoUpdate>(<TradeMemoUpdate as Request>::Response::default());
        let (one, other) = (open(&place, &mock).await, open(&place, &mock).await);
        for at in 0..60 {
            one.enqueue(TradeMemoUpdate::new(at + 1).memo("text")).await.unwrap();
        }
        let (a, b) = tokio::join!(one.work(3).run_until_idle(), other.work(3).run_until_idle());
        a.unwrap();
        b.unwrap();
        assert_eq!(counts(&one).await, [0, 0, 0, 60, 0]);
        let mut tids: Vec<String> = mock
            .received()
            .into_iter()
            .flat_map(|call| call.params)
            .filter(|(name, _)| name == "tid")
            .map(|(_, tid)| tid)
            .collect();
        tids.sort_unstable();
        tids.dedup();
        assert_eq!((tids.len(), mock.received().len()), (60, 60));
    }
}

/// Panics when it is first asked.
struct Clumsy(AtomicU32);

impl Sessions for Clumsy {
    fn token<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Token>, Box<dyn Error + Send + Sync>>> {
        Box::pin(async move {
            assert!(self.0.fetch_add(1, Ordering::Relaxed) > 0, "t0k3n of somebody");
            Ok(Some(Token::from("t0k3n")))
        })
    }
}

#[tokio::test]
async fn a_hook_that_panics_costs_a_try() {
    for place in Place::all() {
        let mock = Arc::new(MockTransport::new());
        mock.answer::<TimeGet>(TimeGetResponse::default());
        let client = offline(&mock).build().unwrap();
        let settings = place.settings().sessions(Clumsy(AtomicU32::new(0)));
        let queue = Queue::open(&client, settings).await.unwrap();
        let job = queue.enqueue(TimeGet::new()).with_session_name("seller-7").await.unwrap();
        while counts(&queue).await[..3] != [0; 3] {
            queue.work(1).run_until_idle().await.unwrap();
        }
        let job = queue.job(&job).await.unwrap().unwrap();
        assert_eq!((job.state, job.tries, mock.received().len()), (State::Done, 2, 1));
    }
}

#[tokio::test]
async fn sessions_are_named_or_sealed() {
    for place in Place::all() {
        let mock = Arc::new(MockTransport::new());
        mock.answer::<TradeMemoUpdate>(<TradeMemoUpdate as Request>::Response::default());
        let client = offline(&mock).build().unwrap();
        let memo = || TradeMemoUpdate::new(1).memo("personal words");
        let plain = Queue::open(&client, place.settings()).await.unwrap();
        for refused in [
            plain.enqueue(memo()).with_session("t0k3n").await,
            plain.enqueue(memo()).with_session_name("seller-7").await,
        ] {
            let refused = refused.unwrap_err();
            assert!(matches!(refused, QueueError::Config(_)) && !refused.to_string().contains("t0k3n"), "{refused}");
        }
        let settings = place.settings().keys([[7; 32]]).sessions(Book(AtomicU32::new(0)));
        let shown = format!("{settings:?}");
        let queue = Queue::open(&client, settings).await.unwrap();
        let named = queue.enqueue(memo()).with_session_name("seller-7").await.unwrap();
        let sealed = queue.enqueue(memo()).with_session("t0k3n-itself").await.unwrap();
        let unknown = queue.enqueue(memo()).with_session_name("nobody").await.unwrap();
        let own = queue.enqueue(memo()).await.unwrap();
        let at_rest = at_rest(&place).await;
        for secret in ["t0k3n", "personal", "s3ss10n", "s3cr3t"] {
            assert!(!at_rest.contains(secret) && !shown.contains(secret), "{secret} lies in the store");
        }
        assert!(at_rest.contains(sealed.as_str()));
        while counts(&queue).await[..3] != [0; 3] {
            queue.work(1).run_until_idle().await.unwrap();
        }
        let job = queue.job(&unknown).await.unwrap().unwrap();
        assert_eq!((job.state, job.failure.unwrap().reason), (State::Dead, Reason::NoSession));
        assert_eq!(queue.job(&named).await.unwrap().unwrap().state, State::Done);
        let mut sessions: Vec<String> = mock
            .received()
            .into_iter()
            .flat_map(|call| call.params)
            .collect::<Vec<_>>()
            .into_iter()
            .filter(|(name, _)| name == "session")
            .map(|(_, value)| value)
            .collect();
        sessions.sort_unstable();
        assert_eq!(sessions, ["s3ss10n", "t0k3n-itself", "t0k3n-of-7"]);
        assert!(queue.result(&own).await.unwrap().is_some());
        // Who has another key reads nothing.
        let other = Queue::open(&client, place.settings().keys([[8; 32]])).await.unwrap();
        assert!(other.result(&own).await.unwrap().is_none());
        // Who has a new one and this one reads all.
        let changed = Queue::open(&client, place.settings().keys([[8; 32], [7; 32]])).await.unwrap();
        assert!(changed.result(&own).await.unwrap().is_some());
    }
}

/// All that lies in the store.
async fn at_rest(place: &Place) -> String {
    match place {
        Place::Sqlite(folder) => {
            let files =
                std::fs::read_dir(folder.path()).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
            files.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
        }
        Place::Redis(redis) => {
            let all: Vec<(String, String)> =
                crate::support::redis::say(redis, &["HGETALL", "topsdk:12345678:data"]).await;
            format!("{all:?}")
        }
    }
}

#[tokio::test]
async fn what_would_only_fail_later_is_refused_now() {
    let place = Place::sqlite();
    let queue = open(&place, &Arc::new(MockTransport::new())).await;
    let upload = RefundMessageAdd::new(1, "text", Upload::new("a.png", *b"png"));
    let refused = queue.enqueue(upload).await.unwrap_err();
    assert_eq!(refused.to_string(), "taobao.refund.message.add: `image` is a file, and files are not queued");
    let missing = queue.enqueue(TradeFullinfoGet::new("", 1)).await.unwrap_err();
    assert!(matches!(&missing, QueueError::Invalid(_)), "{missing}");
    let misspelt = queue.enqueue_untyped("taobao.time.get").param("tiem", "1").await.unwrap_err();
    assert!(matches!(&misspelt, QueueError::Invalid(_)), "{misspelt}");
    queue.enqueue_untyped("taobao.time.get").param("tiem", "1").with_checks(false).await.unwrap();
    let session = queue.enqueue_untyped("x.y").param("session", "t0k3n").await.unwrap_err();
    assert!(matches!(&session, QueueError::Invalid(_)) && !session.to_string().contains("t0k3n"), "{session}");
    assert_eq!(counts(&queue).await, [1, 0, 0, 0, 0]);
}
