//! Declared types start with a capital, which tells them from the built-in ones, and hold letters, digits and `_`.
//!
//! ```yaml
//! types: { trade: { tid: i64 } }      # Trade
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "bad-type-name";

pub(crate) fn new(span: Span, name: &str, legal: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(ID, span, format!("`{name}` cannot be the name of a type"));
    diagnostic.help(format!("write `{legal}`, and `$wire: {name}` if that is the official name"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn lower_case_and_signs() {
        check_method(
            r"response: { a: trade, b: A-B }
types: { trade: { tid: i64 }, A-B: { tid: i64 } }
example: { request: {}, response: { a: {} } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:6:10: bad-type-name: `trade` cannot be the name of a type
                    write `Trade`, and `$wire: trade` if that is the official name
                trade/taobao.trade.get.yaml:6:31: bad-type-name: `A-B` cannot be the name of a type
                    write `AB`, and `$wire: A-B` if that is the official name
            "#]],
        );
    }
}
