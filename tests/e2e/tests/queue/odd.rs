//! Stores that hold something else, or that do not work. The rows of SQLite are tested beside its code.

use std::sync::Arc;
use std::time::{Duration, Instant};

use topsdk::MockTransport;
use topsdk::platform::{TimeGet, TimeGetResponse};
use topsdk::queue::{Queue, QueueError, Reason, StoreError};

use super::Place;
use crate::support::offline;
use crate::support::redis::say;

#[tokio::test]
async fn foreign_keys_of_redis_become_dead_letters() {
    let Some(place @ Place::Redis(_)) = Place::redis() else { return };
    let Place::Redis(redis) = &place else { return };
    let mock = Arc::new(MockTransport::new());
    mock.answer::<TimeGet>(TimeGetResponse::default());
    let queue = Queue::open(&offline(&mock).build().unwrap(), place.settings()).await.unwrap();
    let good = queue.enqueue(TimeGet::new()).await.unwrap();
    let damaged = queue.enqueue(TimeGet::new()).await.unwrap();
    let lost = queue.enqueue(TimeGet::new()).await.unwrap();
    let key = |rest: &str| format!("topsdk:12345678:{rest}");
    let _: u32 = say(redis, &["HSET", &key("data"), damaged.as_str(), "\u{1}{"]).await;
    let _: u32 = say(redis, &["DEL", &key(&format!("meta:{lost}"))]).await;
    let _: u32 = say(redis, &["RPUSH", &key("active"), "nonsense"]).await;
    queue.work(2).run_until_idle().await.unwrap();
    assert!(queue.result(&good).await.unwrap().is_some());
    let dead = queue.dead(10).await.unwrap();
    assert_eq!(dead.len(), 3, "{dead:?}");
    assert!(dead.iter().all(|job| job.failure.as_ref().is_some_and(|f| f.reason == Reason::Unreadable)), "{dead:?}");
    for job in dead {
        assert!(queue.remove(&job.id).await.unwrap());
    }
    assert_eq!(queue.inspect().await.unwrap().dead, 0);
    // A key of another type.
    let _: u32 = say(redis, &["DEL", &key("ready")]).await;
    let () = say(redis, &["SET", &key("ready"), "x"]).await;
    let refused = queue.enqueue(TimeGet::new()).await.unwrap_err();
    assert!(matches!(refused, QueueError::Store(StoreError::Foreign(_))), "{refused}");
}

#[tokio::test]
async fn a_redis_that_is_full_or_gone_says_so() {
    let Some(mut place) = Place::redis() else { return };
    let mock = Arc::new(MockTransport::new());
    let client = offline(&mock).build().unwrap();
    let queue = Queue::open(&client, place.settings()).await.unwrap();
    let Place::Redis(redis) = &mut place else { return };
    let () = say(redis, &["CONFIG", "SET", "maxmemory", "1"]).await;
    let full = queue.enqueue(TimeGet::new()).await.unwrap_err();
    assert!(matches!(full, QueueError::Store(StoreError::Full)), "{full:?}");
    redis.kill().unwrap();
    let start = Instant::now();
    let gone = queue.enqueue(TimeGet::new()).await.unwrap_err();
    assert!(matches!(gone, QueueError::Store(StoreError::Unreachable(_))), "{gone:?}");
    assert!(start.elapsed() < Duration::from_secs(30));
    let gone = Queue::open(&client, place.settings()).await.unwrap_err();
    assert!(matches!(gone, QueueError::Store(StoreError::Unreachable(_))), "{gone:?}");
    assert!(queue.work(1).run_until_idle().await.is_err());
}

#[tokio::test]
async fn a_file_that_is_no_queue_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let client = offline(&Arc::new(MockTransport::new())).build().unwrap();
    let open = async |path| {
        let error =
            Queue::open(&client, topsdk::queue::QueueSettings::sqlite(folder.path().join(path))).await.unwrap_err();
        let QueueError::Store(error) = error else { panic!("{error}") };
        error
    };
    std::fs::write(
        folder.path().join("text"),
        "no database, but a longer text than the header of one would be.".repeat(40),
    )
    .unwrap();
    assert_eq!(open("text").await, StoreError::Foreign("the file is not a database of SQLite".to_owned()));
    assert!(matches!(open("no/such/folder").await, StoreError::Unreachable(_)));
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    assert!(matches!(open("folder").await, StoreError::Unreachable(_)));
}

/// A worker that dies in each try counts none of them as failed.
#[tokio::test]
async fn a_job_that_kills_its_workers_ends() {
    let Some(place @ Place::Redis(_)) = Place::redis() else { return };
    let Place::Redis(redis) = &place else { return };
    let mock = Arc::new(MockTransport::new());
    let queue = Queue::open(&offline(&mock).build().unwrap(), place.settings().tries(3)).await.unwrap();
    let job = queue.enqueue(TimeGet::new()).await.unwrap();
    let _: u32 = say(redis, &["HSET", &format!("topsdk:12345678:meta:{job}"), "tries", "3", "begun", "3"]).await;
    queue.work(1).run_until_idle().await.unwrap();
    let job = queue.job(&job).await.unwrap().unwrap();
    assert_eq!((job.failure.unwrap().reason, mock.received().len()), (Reason::Exhausted, 0));
}

/// What is said again because the answer was lost on its way counts once.
#[tokio::test]
async fn lost_answers_of_redis_count_nothing_twice() {
    let Some(place @ Place::Redis(_)) = Place::redis() else { return };
    let Place::Redis(redis) = &place else { return };
    let script = include_str!("../../../../sdk/runtime/src/queue/store/queue.lua");
    let queue = Queue::open(&offline(&Arc::default()).build().unwrap(), place.settings()).await.unwrap();
    let id = queue.enqueue(TimeGet::new()).await.unwrap();
    let run = async |arguments: &[&str]| -> Vec<u32> {
        let all = [&["EVAL", script, "1", "topsdk:12345678"], arguments].concat();
        let said: redis::Value = say(redis, &all).await;
        match said {
            redis::Value::Int(one) => vec![u32::try_from(one).unwrap()],
            several => redis::from_redis_value(several).unwrap(),
        }
    };
    let _: u32 = say(redis, &["SADD", "topsdk:12345678:inflight:w", id.as_str()]).await;
    for (mark, begun) in [("m1", [1, 1]), ("m1", [1, 1]), ("m2", [2, 2]), ("m2", [2, 2])] {
        assert_eq!(run(&["begin", "w", id.as_str(), mark]).await, begun, "{mark}");
    }
    for (mark, settled) in [("m2", 1), ("m2", 1), ("m1", 0)] {
        assert_eq!(run(&["settle", "w", id.as_str(), "done", "{}", "0", "1", mark]).await, [settled], "{mark}");
    }
    assert_eq!(queue.job(&id).await.unwrap().unwrap().tries, 2);
}
