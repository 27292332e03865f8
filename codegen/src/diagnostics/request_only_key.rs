//! `required`, `default` and limits are rules for callers. Nothing checks a response against them, and every response field may be
//! absent, so they say nothing there.
//!
//! ```yaml
//! response:
//!   trade: { type: Trade, required: true }
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "request-only-key";

pub(crate) fn new(span: Span, key: &str) -> Diagnostic {
    let message = format!("`{key}` has no meaning in a response: every field may be absent");
    Diagnostic::new(ID, span, message).help(format!("delete `{key}`"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn in_responses_and_in_types_that_only_responses_use() {
        check_method(
            r"request: { sku: Sku }
response:
  ok: { type: bool, required: true }
  trade: Trade
types:
  Trade: { tid: { type: i64, min: 1, default: 5 } }
  Sku: { id: { type: i64, required: true, min: 1 } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:7:3: request-only-key: `required` has no meaning in a response: every field may be absent
                    delete `required`
                trade/taobao.trade.get.yaml:10:12: request-only-key: `default` has no meaning in a response: every field may be absent
                    delete `default`
                trade/taobao.trade.get.yaml:10:12: request-only-key: `min` has no meaning in a response: every field may be absent
                    delete `min`
            "#]],
        );
    }
}
