//! Batches, gathered calls and calls that are cut, against the sandbox over a socket. The rules themselves are tested beside them.

use std::future::IntoFuture;
use std::time::Duration;

use topsdk::batch::{Batches, Coalesce};
use topsdk::item::{ItemSellerGet, ItemsSellerListGet};
use topsdk::layer::limit::{Rate, RateLimiter, RateLimits, Wait};
use topsdk::layer::retry::Stopped;
use topsdk::platform::TimeGet;
use topsdk::refund::RefundMessageAdd;
use topsdk::trade::{TradeFullinfoGet, TradeMemoAdd, TradeMemoUpdate};
use topsdk::{Client, Credentials, Environment, Error, Format, SignMethod, blocking};
use topsdk_e2e::file;
use topsdk_sandbox::fixtures::*;
use topsdk_sandbox::{Fault, Sandbox, What};

use crate::support::{builder, client, sandbox};

/// How many HTTP requests the sandbox got, by how many calls they held.
fn requests(sandbox: &Sandbox) -> usize {
    sandbox.requests().len()
}

fn trade(tid: i64) -> TradeFullinfoGet {
    TradeFullinfoGet::new("tid,status,seller_memo", tid)
}

#[tokio::test]
async fn mixed_methods_and_sessions_in_each_format() {
    let sandbox = sandbox().await;
    for (format, simplify, sign) in [
        (Format::Json, false, SignMethod::HmacSha256),
        (Format::Json, true, SignMethod::Md5),
        (Format::Xml, false, SignMethod::Hmac),
    ] {
        let client = builder(&sandbox).format(format).simplify(simplify).sign_method(sign).build().unwrap();
        let mut batch = client.batch();
        let time = batch.add(TimeGet::new());
        let own = batch.add(trade(PAID_TRADE));
        let other = batch.add(client.call(trade(PAID_TRADE)).with_session("nobody"));
        let missing = batch.add(trade(1));
        let named =
            batch.add(client.untyped("taobao.trade.fullinfo.get").param("fields", "tid").param("tid", PAID_TRADE));
        let upload = batch.add(RefundMessageAdd::new(OPEN_REFUND, "中&=+ -S-", file("a.gif")));
        let raw = batch.add(trade(UNPAID_TRADE));
        let before = requests(&sandbox);
        let mut results = batch.send().await;
        assert_eq!(requests(&sandbox) - before, 6, "the sandbox notes the calls of a batch one by one");
        assert!(sandbox.requests().iter().rev().take(6).all(|request| request.shape == "batch"));
        assert!(results.take(time).unwrap().time.is_some());
        assert_eq!(results.take(own).unwrap().trade.as_ref().unwrap().tid, Some(PAID_TRADE));
        assert!(results.take(other).unwrap_err().is_session_invalid());
        let error = results.take(missing).unwrap_err();
        assert_eq!((error.sub_code(), error.gateway().unwrap().batch()), (Some("isv.trade-not-exist"), None));
        let tid = results.take(named).unwrap()["trade"]["tid"].to_string();
        assert_eq!(tid.trim_matches('"'), PAID_TRADE.to_string());
        assert!(matches!(results.take(upload), Err(Error::Invalid(_))));
        assert!(results.take_raw(raw).unwrap().decode::<TradeFullinfoGet>(true).is_ok());
        assert!(results.whole_error().is_none());
    }
}

#[tokio::test]
async fn many_calls_in_order_and_one_sees_what_another_wrote() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let tids: Vec<i64> = (0..45).map(|n| [PAID_TRADE, UNPAID_TRADE, SHIPPED_TRADE][n % 3]).collect();
    let results = client.batch_of(tids.iter().map(|tid| trade(*tid))).await;
    let got: Vec<_> = results.into_iter().map(|result| result.unwrap().trade.as_ref().unwrap().tid.unwrap()).collect();
    assert_eq!(got, tids);

    let mut batch = client.batch();
    let write = batch.add(TradeMemoUpdate::new(PAID_TRADE).memo("a+b & \r\n-S-\r\n 中"));
    let read = batch.add(trade(PAID_TRADE));
    let mut results = batch.await;
    results.take(write).unwrap();
    // The separator inside of a value does not part it.
    let memo = results.take(read).unwrap().trade.as_ref().unwrap().seller_memo.clone();
    assert_eq!(memo.as_deref(), Some("a+b & \r\n-S-\r\n 中"));
}

#[tokio::test]
async fn the_whole_batch_is_refused() {
    let sandbox = sandbox().await;
    let wrong = Client::builder(Environment::custom(sandbox.rest_url()), Credentials::new(APP_KEY, "wr0ng-secret"));
    let client = wrong.session(SESSION).build().unwrap();
    let mut batch = client.batch();
    let memo = "a private memo";
    let calls: Vec<_> = (0..3).map(|_| batch.add(TradeMemoUpdate::new(PAID_TRADE).memo(memo))).collect();
    let mut results = batch.send().await;
    let whole = results.whole_error().unwrap();
    assert_eq!((whole.code(), whole.gateway().unwrap().batch()), (Some(25), Some(3)));
    assert!(whole.to_string().contains("for a whole batch of 3 calls"), "{whole}");
    let shown = format!("{whole} {whole:?} {results:?}");
    for secret in ["wr0ng-secret", SESSION, APP_SECRET, memo] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    calls.into_iter().for_each(|call| assert_eq!(results.take(call).unwrap_err().code(), Some(25)));
    // More calls than the gateway takes.
    let client = builder(&sandbox).batches(Batches::new().at_most(21)).build().unwrap();
    let errors = client.batch_of((0..21).map(|_| TimeGet::new())).await;
    assert!(errors.iter().all(|result| result.as_ref().unwrap_err().gateway().unwrap().batch() == Some(21)));
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_corrected_for_all() {
    let sandbox = sandbox().await;
    let hour = Duration::from_secs(3_600);
    let client = builder(&sandbox).clock(Late(hour)).build().unwrap();
    let results = client.batch_of((0..5).map(|_| trade(PAID_TRADE))).await;
    for result in results {
        assert_eq!(result.unwrap().attempts().count(), 2);
    }
}

/// Behind by so much.
struct Late(Duration);

impl topsdk::Clock for Late {
    fn now(&self) -> std::time::SystemTime {
        topsdk::client::SystemClock.now() - self.0
    }
}

#[tokio::test]
async fn what_failed_goes_again_and_no_write_twice() {
    for fault in [
        Fault::error(15, "isp.remote-service-timeout").after_effect(),
        Fault::error(15, "isp.remote-service-timeout"),
        Fault::ban(1),
        Fault::new(What::Reset),
        Fault::new(What::Reset).after_effect(),
        Fault::new(What::Truncate).after_effect(),
        Fault::new(What::Empty).after_effect(),
        Fault::new(What::Html { status: 502 }).after_effect(),
    ] {
        let sandbox = sandbox().await;
        let client = client(&sandbox);
        sandbox.fault(fault.clone().times(1).on("taobao.trade.memo.add"));
        let mut batch = client.batch();
        let write = batch.add(TradeMemoAdd::new(PAID_TRADE, "once"));
        let reads: Vec<_> = (0..4).map(|_| batch.add(trade(UNPAID_TRADE))).collect();
        let mut results = batch.send().await;
        for read in reads {
            assert!(results.take(read).is_ok(), "{fault:?}");
        }
        // The second one of two that get through is refused, because the trade has a memo by then.
        let sent = sandbox.requests().iter().filter(|request| request.method == "taobao.trade.memo.add").count();
        match results.take(write) {
            Ok(reply) => assert_eq!(usize::try_from(reply.attempts().count()).unwrap(), sent, "{fault:?}"),
            Err(error) => {
                assert!(error.may_have_reached_platform(), "{fault:?}: {error}");
                assert_eq!((error.attempts().stopped(), sent), (Some(Stopped::MayBeApplied), 1), "{fault:?}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn each_call_counts_against_its_limit() {
    let sandbox = sandbox().await;
    let limits = RateLimits::new().tier("trade", Rate::per_minute(10).burst(3)).wait(Wait::No);
    let limiter = RateLimiter::new(limits).unwrap();
    let client = builder(&sandbox).rate_limiter(&limiter).build().unwrap();
    let results = client.batch_of((0..5).map(|_| trade(PAID_TRADE))).await;
    let limited: Vec<_> = results.iter().map(|result| matches!(result, Err(Error::Limited(_)))).collect();
    assert_eq!(limited, [false, false, false, true, true]);
}

#[tokio::test]
async fn calls_at_the_same_time_share_a_request() {
    let sandbox = sandbox().await;
    let coalesce = Coalesce::new().window(Duration::from_millis(200)).at_most(3);
    let client = builder(&sandbox).coalesce(coalesce).build().unwrap();
    let (time, paid, nobody) = tokio::join!(
        client.call(TimeGet::new()).into_future(),
        client.call(trade(PAID_TRADE)).into_future(),
        client.call(trade(PAID_TRADE)).with_session("nobody").into_future(),
    );
    assert!(time.is_ok() && paid.is_ok() && nobody.unwrap_err().is_session_invalid());
    assert!(sandbox.requests().iter().all(|request| request.shape == "batch"));
    // Nobody joins.
    client.call(TimeGet::new()).await.unwrap();
    assert_ne!(sandbox.requests().last().unwrap().shape, "batch");
}

#[test]
fn without_async() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sandbox = runtime.block_on(sandbox());
    let client = blocking::Client::build(builder(&sandbox)).unwrap();
    let mut batch = client.batch();
    let first = batch.add(TimeGet::new());
    let second = batch.add(client.call(trade(PAID_TRADE)));
    let mut results = client.wait(batch);
    assert!(results.take(first).is_ok() && results.take(second).is_ok());
}

#[tokio::test]
async fn a_long_list_is_cut() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    // The sandbox has no more than a dozen items, so that the same ones come again.
    let ids: Vec<i64> = (0..50).map(|n| if n % 2 == 0 { FIRST_ITEM } else { ITEM_IN_STOCK }).collect();
    let request = || ItemsSellerListGet::new("num_iid", ids.clone());
    for in_batches in [false, true] {
        let call = client.call(request()).split();
        let all = if in_batches { call.in_batches() } else { call }.await.unwrap();
        assert_eq!((all.parts(), all.failed().len()), (3, 0));
        let found: Vec<_> = all.items.iter().filter_map(|item| item.num_iid).collect();
        assert!(found.len() >= 6 && found.iter().all(|id| ids.contains(id)), "{found:?}");
    }
    sandbox.fault(Fault::error(15, "isv.item-get-service-error").on("taobao.items.seller.list.get").times(1));
    let all = client.call(request()).split().at_once(1).await.unwrap();
    assert_eq!((all.failed().len(), all.failed()[0].items()), (1, &ids[..20]));
    assert!(client.call(ItemSellerGet::new("num_iid", FIRST_ITEM)).await.is_ok());
}
