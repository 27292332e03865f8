//! The default is not a value of the field's type, or breaks its limits.
//!
//! ```yaml
//! page_no: { type: i64, default: "1" }         # default: 1
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "default-mismatch";

pub(crate) fn new(span: Span, expected: &str, got: &str, fix: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(ID, span, format!("the default does not fit: expected {expected}, got {got}"));
    match fix {
        Some(fix) => diagnostic.help(format!("write `default: {fix}`")),
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn each() {
        check_method(
            r#"request:
  a: { type: i64, default: "1" }
  b: { type: bool, default: 1 }
  c: { type: Flag, default: GREEN }
  d: { type: i64, default: 500, max: 100 }
  e: { type: string, default: 7 }
  f: { type: money, default: 1.5 }
  g: { type: "i64[]", default: 7 }
  fine: { type: Flag, default: RED }
types: { Flag: { enum: [RED, BLUE] } }
"#,
            expect![[r#"
                trade/taobao.trade.get.yaml:6:3: default-mismatch: the default does not fit: expected a whole number, got the text `"1"`
                    write `default: 1`
                trade/taobao.trade.get.yaml:7:3: default-mismatch: the default does not fit: expected `true` or `false`, got the number `1`
                trade/taobao.trade.get.yaml:8:3: default-mismatch: the default does not fit: expected a text of `Flag` (RED, BLUE), got the text `"GREEN"`
                trade/taobao.trade.get.yaml:9:3: default-mismatch: the default does not fit: expected at most 100, got 500
                trade/taobao.trade.get.yaml:10:3: default-mismatch: the default does not fit: expected text, got the number `7`
                    write `default: "7"`
                trade/taobao.trade.get.yaml:11:3: default-mismatch: the default does not fit: expected yuan as text with two decimals, got the number `1.5`
                    write `default: "1.50"`
                trade/taobao.trade.get.yaml:12:3: default-mismatch: the default does not fit: expected a list of `i64`, got the number `7`
                    write `default: [7]`
            "#]],
        );
    }
}
