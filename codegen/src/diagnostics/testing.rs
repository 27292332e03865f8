//! The one helper of all diagnostics' tests.

use std::path::PathBuf;

use expect_test::Expect;

use crate::load::{Loaded, load_files};

/// A `platform.yaml` without faults.
pub(crate) const PLATFORM: &str = "\
environments:
  sandbox: { rest: \"https://gw.example.com/router/rest\", batch: \"https://gw.example.com/router/batch\", doc: For tests. }
parameters: {}
sign_methods: {}
errors: {}
families: {}
tiers: { trade: { per_minute: 200, doc: Trades. } }
";

/// A `domain.yaml` without faults.
pub(crate) const DOMAIN: &str = "\
domain: trade
title: Trades
title_zh: 交易
doc: Trades and orders.
tier: trade
session: required
";

/// Stands for the text of a file that is not to be added.
pub(crate) const ABSENT: &str = "(absent)";

/// Loads files, adding the two that must be there, and compares what is said about them, one line each.
pub(crate) fn check(files: &[(&str, &str)], expected: Expect) {
    let Loaded { sources, diagnostics, .. } = load(files);
    let mut lines = String::new();
    for diagnostic in diagnostics {
        let place = sources.position(diagnostic.span);
        let path = sources.path(diagnostic.span);
        lines += &format!("{path}:{}:{}: {}: {}\n", place.line, place.column, diagnostic.id, diagnostic.message);
        if let Some(help) = diagnostic.help {
            lines += &format!("    {}\n", help.replace('\n', "\n    "));
        }
    }
    expected.assert_eq(&lines);
}

/// Checks `trade/taobao.trade.get.yaml`, whose first four lines and, if there is none, example are added to `body`.
pub(crate) fn check_method(body: &str, expected: Expect) {
    check(&[("trade/taobao.trade.get.yaml", &method(body))], expected);
}

/// A method file: `body` begins in its fifth line.
pub(crate) fn method(body: &str) -> String {
    let example = if body.contains("example:") { "" } else { "example: { request: {}, response: { ok: true } }\n" };
    let response = if body.contains("response:") { "" } else { "response: { ok: bool }\n" };
    format!(
        "method: taobao.trade.get\nsummary: Reads one trade.\nsession: required\neffect: read\n{body}{response}{example}"
    )
}

/// Loads files, adding the two that must be there.
pub(crate) fn load(files: &[(&str, &str)]) -> Loaded {
    let mut all: Vec<(PathBuf, String)> = Vec::new();
    for (path, text) in [("platform.yaml", PLATFORM), ("trade/domain.yaml", DOMAIN)] {
        if !files.iter().any(|(given, _)| *given == path) {
            all.push((PathBuf::from(path), text.to_owned()));
        }
    }
    let present = files.iter().filter(|(_, text)| *text != ABSENT);
    all.extend(present.map(|(path, text)| (PathBuf::from(path), (*text).to_owned())));
    load_files(all)
}
