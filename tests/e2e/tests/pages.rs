//! Lists over a socket, page by page, while they change.

use std::collections::{BTreeMap, BTreeSet};
use std::future::IntoFuture as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use topsdk::batch::Coalesce;
use topsdk::client::Clock;
use topsdk::error::PageReason;
use topsdk::item::{ItemsInventoryGet, ItemsOnsaleGet};
use topsdk::layer::Retry;
use topsdk::layer::limit::{Rate, RateLimiter, RateLimits, Wait};
use topsdk::page::{Cursor, Items};
use topsdk::refund::RefundsReceiveGet;
use topsdk::trade::{Trade, TradeFullinfoGet, TradesSoldGet, TradesSoldIncrementGet};
use topsdk::{Client, DateTime, Error, Paged, blocking};
use topsdk_sandbox::fixtures::{ITEM_COUNT, TRADE_COUNT};
use topsdk_sandbox::{Fault, Sandbox};

use crate::support::{builder, client, sandbox};

/// The clock of a sandbox.
struct Its(Arc<Sandbox>);

impl Clock for Its {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(u64::try_from(self.0.now().millis()).unwrap())
    }
}

/// A client that lives in a sandbox's time.
fn inside(sandbox: &Arc<Sandbox>) -> Client {
    builder(sandbox).clock(Its(Arc::clone(sandbox))).build().unwrap()
}

async fn all<R: Paged>(mut items: Items<R>) -> Vec<R::Item> {
    let mut rows = Vec::new();
    while let Some(row) = items.next().await {
        rows.push(row.unwrap());
    }
    rows
}

fn pages_asked(sandbox: &Sandbox, method: &str) -> usize {
    sandbox.requests().iter().filter(|request| request.method == method).count()
}

#[tokio::test]
async fn lists_of_the_shop() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let trades = all(client.call(TradesSoldGet::new("tid")).items().with_page_size(7)).await;
    let tids: BTreeSet<i64> = trades.iter().map(|trade| trade.tid.unwrap()).collect();
    assert_eq!((trades.len(), tids.len()), (TRADE_COUNT, TRADE_COUNT));
    assert_eq!(pages_asked(&sandbox, "taobao.trades.sold.get"), TRADE_COUNT.div_ceil(7));

    let onsale = sandbox.state().items.values().filter(|item| item.onsale).count();
    assert!(onsale > 3 && onsale < ITEM_COUNT);
    let items = all(client.call(ItemsOnsaleGet::new("num_iid")).items().with_page_size(3)).await;
    assert_eq!(items.len(), onsale);

    let mut refunds = 0;
    let mut pages = client.call(RefundsReceiveGet::new("refund_id")).pages().with_page_size(1);
    while let Some(page) = pages.next().await {
        refunds += page.unwrap().refunds.len();
    }
    assert_eq!(refunds, sandbox.state().refunds.len());
}

/// A trade as it stood at one time.
type Version = (i64, DateTime);

/// Trades change and are made in one task while another reads what has changed, in several streams. Each version that lasts comes
/// once, and none twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_are_read_while_they_happen() {
    let sandbox = Arc::new(sandbox().await);
    let client = inside(&sandbox);
    let from = DateTime::from_unix_millis(sandbox.now().millis()).unwrap();
    let is_open = Arc::new(AtomicBool::new(true));
    let busy = tokio::spawn({
        let (sandbox, is_open) = (Arc::clone(&sandbox), Arc::clone(&is_open));
        async move {
            let mut number = 0_u64;
            while is_open.load(Ordering::Relaxed) {
                // Any sequence will do that jumps about.
                number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                sandbox.advance(Duration::from_secs(number >> 62));
                let now = sandbox.now();
                sandbox.with_state(|world| {
                    let place = usize::try_from(number >> 33).unwrap() % world.trades.len();
                    let (tid, mut trade) =
                        world.trades.iter().nth(place).map(|(tid, trade)| (*tid, trade.clone())).unwrap();
                    trade.modified = now;
                    if number & 0x1000 == 0 && world.trades.len() < 400 {
                        trade.tid = world.trades.keys().last().unwrap() + 10;
                        world.trades.insert(trade.tid, trade);
                    } else {
                        world.trades.insert(tid, trade);
                    }
                });
                // A call in flight must not grow ten minutes old, which the gateway refuses.
                tokio::time::sleep(Duration::from_micros(500)).await;
            }
        }
    });

    let request = |to| TradesSoldIncrementGet::new("tid,modified", from, to);
    let end = from.checked_add_seconds(3_000_000).unwrap();
    let mut read: BTreeMap<Version, usize> = BTreeMap::new();
    let mut note = |trade: Trade| *read.entry((trade.tid.unwrap(), trade.modified.unwrap())).or_default() += 1;
    let mut cursor: Option<String> = None;
    let mut rows = 0;
    for stream in 0..12 {
        let items = client.call(request(end)).items().with_page_size(10).with_window(Duration::from_secs(120));
        let mut items = match &cursor {
            Some(text) => items.resume(&text.parse::<Cursor>().unwrap()).unwrap(),
            None => items,
        };
        // Some streams are left in the middle of a page.
        let most = if stream % 3 == 0 { usize::MAX } else { 37 };
        let mut taken = 0;
        while taken < most
            && let Some(trade) = items.next().await
        {
            note(trade.unwrap());
            taken += 1;
        }
        rows += taken;
        cursor = Some(items.cursor().to_string());
        tokio::time::sleep(Duration::from_millis(80)).await;
    }
    is_open.store(false, Ordering::Relaxed);
    busy.await.unwrap();

    sandbox.advance(Duration::from_secs(120));
    let rest = client.call(request(end)).items().resume(&cursor.unwrap().parse().unwrap()).unwrap();
    all(rest).await.into_iter().for_each(note);
    let second = |trade: &topsdk_sandbox::world::Trade| {
        let modified = DateTime::from_unix_millis(trade.modified.millis()).unwrap();
        (modified >= from).then_some((trade.tid, modified))
    };
    let last: Vec<Version> = sandbox.state().trades.values().filter_map(second).collect();
    assert!(last.len() > 40 && rows > 100, "{} trades, {rows} rows: too little happened", last.len());
    for version in last {
        assert_eq!(read.get(&version), Some(&1), "{version:?}");
    }
    assert!(read.values().all(|times| *times == 1), "{read:?}");
}

/// The platform shows 101 pages of the warehouse. A window with more is halved until it fits.
#[tokio::test]
async fn a_dense_window_is_read_in_full() {
    const METHOD: &str = "taobao.items.inventory.get";
    let sandbox = Arc::new(sandbox().await);
    let client = inside(&sandbox);
    let from = sandbox.now();
    sandbox.advance(Duration::from_secs(900));
    // One item every two seconds for some minutes, after a while with none.
    let expected: BTreeSet<i64> = sandbox.with_state(|world| {
        let item = world.items.values().next().cloned().unwrap();
        let mut add = |second: i64| {
            let mut item = item.clone();
            item.num_iid = 900_000 + second;
            item.onsale = false;
            item.modified = from.plus_millis((400 + 2 * second) * 1000);
            world.items.insert(item.num_iid, item);
            900_000 + second
        };
        (0..130).map(&mut add).collect()
    });
    let request = || {
        let from = DateTime::from_unix_millis(from.millis()).unwrap();
        ItemsInventoryGet::new("num_iid,modified").start_modified(from)
    };
    let items = all(client.call(request()).items().with_page_size(1)).await;
    let found: BTreeSet<i64> = items.iter().map(|item| item.num_iid.unwrap()).collect();
    assert_eq!((items.len(), found), (expected.len(), expected));
    let before = pages_asked(&sandbox, METHOD);
    assert!(before > 130 && before < 150, "{before} pages were asked for");

    // More in two seconds than is shown.
    let moment = from.plus_millis(450_000);
    sandbox.with_state(|world| world.items.values_mut().filter(|item| !item.onsale).for_each(|i| i.modified = moment));
    let error = client.call(request()).items().with_page_size(1).next().await.unwrap().unwrap_err();
    assert!(matches!(&error, Error::Page(error) if *error.reason() == PageReason::LastPage(101)), "{error}");
}

#[tokio::test]
async fn an_error_leaves_a_place_to_go_on_from() {
    let sandbox = sandbox().await;
    let client = builder(&sandbox).retry(Retry::off()).build().unwrap();
    let call = || client.call(TradesSoldGet::new("tid")).items().with_page_size(15).with_prefetch(0);
    let mut items = call();
    let mut tids = Vec::new();
    for _ in 0..20 {
        tids.push(items.next().await.unwrap().unwrap().tid);
    }
    sandbox.fault(Fault::error(15, "isp.remote-service-timeout").times(1));
    let error = loop {
        match items.next().await.unwrap() {
            Ok(trade) => tids.push(trade.tid),
            Err(error) => break error,
        }
    };
    assert_eq!((error.code(), tids.len()), (Some(15), 30));
    assert!(items.next().await.is_none());
    let rest = call().resume(&items.cursor().to_string().parse().unwrap()).unwrap();
    tids.extend(all(rest).await.into_iter().map(|trade| trade.tid));
    assert_eq!((tids.len(), tids.into_iter().collect::<BTreeSet<_>>().len()), (TRADE_COUNT, TRADE_COUNT));
}

/// Each page is a call like any other.
#[tokio::test]
async fn pages_wait_for_their_rate_limit() {
    let sandbox = sandbox().await;
    let limits = RateLimits::new().tier("trade", Rate::per_minute(10).burst(2).reserve(0)).wait(Wait::No);
    let client = builder(&sandbox).rate_limiter(&RateLimiter::new(limits).unwrap()).build().unwrap();
    let mut items = client.call(TradesSoldGet::new("tid")).items().with_page_size(15);
    let mut read = 0;
    let error = loop {
        match items.next().await.unwrap() {
            Ok(_) => read += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Limited(_)), "{error}");
    assert_eq!((read, pages_asked(&sandbox, "taobao.trades.sold.get")), (30, 2));
}

/// What a stream reads ahead waits while nobody reads from it, and keeps none of the calls waiting that are made for its rows.
#[tokio::test]
async fn rows_are_worked_on_by_other_calls() {
    let sandbox = sandbox().await;
    let gathering = Coalesce::new().window(Duration::from_millis(20));
    for client in [client(&sandbox), builder(&sandbox).coalesce(gathering).build().unwrap()] {
        for prefetch in [0, 1, 3] {
            let mut trades = client.call(TradesSoldGet::new("tid")).items().with_page_size(7).with_prefetch(prefetch);
            let mut others = client.call(RefundsReceiveGet::new("refund_id")).items().with_page_size(1);
            let mut read = BTreeSet::new();
            while let Some(trade) = trades.next().await {
                let tid = trade.unwrap().tid.unwrap();
                let call = client.call(TradeFullinfoGet::new("tid", tid)).into_future();
                let reply = tokio::time::timeout(Duration::from_secs(20), call).await.expect("a stream holds it up");
                assert_eq!(reply.unwrap().trade.as_ref().and_then(|trade| trade.tid), Some(tid));
                assert!(others.next().await.is_none_or(|refund| refund.is_ok()));
                read.insert(tid);
            }
            assert_eq!((read.len(), others.cursor().is_end()), (TRADE_COUNT, true), "{prefetch}");
        }
    }
}

#[tokio::test]
async fn without_async() {
    let sandbox = sandbox().await;
    let builder = builder(&sandbox);
    let thread = std::thread::spawn(move || {
        let client = blocking::Client::build(builder).unwrap();
        let mut trades = client.iter(client.call(TradesSoldGet::new("tid")).items().with_page_size(7));
        let read = trades.by_ref().map(|trade| trade.unwrap().tid).collect::<BTreeSet<_>>();
        (read.len(), trades.stream().cursor().is_end())
    });
    let done = tokio::task::spawn_blocking(|| thread.join()).await.unwrap().unwrap();
    assert_eq!(done, (TRADE_COUNT, true));
}
