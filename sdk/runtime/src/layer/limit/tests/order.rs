//! How many pass, when, and who first.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use proptest::prelude::*;

use super::sim::Sim;
use super::*;
use Priority::{Background, Interactive};

/// Calls that come at these times and wait as long as it takes: when each passed.
fn passed(limits: RateLimits, calls: &[(u64, Priority)]) -> Vec<Duration> {
    let sim = Sim::new();
    let limiter = limiter(&sim, limits);
    sim.run(calls.iter().map(|(at, priority)| {
        let (sim, limiter) = (&sim, &limiter);
        async move {
            sim.at(ms(*at)).await;
            let ask = Ask::new(APP, "taobao.trade.get").priority(*priority).wait(Wait::Always);
            limiter.acquire(&ask).await.unwrap();
            sim.elapsed()
        }
    }))
}

/// No window holds more than a burst and the steady rate, and no minute more than its figure.
fn no_window_holds_too_many(mut times: Vec<Duration>, per_minute: u64, burst: u64) {
    times.sort_unstable();
    let period = 60_000_000_000_u64.div_ceil(per_minute - burst + 1);
    for (at, first) in times.iter().enumerate() {
        for (count, last) in times[at..].iter().enumerate().map(|(more, last)| (more as u64 + 1, last)) {
            let window = u64::try_from((*last - *first).as_nanos()).unwrap();
            assert!(count <= burst + window / period, "{count} calls in {window} ns");
            assert!(window >= 60_000_000_000 || count <= per_minute, "{count} calls in a minute");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn never_too_many_and_nobody_is_forgotten(
        per_minute in 1_u32..2_000,
        burst in 0_u32..1_000,
        reserve in 0_u32..1_000,
        calls in prop::collection::vec((0_u64..120_000, prop::bool::ANY), 1..200),
    ) {
        let burst = 1 + burst % per_minute.div_ceil(2);
        let reserve = reserve % burst;
        let rate = Rate::per_minute(per_minute.into()).burst(burst.into()).reserve(reserve.into());
        let calls: Vec<_> =
            calls.into_iter().map(|(at, urgent)| (at, if urgent { Interactive } else { Background })).collect();
        let times = passed(RateLimits::new().tier("trade", rate), &calls);
        prop_assert_eq!(times.len(), calls.len());
        no_window_holds_too_many(times, per_minute.into(), burst.into());
    }
}

#[test]
fn a_flood_goes_out_at_the_full_rate_and_in_order() {
    let times = passed(RateLimits::new(), &[(0, Interactive); 500]);
    assert!(times.is_sorted());
    // 4 at once, then 197 a minute: the 500th comes when 496 periods are over.
    assert_eq!(
        times[..5],
        [0, 0, 0, 0, 305].map(ms).map(|t| if t.is_zero() { t } else { Duration::from_nanos(304_568_528) })
    );
    assert_eq!(times[499], Duration::from_nanos(304_568_528 * 496));
    no_window_holds_too_many(times, 200, 4);
}

/// A thousand background calls at once, and an interactive one every two seconds.
#[test]
fn background_calls_do_not_starve_interactive_ones() {
    for (reserve, longest) in [(2, Duration::ZERO), (0, Duration::from_nanos(304_568_528))] {
        let rate = Rate::per_minute(200).burst(4).reserve(reserve);
        let mut calls = vec![(0, Background); 1_000];
        calls.extend((1..100).map(|n| (n * 2_000, Interactive)));
        let times = passed(RateLimits::new().tier("trade", rate), &calls);
        for (time, (came, _)) in times.iter().zip(&calls).skip(1_000) {
            let waited = *time - ms(*came);
            assert!(waited <= longest, "with a reserve of {reserve}, the call of {came} ms waited {waited:?}");
        }
        // What the others leave is theirs, all of it, and in their order.
        assert!(times[..1_000].is_sorted());
        let (last, rate) = (times.iter().max().unwrap().as_secs_f64(), 197.0 / 60.0);
        assert!((last * rate - 1_099.0).abs() < 5.0, "{last}");
        no_window_holds_too_many(times, 200, 4);
    }
}

#[test]
fn even_an_endless_stream_of_interactive_calls_is_served_first() {
    let mut calls = vec![(0, Background); 10];
    calls.extend((0..200).map(|n| (n * 100, Interactive)));
    let times = passed(RateLimits::new(), &calls);
    let interactive = times[10..].iter().max().unwrap();
    assert_eq!(times[..10].iter().filter(|time| *time < interactive).count(), 2, "what the burst had before they came");
}

#[test]
fn each_application_and_each_limit_counts_for_itself() {
    let sim = Sim::new();
    let limits = RateLimits::new().method("taobao.trades.sold.get", Rate::per_minute(1)).wait(Wait::No);
    let limiter = limiter(&sim, limits);
    let count = |app: &str, method: &str| {
        (0..100).take_while(|_| sim.block_on(limiter.acquire(&Ask::new(app, method))).is_ok()).count()
    };
    assert_eq!(count(APP, "taobao.trade.get"), 4);
    assert_eq!(count(APP, "taobao.trade.fullinfo.get"), 0, "the same tier");
    assert_eq!(count(APP, "taobao.trades.sold.get"), 1);
    assert_eq!(count(APP, "taobao.logistics.companies.get"), 9);
    assert_eq!(count(APP, "taobao.time.get"), 17);
    assert_eq!(count(APP, "of.nobody"), 0, "by default basic");
    assert_eq!(count("87654321", "taobao.trade.get"), 4);
    let clone = limiter.clone();
    assert!(sim.block_on(clone.acquire(&Ask::new("87654321", "taobao.trade.get"))).is_err(), "clones count together");
}

#[test]
fn how_long_a_call_waits() {
    // One a second.
    let limits = || RateLimits::new().tier("trade", Rate::per_minute(60).burst(1));
    for (wait, remaining, ahead, expected) in [
        (Wait::No, None, 0, Ok(0)),
        (Wait::No, None, 1, Err(1_000)),
        (Wait::No, None, 4, Err(4_000)),
        (Wait::AtMost(ms(999)), None, 1, Err(1_000)),
        (Wait::AtMost(ms(1_000)), None, 1, Ok(1_000)),
        (Wait::AtMost(ms(4_000)), None, 4, Ok(4_000)),
        (Wait::AtMost(ms(3_999)), None, 4, Err(4_000)),
        (Wait::AtMost(Duration::MAX), None, 4, Ok(4_000)),
        (Wait::Always, None, 100, Ok(100_000)),
        // Never beyond the deadline.
        (Wait::Always, Some(ms(4_000)), 4, Err(4_000)),
        (Wait::Always, Some(ms(4_001)), 4, Ok(4_000)),
        (Wait::AtMost(ms(10)), Some(ms(4_000)), 1, Err(1_000)),
    ] {
        let sim = Sim::new();
        let limiter = limiter(&sim, limits());
        let got = RefCell::new(None);
        let before = (0..ahead).map(|_| (Wait::Always, None, false));
        sim.run(before.chain([(wait, remaining, true)]).map(|(wait, remaining, last)| {
            let mut ask = Ask::new(APP, "taobao.trade.get").wait(wait);
            ask.remaining = remaining;
            let (limiter, got, sim) = (&limiter, &got, &sim);
            async move {
                let result = limiter.acquire(&ask).await;
                if last {
                    assert_eq!(result.as_ref().ok(), result.is_ok().then(|| sim.elapsed()).as_ref());
                    *got.borrow_mut() = Some(result);
                }
            }
        }));
        let got = got.take().unwrap().map_err(|error| {
            assert_eq!(
                (error.reason(), error.limit(), error.method()),
                (LimitReason::Rate, "trade", "taobao.trade.get")
            );
            error.retry_after()
        });
        assert_eq!(got, expected.map(ms).map_err(ms), "{wait:?} {remaining:?} behind {ahead}");
    }
}

/// Somebody who stops waiting does not hold up those behind, and takes nothing.
#[test]
fn who_gives_up_gives_way() {
    let sim = Sim::new();
    let limiter = limiter(&sim, RateLimits::new().tier("trade", Rate::per_minute(60).burst(1)));
    let times = sim.run((0..100).map(|number| {
        let (sim, limiter) = (&sim, &limiter);
        async move {
            let ask = Ask::new(APP, "taobao.trade.get").wait(Wait::Always);
            let mut call = pin!(limiter.acquire(&ask));
            // All but the first and the last give up after half a second.
            let mut patience = pin!(sim.sleep(ms(500)));
            poll_fn(|context| match call.as_mut().poll(context) {
                Poll::Ready(result) => Poll::Ready(result.is_ok()),
                Poll::Pending if number % 99 == 0 => Poll::Pending,
                Poll::Pending => patience.as_mut().poll(context).map(|()| false),
            })
            .await
            .then(|| sim.elapsed())
        }
    }));
    let passed: Vec<_> = times.into_iter().flatten().collect();
    assert_eq!(passed, [ms(0), ms(1_000)]);
}
