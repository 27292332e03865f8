//! `fields(T)` is a parameter that chooses response fields; it has no meaning in a response or inside a structure.
//!
//! ```yaml
//! response: { names: fields(Trade) }
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "fields-outside-request";

pub(crate) fn new(span: Span) -> Diagnostic {
    Diagnostic::new(ID, span, "`fields(..)` can only be the type of a parameter").help("write `string` or `string[]`")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn in_responses_and_types() {
        check_method(
            r"response: { names: fields(Trade), trade: Trade }
types: { Trade: { tid: i64, names: fields(Trade) } }
example: { request: {}, response: { trade: {} } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:5:20: fields-outside-request: `fields(..)` can only be the type of a parameter
                    write `string` or `string[]`
                trade/taobao.trade.get.yaml:6:36: fields-outside-request: `fields(..)` can only be the type of a parameter
                    write `string` or `string[]`
            "#]],
        );
    }
}
