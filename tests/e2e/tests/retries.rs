//! Retries against the sandbox's faults, over a socket. The rules themselves are tested beside them.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use topsdk::client::VirtualTimer;
use topsdk::layer::retry::Stopped;
use topsdk::model::Effect;
use topsdk::refund::RefundMessageAdd;
use topsdk::trade::{TradeFullinfoGet, TradeMemoUpdate};
use topsdk::{Client, Clock, Format};
use topsdk_e2e::file;
use topsdk_e2e::matrix::{self, Trouble};
use topsdk_sandbox::fixtures::{OPEN_REFUND, PAID_TRADE};
use topsdk_sandbox::{Fault, Sandbox, What};

use crate::support::{builder, root, sandbox};

/// A client that does not really wait.
fn client(sandbox: &Sandbox) -> Client {
    builder(sandbox).timer(VirtualTimer::new()).build().unwrap()
}

fn read() -> TradeFullinfoGet {
    TradeFullinfoGet::new("tid,status", PAID_TRADE)
}

fn write() -> RefundMessageAdd {
    RefundMessageAdd::new(OPEN_REFUND, "Once, please.", file("a.gif"))
}

fn messages(sandbox: &Sandbox) -> usize {
    sandbox.state().refunds[&OPEN_REFUND].messages.iter().filter(|m| m.content == "Once, please.").count()
}

#[tokio::test]
async fn a_read_survives_each_fault_in_each_format() {
    let sandbox = sandbox().await;
    for format in [Format::Json, Format::Xml] {
        let client = builder(&sandbox).timer(VirtualTimer::new()).format(format).build().unwrap();
        for fault in [
            Fault::new(What::Reset),
            Fault::new(What::Truncate),
            Fault::new(What::Shorten),
            Fault::new(What::TruncatedGzip),
            Fault::new(What::BadGzip),
            Fault::new(What::Empty),
            Fault::new(What::Html { status: 200 }),
            Fault::new(What::Html { status: 502 }),
            Fault::new(What::HttpStatus { status: 429 }),
            Fault::error(15, "isp.remote-service-timeout"),
            Fault::error(10, ""),
        ] {
            sandbox.fault(fault.clone().times(2));
            let reply = client.call(read()).await.unwrap();
            assert_eq!(reply.attempts().count(), 3, "{fault:?} in {}", format.as_str());
            assert_eq!(reply.trade.as_ref().unwrap().tid, Some(PAID_TRADE));
        }
    }
}

#[tokio::test]
async fn what_fails_for_good_is_asked_once() {
    let sandbox = sandbox().await;
    for fault in [
        Fault::error(15, "isv.trade-not-exist"),
        Fault::error(27, ""),
        Fault::error(11, "isv.permission-api-package-limit"),
        Fault::new(What::HttpStatus { status: 404 }),
        Fault::new(What::Deep { levels: 1_000 }),
    ] {
        sandbox.fault(fault.clone().times(1));
        let error = client(&sandbox).call(read()).await.unwrap_err();
        let stopped = error.attempts().stopped();
        // What cannot be read at all is found when it is decoded: nothing was stopped there.
        assert!(
            error.attempts().count() <= 1 && matches!(stopped, None | Some(Stopped::Permanent)),
            "{fault:?} {error}"
        );
    }
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_not_repeated() {
    let sandbox = sandbox().await;
    for (n, fault) in
        [Fault::new(What::Reset), Fault::new(What::Truncate), Fault::new(What::HttpStatus { status: 503 })]
            .into_iter()
            .enumerate()
    {
        sandbox.fault(fault.clone().after_effect().times(1));
        let error = client(&sandbox).call(write()).await.unwrap_err();
        assert!(error.may_have_reached_platform());
        assert_eq!(
            (error.attempts().count(), error.attempts().stopped()),
            (1, Some(Stopped::MayBeApplied)),
            "{fault:?}"
        );
        assert_eq!(messages(&sandbox), n + 1, "{fault:?}");
    }
    // Unless the caller says that it may be.
    sandbox.fault(Fault::new(What::Reset).after_effect().times(1));
    let reply = client(&sandbox).call(write()).with_effect(Effect::Idempotent).await.unwrap();
    assert_eq!((reply.attempts().count(), messages(&sandbox)), (2, 5));
}

/// The upload is sent again whole, signed again, and the ban is over by then: in real time, on tokio's timer.
#[tokio::test]
async fn a_write_rides_out_a_ban() {
    let sandbox = sandbox().await;
    sandbox.fault(Fault::ban(1).times(1));
    let reply = builder(&sandbox).build().unwrap().call(write()).await.unwrap();
    assert_eq!((reply.attempts().count(), messages(&sandbox)), (2, 1));
    assert!(reply.attempts().waited() >= Duration::from_secs(1));
    let requests = sandbox.requests();
    assert_eq!(
        requests.iter().map(|request| (request.code, request.files.len())).collect::<Vec<_>>(),
        [(7, 1), (0, 1)]
    );
}

/// A clock that is hours off.
struct Off(i64, SystemTime);

impl Clock for Off {
    fn now(&self) -> SystemTime {
        let off = Duration::from_secs(self.0.unsigned_abs());
        if self.0 < 0 { self.1 - off } else { self.1 + off }
    }
}

#[tokio::test]
async fn a_wrong_clock_costs_one_attempt_in_all() {
    let sandbox = sandbox().await;
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(sandbox.now().millis().unsigned_abs());
    for seconds in [3 * 3600, -8 * 3600] {
        let client = builder(&sandbox).clock(Off(seconds, now)).build().unwrap();
        assert_eq!(client.call(write()).await.unwrap().attempts().count(), 2);
        assert_eq!(client.call(read()).await.unwrap().attempts().count(), 1);
        assert_eq!(client.untyped("taobao.time.get").raw().await.unwrap().attempts().count(), 1);
    }
    assert_eq!(messages(&sandbox), 2);
}

/// Many calls at once, of which the clones of one client make some.
#[tokio::test]
async fn calls_side_by_side() {
    let sandbox = Arc::new(sandbox().await);
    sandbox.fault(Fault::new(What::Reset).probability(0.1));
    let client = client(&sandbox);
    let calls = (0..40).map(|n| {
        let client = client.clone();
        tokio::spawn(async move { client.call(TradeMemoUpdate::new(PAID_TRADE).memo(n.to_string())).await.is_ok() })
    });
    let calls: Vec<_> = calls.collect();
    let mut answered = 0;
    for call in calls {
        answered += usize::from(call.await.unwrap());
    }
    assert!(answered >= 38, "{answered} of 40, where each fails with a chance of one in a thousand");
}

#[tokio::test]
async fn the_committed_table_is_what_the_command_prints() {
    let page = fs::read_to_string(root().join("docs/reliability.md")).unwrap();
    let table =
        page.split_once("<!-- faults -->\n").and_then(|(_, rest)| rest.split_once("<!-- end of faults -->")).unwrap().0;
    assert_eq!(table, matrix::table().await.unwrap(), "run `cargo xtask faults`");
    assert!(table.contains("Duplicated writes: 0. Writes whose outcome was told wrongly: 0."), "{table}");
}

/// The matrix would see duplicates: a client that takes writes for repeatable makes some.
#[tokio::test]
async fn the_matrix_sees_duplicates() {
    let careless = matrix::cell(Trouble::Reset, 50, Effect::Write, Effect::Idempotent).await.unwrap();
    assert!(careless.duplicates > 10, "{careless:?}");
    let careful = matrix::cell(Trouble::Reset, 50, Effect::Write, Effect::Write).await.unwrap();
    assert_eq!((careful.duplicates, careful.wrongly_told), (0, 0), "{careful:?}");
}
