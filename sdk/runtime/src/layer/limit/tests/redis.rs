//! A Redis that misbehaves: what a real one does is tested end to end.

use std::net::{SocketAddr, TcpListener as Listener};
use std::sync::atomic::AtomicUsize;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

fn limiter(address: SocketAddr, timeout: Duration) -> RateLimiter {
    let count = RedisCount::new(&format!("redis://{address}/")).unwrap().timeout(timeout);
    let limits = RateLimits::new().wait(Wait::No).shared(count).when_unreachable(WhenUnreachable::Closed);
    RateLimiter::new(limits).unwrap()
}

async fn ask(limiter: &RateLimiter) -> Result<(), LimitReason> {
    limiter.acquire(&Ask::new(APP, "x.y")).await.map(|_| ()).map_err(|error| error.reason())
}

/// One call finds out for all that wait with it.
#[tokio::test]
async fn calls_at_once_connect_once() {
    let silent = Listener::bind("127.0.0.1:0").unwrap();
    let limiter = limiter(silent.local_addr().unwrap(), ms(50));
    let calls = (0..20).map(|_| {
        let limiter = limiter.clone();
        tokio::spawn(async move { ask(&limiter).await })
    });
    let calls: Vec<_> = calls.collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), Err(LimitReason::Unreachable));
    }
    silent.set_nonblocking(true).unwrap();
    let connections = std::iter::from_fn(|| silent.accept().ok()).count();
    assert_eq!(connections, 1);
}

/// Answers what a client says while it connects, and then lets calls pass, unless it is mute.
async fn serve(mut stream: TcpStream, mute: bool) {
    let mut buffer = vec![0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        let said = String::from_utf8_lossy(&buffer[..length]).into_owned();
        let answer = if said.contains("EVALSHA") {
            if mute {
                continue;
            }
            "*2\r\n:0\r\n:0\r\n".to_owned()
        } else {
            "+OK\r\n".repeat(said.lines().filter(|line| line.starts_with('*')).count())
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Such as one that a firewall has forgotten: it stands, and nothing comes through it any more.
#[tokio::test]
async fn a_connection_that_does_not_answer_is_replaced() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, seen.fetch_add(1, Ordering::Relaxed) == 0));
        }
    });
    let limiter = limiter(address, ms(300));
    assert_eq!(ask(&limiter).await, Err(LimitReason::Unreachable));
    // It is left alone for a second.
    let patient = Ask::new(APP, "x.y").wait(Wait::AtMost(Duration::from_secs(30)));
    limiter.acquire(&patient).await.unwrap();
    assert_eq!(connections.load(Ordering::Relaxed), 2);
}
