//! `top config`: files of settings.

use expect_test::{Expect, expect};

use crate::Stage;

fn check(text: &str, arguments: &[&str], expected: &Expect) {
    let stage = Stage::new();
    let file = stage.file("topsdk.toml", text);
    // Whatever files are for whom here.
    #[cfg(unix)]
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    expected.assert_eq(&stage.bare(&[&["config", "check", &file], arguments].concat()).var("HERE", "s3cr3t").shown());
}

const GOOD: &str = "\
app.key = { env = 'HERE' }
app.secret = { file = 'topsdk.toml' }
[limits]
redis = { url = { env = 'NOT_HERE' } }
[profiles.here]
limits = false
[profiles.away]
";

#[test]
fn a_good_file() {
    check(
        GOOD,
        &[],
        &expect![[r#"
            ok ~/topsdk.toml is good

              profiles  away, here

              there    the environment variable HERE
              missing  the environment variable NOT_HERE
              there    the file topsdk.toml
            [exit 0]
        "#]],
    );
    check(
        GOOD,
        &["--profile", "here", "--output", "raw"],
        &expect![[r#"
            away
            here
            [exit 0]
        "#]],
    );
}

/// `top` has no queue itself, unless it is built with all features.
#[test]
fn a_queue_is_left_to_the_program() {
    let queue = "cache = true\nslo = true\ncoalesce = true\n[queue]\nsqlite = 'jobs.db'\n";
    let alone = expect![[r#"
        ok ~/topsdk.toml is good
           but `[queue]` is not looked at here: the program that has a queue does it
        [exit 0]
    "#]];
    let with_a_queue = expect![[r#"
        ok ~/topsdk.toml is good
        [exit 0]
    "#]];
    check(queue, &[], if cfg!(feature = "queue") { &with_a_queue } else { &alone });
    check(
        &format!("{queue}[slo]\nwindow = '1s'\n").replace("slo = true\n", ""),
        &[],
        &expect![[r#"
            error: 1 problem in ~/topsdk.toml

              problems  ~/topsdk.toml:6:1: slo.window: 1s is no window; give
                        10s to 1h
            [exit 2]
        "#]],
    );
}

#[test]
fn a_profile_as_a_program_takes_it() {
    check(
        GOOD,
        &["--profile", "away"],
        &expect![[r#"
            error: 1 problem in ~/topsdk.toml

              problems  ~/topsdk.toml:4:11: limits.redis.url: the environment
                        variable NOT_HERE is not set
            [exit 2]
        "#]],
    );
    check(
        GOOD,
        &["--profile", "hrere"],
        &expect![[r#"
            error: ~/topsdk.toml: no profile `hrere`; did you mean `here`?
            [exit 2]
        "#]],
    );
}

#[test]
fn all_mistakes_at_once() {
    let text = "app.secret = 's3cr3t'\nretry.attempt = 5\n[limits]\ntiers.trade = { per_minute = -5 }\n";
    check(
        text,
        &[],
        &expect![[r#"
            error: 3 problems in ~/topsdk.toml

              problems  ~/topsdk.toml:1:5: app.secret: a secret in a file that
                        others can read. Write `{ env = "VARIABLE" }` or `{ file = "PATH"
                        }`, or make the file its owner's alone: chmod 600
                        ~/topsdk.toml:2:7: retry.attempt: unknown key; did you
                        mean `attempts`?
                        ~/topsdk.toml:4:17: limits.tiers.trade.per_minute: -5
                        is no rate; give 1 to 6000000 calls a minute
            [exit 2]
        "#]],
    );
    check(
        text,
        &["--output", "json"],
        &expect![[r#"
            {
              "error": {
                "what": "3 problems in ~/topsdk.toml",
                "problems": [
                  {
                    "key": "app.secret",
                    "message": "a secret in a file that others can read. Write `{ env = \"VARIABLE\" }` or `{ file = \"PATH\" }`, or make the file its owner's alone: chmod 600",
                    "line": 1,
                    "column": 5
                  },
                  {
                    "key": "retry.attempt",
                    "message": "unknown key; did you mean `attempts`?",
                    "line": 2,
                    "column": 7
                  },
                  {
                    "key": "limits.tiers.trade.per_minute",
                    "message": "-5 is no rate; give 1 to 6000000 calls a minute",
                    "line": 4,
                    "column": 17
                  }
                ],
                "try": [],
                "exit": 2
              }
            }
            [exit 2]
        "#]],
    );
    check(
        "app.secret = 's3cr3t\n",
        &[],
        &expect![[r#"
            error: 1 problem in ~/topsdk.toml

              problems  ~/topsdk.toml:1:21: this is not TOML: invalid literal
                        string, expected `'`
            [exit 2]
        "#]],
    );
}
