//! Every method shows one call: the sandbox answers with it and the tests make it.
//!
//! ```yaml
//! example:
//!   request: { tid: 2231958349 }
//!   response: { trade: { tid: 2231958349 } }
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "example-missing";

/// There is no example.
pub(crate) fn new(span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(ID, span, "the method has no example");
    diagnostic.help("add `example: { request: { .. }, response: { .. } }` with invented data")
}

/// The response half shows nothing although the method has response fields.
pub(crate) fn empty_response(span: Span) -> Diagnostic {
    Diagnostic::new(ID, span, "the example shows no response field").help("fill in a typical answer with invented data")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check;

    #[test]
    fn absent_and_empty() {
        check(
            &[
                (
                    "trade/taobao.trade.get.yaml",
                    r"method: taobao.trade.get
summary: Reads one trade.
effect: read
response: { ok: bool }
",
                ),
                (
                    "trade/taobao.trade.close.yaml",
                    r"method: taobao.trade.close
summary: Closes one trade.
effect: write
response: { ok: bool }
example: { request: {}, response: {} }
",
                ),
                (
                    "trade/taobao.trade.poke.yaml",
                    r"method: taobao.trade.poke
summary: Answers nothing.
effect: write
example: { request: {}, response: {} }
",
                ),
            ],
            expect![[r#"
                trade/taobao.trade.close.yaml:5:25: example-missing: the example shows no response field
                    fill in a typical answer with invented data
                trade/taobao.trade.get.yaml:1:9: example-missing: the method has no example
                    add `example: { request: { .. }, response: { .. } }` with invented data
            "#]],
        );
    }
}
