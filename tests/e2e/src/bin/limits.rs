//! `cargo xtask limits`: two processes share a rate limit through a Redis, in real time. Prints a table, and fails if too many pass.
//!
//! Each process makes as many calls as it is let, by a client with a transport that answers at once, and writes down when each was
//! let through. The Redis of three of the four runs is killed in between and started again, empty.

use std::env;
use std::error::Error;
use std::io::{BufRead, BufReader, Write as _, stdout};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use topsdk::client::SystemClock;
use topsdk::layer::limit::{Rate, RateLimiter, RateLimits, RedisCount, Wait, WhenUnreachable};
use topsdk::platform::TimeGet;
use topsdk::{Client, Clock, Credentials, Environment, MockTransport, Request};
use topsdk_e2e::redis::Redis;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const PROCESSES: usize = 2;
const PER_MINUTE: i64 = 1_200;
const BURST: i64 = 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["--seconds", seconds] => seconds.parse().map_err(Into::into).and_then(compare),
        ["process", url, what, seconds] => {
            seconds.parse().map_err(Into::into).and_then(|time| process(url, what, time))
        }
        _ => Err("limits --seconds <SECONDS>".into()),
    };
    done.unwrap_or_else(|why| {
        eprintln!("limits: {why}");
        ExitCode::FAILURE
    })
}

/// What is tried.
#[derive(Clone, Copy)]
struct Run {
    what: &'static str,
    /// While Redis is away.
    when_unreachable: &'static str,
    killed: bool,
    /// By how much the limit may be exceeded, beside a hundredth. With a count of its own, each process goes as fast as all may, unless it
    /// knows how many they are: then their shares begin with one burst together.
    beyond: Option<i64>,
}

const RUNS: [Run; 4] = [
    Run { what: "Redis stays", when_unreachable: "closed", killed: false, beyond: Some(0) },
    Run { what: "Redis killed, started again", when_unreachable: "closed", killed: true, beyond: Some(0) },
    Run { what: "Redis killed, started again", when_unreachable: "open", killed: true, beyond: None },
    Run { what: "Redis killed, started again", when_unreachable: SHARES, killed: true, beyond: Some(BURST) },
];

/// Each process takes its share while Redis is away.
const SHARES: &str = "open with `processes = 2`";

/// All runs side by side, and their table.
fn compare(seconds: u64) -> Outcome<ExitCode> {
    let runs: Vec<_> = RUNS.into_iter().map(|run| thread::spawn(move || times(run, seconds))).collect();
    let window = Duration::from_secs(seconds.min(60));
    let period = 60.0 / (PER_MINUTE - BURST + 1) as f64;
    let allowed = ((BURST as f64 + window.as_secs_f64() / period) as usize).min(PER_MINUTE as usize);
    println!("{PROCESSES} processes, {PER_MINUTE} calls a minute with bursts of {BURST}, {seconds} s each:\n");
    println!("| run | when unreachable | calls | most in {} s | allowed | over |", window.as_secs());
    println!("|---|---|---:|---:|---:|---:|");
    let mut good = true;
    for (run, times) in RUNS.into_iter().zip(runs) {
        let times = times.join().map_err(|_| "a run has panicked")??;
        let most = most_within(&times, window);
        let over = most as f64 / allowed as f64 - 1.0;
        let Run { what, when_unreachable, .. } = run;
        println!(
            "| {what} | {when_unreachable} | {} | {most} | {allowed} | {:.1} % |",
            times.len(),
            over.max(0.0) * 100.0
        );
        let bound = run.beyond.map(|calls| (allowed as f64 * 1.01) as i64 + calls);
        good &= !times.is_empty() && bound.is_none_or(|bound| most as i64 <= bound);
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// When calls passed, of all processes, sorted.
fn times(run: Run, seconds: u64) -> Outcome<Vec<Duration>> {
    let mut redis = Redis::start()?;
    let this = env::current_exe()?;
    let start = || {
        Command::new(&this)
            .args(["process", &redis.url(), run.when_unreachable, &seconds.to_string()])
            .stdout(Stdio::piped())
            .spawn()
    };
    let processes: Vec<Child> = (0..PROCESSES).map(|_| start()).collect::<Result<_, _>>()?;
    if run.killed {
        // A third of the time it is there, then gone for a twelfth, then there again.
        thread::park_timeout(Duration::from_millis(seconds * 1_000 / 3));
        redis.kill()?;
        thread::park_timeout(Duration::from_millis(seconds * 1_000 / 12));
        redis.restart()?;
    }
    let mut times = Vec::new();
    for mut process in processes {
        for line in process.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines) {
            times.push(Duration::from_micros(line?.parse()?));
        }
        if !process.wait()?.success() {
            return Err("a process has failed".into());
        }
    }
    times.sort_unstable();
    Ok(times)
}

fn most_within(times: &[Duration], window: Duration) -> usize {
    let counts = times
        .iter()
        .enumerate()
        .map(|(at, first)| times.get(at..).map_or(0, |later| later.partition_point(|time| *time < *first + window)));
    counts.max().unwrap_or_default()
}

/// One of the processes: calls as fast as it may, from several places at once.
#[tokio::main]
async fn process(url: &str, when_unreachable: &str, seconds: u64) -> Outcome<ExitCode> {
    let limits = RateLimits::new()
        .tier("basic", Rate::per_minute(PER_MINUTE).burst(BURST))
        .wait(Wait::Always)
        .shared(RedisCount::new(url)?)
        .when_unreachable(match when_unreachable {
            "closed" => WhenUnreachable::Closed,
            _ => WhenUnreachable::Open,
        });
    let limits = if when_unreachable == SHARES { limits.processes(PROCESSES.try_into()?) } else { limits };
    let mock = MockTransport::new();
    mock.answer::<TimeGet>(<TimeGet as Request>::Response::default());
    let client = Client::builder(Environment::Production, Credentials::new("12345678", "secret"));
    let client = Arc::new(client.transport(mock).rate_limiter(&RateLimiter::new(limits)?).build()?);
    let now = || SystemClock.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let end = now() + Duration::from_secs(seconds);
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let client = Arc::clone(&client);
            tokio::spawn(async move {
                loop {
                    let called = tokio::time::timeout_at(
                        tokio::time::Instant::now() + end.saturating_sub(now()),
                        client.call(TimeGet::new()).send(),
                    );
                    match called.await {
                        Ok(reply) => reply.map_err(|error| error.to_string())?,
                        Err(_) => return Ok::<(), String>(()),
                    };
                    let line = format!("{}\n", now().as_micros());
                    stdout().write_all(line.as_bytes()).map_err(|error| error.to_string())?;
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await??;
    }
    Ok(ExitCode::SUCCESS)
}
