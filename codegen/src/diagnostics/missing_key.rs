//! A key that must be there is not, or has no value.
//!
//! ```yaml
//! method: taobao.trade.get
//! effect:                        # nothing after the colon
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "missing-key";

/// The key is absent.
pub(crate) fn new(span: Span, place: &str, key: &str, sample: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("{place} needs the key `{key}`")).help(format!("add `{key}: {sample}`"))
}

/// The key is there without a value.
pub(crate) fn empty(span: Span, key: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{key}` has no value")).help("write its value, or delete the line")
}

/// A required key is there without a value.
pub(crate) fn empty_required(span: Span, key: &str, sample: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{key}` has no value")).help(format!("write `{key}: {sample}`"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check;

    #[test]
    fn absent_and_empty() {
        check(
            &[(
                "trade/taobao.trade.get.yaml",
                r"method:
summary: Reads one trade.
session:
response: { ok: {doc: All is well.}, no: }
example: { response: { ok: true } }
",
            )],
            expect![[r#"
                trade/taobao.trade.get.yaml:1:1: missing-key: `method` has no value
                    write `method: taobao.trade.get`
                trade/taobao.trade.get.yaml:1:1: missing-key: the method needs the key `effect`
                    add `effect: read`
                trade/taobao.trade.get.yaml:3:1: missing-key: `session` has no value
                    write its value, or delete the line
                trade/taobao.trade.get.yaml:4:18: missing-key: the field `ok` needs the key `type`
                    add `type: string`
                trade/taobao.trade.get.yaml:4:38: missing-key: `no` has no value
                    write its value, or delete the line
                trade/taobao.trade.get.yaml:5:12: missing-key: the example needs the key `request`
                    add `request: {}`
            "#]],
        );
    }

    /// Text of nothing but blanks would become a type or a name without letters.
    #[test]
    fn empty_texts() {
        check(
            &[(
                "trade/taobao.trade.get.yaml",
                r#"method: taobao.trade.get
summary: Reads one trade.
effect: read
request:
  a: ""
  b: { type: " ", doc: Some. }
  "": i64
  c: { type: i64, ask_as: "" }
response: { ok: Kind }
types:
  Kind: { enum: { "": { name: None }, A: } }
  Place: { $wire: " ", x: i64 }
example: { request: {}, response: { ok: A } }
"#,
            )],
            expect![[r#"
                trade/taobao.trade.get.yaml:5:3: missing-key: `a` has no value
                    write its value, or delete the line
                trade/taobao.trade.get.yaml:6:14: missing-key: `type` has no value
                    write its value, or delete the line
                trade/taobao.trade.get.yaml:7:3: wrong-kind: a key must be a name, not an empty text
                trade/taobao.trade.get.yaml:8:27: missing-key: `ask_as` has no value
                    write its value, or delete the line
                trade/taobao.trade.get.yaml:11:19: wrong-kind: a value of `enum` must be a text, not an empty one
                trade/taobao.trade.get.yaml:12:19: missing-key: `$wire` has no value
                    write its value, or delete the line
            "#]],
        );
    }

    #[test]
    fn of_a_domain() {
        check(
            &[("trade/domain.yaml", "doc: Trades.\n")],
            expect![[r#"
                trade/domain.yaml:1:1: missing-key: domain.yaml needs the key `domain`
                    add `domain: trade`
                trade/domain.yaml:1:1: missing-key: domain.yaml needs the key `title`
                    add `title: Trades`
                trade/domain.yaml:1:1: missing-key: domain.yaml needs the key `title_zh`
                    add `title_zh: 交易`
                trade/domain.yaml:1:1: missing-key: domain.yaml needs the key `tier`
                    add `tier: basic`
            "#]],
        );
    }
}
