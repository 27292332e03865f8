//! Twenty calls one after the other, twenty at once, and a batch of twenty, to a server on this machine: as it is, and with ten
//! milliseconds of way.
//!
//! Client and server share one thread; the server's own CPU time is taken off. The three ways take turns, so that another load on
//! the machine meets all of them. Medians are printed for one call: the time until all are there, and the client's CPU time.

#![allow(clippy::expect_used, reason = "a bench that cannot start should say so")]

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use topsdk::trade::TradeFullinfoGet;
use topsdk::{Client, Credentials, Environment};

const CALLS: u32 = 20;

/// Nanoseconds of CPU time that the server took.
static SERVER: AtomicU64 = AtomicU64::new(0);

fn main() {
    // Without `--bench` this is a test run: once is enough.
    let rounds = if std::env::args().any(|arg| arg == "--bench") { 100 } else { 1 };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    println!("{:<24} {:>12} {:>12} {:>10}", "20 calls, for each", "time", "CPU", "requests");
    compare(&runtime, Duration::ZERO, rounds);
    compare(&runtime, Duration::from_millis(10), rounds / 5 + 1);
}

/// The time of all calls, and the client's part of the CPU time.
type Cost = (Duration, Duration);

fn compare(runtime: &Runtime, way: Duration, rounds: usize) {
    let environment = Environment::custom(runtime.block_on(serve(way)));
    let credentials = Credentials::new("12345678", "0123456789abcdef0123456789abcdef");
    let client = Client::builder(environment, credentials).session("6100e23b5c7a7f0d1d2c3b4a59687786").build();
    let client = client.expect("the settings are good");
    let requests = || (0..i64::from(CALLS)).map(|n| TradeFullinfoGet::new("tid,status", 2_600_000_000_000_001_030 + n));
    let one_by_one = || {
        runtime.block_on(async {
            for request in requests() {
                client.call(request).await.expect("an answer");
            }
        });
    };
    let at_once = || {
        runtime.block_on(async {
            let tasks: Vec<_> = requests().map(|request| tokio::spawn(client.call(request).send())).collect();
            for task in tasks {
                task.await.expect("no panic").expect("an answer");
            }
        });
    };
    let batch = || {
        runtime.block_on(async {
            for result in client.batch_of(requests()).await {
                result.expect("an answer");
            }
        });
    };
    let ways: [(&str, u32, &dyn Fn()); 3] =
        [("one after the other", CALLS, &one_by_one), ("at once", CALLS, &at_once), ("a batch", 1, &batch)];
    let mut costs: [Vec<Cost>; 3] = Default::default();
    // The first turns open connections and fill caches.
    ways.iter().for_each(|(_, _, way)| way());
    for _ in 0..rounds {
        for ((_, _, way), costs) in ways.iter().zip(&mut costs) {
            costs.push(measure(way));
        }
    }
    for ((title, requests, _), costs) in ways.iter().zip(costs) {
        let (times, cpu): (Vec<_>, Vec<_>) = costs.into_iter().unzip();
        let micros = |times| format!("{:.1} us", median(times).as_secs_f64() * 1e6 / f64::from(CALLS));
        let title = format!("{title}, {way:?} away");
        println!("{title:<24} {:>12} {:>12} {requests:>10}", micros(times), micros(cpu));
    }
}

fn measure(work: &dyn Fn()) -> Cost {
    let server = SERVER.load(Ordering::Relaxed);
    let (start, cpu) = (Instant::now(), ThreadTime::now());
    work();
    let server = Duration::from_nanos(SERVER.load(Ordering::Relaxed) - server);
    (start.elapsed(), cpu.elapsed().saturating_sub(server))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Starts a server that answers each call after this time, and gives its URL.
async fn serve(way: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(counted(converse(connection, way)));
        }
    });
    format!("http://{address}/router/rest")
}

/// Adds the CPU time of a part of the server to [`SERVER`].
async fn counted<T>(part: impl Future<Output = T>) -> T {
    let mut part = pin!(part);
    poll_fn(|context| {
        let start = ThreadTime::now();
        let poll = part.as_mut().poll(context);
        let spent = u64::try_from(start.elapsed().as_nanos()).unwrap_or_default();
        SERVER.fetch_add(spent, Ordering::Relaxed);
        poll
    })
    .await
}

/// Reads requests of a connection, until it ends, and answers each with as many pieces as it has items.
async fn converse(mut connection: TcpStream, way: Duration) -> Option<()> {
    connection.set_nodelay(true).ok()?;
    let mut received = Vec::new();
    loop {
        while let Some(length) = request_length(&received) {
            let request: Vec<u8> = received.drain(..length).collect();
            if !way.is_zero() {
                tokio::time::sleep(way).await;
            }
            let items = request.windows(SEPARATOR.len()).filter(|part| part == &SEPARATOR.as_bytes()).count() + 1;
            let body = vec![TRADE; items].join(SEPARATOR);
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json;charset=UTF-8\r\ncontent-length: ";
            connection.write_all(format!("{head}{}\r\n\r\n{body}", body.len()).as_bytes()).await.ok()?;
        }
        connection.read_buf(&mut received).await.ok().filter(|count| *count > 0)?;
    }
}

/// Bytes of the first request, once it is there as a whole.
fn request_length(received: &[u8]) -> Option<usize> {
    let head = received.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&received[..head]).ok()?.to_ascii_lowercase();
    let body = text.lines().find_map(|line| line.strip_prefix("content-length:"))?;
    Some(head + body.trim().parse::<usize>().ok()?).filter(|length| received.len() >= *length)
}

const SEPARATOR: &str = "\r\n-S-\r\n";

const TRADE: &str = r#"{"trade_fullinfo_get_response":{"trade":{"tid":2600000000000001030,"status":"WAIT_BUYER_CONFIRM_GOODS"},"request_id":"r1"}}"#;
