//! The soak: mixed calls for minutes, in real time, against a sandbox in another process that spoils some of them.
//!
//! What is looked at: whether everything succeeds that can, whether a write was ever applied twice, whether memory grows, and whether a
//! task is left behind.

pub mod gateway;
mod load;
mod memory;
mod tally;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::oneshot;
use topsdk::client::{SplitMix, SystemClock};
use topsdk::queue::Queue;
use topsdk::{Clock, Config};
use topsdk_sandbox::fixtures::{APP_KEY, APP_SECRET, SESSION};

pub use tally::Report;

use gateway::Gateway;
use load::Worker;
use tally::Tally;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Callers at once.
const WORKERS: u64 = 24;

/// How often the client's clock jumps by three hours.
const JUMP: Duration = Duration::from_secs(7);

/// How long connections may take to end once nobody holds the client any more.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many jobs of the queue are made at once, and how long the last ones may take when nobody adds any.
const JOBS: usize = 4;
const JOBS_END: Duration = Duration::from_secs(60);

/// The client's settings, with all layers that there are. A layer that is added to the SDK is added here, and in `LAYERS`.
const SETTINGS: &str = r#"
    [app.timeouts]
    connect = "4s"
    total = "4s"
    deadline = "1m"

    [retry]
    attempts = 5
    base = "20ms"
    cap = "500ms"

    [limits]
    tiers.basic = { per_minute = 12000, burst = 50 }
    tiers.trade = { per_minute = 12000, burst = 50 }

    [cache]
    methods."taobao.trade.fullinfo.get" = "1s"
    stale_if_error = "1s"

    [coalesce]
    window = "2ms"

    [slo]
    window = "10s"

    [queue]
    poll = "50ms"
    backoff = { first = "100ms", longest = "1s" }
"#;

/// The layers of `SETTINGS`, for the report.
pub const LAYERS: [&str; 6] = ["retries", "rate limits", "cache", "coalescing", "service levels", "queue on SQLite"];

/// Lets the load run for this long. `program` is the one that is a gateway when it is called with the argument
/// [`gateway::ARGUMENT`].
///
/// # Errors
///
/// The gateway does not start, or the settings are refused.
pub async fn run(program: &Path, time: Duration, seed: u64) -> Outcome<Report> {
    let mut gateway = Gateway::start(program, seed)?;
    let runtime = tokio::runtime::Handle::current();
    let tasks_before = runtime.metrics().num_alive_tasks();

    let folder = tempfile::tempdir()?;
    let app = format!(
        "app.key = '{APP_KEY}'\napp.secret = '{APP_SECRET}'\napp.session = '{SESSION}'\napp.environment = '{}'\n",
        gateway.url
    );
    let jobs = format!("    sqlite = '{}'\n", folder.path().join("jobs.db").display());
    let settings = Config::parse("the soak's settings", app + SETTINGS + &jobs)?.settings()?;
    let clock = || Jumping { origin: Instant::now() };
    let client = settings.builder().clock(clock()).random(SplitMix::seeded(seed)).build()?;
    let xml =
        settings.builder().clock(clock()).random(SplitMix::seeded(seed + 1)).format(topsdk::Format::Xml).build()?;

    let queue = settings.queue().cloned().ok_or("the soak's settings have no queue")?;
    let queue = Queue::open(&client, queue.keys([[7; 32]])).await?;
    let (enough, stop) = oneshot::channel::<()>();
    let jobs = tokio::spawn(queue.work(JOBS).run_until(stop));

    let (tally, end) = (Arc::new(Tally::new()), Instant::now() + time);
    let workers: Vec<_> = (0..WORKERS)
        .map(|number| {
            // Some speak XML; both kinds count by one limiter.
            let client = if number % 4 == 0 { xml.clone() } else { client.clone() };
            let chance = SplitMix::seeded(seed * 1_000 + number);
            tokio::spawn(Worker { client, queue: queue.clone(), chance, tally: Arc::clone(&tally) }.run(end))
        })
        .collect();
    let memory = tokio::spawn(memory::samples(end));
    for worker in workers {
        worker.await?;
    }
    let memory = memory.await?;
    work_off(&queue).await?;
    drop(enough);
    jobs.await??;
    tally.jobs(queue.inspect().await?.done, &queue.dead(u32::MAX).await?);
    let tasks_idle = runtime.metrics().num_alive_tasks();
    let cached = settings.cache().map_or(0, |cache| cache.stats().hits);
    let watched = settings.slo().map_or(0, |window| window.snapshot().iter().map(|level| level.calls).sum());
    drop((client, xml, queue, settings));
    let patient = Instant::now() + PATIENCE;
    while runtime.metrics().num_alive_tasks() > tasks_before && Instant::now() < patient {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let tasks = [tasks_before, tasks_idle, runtime.metrics().num_alive_tasks()];
    let effects = gateway.finish()?;
    let (rows, writes, received) = (tally.rows(), tally.judge(&effects), effects.received);
    Ok(Report { time, rows, writes, received, cached, watched, memory, tasks })
}

/// Waits until each job is done or a dead letter.
async fn work_off(queue: &Queue) -> Outcome<()> {
    let patient = Instant::now() + JOBS_END;
    loop {
        let counts = queue.inspect().await?;
        if counts.waiting + counts.delayed + counts.running == 0 {
            return Ok(());
        }
        if Instant::now() > patient {
            return Err(format!("jobs that are never done: {counts:?}").into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A clock that is wrong every other time.
struct Jumping {
    origin: Instant,
}

impl Clock for Jumping {
    fn now(&self) -> SystemTime {
        let jumps = self.origin.elapsed().as_secs() / JUMP.as_secs();
        SystemClock.now() + Duration::from_secs(3 * 3600 * (jumps % 2))
    }
}
