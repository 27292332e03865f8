//! Widths, colours, pipes, completions, manual pages, usage.

use std::io::Read as _;
use std::process::Stdio;

use crate::Stage;

#[test]
fn nothing_is_wider_than_the_terminal() {
    let stage = Stage::new();
    let commands: [&[&str]; 5] = [
        &["show", "taobao.trade.fullinfo.get"],
        &["explain", "15"],
        &["explain", "isv.trade-not-exist"],
        &["env", "show"],
        &["call", "taobao.time.get"],
    ];
    for columns in ["60", "80", "200"] {
        for command in commands {
            let ran = stage.top(command).var("COLUMNS", columns).run();
            assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{command:?}");
            // Code and addresses stay whole, to be copied.
            let prose =
                ran.out.lines().take_while(|line| *line != "Cargo.toml").filter(|line| !line.contains("https://"));
            for line in prose {
                assert!(console::measure_text_width(line) <= columns.parse().unwrap(), "{columns} {command:?}: {line}");
            }
        }
    }
}

#[test]
fn tables_are_whole_in_pipes() {
    let stage = Stage::new();
    let narrow = stage.bare(&["list", "--domain", "trade"]).var("COLUMNS", "30").run();
    let wide = stage.bare(&["list", "--domain", "trade"]).var("COLUMNS", "300").run();
    assert_eq!((narrow.exit, narrow.out.as_str()), (0, wide.out.as_str()));
    assert!(narrow.out.contains("Replaces the seller's memo and flag of one trade.\n"), "{}", narrow.out);
}

/// A device that is full takes nothing; what was to be done is done all the same.
#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written() {
    let stage = Stage::new();
    let full = |arguments: &[&str]| {
        let device = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = stage.top(arguments).command.stdin(Stdio::null()).stdout(device).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for form in ["table", "json", "raw"] {
        let (exit, told) = full(&["list", "-o", form]);
        assert_eq!(exit, Some(6), "{told}");
        assert!(told.contains("the output cannot be written: No space left") && !told.contains("sent"), "{told}");
        let tid = format!("tid={}", topsdk_sandbox::fixtures::PAID_TRADE);
        let (exit, told) =
            full(&["call", "taobao.trade.memo.update", &tid, &format!("memo=written as {form}"), "-o", form]);
        assert_eq!(exit, Some(6), "{told}");
        assert!(told.contains("taobao.trade.memo.update was called, and the platform answered"), "{told}");
        let ran = stage.top(&["call", "taobao.trade.fullinfo.get", &tid, "fields=seller_memo", "-o", "raw"]).run();
        assert!(ran.out.contains(&format!("written as {form}")), "{}", ran.out);
    }
}

#[test]
fn colours_only_where_they_are_wanted() {
    let stage = Stage::new();
    let colours = |run: crate::Run<'_>| run.run().out.contains('\x1b');
    assert!(!colours(stage.bare(&["explain", "27"])));
    assert!(colours(stage.bare(&["explain", "27", "--color", "always"])));
    assert!(colours(stage.bare(&["explain", "27", "--color", "always"]).var("NO_COLOR", "1")));
    assert!(!colours(stage.bare(&["explain", "27", "--color", "always", "--output", "json"])));
    assert!(!colours(stage.bare(&["explain", "27"]).var("NO_COLOR", "1").var("CLICOLOR_FORCE", "1")));
}

#[test]
fn a_reader_that_goes_early() {
    let stage = Stage::new();
    for form in ["table", "raw", "json"] {
        let mut run = stage.bare(&["list", "--all", "--output", form]);
        let mut child = run.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 1];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""), "{form}");
    }
}

#[test]
fn completions_for_every_shell() {
    let stage = Stage::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = stage.bare(&["completions", shell]).run();
        assert_eq!(ran.exit, 0);
        assert!(ran.out.contains("dry-run") && ran.out.contains("explain"), "{shell}");
    }
}

#[test]
fn manual_pages() {
    let stage = Stage::new();
    let folder = stage.home.path().join("man");
    let ran = stage.bare(&["man", folder.to_str().unwrap()]).run();
    assert_eq!((ran.exit, ran.err.as_str()), (0, "ok manual pages are in ~/man\n"));
    let page = std::fs::read_to_string(folder.join("top-call.1")).unwrap();
    assert!(page.contains("\\-\\-dry\\-run") && page.contains("Examples:"), "{page}");
    assert!(folder.join("top.1").exists() && folder.join("top-env-set.1").exists());
}

#[test]
fn usage() {
    let stage = Stage::new();
    for (arguments, exit, part) in [
        (&["--help"][..], 0, "Exit codes:"),
        (&["call", "--help"], 0, "Who calls, and where to:"),
        (&["env", "set", "--help"], 0, "--unset"),
        (&["--version"], 0, env!("CARGO_PKG_VERSION")),
        (&["frobnicate"], 2, "unrecognized subcommand"),
        (&["call"], 2, "<METHOD>"),
        (&["call", "a", "--timeout", "0"], 2, "not a number of seconds above zero"),
        (&["call", "a", "--sign-method", "sha1"], 2, "unknown sign method"),
        (&["list", "memo", "--limit", "0"], 2, "invalid value '0' for '--limit <N>'"),
        (&["sign", "--help"], 0, "Whose key and secret:"),
        (&["sign", "a=1", "--session-file", "x"], 2, "unexpected argument '--session-file'"),
        (&["verify", "a=1", "--session-file", "x"], 2, "unexpected argument '--session-file'"),
    ] {
        let ran = stage.bare(arguments).run();
        assert_eq!(ran.exit, exit, "{arguments:?}");
        assert!((ran.out + &ran.err).contains(part), "{arguments:?}");
    }
    let call = stage.bare(&["call", "--help"]).run().out;
    let (_, who) = call.split_once("\nWho calls, and where to:\n").unwrap();
    assert!(
        ["--profile", "--environment", "--secret-file", "--session-file"].iter().all(|option| who.contains(option))
    );
}

#[test]
fn usage_for_programs() {
    let stage = Stage::new();
    let json = stage.bare(&["list", "--frobnicate", "-o", "json"]).run();
    assert_eq!((json.exit, json.out.as_str()), (2, ""));
    let told: serde_json::Value = serde_json::from_str(&json.err).unwrap();
    assert_eq!(told["error"]["what"], "unexpected argument '--frobnicate' found");
    assert_eq!(told["error"]["exit"], 2);
    assert!(told["error"]["usage"].as_str().unwrap().contains("Usage: top list"), "{told}");
    let yaml = stage.bare(&["call", "--output=yaml"]).run();
    assert_eq!(yaml.exit, 2);
    assert!(yaml.err.starts_with("error:\n  what: "), "{}", yaml.err);
    // What was asked for is no error.
    let help = stage.bare(&["list", "--help", "-o", "json"]).run();
    assert_eq!((help.exit, help.err.as_str()), (0, ""));
    assert!(help.out.starts_with("Find methods"), "{}", help.out);
}

/// Whatever else there is to say, standard error is one document or nothing.
#[test]
fn warnings_for_programs() {
    let stage = Stage::new();
    let memo = format!("memo=@{}", stage.file("memo.txt", "x"));
    let call = |more: &[&str]| stage.top(&[&["call", "taobao.trade.memo.update", &memo], more].concat()).run();
    let refused = call(&["-o", "json"]);
    assert_eq!((refused.exit, refused.out.as_str()), (2, ""));
    let told: serde_json::Value = serde_json::from_str(&refused.err).unwrap();
    assert!(told["error"]["what"].as_str().unwrap().contains("`tid` is required"), "{told}");
    let warnings = told["error"]["warnings"].as_array().unwrap();
    assert!(warnings.len() == 1 && warnings[0].as_str().unwrap().starts_with("memo is sent as the text"), "{told}");
    let yaml = call(&["-o", "yaml"]);
    assert!(yaml.err.starts_with("error:\n") && yaml.err.contains("\n  warnings:\n  - "), "{}", yaml.err);
    for form in ["json", "yaml"] {
        assert_eq!(call(&["tid=1", "--dry-run", "-o", form]).err, "");
        assert_eq!(stage.bare(&["env", "set", "work", "--app-key", "1", "-o", form]).run().err, "");
    }
    assert!(call(&["tid=1", "--dry-run"]).err.starts_with("note: memo is sent as the text"));

    let mixed = |run: crate::Run<'_>| {
        let told: serde_json::Value = serde_json::from_str(&run.run().out).unwrap();
        told["warning"].clone()
    };
    let warning = mixed(stage.bare(&["env", "show", "-o", "json"]).var("TOP_APP_SECRET", "s"));
    assert!(warning.as_str().unwrap().ends_with("do they belong together?"), "{warning}");
    assert!(mixed(stage.bare(&["env", "show", "-o", "json"])).is_null());
}

/// Data comes through whole, and nothing in it steers a terminal.
#[test]
fn control_characters_in_data() {
    let stage = Stage::new();
    let key = "a\u{7f}b\u{9b}31mc\x1bd";
    for form in ["json", "yaml"] {
        let ran = stage.bare(&["env", "show", "--app-key", key, "-o", form]).run();
        let refused = stage.bare(&["show", key, "-o", form]).run();
        for text in [&ran.out, &refused.err] {
            assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        }
        if form == "json" {
            let told: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
            assert_eq!(told["app_key"]["value"], key);
            let told: serde_json::Value = serde_json::from_str(&refused.err).unwrap();
            assert!(told["error"]["what"].as_str().unwrap().contains(key), "{told}");
        } else {
            assert!(ran.out.contains(r#"value: "a\x7Fb\x9B31mc\ed""#), "{}", ran.out);
        }
    }
}
