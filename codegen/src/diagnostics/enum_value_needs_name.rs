//! The name of a Rust variant is made from the value. A value that does not start with a letter needs a name of its own.
//!
//! ```yaml
//! TradeFlag: { enum: { 1: Red } }     # 1: { name: Red }
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "enum-value-needs-name";

pub(crate) fn new(span: Span, value: &str, doc: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        ID,
        span,
        format!("the enum value `{value}` needs a name, since it does not start with a letter"),
    );
    diagnostic.help(match doc {
        Some(doc) => format!("write `{value}: {{ name: SomeName, doc: \"{doc}\" }}`"),
        None => format!("write `{value}: {{ name: SomeName }}`"),
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn numbers_and_other_signs() {
        check_method(
            r#"response: { a: A, b: B }
types: { A: { enum: { 0: Grey., 1: { name: Red } } }, B: { enum: [3D, "是", X] }}
example: { request: {}, response: { a: 1, b: X } }
"#,
            expect![[r#"
                trade/taobao.trade.get.yaml:6:23: enum-value-needs-name: the enum value `0` needs a name, since it does not start with a letter
                    write `0: { name: SomeName, doc: "Grey." }`
                trade/taobao.trade.get.yaml:6:67: enum-value-needs-name: the enum value `3D` needs a name, since it does not start with a letter
                    write `3D: { name: SomeName }`
                trade/taobao.trade.get.yaml:6:71: enum-value-needs-name: the enum value `是` needs a name, since it does not start with a letter
                    write `是: { name: SomeName }`
            "#]],
        );
    }
}
