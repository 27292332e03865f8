//! A value of another kind than its key takes: a list where a map belongs, a number where a text belongs.
//!
//! ```yaml
//! doc: 12                        # a text: "12."
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "wrong-kind";

pub(crate) fn new(span: Span, what: &str, expected: &str, got: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("{what} must be {expected}, not {got}"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{check, check_method};

    #[test]
    fn each_kind() {
        check_method(
            r#"doc_id: "49"
description: 7
request: [tid]
response: { ok: { type: bool, doc: [x] }, no: 7, only: { type: i64, sensitive: [x], deprecated: true } }
types: { A: string }
errors: { isv.x: no }
"#,
            expect![[r#"
                trade/taobao.trade.get.yaml:5:9: wrong-kind: `doc_id` must be a whole number, not text
                trade/taobao.trade.get.yaml:6:14: wrong-kind: `description` must be text, not a whole number
                trade/taobao.trade.get.yaml:7:10: wrong-kind: `request` must be a map, not a list
                trade/taobao.trade.get.yaml:8:36: wrong-kind: `doc` must be text, not a list
                trade/taobao.trade.get.yaml:8:47: wrong-kind: `no` must be a type or a map, not a whole number
                trade/taobao.trade.get.yaml:8:80: wrong-kind: `sensitive` must be one of name, phone, address, nick, email, id, account, secret, text, not a list
                trade/taobao.trade.get.yaml:8:97: wrong-kind: `deprecated` must be text, not true/false
                trade/taobao.trade.get.yaml:9:13: wrong-kind: `A` must be a map of fields, or `{ enum: [..] }`, not text
                trade/taobao.trade.get.yaml:10:18: wrong-kind: the error `isv.x` must be a map, not text
            "#]],
        );
    }

    #[test]
    fn whole_files() {
        check(
            &[
                ("trade/taobao.trade.get.yaml", "- a\n"),
                ("trade/types.yaml", "types: []\n"),
                ("trade/taobao.trade.close.yaml", ""),
            ],
            expect![[r#"
                trade/taobao.trade.close.yaml:1:1: wrong-kind: the method must be a map, not nothing
                trade/taobao.trade.get.yaml:1:1: wrong-kind: the method must be a map, not a list
                trade/types.yaml:1:8: wrong-kind: `types` must be a map, not a list
            "#]],
        );
    }
}
