//! Nothing secret in any output, whatever is done.

use crate::{SECRET, SESSION, Stage};

#[test]
fn nothing_secret_is_ever_shown() {
    let stage = Stage::new();
    let secrets = format!("{SECRET}\n{SESSION}\n");
    let profile = ["env", "set", "work", "--app-key", "12345678", "--environment", &stage.url, "--secret", "--session"];
    let mut outputs = vec![stage.bare(&profile).stdin(&secrets).shown()];
    let session = format!("session={SESSION}");
    let encoded = format!("--request=method=a&session={SESSION}&app_key=12345678&sign=00");
    let text = format!("--text={SECRET}app_key12345678session{SESSION}");
    let own = format!("memo={SECRET}");
    let commands: [&[&str]; 11] = [
        &["env", "list"],
        &["env", "show"],
        &["call", "taobao.trade.memo.update", "tid=1", "memo=x"],
        &["call", "taobao.trade.memo.update", "tid=1", "memo=x", "--dry-run"],
        &["call", "taobao.trade.memo.update", "tid=1", &session],
        &["call", "taobao.trade.memo.update", "tid=1", "-e", "http://127.0.0.1:1/"],
        &["call", "taobao.trade.memo.update", &session, SECRET],
        &["sign", "method=a", &session],
        &["sign", "method=a", &own],
        &["verify", &encoded],
        &["verify", &encoded, &text],
    ];
    for command in commands {
        for form in ["table", "json", "yaml", "raw"] {
            for bare in [true, false] {
                let arguments = [command, &["--output", form]].concat();
                outputs.push(if bare { stage.bare(&arguments) } else { stage.top(&arguments) }.shown());
            }
        }
    }
    assert!(outputs.iter().any(|output| output.contains("<session>") || output.contains("<secret>")));
    for output in outputs {
        for secret in [SECRET, SESSION] {
            assert!(!output.contains(secret), "{output}");
        }
    }
}

#[test]
fn nothing_personal_in_a_dry_run() {
    let stage = Stage::new();
    let (mobile, query) = ("10012345678", "taobao.trades.sold.query");
    for (list, shown) in [
        (r#"[{"receiver_mobile":"10012345678","end_created":"2026-01-06 23:59:59"}]"#, "<phone>"),
        ("[{receiver_mobile: 10012345678}]", "<not shown>"),
        (r#"[{"mobile": "10012345678", "10012345678": 1}]"#, "<not shown>"),
    ] {
        let list = format!("query_list={list}");
        for form in ["table", "json", "yaml", "raw"] {
            let call = ["call", query, "scene=1001", &list, "--dry-run", "--no-check", "--output", form];
            let ran = stage.top(&call).run();
            assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
            assert!(ran.out.contains(shown) && ran.out.contains("1001") && !ran.out.contains(mobile), "{}", ran.out);
        }
    }
}

/// Another application's secret and session, and our own in other spellings, in the text that somebody's program signed.
#[test]
fn nothing_secret_of_ones_own_text() {
    let stage = Stage::new();
    let other = "0ther-apps-5ecret";
    let request = "--request=app_key=12345678&method=taobao.time.get&v=2.0&sign_method=md5&session=5ession-of-the-test";
    let middle = "app_key12345678methodtaobao.time.getsession";
    for text in [
        format!("{other}{middle}{SESSION}sign_methodmd5v2.0{other}"),
        format!("{middle}{SESSION}sign_methodmd5v2.0{other}"),
        format!("{other}v2.0"),
        other.to_owned(),
        format!("{middle}{other}sign_methodmd5v2.0"),
        format!("{0}{middle}{SESSION}sign_methodmd5v2.0{0}", SECRET.to_uppercase()),
        format!("{SECRET}{middle}{}sign_methodmd5v2.0{SECRET}", SESSION.to_uppercase()),
    ] {
        let text = format!("--text={text}");
        for form in ["table", "json", "yaml", "raw"] {
            let ran = stage.top(&["verify", request, &text, "--output", form]).var("TOP_APP_SECRET", SECRET).run();
            assert_eq!(ran.exit, 1, "{text} {}", ran.out);
            let shown = (ran.out + &ran.err).to_lowercase();
            for secret in [other, SECRET, SESSION] {
                assert!(!shown.contains(&secret.to_lowercase()), "{text} {shown}");
            }
        }
    }
}

/// A secret where it does not belong: behind an option without a value, in the place of a file.
#[test]
fn nothing_secret_of_a_command_line_that_is_wrong() {
    let stage = Stage::new();
    let with = |option: &str| format!("{option}={SECRET}");
    let (secret, session, misspelt) = (with("--secret"), with("--session"), with("--secrt"));
    let call = ["call", "taobao.time.get"];
    let commands: [&[&str]; 7] = [
        &["env", "set", "work", "--secret", SECRET],
        &["env", "set", "work", "--session", SECRET],
        &["env", "set", "work", &secret],
        &["env", "set", "work", &session],
        &["env", "set", "work", &misspelt],
        &[call[0], call[1], "--secret-file", SECRET],
        &[call[0], call[1], "--session-file", SECRET],
    ];
    for command in commands {
        for form in ["table", "json", "yaml", "raw"] {
            let ran = stage.bare(&[command, &["--output", form]].concat()).run();
            assert_eq!((ran.exit, ran.out.as_str()), (2, ""), "{command:?}");
            let told = if command[0] == "env" { "`--secret` and `--session` take no value" } else { "cannot be read" };
            let words = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(told) && !words.contains(SECRET), "{command:?} {words}");
        }
    }
    // A path is none.
    let path = stage.home.path().join("none");
    let ran = stage.bare(&[call[0], call[1], "--secret-file", path.to_str().unwrap(), "-o", "json"]).run();
    assert!(ran.err.contains("the file of `--secret-file`, ~/none, cannot be read"), "{}", ran.err);
}

#[test]
fn no_password_of_a_gateway() {
    let stage = Stage::new();
    let url = format!("https://me:{SECRET}@gw.example/router/rest");
    let ran = stage.bare(&["env", "set", "work", "-e", &url]).run();
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("the gateway URL holds a user name or password") && !ran.err.contains(SECRET));
    assert!(!stage.config().exists());
    // Written by hand.
    std::fs::write(stage.config(), format!("[profiles.work]\nenvironment = \"{url}\"\n")).unwrap();
    for command in [&["env", "list"][..], &["env", "show", "-p", "work"], &["call", "taobao.time.get", "-p", "work"]] {
        for form in ["table", "json", "yaml", "raw"] {
            let shown = stage.bare(&[command, &["--output", form]].concat()).shown();
            assert!(!shown.contains(SECRET), "{shown}");
            assert!(command[0] == "call" || form == "raw" || shown.contains("https://<secret>@gw.example/"), "{shown}");
        }
    }
}
