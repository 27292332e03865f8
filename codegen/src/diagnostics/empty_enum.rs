//! An enum without values says nothing; a closed list that is not known is a `string`.
//!
//! ```yaml
//! TradeStatus: { enum: [] }
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "empty-enum";

pub(crate) fn new(span: Span, name: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(ID, span, format!("the enum `{name}` has no values"));
    diagnostic.help("list its values, or delete it and write `string` where it is used")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn list_map_and_nothing() {
        check_method(
            r"response: { a: A, b: B, c: C }
types: { A: { enum: [] }, B: { enum: {} }, C: { enum: } }
example: { request: {}, response: { d: 1 } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:6:10: empty-enum: the enum `A` has no values
                    list its values, or delete it and write `string` where it is used
                trade/taobao.trade.get.yaml:6:27: empty-enum: the enum `B` has no values
                    list its values, or delete it and write `string` where it is used
                trade/taobao.trade.get.yaml:6:44: empty-enum: the enum `C` has no values
                    list its values, or delete it and write `string` where it is used
                trade/taobao.trade.get.yaml:7:40: example-mismatch: `response.d`: there is no such field
                    did you mean `a`?
            "#]],
        );
    }
}
