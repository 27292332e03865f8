//! The sandbox's own pages and the program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::*;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use topsdk_sandbox::Sandbox;
use topsdk_sandbox::fixtures::*;

#[tokio::test]
async fn health_clock_and_reset() {
    let sandbox = sandbox().await;
    let (status, health) = admin(&sandbox, "GET", "health", "").await;
    assert!(status == 200 && health["ok"] == true && health["methods"].as_u64().unwrap() > 70, "{health}");
    assert_eq!(admin(&sandbox, "POST", "clock", r#"{"advance_ms":90000}"#).await.1["now"], "2026-01-05 10:01:30");
    sandbox.advance(Duration::from_secs(30));
    assert_eq!(admin(&sandbox, "GET", "clock", "").await.1["now"], "2026-01-05 10:02:00");
    assert_eq!(
        admin(&sandbox, "POST", "clock", r#"{"set":"2026-02-01 00:00:00"}"#).await.1["now"],
        "2026-02-01 00:00:00"
    );
    assert_eq!(admin(&sandbox, "POST", "clock", r#"{"set":"soon"}"#).await.0, 400);
    assert_eq!(admin(&sandbox, "POST", "reset", "").await.0, 200);
    assert_eq!(sandbox.now().to_string(), NOW);
}

#[tokio::test]
async fn snapshots() {
    let sandbox = sandbox().await;
    let start = sandbox.state();
    let tid = PAID_TRADE.to_string();
    let write =
        async |memo: &str| inside(call(&sandbox, "taobao.trade.memo.update", &[("tid", &tid), ("memo", memo)]).await);
    write("one").await;
    let (_, snapshot) = admin(&sandbox, "GET", "snapshot", "").await;
    write("two").await;
    assert_eq!(admin(&sandbox, "POST", "restore", &snapshot.to_string()).await.0, 200);
    assert_eq!(sandbox.state().trades[&PAID_TRADE].seller_memo, "one");
    assert_eq!(admin(&sandbox, "POST", "restore", "{}").await.0, 400);
    assert_eq!(sandbox.state().trades[&PAID_TRADE].seller_memo, "one");
    let kept = sandbox.snapshot();
    sandbox.reset();
    assert_eq!(sandbox.state(), start);
    sandbox.restore(kept);
    assert_eq!(sandbox.state().trades[&PAID_TRADE].seller_memo, "one");
}

#[tokio::test]
async fn the_log_masks_and_forgets() {
    let sandbox = sandbox().await;
    let tid = PAID_TRADE.to_string();
    call(&sandbox, "taobao.trade.shippingaddress.update", &[("tid", &tid), ("receiver_city", "somewhere")]).await;
    let (_, log) = admin(&sandbox, "GET", "requests", "").await;
    assert_eq!(log[0]["params"]["tid"], tid.as_str());
    assert!(!log.to_string().contains(SESSION), "{log}");
    assert!(log[0]["params"]["sign"].as_str().unwrap().starts_with("***"));
    for _ in 0..205 {
        call(&sandbox, "taobao.time.get", &[]).await;
    }
    let records = sandbox.requests();
    assert_eq!((records.len(), records[199].seq), (200, 206));
    assert_eq!(admin(&sandbox, "DELETE", "requests", "").await.1, json!({"ok": true}));
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn several_sandboxes_and_shutdown() {
    let first = sandbox().await;
    let second = sandbox().await;
    assert_ne!(first.url(), second.url());
    let tid = PAID_TRADE.to_string();
    call(&first, "taobao.trade.memo.update", &[("tid", &tid), ("memo", "x")]).await;
    assert!(second.state().trades[&PAID_TRADE].seller_memo.is_empty());
    let address = first.url().replace("http://", "");
    first.shutdown().await;
    // A program that another test is starting holds this process's sockets until it runs.
    let closed = async {
        while TcpStream::connect(&address).await.is_ok() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), closed).await.unwrap();
    let taken = second.url().replace("http://", "");
    let error = Sandbox::builder().listen(&taken).start().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

#[test]
fn the_program_says_where_it_listens() {
    let start = |listen: &str| {
        Command::new(env!("CARGO_BIN_EXE_topsdk-sandbox"))
            .args(["--listen", listen])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let mut first = start("127.0.0.1:0");
    let mut line = String::new();
    BufReader::new(first.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("sandbox listening on http://").unwrap().to_owned();
    let mut second = start(&address);
    let mut why = String::new();
    second.stderr.take().unwrap().read_to_string(&mut why).unwrap();
    assert_eq!(second.wait().unwrap().code(), Some(1));
    assert!(why.starts_with(&format!("error: {address} is in use")) && why.lines().count() == 1, "{why}");
    first.kill().unwrap();
    first.wait().unwrap();
}
