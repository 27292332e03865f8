//! What a queue makes of jobs: how many a second, and the CPU time of each. The calls are answered from memory at once.
//!
//! On a file of SQLite, and on the Redis that `TOPSDK_REDIS_URL` names, if it does. Jobs are enqueued one after the other and by
//! sixteen callers at once, then made one at a time and sixteen at a time. The CPU time is the whole process's, so without the
//! server's.

#![allow(clippy::expect_used, reason = "a bench that cannot start should say so")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use topsdk::platform::TimeGet;
use topsdk::queue::{Queue, QueueSettings};
use topsdk::transport::BoxFuture;
use topsdk::{Client, Credentials, Environment, Error, HttpRequest, HttpResponse, Transport};

const AT_ONCE: usize = 16;

/// Answers at once.
struct Memory;

impl Transport for Memory {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        let body = br#"{"time_get_response":{"time":"2026-01-05 10:00:00","request_id":"r1"}}"#.to_vec();
        Box::pin(async move { Ok(HttpResponse { status: 200, headers: Vec::new(), body }) })
    }
}

fn main() {
    // Without `--bench` this is a test run: a few jobs are enough.
    let jobs = if std::env::args().any(|arg| arg == "--bench") { 2_000 } else { AT_ONCE };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    println!("{:<44} {:>12} {:>14}", format!("{jobs} jobs"), "jobs a second", "CPU of each");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("jobs.db");
        let sealed = folder.path().join("sealed.db");
        measure("SQLite", QueueSettings::sqlite(file), jobs).await;
        measure("SQLite, sealed", QueueSettings::sqlite(sealed).keys([[7; 32]]), jobs).await;
        #[cfg(feature = "queue-redis")]
        match std::env::var("TOPSDK_REDIS_URL") {
            Ok(url) => {
                let name = format!("bench-{}", std::process::id());
                measure("Redis", QueueSettings::redis(url).name(name), jobs).await;
            }
            Err(_) => println!("TOPSDK_REDIS_URL names no Redis: not measured"),
        }
    });
}

async fn measure(store: &str, settings: QueueSettings, jobs: usize) {
    let client =
        Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t")).transport(Memory).build();
    let settings = settings.poll(Duration::from_millis(10));
    let queue = Arc::new(Queue::open(&client.expect("the settings are good"), settings).await.expect("a store"));
    for at_once in [1, AT_ONCE] {
        timed(&format!("{store}: enqueue, {at_once} at once"), jobs, enqueue(&queue, jobs, at_once)).await;
        timed(&format!("{store}: make, {at_once} at once"), jobs, async {
            queue.work(at_once).run_until_idle().await.expect("the store works");
        })
        .await;
    }
    let counts = queue.inspect().await.expect("the store works");
    assert_eq!(counts.done, 2 * jobs as u64, "{counts:?}");
}

async fn enqueue(queue: &Arc<Queue>, jobs: usize, at_once: usize) {
    let callers: Vec<_> = (0..at_once)
        .map(|_| {
            let queue = Arc::clone(queue);
            tokio::spawn(async move {
                for _ in 0..jobs / at_once {
                    queue.enqueue(TimeGet::new()).await.expect("the store works");
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.expect("no panic");
    }
}

async fn timed(what: &str, jobs: usize, work: impl Future<Output = ()>) {
    let (start, cpu) = (Instant::now(), ProcessTime::now());
    work.await;
    let (time, cpu) = (start.elapsed(), cpu.elapsed());
    let each = cpu / u32::try_from(jobs).unwrap_or(u32::MAX);
    println!("{what:<44} {:>12.0} {each:>14.1?}", jobs as f64 / time.as_secs_f64());
}
