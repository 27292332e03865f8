//! A limit that no value can meet, or that does not apply to the field's type.
//!
//! ```yaml
//! page_no: { type: i64, min: 100, max: 1 }
//! image: { type: bytes, max_length: 1000 }     # max_bytes
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "bad-limit";

/// The smallest value is above the largest.
pub(crate) fn empty_range(span: Span, min: i64, max: i64) -> Diagnostic {
    let message = format!("`min: {min}` is above `max: {max}`: no value fits");
    Diagnostic::new(ID, span, message).help(format!("write `min: {max}, max: {min}`"))
}

/// The limit counts something that the type does not have.
pub(crate) fn wrong_type(span: Span, limit: &str, ty: &str, instead: Option<&str>) -> Diagnostic {
    let message = format!("`{limit}` does not apply to the type `{ty}`");
    Diagnostic::new(ID, span, message).help(match instead {
        Some(instead) => format!("write `{instead}`"),
        None => format!("delete `{limit}`"),
    })
}

/// A count that is not a whole number above zero.
pub(crate) fn not_a_count(span: Span, limit: &str, got: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{limit}` must be a whole number above 0, not `{got}`"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn each() {
        check_method(
            r#"request:
  a: { type: i64, min: 9, max: 1 }
  b: { type: bytes, max_length: 100 }
  c: { type: "string[]", max_length: 20 }
  d: { type: string, max: 10 }
  e: { type: string, max_length: -1 }
  f: { type: bool, max_items: 3 }
  g: { type: i64, min: 1.5 }
  h: { type: string, max_length: 0 }
  fine: { type: string, max_length: 9 }
  finer: { type: "i64[]", max_items: 9, min: 1, max: 5 }
"#,
            expect![[r#"
                trade/taobao.trade.get.yaml:6:3: bad-limit: `min: 9` is above `max: 1`: no value fits
                    write `min: 1, max: 9`
                trade/taobao.trade.get.yaml:7:14: bad-limit: `max_length` does not apply to the type `bytes`
                    write `max_bytes: 100`
                trade/taobao.trade.get.yaml:8:14: bad-limit: `max_length` does not apply to the type `string[]`
                    write `max_items: 20`
                trade/taobao.trade.get.yaml:9:14: bad-limit: `max` does not apply to the type `string`
                    write `max_length: 10`
                trade/taobao.trade.get.yaml:10:34: bad-limit: `max_length` must be a whole number above 0, not `-1`
                trade/taobao.trade.get.yaml:11:14: bad-limit: `max_items` does not apply to the type `bool`
                    delete `max_items`
                trade/taobao.trade.get.yaml:12:24: wrong-kind: `min` must be a whole number, not a number with decimals
                trade/taobao.trade.get.yaml:13:34: bad-limit: `max_length` must be a whole number above 0, not `0`
            "#]],
        );
    }
}
