//! The platform has no lists of lists.
//!
//! ```yaml
//! rows: string[][]
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "list-of-list";

pub(crate) fn new(span: Span, element: &str) -> Diagnostic {
    let message = "there are no lists of lists on the platform";
    Diagnostic::new(ID, span, message)
        .help(format!("write `{element}[]`, or declare a structure that holds the inner list"))
}

/// A list of `fields(T)`, which is a list itself.
pub(crate) fn of_fields(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`fields({name})` is a list of names already"))
        .help(format!("write `fields({name})`"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn lists_and_field_lists() {
        check_method(
            r#"request: { f: "fields(Trade)[]" }
response: { rows: "string[][]", trades: "Trade[][][]" }
types: { Trade: { tid: i64 } }
example: { request: {}, response: { rows: [[a]] } }
"#,
            expect![[r#"
                trade/taobao.trade.get.yaml:5:15: list-of-list: `fields(Trade)` is a list of names already
                    write `fields(Trade)`
                trade/taobao.trade.get.yaml:6:19: list-of-list: there are no lists of lists on the platform
                    write `string[]`, or declare a structure that holds the inner list
                trade/taobao.trade.get.yaml:6:41: list-of-list: there are no lists of lists on the platform
                    write `Trade[]`, or declare a structure that holds the inner list
            "#]],
        );
    }
}
