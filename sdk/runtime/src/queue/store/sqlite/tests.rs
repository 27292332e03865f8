//! Files that hold something else, or that cannot be written.

use std::sync::Arc;

use super::*;
use crate::queue::{Queue, QueueError, Reason};
use crate::{Client, Credentials, Environment, MockTransport};

fn mock() -> Arc<MockTransport> {
    let mock = Arc::new(MockTransport::new());
    mock.answer_raw("taobao.time.get", 200, r#"{"time_get_response":{"time":"2026-01-01 00:00:00"}}"#);
    mock
}

fn client() -> Client {
    let builder = Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t"));
    builder.transport(mock()).build().unwrap()
}

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn settings(&self) -> QueueSettings {
        let (lease, poll) = (Duration::from_secs(3), Duration::from_millis(20));
        QueueSettings::sqlite(self.folder.path().join("jobs.db")).lease(lease).poll(poll)
    }

    async fn queue(&self) -> Queue {
        Queue::open(&client(), self.settings()).await.unwrap()
    }

    /// The same file, to do to it what a queue would not.
    async fn store(&self) -> Sqlite {
        Sqlite::open(&self.folder.path().join("jobs.db"), "topsdk:12345678", &self.settings()).await.unwrap()
    }
}

async fn run(store: &Sqlite, text: &'static str) {
    sqlx::query(text).execute(&store.pool).await.unwrap();
}

#[tokio::test]
async fn foreign_rows_become_dead_letters_and_hold_up_nobody() {
    let place = Place::new();
    let (queue, store) = (place.queue().await, place.store().await);
    let good = queue.enqueue_untyped("taobao.time.get").await.unwrap();
    let insert = "INSERT INTO Jobs (job, id, job_type, status, attempts, priority, metadata, run_at) VALUES";
    for values in [
        "('{}', 'not an id', 'topsdk:12345678', 'Pending', 0, 9, '{}', 0)",
        "('{}', '01ARZ3NDEKTSV4RRFFQ69G5FAU', 'topsdk:12345678', 'Pending', 0, 9, '{}', 0)",
        "('{}', '01ARZ3NDEKTSV4RRFFQ69G5FAA', 'topsdk:12345678', 'Unheard', 0, 9, '{}', 0)",
        "('{}', '01ARZ3NDEKTSV4RRFFQ69G5FAB', 'topsdk:12345678', 'Pending', 'many', 9, '{}', 0)",
        "('{}', '01ARZ3NDEKTSV4RRFFQ69G5FAC', 'topsdk:12345678', 'Pending', 0, 9, x'ff', 0)",
        "(x'fffe', '01ARZ3NDEKTSV4RRFFQ69G5FAD', 'topsdk:12345678', 'Pending', 0, 9, NULL, 0)",
        "('{\"v\":1}', '01ARZ3NDEKTSV4RRFFQ69G5FAE', 'topsdk:12345678', 'Pending', 0, 9, '[1', 0)",
        "('{}', 'not an id of another', 'another queue', 'Pending', 0, 9, '{}', 0)",
    ] {
        sqlx::query(sqlx::AssertSqlSafe(format!("{insert} {values}"))).execute(&store.pool).await.unwrap();
    }
    queue.work(2).run_until_idle().await.unwrap();
    assert_eq!(queue.result(&good).await.unwrap().unwrap().value().unwrap()["time"], "2026-01-01 00:00:00");
    let dead = queue.dead(100).await.unwrap();
    assert_eq!(dead.len(), 7, "{dead:?}");
    for job in dead {
        assert_eq!(job.failure.map(|failure| failure.reason), Some(Reason::Unreadable), "{}", job.id);
        assert!(queue.remove(&job.id).await.unwrap());
    }
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM Jobs WHERE status = 'Pending'").fetch_one(&store.pool).await.unwrap();
    assert_eq!(left, 1, "what is another queue's is left alone");
}

/// What comes while a worker runs ends the stream of jobs, and the next one goes on.
#[tokio::test]
async fn a_foreign_row_does_not_end_a_worker() {
    let place = Place::new();
    let (queue, store) = (place.queue().await, place.store().await);
    let watched = queue.clone();
    let done = async move {
        run(&store, "INSERT INTO Jobs (job, id, job_type, priority) VALUES ('{}', 'not an id', 'topsdk:12345678', 9)")
            .await;
        // As long as it stands in front of the others, nothing can be fetched.
        let good = watched.enqueue_untyped("taobao.time.get").await.unwrap();
        while watched.result(&good).await.unwrap().is_none() {
            SystemTimer.sleep(Duration::from_millis(20)).await;
        }
    };
    queue.work(1).run_until(done).await.unwrap();
    assert_eq!(queue.inspect().await.unwrap().dead, 1);
}

/// Each of these rows ends a stream of jobs, and with it a name of the worker.
#[tokio::test]
async fn names_that_are_not_used_any_more_are_left() {
    let place = Place::new();
    let (queue, store) = (place.queue().await, place.store().await);
    let watched = queue.clone();
    let left = async move {
        for _ in 0..3 {
            run(&store, "INSERT INTO Jobs (job, id, job_type, priority) VALUES ('{}', 'no id', 'topsdk:12345678', 9)")
                .await;
            while watched.inspect().await.unwrap().dead == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            run(&store, "DELETE FROM Jobs").await;
        }
        for _ in 0..500 {
            let names = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM Workers").fetch_one(&store.pool).await;
            if names.unwrap() == 1 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("names are kept for ever");
    };
    queue.work(1).run_until(left).await.unwrap();
}

#[tokio::test]
async fn a_job_that_kills_its_workers_ends() {
    let place = Place::new();
    let (queue, store) = (place.queue().await, place.store().await);
    let job = queue.enqueue_untyped("taobao.time.get").await.unwrap();
    run(&store, "UPDATE Jobs SET metadata = '{\"tries\":8,\"begun\":8}'").await;
    queue.work(1).run_until_idle().await.unwrap();
    let job = queue.job(&job).await.unwrap().unwrap();
    assert_eq!((job.tries, job.failure.map(|failure| failure.reason)), (9, Some(Reason::Exhausted)));
}

#[tokio::test]
async fn processes_that_start_together_make_the_tables_once() {
    let place = Place::new();
    let opened = (0..6).map(|_| place.queue());
    assert_eq!(futures_util::future::join_all(opened).await.len(), 6);
}

/// Does this to all connections of the queue.
async fn on_each(store: &Sqlite, text: &'static str) {
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut connection = store.pool.acquire().await.unwrap();
        sqlx::query(text).execute(&mut *connection).await.unwrap();
        held.push(connection);
    }
}

async fn add(store: &Sqlite, bytes: Vec<u8>) -> Result<JobId, StoreError> {
    let id = crate::queue::job::JobIds::default().next(SystemClock.now(), &crate::client::SplitMix::new());
    store.add(&NewJob { id, bytes, delay: Duration::ZERO, rank: 1, key: None }).await
}

#[tokio::test]
async fn a_full_disk_a_lock_and_a_missing_right_are_told_apart() {
    let place = Place::new();
    let (store, other) = (place.store().await, place.store().await);
    on_each(&store, "PRAGMA max_page_count = 60").await;
    assert_eq!(add(&store, vec![b'x'; 500_000]).await, Err(StoreError::Full));
    assert!(add(&store, b"{}".to_vec()).await.is_ok(), "what fits still goes in");

    on_each(&store, "PRAGMA busy_timeout = 0").await;
    let mut writer = other.pool.acquire().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *writer).await.unwrap();
    assert_eq!(add(&store, b"{}".to_vec()).await, Err(StoreError::Locked));
    sqlx::query("ROLLBACK").execute(&mut *writer).await.unwrap();

    on_each(&store, "PRAGMA query_only = 1").await;
    assert_eq!(add(&store, b"{}".to_vec()).await, Err(StoreError::ReadOnly));

    run(&other, "DROP TABLE Jobs").await;
    let error = Queue::open(&client(), place.settings()).await.unwrap().inspect().await.unwrap_err();
    assert!(matches!(error, QueueError::Store(StoreError::Refused(_))), "{error}");
}
