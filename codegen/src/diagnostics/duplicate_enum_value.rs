//! A value is listed twice in one enum.
//!
//! ```yaml
//! TradeStatus: { enum: [PAID, SENT, PAID] }
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "duplicate-enum-value";

pub(crate) fn new(span: Span, value: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("the enum value `{value}` is listed twice")).help("delete one of the two")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn list_and_map() {
        check_method(
            r"response: { a: A, b: B }
types: { A: { enum: [X, Y, X] }, B: { enum: { X: One., X: Two. } } }
example: { request: {}, response: { a: X } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:6:28: duplicate-enum-value: the enum value `X` is listed twice
                    delete one of the two
                trade/taobao.trade.get.yaml:6:56: duplicate-enum-value: the enum value `X` is listed twice
                    delete one of the two
            "#]],
        );
    }
}
