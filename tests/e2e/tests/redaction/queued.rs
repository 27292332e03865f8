//! What a queue shows of its jobs and keeps of them where its store is sealed.

use std::time::Duration;

use topsdk::Environment;
use topsdk::queue::{Queue, QueueSettings, Reason, State};
use topsdk::trade::{TradeFullinfoGet, TradeMemoUpdate};
use topsdk_sandbox::Sandbox;
use topsdk_sandbox::fixtures::PAID_TRADE;

use super::Keys;
use super::marks::Marks;

/// Makes jobs that succeed, are refused and cannot be read, and hunts through the queue's files, jobs, answers and errors.
pub(super) async fn hunt(keys: &Keys, sandbox: &Sandbox, marks: &mut Marks) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    let client = keys.builder(Environment::custom(sandbox.rest_url())).build().unwrap();
    let settings = |key: u8| {
        let settings = QueueSettings::sqlite(&file).poll(Duration::from_millis(20)).tries(1).keys([[key; 32]]);
        settings.backoff(Duration::ZERO, Duration::ZERO)
    };
    marks.hunt_debug("QueueSettings", &settings(1));
    let queue = Queue::open(&client, settings(1)).await.unwrap();
    marks.hunt_debug("Queue", &queue);

    let memo = marks.secret("the memo of a job");
    let enqueue = |tid, memo: &str| queue.enqueue(TradeMemoUpdate::new(tid).memo(memo)).with_session(&*keys.session);
    marks.hunt_debug("Enqueue", &enqueue(PAID_TRADE, &memo));
    let done = enqueue(PAID_TRADE, &memo).await.unwrap();
    let refused = enqueue(1, &memo).await.unwrap();
    let asked = queue.enqueue(TradeFullinfoGet::new("tid,buyer_message,receiver_name", PAID_TRADE)).await.unwrap();
    queue.work(2).run_until_idle().await.unwrap();
    // Enqueued under one key, found under another.
    let other = enqueue(PAID_TRADE, &memo).await.unwrap();
    let stranger = Queue::open(&client, settings(2)).await.unwrap();
    stranger.work(1).run_until_idle().await.unwrap();
    for (id, expected) in [
        (&done, (State::Done, None)),
        (&asked, (State::Done, None)),
        (&refused, (State::Dead, Some(Reason::Refused))),
        (&other, (State::Dead, Some(Reason::Unreadable))),
    ] {
        let job = queue.job(id).await.unwrap().unwrap();
        marks.hunt_debug("Job", &job);
        assert_eq!((job.state, job.failure.map(|failure| failure.reason)), expected);
        marks.hunt_debug("the answer to a job", &queue.result(id).await.unwrap());
    }
    assert!(queue.result(&asked).await.unwrap().is_some() && stranger.result(&asked).await.unwrap().is_none());

    let url = |what: &str| format!("redis://user:{what}@127.0.0.1:1/");
    for url in [url(&marks.secret("the password of a Redis")), format!("{}://", marks.secret("a bad URL"))] {
        marks.hunt_debug("QueueSettings of Redis", &QueueSettings::redis(&url));
        let error = Queue::open(&client, QueueSettings::redis(url)).await.unwrap_err();
        marks.hunt("the error of a queue", &format!("{error} {error:?} {error:#?}"));
    }
    drop((queue, stranger));
    let mut files = 0;
    for file in folder.path().read_dir().unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        marks.hunt("a file of a sealed queue", &String::from_utf8_lossy(&bytes));
        files += usize::from(!bytes.is_empty());
    }
    assert!(files > 0);
}
