//! Sections of the layers: what is wrong with them, where, and what comes of them.

use super::*;

#[test]
fn mistakes_in_batches() {
    for (text, expected) in [
        (
            "[batch]\nat_most = 0\nat_once = 0\nwindow = '2s'",
            "t.toml:2:1: batch.at_most: with 0 calls a request nothing would be sent; give 1 or more\n\
             t.toml:3:1: batch.at_once: with 0 requests at once nothing would be sent; give 1 or more\n\
             t.toml:4:1: batch.window: 2s is too long to keep calls back; give 1s at most",
        ),
        ("[batch]\natmost = 5", "t.toml:2:1: batch.atmost: unknown key; did you mean `at_most`?"),
        ("batch.at_most = -1", "t.toml:1:7: batch.at_most: expected a whole number from 0, found `-1`"),
        ("batch.window = '5'", "t.toml:1:7: batch.window: expected a time such as `250ms`, `5s` or `1m 30s`"),
        (
            "[coalesce]\nat_most = 0",
            "t.toml:2:1: coalesce.at_most: with 0 calls a request nothing would be sent; give 1 or more",
        ),
        ("coalesce = { window = 2 }", "t.toml:1:14: coalesce.window: expected a text in quotes, found `2`"),
        (
            "coalesce = true\napp.environment = 'https://gw.example/top'",
            "t.toml:1:1: coalesce: where batches go is unknown: they go to `/batch` beside `/rest`, and the gateway's URL does not end so",
        ),
    ] {
        assert_eq!(told(text, None), expected, "{text}");
    }
    for good in ["batch = true", "batch = false", "coalesce = true", "coalesce = false", "coalesce.window = '0s'"] {
        assert!(take(good, None).is_ok(), "{good}");
    }
}

#[test]
fn batches_of_a_file_are_those_of_the_client() {
    use crate::batch::Batches;

    let client = |text: &str| take(text, None).unwrap().builder().transport(MockTransport::new()).build().unwrap();
    let plain = client("");
    assert_eq!((plain.settings().batches, plain.settings().coalescer.is_some()), (Batches::new(), false));
    let set = client("batch.at_most = 7\ncoalesce = true");
    assert_eq!((set.settings().batches, set.settings().coalescer.is_some()), (Batches::new().at_most(7), true));
}

#[cfg(feature = "cache")]
#[test]
fn mistakes_in_a_cache() {
    for (text, expected) in [
        (
            "[cache]\nmethods.'taobao.trade.gte' = '5s'",
            "t.toml:2:9: cache.methods.taobao.trade.gte: no such method. Did you mean `taobao.trade.get`? If it has no spec here, name it in `unlisted`",
        ),
        (
            "[cache]\nmax_bytes = '0 B'\nmethods.'taobao.trade.memo.update' = '5s'\nmethods.'taobao.trade.get' = '0s'",
            "t.toml:2:1: cache.max_bytes: nothing fits into 0 bytes; leave the cache out instead\n\
             t.toml:3:9: cache.methods.taobao.trade.memo.update: this method writes: its answers cannot be kept\n\
             t.toml:4:9: cache.methods.taobao.trade.get: a time above zero is needed; say `off` to keep nothing",
        ),
        (
            "[cache]\nmethods.'taobao.trade.get' = '5'",
            "t.toml:2:9: cache.methods.taobao.trade.get: expected `off` or a time such as `5s` or `1m 30s`",
        ),
        (
            "[cache.methods]\n'taobao.trade.get' = 5",
            "t.toml:2:1: cache.methods.taobao.trade.get: expected a text in quotes, found `5`",
        ),
        ("[cache]\nmax_byte = '1 MiB'", "t.toml:2:1: cache.max_byte: unknown key; did you mean `max_bytes`?"),
        (
            "[profiles.p]\ncache.absent = '-1s'",
            "t.toml:2:7: profiles.p.cache.absent: expected a time such as `250ms`, `5s` or `1m 30s`",
        ),
    ] {
        assert_eq!(told(text, text.contains("profiles").then_some("p")), expected, "{text}");
    }
    take("[cache]\nmethods.'our.own.get' = '5s'\nunlisted = ['our.own.get']", None).unwrap();
    assert!(take("cache = true", None).unwrap().cache().is_some());
    assert!(take("cache = false", None).unwrap().cache().is_none());
    assert!(take("", None).unwrap().cache().is_none());
}

#[cfg(feature = "slo")]
#[test]
fn mistakes_in_levels() {
    for (text, expected) in [
        (
            "[slo]\nmethods.'taobao.trade.gte' = { latency = '1s' }",
            "t.toml:2:9: slo.methods.taobao.trade.gte: no method of this name has a spec; if there is one all the same, say that it is unlisted. Did you mean `taobao.trade.get`?",
        ),
        (
            "[slo]\nsuccess = 99.9\nwindow = '1s'\nleast_calls = 0",
            "t.toml:2:1: slo.success: 99.9 is no share; give more than 0 and at most 1, such as 0.999\n\
             t.toml:3:1: slo.window: 1s is no window; give 10s to 1h\n\
             t.toml:4:1: slo.least_calls: 0 calls tell nothing; give 1 or more",
        ),
        ("slo.latency = 100", "t.toml:1:5: slo.latency: expected a text in quotes, found `100`"),
        ("slo.latencies = '1s'", "t.toml:1:5: slo.latencies: unknown key; did you mean `latency`?"),
    ] {
        assert_eq!(told(text, None), expected, "{text}");
    }
    assert!(take("slo = true", None).unwrap().slo().is_some());
    assert!(take("slo = false", None).unwrap().slo().is_none());
}

#[cfg(feature = "queue")]
#[test]
fn mistakes_in_a_queue() {
    for (text, expected) in [
        ("queue = true", "t.toml:1:1: queue: `sqlite` or `redis` is missing"),
        (
            "[queue]\nsqlite = 'j.db'\ntries = 0",
            "t.toml:3:1: queue.tries: 0 tries make no call; 1 is without a second one",
        ),
        ("[queue]\nsqlite = 'j.db'\nlease = '1s'", "t.toml:3:1: queue.lease: 1s is too short; give 3 s or more"),
        (
            "[queue]\nsqlite = 'j.db'\nlease = '30'\npol = '1s'",
            "t.toml:3:1: queue.lease: expected a time such as `250ms`, `5s` or `1m 30s`\n\
             t.toml:4:1: queue.pol: unknown key; did you mean `poll`?",
        ),
        (
            "queue = { sqlite = 'j.db', on_doubt = 'repeated' }",
            "t.toml:1:28: queue.on_doubt: expected `dead_letter`, `repeat`; did you mean `repeat`?",
        ),
        (
            "queue.sqlite = ':memory:'",
            "t.toml:1:7: queue.sqlite: a queue needs a file; in memory, jobs would end with the process",
        ),
    ] {
        assert_eq!(told(text, None), expected, "{text}");
    }
    let queue = |text: &str| take(text, None).unwrap().queue().map(|settings| format!("{settings:?}"));
    let expected = crate::queue::QueueSettings::sqlite("j.db").tries(3);
    assert_eq!(queue("queue = { sqlite = 'j.db', tries = 3 }"), Some(format!("{expected:?}")));
    assert_eq!(queue("queue = false"), None);
}

#[cfg(all(feature = "cache", feature = "limit", feature = "queue-redis"))]
#[test]
fn all_sections_share_one_redis() {
    let key = "0".repeat(64);
    let shared = "limits.redis = true\ncache.redis = true\nqueue.redis = true\n";
    for good in [
        "redis.url = { env = 'URL' }".to_owned(),
        "redis.url = { env = 'URL' }\nredis.prefix = 'shop'\nprofiles.p.queue.redis = 'redis://other/'".to_owned(),
        format!("redis.url = {{ env = 'URL' }}\nprofiles.p.cache.redis = {{ keys = ['{key}'] }}"),
        "redis.url = 'x'\nprofiles.p.limits.redis = false\nprofiles.p.cache.redis = false\nprofiles.p.queue = { redis = false, sqlite = 'j.db' }".to_owned(),
    ] {
        let variable = |name: &str| Some(if name == "URL" { "redis://cache.internal/" } else { "x" }.to_owned());
        let text = format!("{shared}{good}");
        let profile = good.contains("profiles").then_some("p");
        let settings = Config::parse("t.toml", text.as_str()).unwrap().take(profile, &variable).unwrap();
        assert!(settings.cache().is_some() && settings.queue().is_some(), "{text}");
    }
    let url = "not a URL of a Redis, such as `redis://host:6379/0`, without TLS";
    for (rest, expected) in [
        // What is wrong with the one table is told once.
        (
            "redis.url = 's3cr3t'".to_owned(),
            format!("t.toml:3:7: queue.redis: {url}\nt.toml:4:7: cache.redis.url: {url}"),
        ),
        (
            "redis.prefix = 'x'".to_owned(),
            "t.toml:1:8: limits.redis: `url` is missing\n\
             t.toml:2:7: cache.redis: `url` is missing\n\
             t.toml:3:7: queue.redis: the table `[redis]` has no `url`"
                .to_owned(),
        ),
        (
            String::new(),
            ["1:8: limits", "2:7: cache", "3:7: queue"]
                .map(|at| format!("t.toml:{at}.redis: there is no table `[redis]`"))
                .join("\n"),
        ),
    ] {
        assert_eq!(told(&format!("{shared}{rest}"), None), expected, "{rest}");
    }
    let keys = "[cache]\nredis.keys = ['s3cr3t']\n[redis]\nurl = 'redis://cache.internal/'";
    assert_eq!(told(keys, None), "t.toml:2:7: cache.redis.keys: expected 64 hexadecimal digits a key");
    let config = Config { private: false, ..Config::parse("t.toml", keys.replace("s3cr3t", &key)).unwrap() };
    let error = config.check().unwrap_err().to_string();
    assert!(error.contains("t.toml:2:7: cache.redis.keys: a secret in a file that others can read"), "{error}");
    assert!(!error.contains(&key), "{error}");
}

/// Each section needs its feature, and what is turned off needs none.
#[cfg(not(feature = "queue"))]
#[test]
fn a_queue_needs_its_feature() {
    assert_eq!(told("queue.sqlite = 'j.db'", None), "t.toml:1:1: queue: needs the feature `queue` of topsdk");
    assert!(take("queue = false", None).is_ok());
}
