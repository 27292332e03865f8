//! A method's own type repeats a name of the domain's `types.yaml`, so that one name would mean two things in one file.
//!
//! ```yaml
//! specs/trade/types.yaml: `Trade`, and `Trade` again under `types` of a method of that domain
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "duplicate-type";

pub(crate) fn new(span: Span, name: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(ID, span, format!("the type `{name}` is already declared in the domain's types.yaml"));
    diagnostic.help(format!(
        "delete it here if the shapes agree (`only` leaves fields out), else rename it and write `$wire: {name}`"
    ))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{check, method};

    #[test]
    fn shadowing_a_shared_type() {
        check(
            &[
                ("trade/types.yaml", "types: { Trade: { tid: i64 } }\n"),
                (
                    "trade/taobao.trade.get.yaml",
                    &method(
                        r"response: { trade: Trade }
types: { Trade: { tid: i64 } }
example: { request: {}, response: { trade: {} } }
",
                    ),
                ),
            ],
            expect![[r#"
                trade/taobao.trade.get.yaml:6:10: duplicate-type: the type `Trade` is already declared in the domain's types.yaml
                    delete it here if the shapes agree (`only` leaves fields out), else rename it and write `$wire: Trade`
            "#]],
        );
    }
}
