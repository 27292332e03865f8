//! Calls whose futures nobody polls for a while: behind a stream whose reader is busy, or in an arm of a `select!` that did not win.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use super::sim::Sim;
use super::*;
use crate::{Client, Credentials, Environment, MockTransport, Model, Request};
use Priority::{Background, Interactive};

#[derive(Clone, Request)]
#[top(
    method = "taobao.rows.get",
    response = RowsGetResponse,
    effect = read,
    tier = "trade",
    paging(page = "page_no", has_next = "has_next", items = rows, item = Row, key("id"))
)]
struct RowsGet {
    page_no: Option<i64>,
    page_size: Option<i64>,
}

#[derive(Model)]
struct RowsGetResponse {
    rows: Vec<Row>,
    has_next: Option<bool>,
}

#[derive(Model)]
struct Row {
    id: Option<i64>,
}

const ASK: fn() -> Ask<'static> = || Ask::new(APP, "taobao.trade.get");

/// Ten a second, or one: the limit, not the burst, is what counts.
fn steady(per_minute: i64, wait: Wait) -> RateLimits {
    RateLimits::new().tier("trade", Rate::per_minute(per_minute).burst(1)).wait(wait)
}

/// Lets a future begin, and no more.
async fn begin<T>(future: &mut Pin<&mut impl Future<Output = T>>) {
    poll_fn(|context: &mut Context<'_>| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

/// Each row of a list is worked on with a call of the same limit, while the next page waits for that limit too.
#[test]
fn rows_are_worked_on_by_calls_of_the_same_limit() {
    for (pages, rows, wait) in [
        (3, 5, Wait::AtMost(Duration::from_secs(3))),
        // For longer than a call may wait.
        (2, 50, Wait::AtMost(Duration::from_secs(3))),
        (2, 50, Wait::Always),
    ] {
        let (sim, mock) = (Sim::new(), Arc::new(MockTransport::new()));
        for page in 0..pages {
            let ids: Vec<String> = (0..rows).map(|row| format!(r#"{{"id":{}}}"#, page * rows + row)).collect();
            let (ids, more) = (ids.join(","), page + 1 < pages);
            let body = format!(r#"{{"rows_get_response":{{"rows":{{"row":[{ids}]}},"has_next":{more}}}}}"#);
            mock.answer_raw("taobao.rows.get", 200, body);
        }
        let limiter = limiter(&sim, steady(600, wait));
        let builder = Client::builder(Environment::Production, Credentials::new(APP, "s3cr3t"));
        let builder = builder.transport(Arc::clone(&mock)).timer(sim.clone()).rate_limiter(&limiter);
        let client = builder.build().unwrap();
        let read = sim.block_on(async {
            let mut items = client.call(RowsGet::new()).items();
            let mut read = Vec::new();
            while let Some(row) = items.next().await {
                read.push(row.unwrap().id.unwrap());
                limiter.acquire(&ASK()).await.unwrap();
                // So long the answer takes.
                sim.sleep(ms(80)).await;
            }
            read
        });
        assert_eq!(read, (0..pages * rows).collect::<Vec<_>>());
        // Ten a second, but for a moment after each page's call has begun to wait.
        let calls = u64::try_from(pages * rows + pages).unwrap();
        let most = ms(100) * u32::try_from(calls).unwrap() + ms(300) * u32::try_from(pages).unwrap();
        assert!(sim.elapsed() <= most, "{:?} for {calls} calls", sim.elapsed());
    }
}

/// It is not polled again, and it is in nobody's way, whoever is more urgent and however long they wait.
#[test]
fn a_future_that_is_not_polled_holds_up_nobody() {
    for (parked, live) in
        [(Interactive, Interactive), (Interactive, Background), (Background, Background), (Background, Interactive)]
    {
        for wait in [Wait::Always, Wait::AtMost(Duration::from_secs(3))] {
            let sim = Sim::new();
            let limiter = limiter(&sim, steady(60, wait));
            let passed = sim.block_on(async {
                limiter.acquire(&ASK()).await.unwrap();
                let ask = ASK().priority(parked);
                let mut call = pin!(limiter.acquire(&ask));
                begin(&mut call).await;
                for _ in 0..10 {
                    limiter.acquire(&ASK().priority(live)).await.unwrap();
                }
                let passed = sim.elapsed();
                // Long after its time: it has not waited, for nobody waited for it.
                assert!(call.await.unwrap() <= Duration::from_secs(3));
                passed
            });
            assert!(passed <= ms(12_000), "{parked:?} before {live:?}, {wait:?}: {passed:?}");
        }
    }
}

/// Those who do wait pass at the full rate and in their order, however many do not.
#[test]
fn among_the_others_order_is_kept() {
    let sim = Sim::new();
    let limiter = limiter(&sim, steady(60, Wait::Always));
    let (sim_, limiter_) = (&sim, &limiter);
    let task = move |number: u64| async move {
        sim_.at(ms(number)).await;
        let ask = ASK();
        let mut call = pin!(limiter_.acquire(&ask));
        // Of three, one is left alone for a minute.
        if number % 3 == 1 {
            begin(&mut call).await;
            sim_.sleep(Duration::from_secs(60)).await;
        }
        call.await.unwrap();
        sim_.elapsed()
    };
    let times = sim.run((0..30).map(task));
    let live: Vec<_> = times.iter().enumerate().filter(|(number, _)| number % 3 != 1).map(|(_, time)| *time).collect();
    assert!(live.is_sorted(), "{live:?}");
    assert!(live[19] <= ms(21_000), "{live:?}");
    let mut all = times;
    all.sort_unstable();
    assert!(all.windows(2).all(|two| two[1] - two[0] >= Duration::from_secs(1)), "{all:?}");
}

/// Who comes back has its place again, before those who came later.
#[test]
fn who_comes_back_has_its_place() {
    let sim = Sim::new();
    let limiter = limiter(&sim, steady(60, Wait::Always));
    let (sim_, limiter_) = (&sim, &limiter);
    let task = move |number: u64| async move {
        sim_.at(ms(number)).await;
        let ask = ASK();
        let mut call = pin!(limiter_.acquire(&ask));
        if number == 1 {
            begin(&mut call).await;
            sim_.sleep(ms(5_500)).await;
        }
        call.await.unwrap();
        sim_.elapsed()
    };
    let times = sim.run((0..20).map(task));
    assert!(times[1] > ms(5_500) && times[1] <= ms(7_500), "{times:?}");
    assert!(times[2..].is_sorted(), "{times:?}");
}
