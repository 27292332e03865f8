//! What a reader of the docs needs is not said.
//!
//! ```yaml
//! summary:                            # Reads one trade.
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "missing-doc";

pub(crate) fn new(span: Span, place: &str, key: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(ID, span, format!("{place} has no `{key}`"));
    diagnostic.help(format!("add `{key}: ` and a sentence in your own words, ending with a full stop"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check;

    #[test]
    fn summary_and_domain() {
        check(
            &[
                (
                    "trade/taobao.trade.get.yaml",
                    r"method: taobao.trade.get
summary:
effect: read
response: { ok: bool }
example: { request: {}, response: { ok: true } }
",
                ),
                (
                    "trade/domain.yaml",
                    r"domain: trade
title: T
title_zh: T
tier: trade
",
                ),
            ],
            expect![[r#"
                trade/domain.yaml:1:1: missing-doc: domain.yaml has no `doc`
                    add `doc: ` and a sentence in your own words, ending with a full stop
                trade/taobao.trade.get.yaml:2:1: missing-doc: the method has no `summary`
                    add `summary: ` and a sentence in your own words, ending with a full stop
            "#]],
        );
    }
}
