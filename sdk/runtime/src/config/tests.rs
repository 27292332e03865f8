//! What files say, and what is wrong with them.

#[cfg(all(feature = "cache", feature = "limit", feature = "queue-redis", feature = "slo"))]
mod guide;
mod layers;

use std::time::Duration;

use proptest::prelude::{Just, Strategy, prop_oneof, proptest};
use proptest::{prop_assert, prop_assert_eq};

use super::*;
use crate::MockTransport;
use crate::layer::Retry;

/// The settings of a text, with these variables.
fn take(text: &str, profile: Option<&str>) -> Result<Settings, Error> {
    let variable = |name: &str| match name {
        "TOP_APP_KEY" => Some("12345678".to_owned()),
        "TOP_APP_SECRET" | "S" => Some("s3cr3t".to_owned()),
        _ => None,
    };
    Config::parse("t.toml", text)?.take(profile, &variable)
}

/// The problems of a text, one a line.
fn told(text: &str, profile: Option<&str>) -> String {
    let error = match take(text, profile) {
        Err(Error::Config(error)) => error,
        other => panic!("{text}: {other:?}"),
    };
    error.problems().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn mistakes_have_a_place_and_a_hint() {
    for (text, expected) in [
        ("[retry]\nattempt = 5", "t.toml:2:1: retry.attempt: unknown key; did you mean `attempts`?"),
        ("[retry]\nattempts = -5", "t.toml:2:1: retry.attempts: expected a whole number from 0, found `-5`"),
        ("[retry]\nattempts = 0", "t.toml:2:1: retry.attempts: 0 attempts make no call: 1 is without retries"),
        ("[retry]\nattempts = \"5\"", "t.toml:2:1: retry.attempts: expected a whole number from 0, found a text"),
        ("[retry]\nattempts = 99999999999999999999", "t.toml:2:1: retry.attempts: this number is too large"),
        ("[retry]\nbase = 5", "t.toml:2:1: retry.base: expected a text in quotes, found `5`"),
        ("[retry]\nbase = \"5\"", "t.toml:2:1: retry.base: expected a time such as `250ms`, `5s` or `1m 30s`"),
        ("[retry]\nbase = \"-5s\"", "t.toml:2:1: retry.base: expected a time such as `250ms`, `5s` or `1m 30s`"),
        ("[retry]\nbase = \"1h\"", "t.toml:2:1: retry.base: the first pause is longer than the longest: 3600s > 10s"),
        (
            "[retry]\nbudget = { cost = 501 }",
            "t.toml:2:1: retry.budget.capacity: the budget holds less than one attempt costs: 500 < 501",
        ),
        ("retry = 5", "t.toml:1:1: retry: expected a table, found `5`"),
        ("retry = 2026-01-01", "t.toml:1:1: retry: expected a table, found a date"),
        ("[retry]\ncodes.x = \"never\"", "t.toml:2:7: retry.codes.x: the key is not a whole number"),
        (
            "[retry]\ncodes.15 = \"backof\"",
            "t.toml:2:7: retry.codes.15: expected `never`, `once`, `backoff`, `after_ban`; did you mean `backoff`?",
        ),
        ("[retrys]\n", "t.toml:1:2: retrys: unknown key; did you mean `retry`?"),
        ("[profile.x]\n", "t.toml:1:2: profile: unknown key; did you mean `profiles`?"),
        ("profiles = 1", "t.toml:1:1: profiles: expected tables named `[profiles.NAME]`"),
        ("app = 1", "t.toml:1:1: app: expected a table, found `1`"),
        ("app.key = 12345678", "t.toml:1:5: app.key: expected a text in quotes, found `12345678`"),
        ("app.key = ' '", "t.toml:1:5: app.key: this is empty"),
        ("app.secret = { env = 'NONE' }", "t.toml:1:5: app.secret: the environment variable NONE is not set"),
        ("app.secret = { file = 'none' }", "t.toml:1:5: app.secret: the file none cannot be read: entity not found"),
        (
            "app.secret = { vault = 'x' }",
            "t.toml:1:5: app.secret: expected a text in quotes, `{ env = \"VARIABLE\" }` or `{ file = \"PATH\" }`",
        ),
        (
            "app.environment = 'prod'",
            "t.toml:1:5: app.environment: expected `production`, `overseas`, `sandbox`, `local` or the URL of a gateway",
        ),
        (
            "app.environment = 'http://gw.example/'",
            "t.toml:1:5: app.environment: plain http to gw.example: sessions and personal data would travel unprotected; use https, or say allow_plain_http(true)",
        ),
        (
            "app.timeouts.total = '0s'",
            "t.toml:1:14: app.timeouts.total: no call is done in no time: give a longer one, or `none` for no limit",
        ),
        ("app.format = 'yaml'", "t.toml:1:5: app.format: expected `json`, `xml`"),
        (
            "app.sign_method = 'sha1'",
            "t.toml:1:5: app.sign_method: unknown sign method: expected hmac-sha256, hmac, md5 or article",
        ),
        (
            "app.max_response = '32 MB'",
            "t.toml:1:5: app.max_response: expected a size such as `512 KiB`, `32 MiB` or `1 GiB`",
        ),
        ("app.strict = 1", "t.toml:1:5: app.strict: expected `true` or `false`, found `1`"),
        ("[retry\nattempts = 1", "t.toml:1:7: this is not TOML: unclosed table, expected `]`"),
    ] {
        assert_eq!(told(text, None), expected, "{text}");
    }
}

#[cfg(feature = "limit")]
#[test]
fn mistakes_in_limits() {
    for (text, expected) in [
        (
            "limits.tiers.trade = { per_minute = -5 }",
            "t.toml:1:24: limits.tiers.trade.per_minute: -5 is no rate; give 1 to 6000000 calls a minute",
        ),
        (
            "limits.tiers.trade = { per_minut = 5 }",
            "t.toml:1:24: limits.tiers.trade.per_minut: unknown key; did you mean `per_minute`?",
        ),
        ("limits.tiers.trade = { burst = 5 }", "t.toml:1:14: limits.tiers.trade: `per_minute` is missing"),
        (
            "limits.tiers.trade = { per_minute = 'x' }",
            "t.toml:1:24: limits.tiers.trade.per_minute: expected a whole number, found a text",
        ),
        (
            "[limits]\nmethods.'taobao.trade.gte' = { per_minute = 5 }",
            "t.toml:2:9: limits.methods.taobao.trade.gte: no such method. Did you mean `taobao.trade.get`? If it has no spec here, say `unlisted`",
        ),
        (
            "[limits]\nmethods.taobao.trade.get = { per_minute = 5 }",
            "t.toml:2:16: limits.methods.taobao.trade: unknown key; known are `per_minute`, `burst`, `reserve`, `tier`, `unlisted`. A name with dots stands in quotes",
        ),
        (
            "[limits]\nmethods.'taobao.trade.get' = { tier = 'trades' }",
            "t.toml:2:32: limits.methods.taobao.trade.get.tier: no tier `trades`; there are `basic`, `logistics`, `trade`",
        ),
        (
            "[limits]\ntiers.trad = { per_minute = 5 }",
            "t.toml:2:7: limits.tiers.trad: no such tier. Did you mean `trade`? If requests of your own name it, say `unlisted`",
        ),
        ("[limits]\nwait = '5'", "t.toml:2:1: limits.wait: expected `no`, `always` or a time such as `5s` or `1m 30s`"),
        (
            "[limits]\nwhen_unreachable = 'opened'",
            "t.toml:2:1: limits.when_unreachable: expected `open`, `closed`; did you mean `open`?",
        ),
    ] {
        assert_eq!(told(text, None), expected, "{text}");
    }
}

#[cfg(feature = "redis")]
#[test]
fn one_redis_for_all() {
    let url = "redis://user:s3cr3t@cache.internal/";
    for good in [
        "[limits]\nredis = true\n[redis]\nurl = 'redis://cache.internal/'",
        "[limits]\nredis = true\n[redis]\nurl = 'redis://cache.internal/'\n[profiles.p]\nlimits.redis = false\nredis.url = 'none'",
        "[limits]\nredis = { url = 'redis://cache.internal/', timeout = '1s' }",
        "[limits]\nredis = false",
    ] {
        assert!(take(good, good.contains("profiles").then_some("p")).is_ok(), "{good}");
    }
    for (text, expected) in [
        ("[limits]\nredis = true".to_owned(), "t.toml:2:1: limits.redis: there is no table `[redis]`"),
        (
            format!("[limits]\nredis = true\n[redis]\nurl = 'x {url}'"),
            "t.toml:4:1: limits.redis.url: not a URL of a Redis, such as `redis://host:6379/0`, without TLS",
        ),
        (
            format!("[limits]\nredis = true\n[redis]\nurl = '{url}'\nport = 1"),
            "t.toml:5:1: limits.redis.port: unknown key; known are `url`, `prefix`, `timeout`",
        ),
    ] {
        assert_eq!(told(&text, None), expected);
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let text = "\
[app]
secret = { env = 'NONE' }
environnement = 'local'

[retry]
attempts = -1
base = 'soon'
cap = '1s'

[profiles.p]
retry.cap = '2'
app.timeouts = { total = 5, totl = '5s' }
";
    let expected = "\
t.toml:2:1: app.secret: the environment variable NONE is not set
t.toml:3:1: app.environnement: unknown key; did you mean `environment`?
t.toml:6:1: retry.attempts: expected a whole number from 0, found `-1`
t.toml:7:1: retry.base: expected a time such as `250ms`, `5s` or `1m 30s`
t.toml:11:7: profiles.p.retry.cap: expected a time such as `250ms`, `5s` or `1m 30s`
t.toml:12:18: profiles.p.app.timeouts.total: expected a text in quotes, found `5`
t.toml:12:29: profiles.p.app.timeouts.totl: unknown key; did you mean `total`?";
    assert_eq!(told(text, Some("p")), expected);
    let error = take(text, Some("p")).unwrap_err().to_string();
    assert_eq!(error, format!("configuration: 7 problems\n  {}", expected.replace('\n', "\n  ")));
    // Without following references, nothing is said of them; what all profiles share is said once.
    let checked = Config::parse("t.toml", text).unwrap().check().unwrap_err().to_string();
    assert!(checked.contains("6 problems") && !checked.contains("NONE"), "{checked}");
}

#[test]
fn a_profile_lies_over_the_rest() {
    let text = "\
[app]
key = '1'
environment = 'sandbox'
timeouts = { total = '10s', connect = '1s' }
[retry]
attempts = 4
budget = { capacity = 50, cost = 2 }
[profiles.p]
app.key = '2'
app.timeouts = { total = '20s' }
retry.longest_ban = '1m'
retry.budget.cost = 3
[profiles.quiet]
retry = false
";
    let shown = |profile| format!("{:?}", take(text, profile).unwrap().builder());
    assert!(shown(None).contains("Sandbox") && shown(None).contains("\"1\""), "{}", shown(None));
    assert!(shown(Some("p")).contains("Sandbox") && shown(Some("p")).contains("\"2\""), "{}", shown(Some("p")));
    let retry = |profile| {
        let client = take(text, profile).unwrap().builder().transport(MockTransport::new()).build().unwrap();
        client.settings().retry.clone()
    };
    let base = Retry::default().attempts(4).budget(crate::layer::retry::Budget::default().capacity(50).cost(2));
    assert_eq!(format!("{:?}", retry(None)), format!("{base:?}"));
    let over = base.longest_ban(Duration::from_secs(60));
    let over = over.budget(crate::layer::retry::Budget::default().capacity(50).cost(3));
    assert_eq!(format!("{:?}", retry(Some("p"))), format!("{over:?}"));
    assert_eq!(format!("{:?}", retry(Some("quiet"))), format!("{:?}", Retry::off()));
    assert_eq!(told(text, Some("other")), "t.toml: no profile `other`; there are `p`, `quiet`");
    assert_eq!(told(text, Some("quite")), "t.toml: no profile `quite`; did you mean `quiet`?");
    assert_eq!(told("profiles.p = 1", Some("p")), "t.toml:1:10: profiles.p: expected a table");
    let nested = "[profiles.p.profiles.q]";
    assert_eq!(told(nested, Some("p")), "t.toml:1:13: profiles.p.profiles: unknown key; a profile has none of its own");
    assert_eq!(told("", Some("p")), "t.toml: no profile `p`; there are none");
}

/// Sections in braces are places for several values all the same, in a profile that is in braces too.
#[test]
fn sections_are_merged_however_they_are_written() {
    let text = "app = { key = '1', environment = 'sandbox' }\nprofiles.p = { app = { key = '2' } }";
    let shown = format!("{:?}", take(text, Some("p")).unwrap());
    assert!(shown.contains("Sandbox") && shown.contains("\"2\""), "{shown}");
}

#[cfg(unix)]
#[test]
fn secrets_stay_out_of_files_that_others_read() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = std::env::temp_dir().join(format!("topsdk-config-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("topsdk.toml");
    let said = |text: &str, mode: u32| {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let taken = Config::load(&path).unwrap().profile("p");
        match taken {
            Ok(settings) => format!("{settings:?}"),
            Err(error) => error.to_string(),
        }
    };
    let secrets = "[profiles.p.app]\nkey = '1'\nsecret = 's3cr3t'\nsession = 's3ss10n'\n";
    for mode in [0o644, 0o640, 0o604] {
        let told = said(secrets, mode);
        assert!(told.contains("topsdk.toml:3:1: profiles.p.app.secret: a secret in a file"), "{told}");
        assert!(told.contains("topsdk.toml:4:1: profiles.p.app.session: a secret in a file"), "{told}");
        assert!(!told.contains("s3cr3t") && !told.contains("s3ss10n"), "{told}");
    }
    for (text, mode, good) in [
        (secrets.to_owned(), 0o600, true),
        (format!("{secrets}environment = 'local'"), 0o644, true),
        (format!("{secrets}environment = 'http://127.0.0.1:9/'"), 0o644, true),
        (format!("{secrets}environment = 'https://gw.example/'"), 0o644, false),
        // The URL of a proxy may hold a password.
        (
            "[profiles.p.app]\nkey = '1'\nsecret = { file = 'secret' }\nproxy = 'http://u:s3cr3t@p/'".to_owned(),
            0o644,
            false,
        ),
        ("[profiles.p.app]\nkey = '1'\nsecret = { file = 'secret' }\nproxy = 'http://p/'".to_owned(), 0o644, true),
    ] {
        fs::write(folder.join("secret"), "s3cr3t\n").unwrap();
        let told = said(&text, mode);
        assert_eq!(told.starts_with("Settings"), good, "{told}");
        assert!(!told.contains("s3cr3t"), "{told}");
    }
    fs::remove_dir_all(&folder).unwrap();
}

/// A value never shows, whatever is wrong with it: secrets stand where they should not.
#[test]
fn no_value_is_shown() {
    for text in [
        "app = 's3cr3t'",
        "app.key = ['s3cr3t']",
        "app.environment = 's3cr3t'",
        "app.environment = 'http://a:s3cr3t@b/'",
        "app.proxy = 'http://[s3cr3t'",
        "app.format = 's3cr3t'",
        "app.gzip = 's3cr3t'",
        "app.max_response = 's3cr3t'",
        "app.sign_method = { env = 'S' }",
        "app.environment = { env = 'S' }",
        "app.timeouts = { total = { env = 'S' } }",
        "app.secret = { env = { x = 's3cr3t' } }",
        "retry = 's3cr3t'",
        "retry.base = 's3cr3t'",
        "retry.codes.4 = 's3cr3t'",
        "app.secret = 's3cr3t",
        "app.secret = 's3cr3t' 's3cr3t'",
        "app.secret = s3cr3t",
        #[cfg(feature = "limit")]
        "limits.wait = { env = 'S' }",
    ] {
        let error = take(text, None).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{error}");
    }
    let config = Config::parse("t.toml", "app = { key = '1', secret = 's3cr3t' }").unwrap();
    assert!(!format!("{config:?} {:?}", config.settings().unwrap()).contains("s3cr3t"));
}

/// What is wrong without limits being compiled in.
#[cfg(not(feature = "limit"))]
#[test]
fn a_file_may_ask_for_more_than_there_is() {
    let text = "[limits]\nwait = '5s'\n[profiles.p]\nlimits = false";
    assert_eq!(told(text, None), "t.toml:1:2: limits: needs the feature `limit` of topsdk");
    assert!(take(text, Some("p")).is_ok());
}

/// Files that are nearly right: the keys of the guide with all kinds of values.
fn nearly() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("app"),
        Just("retry"),
        Just("limits"),
        Just("cache"),
        Just("batch"),
        Just("coalesce"),
        Just("slo"),
        Just("queue"),
        Just("keys"),
        Just("sqlite"),
        Just("window"),
        Just("redis"),
        Just("profiles"),
        Just("p"),
        Just("key"),
        Just("secret"),
        Just("timeouts"),
        Just("total"),
        Just("attempts"),
        Just("budget"),
        Just("codes"),
        Just("15"),
        Just("tiers"),
        Just("trade"),
        Just("per_minute"),
        Just("methods"),
        Just("'taobao.trade.get'"),
        Just("url"),
        Just("env"),
        Just("'é'"),
    ];
    let value = prop_oneof![
        Just("1".to_owned()),
        Just("-1".to_owned()),
        Just("1e400".to_owned()),
        Just("0xffffffffffffffffffffffff".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        Just("'s3cr3t'".to_owned()),
        Just("'5s'".to_owned()),
        Just("[1, ['s3cr3t', {}]]".to_owned()),
        Just("{ env = 'S' }".to_owned()),
        Just("{ file = 's3cr3t/none' }".to_owned()),
        Just("{ per_minute = 5, burst = 's3cr3t' }".to_owned()),
        Just("1979-05-27".to_owned()),
        "\\PC{0,8}",
    ];
    let path = proptest::collection::vec(word, 1..4).prop_map(|words| words.join("."));
    let line = (path, proptest::option::of(value)).prop_map(|(path, value)| match value {
        Some(value) => format!("{path} = {value}\n"),
        None => format!("[{path}]\n"),
    });
    proptest::collection::vec(line, 0..8).prop_map(|lines| lines.concat())
}

proptest! {
    /// Whatever a file says: no panic, every problem at a place that there is, every problem told once, no value shown.
    #[test]
    fn any_file_is_read_or_refused(text in nearly(), profile in proptest::option::of(Just("p"))) {
        let variable = |_: &str| Some("s3cr3t".to_owned());
        let outcome = Config::parse("t.toml", text.as_str()).and_then(|config| {
            let _ = config.check();
            config.take(profile, &variable)
        });
        if let Err(error) = outcome {
            let Error::Config(error) = error else { panic!("{error}") };
            for problem in error.problems() {
                let lines: Vec<&str> = text.split('\n').collect();
                if let Some(place) = problem.place() {
                    let line = lines.get(place.line() - 1).unwrap();
                    prop_assert!(place.column() <= line.chars().count() + 1, "{}", problem);
                }
                prop_assert_eq!(error.problems().iter().filter(|other| *other == problem).count(), 1, "{}", problem);
                // The name of a file is said, and it may be any.
                let said = problem.to_string().replace("the file s3cr3t/none", "");
                prop_assert!(!said.contains("s3cr3t"), "{}", said);
            }
        }
    }
}
