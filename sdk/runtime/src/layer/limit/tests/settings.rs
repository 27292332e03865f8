//! Good settings and bad ones.

use super::*;

fn problem(limits: RateLimits) -> String {
    RateLimiter::new(limits).unwrap_err().to_string()
}

#[test]
fn nonsense_is_named_by_its_key() {
    let tier = |rate| RateLimits::new().tier("trade", rate);
    let method = |limit: MethodLimit| RateLimits::new().method("taobao.trade.get", limit);
    for (limits, expected) in [
        (tier(Rate::per_minute(0)), "limits.tiers.trade.per_minute: 0 is no rate; give 1 to 6000000 calls a minute"),
        (tier(Rate::per_minute(-5)), "limits.tiers.trade.per_minute: -5 is no rate; give 1 to 6000000 calls a minute"),
        (
            tier(Rate::per_minute(i64::MAX)),
            "limits.tiers.trade.per_minute: 9223372036854775807 is no rate; give 1 to 6000000 calls a minute",
        ),
        (
            tier(Rate::per_minute(200).burst(0)),
            "limits.tiers.trade.burst: 0 is no burst of 200 calls a minute; give 1 to 100",
        ),
        (
            tier(Rate::per_minute(200).burst(101)),
            "limits.tiers.trade.burst: 101 is no burst of 200 calls a minute; give 1 to 100",
        ),
        (tier(Rate::per_minute(200).burst(4).reserve(4)), "limits.tiers.trade.reserve: 4 of a burst of 4; give 0 to 3"),
        (tier(Rate::per_minute(200).reserve(-1)), "limits.tiers.trade.reserve: -1 of a burst of 4; give 0 to 3"),
        (
            method(Rate::per_minute(0).into()),
            "limits.methods.taobao.trade.get.per_minute: 0 is no rate; give 1 to 6000000 calls a minute",
        ),
        (method(MethodLimit::default()), "limits.methods.taobao.trade.get: give either per_minute or tier"),
        (
            method(MethodLimit { per_minute: Some(1), ..MethodLimit::tier("trade") }),
            "limits.methods.taobao.trade.get: give either per_minute or tier",
        ),
        (
            method(MethodLimit { burst: Some(1), ..MethodLimit::tier("trade") }),
            "limits.methods.taobao.trade.get: a method that is counted with a tier has no burst or reserve of its own",
        ),
        (
            method(MethodLimit::tier("trades")),
            "limits.methods.taobao.trade.get.tier: no tier `trades`; there are `basic`, `logistics`, `trade`",
        ),
        (RateLimits::new().processes(0), "limits.processes: 0 is no number of processes; give 1 to 100000"),
        (
            RateLimits::new().tier("trad", Rate::per_minute(1)),
            "limits.tiers.trad: no such tier. Did you mean `trade`? If requests of your own name it, say `unlisted`",
        ),
        (
            RateLimits::new().tier("ours", Rate::per_minute(1)).method("taobao.trade.get", MethodLimit::tier("trade")),
            "limits.tiers.ours: no such tier. If requests of your own name it, say `unlisted`",
        ),
        (
            RateLimits::new().method("taobao.trade.gte", Rate::per_minute(1)),
            "limits.methods.taobao.trade.gte: no such method. Did you mean `taobao.trade.get`? If it has no spec here, say `unlisted`",
        ),
        (
            RateLimits::new().method("our.own.method", Rate::per_minute(1)),
            "limits.methods.our.own.method: no such method. If it has no spec here, say `unlisted`",
        ),
        (
            tier(Rate::per_minute(0)).method("taobao.trade.get", Rate::per_minute(9).burst(99)),
            "limits.tiers.trade.per_minute: 0 is no rate; give 1 to 6000000 calls a minute; \
             limits.methods.taobao.trade.get.burst: 99 is no burst of 9 calls a minute; give 1 to 5",
        ),
    ] {
        assert_eq!(problem(limits), format!("configuration: {expected}"));
    }
}

#[test]
fn which_limit_counts_a_method() {
    let limits = RateLimits::new()
        .tier("trade", Rate::per_minute(60))
        .tier("ours", Rate::per_minute(7).burst(2))
        .tier("theirs", Rate::per_minute(1).unlisted())
        .method("taobao.time.get", Rate::per_minute(60).burst(30).reserve(9))
        .method("taobao.trade.get", MethodLimit::tier("ours"))
        .method("our.own.method", MethodLimit::from(Rate::per_minute(1)).unlisted());
    let plan = Plan::new(&limits).unwrap();
    for (method, tier, name, period, burst, reserve) in [
        ("taobao.trade.fullinfo.get", Some("trade"), "trade", 1_000_000_000, 1, 0),
        // A call by name: the catalogue knows.
        ("taobao.trade.fullinfo.get", None, "trade", 1_000_000_000, 1, 0),
        ("taobao.trade.get", None, "ours", 10_000_000_000, 2, 1),
        ("taobao.time.get", Some("basic"), "taobao.time.get", 1_935_483_871, 30, 9),
        ("our.own.method", Some("trade"), "our.own.method", 60_000_000_000, 1, 0),
        ("our.own.other", Some("ours"), "ours", 10_000_000_000, 2, 1),
        ("our.own.other", Some("theirs"), "theirs", 60_000_000_000, 1, 0),
        ("our.own.other", Some("nobody's"), "basic", 60_975_610, 17, 8),
        ("our.own.other", None, "basic", 60_975_610, 17, 8),
        ("taobao.logistics.companies.get", None, "logistics", 121_951_220, 9, 4),
    ] {
        let limit = &plan.limits[plan.limit_of(method, tier)];
        assert_eq!(limit.share, limit.whole);
        let got = (limit.name.as_str(), limit.whole.period.as_nanos(), limit.whole.burst.get(), limit.whole.reserve);
        assert_eq!(got, (name, period, burst, reserve), "{method} {tier:?}");
    }
}

#[test]
fn waits_in_words() {
    for (text, wait) in [
        ("no", Ok(Wait::No)),
        ("always", Ok(Wait::Always)),
        ("5s", Ok(Wait::AtMost(Duration::from_secs(5)))),
        ("1m 30s", Ok(Wait::AtMost(Duration::from_secs(90)))),
        ("250ms", Ok(Wait::AtMost(ms(250)))),
        ("-5s", Err(WaitError)),
        ("5", Err(WaitError)),
        ("never", Err(WaitError)),
        ("", Err(WaitError)),
    ] {
        assert_eq!(text.parse(), wait, "{text}");
    }
}

#[cfg(feature = "serde")]
#[test]
fn from_a_configuration() {
    let read = |text: &str| serde_json::from_str::<RateLimits>(text).map_err(|error| error.to_string());
    let limits = read(
        r#"{"wait": "5s", "when_unreachable": "closed", "tiers": {"trade": {"per_minute": 600, "burst": 20}},
            "methods": {"taobao.trades.sold.get": {"per_minute": 60, "reserve": 0}, "taobao.trade.get": {"tier": "basic"}}}"#,
    );
    let built = RateLimits::new()
        .tier("trade", Rate::per_minute(600).burst(20))
        .method("taobao.trades.sold.get", Rate::per_minute(60).reserve(0))
        .method("taobao.trade.get", MethodLimit::tier("basic"))
        .wait(Wait::AtMost(Duration::from_secs(5)))
        .when_unreachable(WhenUnreachable::Closed);
    assert_eq!(format!("{limits:?}"), format!("{:?}", Ok::<_, String>(built)));
    for (text, says) in [
        (r#"{"tier": {}}"#, "unknown field `tier`"),
        (r#"{"tiers": {"trade": {"per_minut": 1}}}"#, "unknown field `per_minut`"),
        (r#"{"tiers": {"trade": {"burst": 1}}}"#, "missing field `per_minute`"),
        (r#"{"tiers": {"trade": {"per_minute": "x"}}}"#, "expected i64"),
        (r#"{"wait": "soon"}"#, "expected `no`, `always` or a time such as `5s`"),
        (r#"{"when_unreachable": "ajar"}"#, "unknown variant `ajar`"),
    ] {
        let said = read(text).unwrap_err();
        assert!(said.contains(says), "{text}: {said}");
    }
    // What no type can tell is told by the limiter.
    let negative = read(r#"{"tiers": {"trade": {"per_minute": -1}}}"#).unwrap();
    assert!(problem(negative).contains("limits.tiers.trade.per_minute: -1"));
}
