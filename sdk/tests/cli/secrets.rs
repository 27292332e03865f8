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
