//! A declared type that nothing refers to: left over, or its use was forgotten.
//!
//! ```yaml
//! types: { Order: { oid: i64 } }      # no field has the type Order
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "unused-type";

pub(crate) fn new(span: Span, name: &str, scope: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("no {scope} uses the type `{name}`")).help("delete it, or give a field this type")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{check, method};

    #[test]
    fn of_a_method_and_of_a_domain() {
        check(
            &[
                (
                    "trade/types.yaml",
                    "types: { Used: { a: Inner }, Inner: { b: i64 }, Left: { c: Over }, Over: { enum: [A] } }\n",
                ),
                (
                    "trade/taobao.trade.get.yaml",
                    &method(
                        r"response: { used: Used }
types: { Own: { tid: i64 } }
example: { request: {}, response: { used: {} } }
",
                    ),
                ),
            ],
            expect![[r#"
                trade/taobao.trade.get.yaml:6:10: unused-type: no field of the method uses the type `Own`
                    delete it, or give a field this type
                trade/types.yaml:1:49: unused-type: no method of the domain uses the type `Left`
                    delete it, or give a field this type
            "#]],
        );
    }

    #[test]
    fn not_while_a_file_of_the_domain_is_broken() {
        check(
            &[("trade/types.yaml", "types: { Used: { a: i64 } }\n"), ("trade/taobao.trade.get.yaml", "response: {\n")],
            expect![[r#"
                trade/taobao.trade.get.yaml:1:11: yaml-syntax: this is not valid YAML: unclosed bracket '{'
                    put texts that hold `: `, ` #` or start with a sign in "quotes"; indent with spaces
            "#]],
        );
    }
}
