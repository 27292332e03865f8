//! The blocking client.

use std::time::Duration;

use topsdk::platform::TimeGet;
use topsdk::refund::RefundMessageAdd;
use topsdk::trade::{TradeFullinfoGet, TradeMemoAdd};
use topsdk::{Client, Credentials, Environment, Error, MockTransport, Request, blocking};
use topsdk_e2e::file;
use topsdk_sandbox::fixtures::{APP_KEY, APP_SECRET, OPEN_REFUND, PAID_TRADE, TRADE_WITH_MEMO};
use topsdk_sandbox::{Fault, Sandbox, What};

use crate::support::{builder, sandbox};

/// Runs a test in a thread without async, while the sandbox serves on this one's runtime.
async fn beside(test: impl FnOnce(&Sandbox) + Send + 'static) {
    let sandbox = sandbox().await;
    // Not `spawn_blocking`, whose threads belong to the runtime.
    let thread = std::thread::spawn(move || test(&sandbox));
    tokio::task::spawn_blocking(|| thread.join()).await.unwrap().unwrap();
}

fn client(sandbox: &Sandbox) -> blocking::Client {
    blocking::Client::build(builder(sandbox)).unwrap()
}

#[tokio::test]
async fn calls_in_three_depths_and_an_upload() {
    beside(|sandbox| {
        let client = client(sandbox);
        let request = || TradeFullinfoGet::new("tid,status", PAID_TRADE);
        let reply = client.send(client.call(request())).unwrap();
        assert_eq!(reply.trade.as_ref().unwrap().tid, Some(PAID_TRADE));
        let untyped = client.untyped("taobao.trade.fullinfo.get").param("fields", "tid").param("tid", PAID_TRADE);
        assert_eq!(client.wait(untyped).unwrap()["trade"]["tid"], PAID_TRADE);
        let raw = client.raw(client.call(request())).unwrap();
        assert!(String::from_utf8_lossy(raw.body()).starts_with("{\"trade_fullinfo_get_response\""));

        let upload = RefundMessageAdd::new(OPEN_REFUND, "See the picture.", file("parcel.gif"));
        client.send(client.call(upload)).unwrap();
        let last = sandbox.state().refunds[&OPEN_REFUND].messages.last().cloned().unwrap();
        assert_eq!((last.content.as_str(), last.picture_digests.len()), ("See the picture.", 1));
    })
    .await;
}

#[tokio::test]
async fn errors() {
    beside(|sandbox| {
        let client = client(sandbox);
        let refused = client.send(client.call(TradeMemoAdd::new(TRADE_WITH_MEMO, "again"))).unwrap_err();
        assert_eq!(TradeMemoAdd::error(&refused), Some("isv.invalid-parameter".into()));
        let invalid = client.send(client.call(TradeMemoAdd::new(TRADE_WITH_MEMO, " "))).unwrap_err();
        assert!(matches!(invalid, Error::Invalid(_)), "{invalid}");
        sandbox.fault(Fault::latency(60_000).times(1));
        let call = || client.call(TimeGet::new()).with_timeout(Duration::from_millis(30));
        assert!(client.send(call().with_attempts(1)).unwrap_err().is_timeout());
        // With a pause between the attempts, on the client's own runtime.
        sandbox.fault(Fault::new(What::Reset).times(2));
        assert_eq!(client.send(client.call(TimeGet::new())).unwrap().attempts().count(), 3);
        let nowhere = blocking::Client::new(Environment::custom("nowhere"), Credentials::new(APP_KEY, APP_SECRET));
        assert!(matches!(nowhere, Err(Error::Config(_))));
    })
    .await;
}

/// Clones share one runtime, from several threads at once.
#[tokio::test]
async fn several_threads() {
    beside(|sandbox| {
        let client = client(sandbox);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let client = client.clone();
                scope.spawn(move || {
                    for _ in 0..3 {
                        client.send(client.call(TimeGet::new())).unwrap();
                    }
                });
            }
        });
        assert_eq!(sandbox.requests().len(), 12);
    })
    .await;
}

/// Inside async code it blocks the executor, but works: no call, no clone and no drop panics.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inside_a_runtime() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    assert!(client.send(client.call(TimeGet::new())).unwrap().time.is_some());
    let refused = client.raw(client.call(TradeMemoAdd::new(TRADE_WITH_MEMO, "again"))).unwrap();
    assert!(String::from_utf8_lossy(refused.body()).contains("error_response"));
    assert!(client.wait(client.untyped("taobao.time.get")).is_ok());
    drop(client.clone());
    drop(client);
    let other = self::client(&sandbox);
    let time = tokio::task::spawn_blocking(move || other.send(other.call(TimeGet::new()))).await.unwrap();
    assert!(time.unwrap().time.is_some());
}

/// The same on a runtime that has one thread only.
#[tokio::test]
async fn inside_a_runtime_of_one_thread() {
    let mock = MockTransport::new();
    mock.fail("taobao.time.get", 7, "accesscontrol.limited-by-api-access-count");
    let builder = Client::builder(Environment::Production, Credentials::new(APP_KEY, APP_SECRET)).transport(mock);
    let client = blocking::Client::build(builder).unwrap();
    assert!(client.send(client.call(TimeGet::new())).unwrap_err().is_rate_limited());
}
