//! Rate limits against the sandbox, and shared through a real Redis.

use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use topsdk::error::LimitReason;
use topsdk::layer::limit::{Ask, Rate, RateLimiter, RateLimits, RedisCount, Wait, WhenUnreachable};
use topsdk::logistics::LogisticsCompaniesGet;
use topsdk::platform::TimeGet;
use topsdk::trade::TradeFullinfoGet;
use topsdk::{Client, Credentials, Environment, Error, MockTransport, Request};
use topsdk_e2e::redis::Redis;
use topsdk_sandbox::Fault;
use topsdk_sandbox::fixtures::{APP_KEY, PAID_TRADE};

use crate::support::redis::{redis, say};
use crate::support::{builder, sandbox, spec};

const METHOD: &str = "taobao.trade.get";

/// A limiter on a Redis: five at once, and then one in ten seconds, so that what is tested does not hang on how fast it goes.
fn limiter(url: &str, what: WhenUnreachable) -> RateLimiter {
    let rate = Rate::per_minute(10).burst(5).reserve(2);
    let count = RedisCount::new(url).unwrap().timeout(Duration::from_secs(2));
    RateLimiter::new(RateLimits::new().tier("trade", rate).wait(Wait::No).shared(count).when_unreachable(what)).unwrap()
}

async fn why(limiter: &RateLimiter) -> Result<(), LimitReason> {
    limiter.acquire(&Ask::new(APP_KEY, METHOD)).await.map(|_| ()).map_err(|error| error.reason())
}

const KEY: &str = "topsdk:{12345678}:count:trade";

/// Makes the count one that has been quiet for long.
async fn full(redis: &Redis) {
    let () = say(redis, &["SET", KEY, "1"]).await;
}

/// What the generated requests carry is the tier of their domain.
#[test]
fn requests_carry_their_tier() {
    let found = [TradeFullinfoGet::INFO, LogisticsCompaniesGet::INFO, TimeGet::INFO].map(|info| (info.name, info.tier));
    for (name, tier) in found {
        let domain = spec().domains.iter().find(|domain| domain.methods.iter().any(|method| method.name.value == name));
        assert_eq!(domain.unwrap().tier.value, tier, "{name}");
    }
    assert_eq!(found.map(|(_, tier)| tier), ["trade", "logistics", "basic"]);
}

#[tokio::test]
async fn a_ban_of_the_platform_is_learnt() {
    let sandbox = sandbox().await;
    sandbox.fault(Fault::ban(3_600).on("taobao.trade.fullinfo.get").times(1));
    let limiter = RateLimiter::new(RateLimits::new()).unwrap();
    let client = builder(&sandbox).rate_limiter(&limiter).build().unwrap();
    let other = builder(&sandbox).rate_limiter(&limiter).build().unwrap();
    let trade = || TradeFullinfoGet::new("tid", PAID_TRADE);
    assert_eq!(client.call(trade()).await.unwrap_err().code(), Some(7));
    let before = sandbox.requests().len();
    for client in [client, other] {
        let error = client.call(trade()).await.unwrap_err();
        let Error::Limited(limited) = &error else { panic!("{error}") };
        assert_eq!((limited.reason(), limited.limit()), (LimitReason::Ban, "trade"));
        assert!(limited.retry_after() > Duration::from_secs(3_500), "{error}");
        // The ban is about that method.
        client.call(TimeGet::new()).await.unwrap();
    }
    assert_eq!(sandbox.requests().len(), before + 2);
}

/// Each attempt of a call is counted.
#[tokio::test]
async fn attempts_pass_the_limiter() {
    let mock = MockTransport::new();
    mock.fail("taobao.time.get", 15, "isp.remote-service-timeout");
    mock.answer::<TimeGet>(<TimeGet as Request>::Response::default());
    let limits = RateLimits::new().tier("basic", Rate::per_minute(1)).wait(Wait::No);
    let limiter = RateLimiter::new(limits).unwrap();
    let client = Client::builder(Environment::Production, Credentials::new("12345678", "a secret")).transport(mock);
    let client = client.rate_limiter(&limiter).build().unwrap();
    let error = client.call(TimeGet::new()).await.unwrap_err();
    assert!(matches!(error, Error::Limited(_)), "{error}");
    assert_eq!((error.attempts().count(), error.attempts().failed().len()), (2, 1));
}

#[tokio::test]
async fn processes_count_together_and_a_lost_count_gives_no_burst() {
    let Some(mut redis) = redis() else { return };
    full(&redis).await;
    let limiters = [(); 2].map(|()| limiter(&redis.url(), WhenUnreachable::Closed));
    let mut passed = 0;
    for at in 0..8 {
        passed += usize::from(why(&limiters[at % 2]).await.is_ok());
    }
    assert_eq!(passed, 5, "the burst, once");

    redis.kill().unwrap();
    assert_eq!(why(&limiters[0]).await, Err(LimitReason::Unreachable));
    redis.restart().unwrap();
    // It is left alone for a second, and then it is asked again.
    let patient = Ask::new(APP_KEY, METHOD).wait(Wait::AtMost(Duration::from_secs(30)));
    limiters[0].acquire(&patient).await.unwrap();
    assert_eq!(why(&limiters[1]).await, Err(LimitReason::Rate), "what was lost is not given again");
}

#[tokio::test]
async fn open_goes_on_alone_and_comes_back() {
    let Some(mut redis) = redis() else { return };
    full(&redis).await;
    let open = limiter(&redis.url(), WhenUnreachable::Open);
    assert_eq!(why(&open).await, Ok(()));
    redis.kill().unwrap();
    for expected in [Ok(()), Ok(()), Ok(()), Ok(()), Ok(()), Err(LimitReason::Rate)] {
        assert_eq!(why(&open).await, expected, "its own burst");
    }
    redis.restart().unwrap();
    let patient = Ask::new(APP_KEY, METHOD).wait(Wait::AtMost(Duration::from_secs(30)));
    open.acquire(&patient).await.unwrap();
    let keys: Vec<String> = say(&redis, &["KEYS", "*"]).await;
    assert_eq!(keys, [KEY], "it counts in Redis again");
}

#[tokio::test]
async fn background_calls_leave_the_reserve_in_redis_too() {
    let Some(redis) = redis() else { return };
    full(&redis).await;
    let limiter = limiter(&redis.url(), WhenUnreachable::Closed);
    let background = Ask::new(APP_KEY, METHOD).priority(topsdk::layer::Priority::Background);
    let mut passed = 0;
    while limiter.acquire(&background).await.is_ok() {
        passed += 1;
    }
    assert_eq!(passed, 3);
    assert_eq!([why(&limiter).await, why(&limiter).await], [Ok(()), Ok(())]);
    assert_eq!(why(&limiter).await, Err(LimitReason::Rate));
}

#[tokio::test]
async fn a_ban_closes_for_all_processes() {
    let Some(redis) = redis() else { return };
    let limiters = [(); 2].map(|()| limiter(&redis.url(), WhenUnreachable::Closed));
    let sandbox = sandbox().await;
    sandbox.fault(Fault::ban(3_600).on("taobao.trade.fullinfo.get").times(1));
    let client = builder(&sandbox).rate_limiter(&limiters[0]).build().unwrap();
    assert_eq!(client.call(TradeFullinfoGet::new("tid", PAID_TRADE)).await.unwrap_err().code(), Some(7));
    let banned = Ask::new(APP_KEY, "taobao.trade.fullinfo.get");
    let error = limiters[1].acquire(&banned).await.unwrap_err();
    assert_eq!(error.reason(), LimitReason::Ban);
    assert!(error.retry_after() > Duration::from_secs(3_500), "{error}");
    // The key goes when the ban is over.
    let left: i64 = say(&redis, &["TTL", "topsdk:{12345678}:ban:method:taobao.trade.fullinfo.get"]).await;
    assert!((3_500..=3_600).contains(&left), "{left}");
}

#[tokio::test]
async fn what_others_wrote_harms_nobody() {
    let Some(redis) = redis() else { return };
    let limiter = limiter(&redis.url(), WhenUnreachable::Closed);
    let recorder = PrometheusBuilder::new().build_recorder();
    let guard = metrics::set_default_local_recorder(&recorder);
    for words in [
        // Somebody's clock may go wrong: a number is a number.
        &["SET", KEY, "1e300"][..],
        &["SET", KEY, "-1"],
        &["SET", KEY, "text"],
        &["SET", KEY, "nan"],
        &["SET", KEY, "inf"],
        &["SET", KEY, "-inf"],
        &["SET", KEY, ""],
        &["RPUSH", KEY, "a"],
    ] {
        let () = say(&redis, &["DEL", KEY]).await;
        let () = say(&redis, words).await;
        // It passes, or it is counted as if all were taken: the count is reached in either case.
        let answer = why(&limiter).await;
        assert!(matches!(answer, Ok(()) | Err(LimitReason::Rate)), "{words:?}: {answer:?}");
        // What is there now, if it passed, is a count again.
        if answer.is_ok() {
            let count: f64 = say(&redis, &["GET", KEY]).await;
            assert!(count.is_finite(), "{words:?}");
        }
    }
    drop(guard);
    let text = recorder.handle().render();
    assert!(text.lines().any(|line| line == r#"top_limiter_corrupt_total{limit="trade"} 6"#), "{text}");
}

/// A night's job is alone, and Redis is empty or holds something else.
#[tokio::test]
async fn background_calls_pass_without_a_count_too() {
    let Some(redis) = redis() else { return };
    let limits = RateLimits::new().tier("trade", Rate::per_minute(600).burst(10).reserve(5));
    let limiter = RateLimiter::new(limits.shared(RedisCount::new(&redis.url()).unwrap())).unwrap();
    let background = Ask::new(APP_KEY, METHOD).priority(topsdk::layer::Priority::Background);
    for words in [&["PING"][..], &["SET", KEY, "text"]] {
        let () = say(&redis, words).await;
        limiter.acquire(&background).await.unwrap();
    }
}

/// The script is gone, or the connection: that is no outage.
#[tokio::test]
async fn a_redis_that_forgets_or_hangs_up_is_asked_again() {
    let Some(redis) = redis() else { return };
    full(&redis).await;
    let limiter = limiter(&redis.url(), WhenUnreachable::Closed);
    assert_eq!(why(&limiter).await, Ok(()));
    let () = say(&redis, &["SCRIPT", "FLUSH"]).await;
    assert_eq!(why(&limiter).await, Ok(()));
    let _: i64 = say(&redis, &["CLIENT", "KILL", "TYPE", "normal"]).await;
    assert_eq!(why(&limiter).await, Ok(()));
}

#[tokio::test]
async fn what_is_no_redis() {
    for url in ["", "http://127.0.0.1/", "redis://user:hunter2@[/", "rediss://user:hunter2@127.0.0.1/"] {
        let said = RedisCount::new(url).unwrap_err().to_string();
        assert!(said.contains("limits.redis.url") && !said.contains("hunter2"), "{said}");
    }
    // Something that takes connections and never answers, and something that is not there.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for address in [silent.local_addr().unwrap(), gone] {
        let count = RedisCount::new(&format!("redis://user:hunter2@{address}/")).unwrap();
        assert!(!format!("{count:?}").contains("hunter2"));
        let limits = RateLimits::new().wait(Wait::No).shared(count.timeout(Duration::from_millis(50)));
        let limiter = RateLimiter::new(limits.when_unreachable(WhenUnreachable::Closed)).unwrap();
        let error = limiter.acquire(&Ask::new(APP_KEY, METHOD)).await.unwrap_err();
        assert_eq!(error.reason(), LimitReason::Unreachable, "{address}");
        assert!(!format!("{limiter:?} {error:?} {error}").contains("hunter2"));
    }
}

/// The command of `cargo xtask limits`, for a short time.
#[test]
fn two_processes_share_a_limit() {
    let Some(_) = redis() else { return };
    let output = Command::new(env!("CARGO_BIN_EXE_limits")).args(["--seconds", "4"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("| Redis stays | closed |"), "{said}");
}
