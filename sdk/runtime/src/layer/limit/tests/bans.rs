//! What a refusal closes, for whom, and for how long.

use super::sim::Sim;
use super::*;
use crate::layer::SessionId;

const BAN: &str = "This ban will last for 5 more seconds";

#[test]
fn what_each_refusal_closes() {
    // The call that is refused, and others: of the same limit, of another, of the same by another user, of another application.
    let calls = [
        (APP, "taobao.trade.get", "mine"),
        (APP, "taobao.trade.get", "yours"),
        (APP, "taobao.trade.fullinfo.get", "mine"),
        (APP, "taobao.time.get", "yours"),
        ("87654321", "taobao.trade.get", "mine"),
    ];
    for (code, sub_code, closed) in [
        (7, "accesscontrol.limited-by-app-access-count", [true, true, true, true, false]),
        (7, "accesscontrol.limited-by-api-access-count", [true, true, false, false, false]),
        (7, "accesscontrol.limited-by-api-access-count:x", [true, true, false, false, false]),
        (7, "accesscontrol.limited-by-app-api-access-count", [true, true, false, false, false]),
        (7, "accesscontrol.limited-by-dynamic-access-count", [true, true, true, false, false]),
        (7, "", [true, true, true, false, false]),
        (8, "", [true, true, true, false, false]),
        (6, "", [true, true, true, true, false]),
        (5, "", [true, false, true, false, false]),
        (4, "", [true, false, true, false, false]),
        (15, "isp.call-limited", [true, true, false, false, false]),
        (15, "isp.other", [false; 5]),
        (25, "", [false; 5]),
    ] {
        let sim = Sim::new();
        let limiter = limiter(&sim, RateLimits::new().wait(Wait::No));
        let ask = |(app, method, user)| Ask::new(app, method).session(SessionId::of(user));
        sim.block_on(limiter.refused(&ask(calls[0]), &refusal(code, sub_code, BAN)));
        let got = calls.map(|call| match sim.block_on(limiter.clone().acquire(&ask(call))) {
            Ok(_) => false,
            Err(error) => {
                assert_eq!((error.reason(), error.retry_after()), (LimitReason::Ban, Duration::from_secs(5)));
                true
            }
        });
        assert_eq!(got, closed, "{code} {sub_code}");
        // And then it is over.
        sim.block_on(sim.sleep(Duration::from_secs(5)));
        for call in calls {
            sim.block_on(limiter.acquire(&ask(call))).unwrap();
        }
    }
}

#[test]
fn how_long_a_ban_lasts() {
    for (sub_msg, seconds) in [
        ("This ban will last for 2 more seconds", 2),
        ("This ban will last for 31062 more seconds", 31_062),
        ("", 1),
        ("This ban will last for 18446744073709551615 more seconds", 86_400),
    ] {
        let sim = Sim::new();
        let limiter = limiter(&sim, RateLimits::new().wait(Wait::Always).longest_ban(Duration::MAX));
        let ask = Ask::new(APP, "taobao.trade.get");
        sim.block_on(limiter.refused(&ask, &refusal(7, "", sub_msg)));
        let waited = sim.block_on(limiter.acquire(&ask)).unwrap();
        assert_eq!(waited, Duration::from_secs(seconds), "{sub_msg}");
    }
}

/// A call fails at once for a ban that is too long, also one that waits already, and waits for its last seconds.
#[test]
fn a_long_ban_is_not_slept_through() {
    for (longest, ban, expected) in
        [(None, 5, Ok(5)), (None, 6, Err(6)), (None, 20, Err(20)), (Some(60), 60, Ok(60)), (Some(0), 1, Err(1))]
    {
        for wait in [Wait::Always, Wait::AtMost(Duration::from_secs(100))] {
            let sim = Sim::new();
            let limits = RateLimits::new().tier("trade", Rate::per_minute(60).burst(1)).wait(wait);
            let limits = match longest {
                Some(seconds) => limits.longest_ban(Duration::from_secs(seconds)),
                None => limits,
            };
            let limiter = limiter(&sim, limits);
            let ask = Ask::new(APP, "taobao.trade.get");
            let told = refusal(7, "", &format!("This ban will last for {ban} more seconds"));
            sim.block_on(limiter.acquire(&ask)).unwrap();
            let (sim_, limiter_, ask_, told_) = (&sim, &limiter, &ask, &told);
            let ends = sim.run((0..2).map(|task| async move {
                if task == 1 {
                    limiter_.refused(ask_, told_).await;
                }
                let result = limiter_.acquire(ask_).await;
                (result.map(drop).map_err(|error| (error.reason(), error.retry_after())), sim_.elapsed())
            }));
            let seconds = Duration::from_secs;
            match expected {
                Ok(time) => assert!(ends.iter().all(|(end, at)| end.is_ok() && *at >= seconds(time)), "{ends:?}"),
                Err(left) => {
                    let failed = |left| Err((LimitReason::Ban, seconds(left)));
                    assert_eq!(ends[1], (failed(left), Duration::ZERO));
                    if left > 6 {
                        // The one that waited learns it when it looks, a second later.
                        assert_eq!(ends[0], (failed(left - 1), seconds(1)));
                    }
                    if left > 1 {
                        sim.block_on(sim.at(seconds(left - 5)));
                        sim.block_on(limiter.acquire(&ask)).unwrap();
                        assert!(sim.elapsed() >= seconds(left), "its last seconds");
                    }
                }
            }
        }
    }
}

/// The later end counts, whichever was told first.
#[test]
fn a_short_ban_does_not_end_a_long_one() {
    for order in [[10, 2], [2, 10]] {
        let sim = Sim::new();
        let limiter = limiter(&sim, RateLimits::new().longest_ban(Duration::from_secs(10)));
        let ask = Ask::new(APP, "taobao.trade.get");
        for seconds in order {
            let told = format!("This ban will last for {seconds} more seconds");
            sim.block_on(limiter.refused(&ask, &refusal(7, "", &told)));
        }
        assert_eq!(sim.block_on(limiter.acquire(&ask)), Ok(Duration::from_secs(10)));
    }
}

/// A call that was waiting when the ban came waits on; one that waits for its ban keeps nobody else of its limit waiting.
#[test]
fn a_banned_method_holds_up_no_other() {
    let sim = Sim::new();
    let limits = RateLimits::new().tier("trade", Rate::per_minute(60).burst(1)).wait(Wait::Always);
    let limiter = limiter(&sim, limits.longest_ban(Duration::from_secs(9)));
    let (sim_, limiter_) = (&sim, &limiter);
    let call = |method: &'static str| async move {
        limiter_.acquire(&Ask::new(APP, method)).await.unwrap();
        sim_.elapsed()
    };
    let banned = "taobao.trade.get";
    sim.block_on(call(banned));
    let told = refusal(7, "accesscontrol.limited-by-api-access-count", "This ban will last for 9 more seconds");
    let refused = async {
        sim.at(ms(500)).await;
        limiter.refused(&Ask::new(APP, banned), &told).await;
        sim.elapsed()
    };
    let others = ["taobao.trade.fullinfo.get"; 3]
        .map(|method| Box::pin(call(method)) as std::pin::Pin<Box<dyn Future<Output = _>>>);
    let tasks = [Box::pin(call(banned)) as std::pin::Pin<Box<dyn Future<Output = _>>>, Box::pin(refused)]
        .into_iter()
        .chain(others);
    let times = sim.run(tasks);
    assert_eq!(times[0], ms(9_500));
    // The first of them learns at its next look, a moment later, that nobody is before it any more.
    assert!(times[2..].iter().all(|time| *time <= ms(5_000)), "{times:?}");
}

/// Who is already waiting when a user is banned is not sent either.
#[test]
fn a_ban_of_a_user_holds_for_calls_that_wait() {
    use std::sync::Arc;

    use crate::{Client, Credentials, Environment, MockTransport};

    let (sim, mock) = (Sim::new(), Arc::new(MockTransport::new()));
    mock.answer_raw("x.y", 200, "{}");
    let limits = RateLimits::new().tier("basic", Rate::per_minute(60).burst(1)).wait(Wait::Always);
    let limiter = limiter(&sim, limits);
    let builder = Client::builder(Environment::Production, Credentials::new(APP, "s3cr3t")).session("mine");
    let builder = builder.transport(Arc::clone(&mock)).timer(sim.clone()).rate_limiter(&limiter);
    let client = builder.build().unwrap();
    sim.block_on(client.untyped("x.y").send()).unwrap();
    let (sim_, client_) = (&sim, &client);
    let call = async {
        client_.untyped("x.y").send().await.unwrap();
        sim_.elapsed()
    };
    let banned = async {
        sim_.at(ms(500)).await;
        limiter.refused(&Ask::new(APP, "x.y").session(SessionId::of("mine")), &refusal(5, "", BAN)).await;
        sim_.elapsed()
    };
    let tasks: [std::pin::Pin<Box<dyn Future<Output = Duration>>>; 2] = [Box::pin(call), Box::pin(banned)];
    assert_eq!(sim.run(tasks), [ms(5_500), ms(500)]);
}
