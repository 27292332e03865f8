//! A key that the spec language does not have, mostly a typing error. Ignoring it would silently drop what was meant.
//!
//! ```yaml
//! tid: { type: i64, requird: true }
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;
use crate::suggest;

/// The diagnostic's stable name.
pub const ID: &str = "unknown-key";

pub(crate) fn new(span: Span, key: &str, place: &str, known: &[&str]) -> Diagnostic {
    let message = format!("{place} has no key `{key}`");
    Diagnostic::new(ID, span, message).help(suggest::hint(key, known.iter().copied()))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{check, check_method};

    #[test]
    fn in_a_method() {
        check_method(
            r"respons: { ok: bool }
request: { tid: { type: i64, requird: true }, x: { type: i64, colour: red } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:5:1: unknown-key: the method has no key `respons`
                    did you mean `response`?
                trade/taobao.trade.get.yaml:6:30: unknown-key: the field `tid` has no key `requird`
                    did you mean `required`?
                trade/taobao.trade.get.yaml:6:63: unknown-key: the field `x` has no key `colour`
                    one of: type, doc, required, default, max_length, max_items, min, max, max_bytes, sensitive, deprecated, ask_as, only, except
            "#]],
        );
    }

    #[test]
    fn in_other_files() {
        check(
            &[(
                "trade/domain.yaml",
                r"domain: trade
title: T
title_zh: T
doc: D.
tier: trade
sesion: none
",
            )],
            expect![[r#"
                trade/domain.yaml:6:1: unknown-key: domain.yaml has no key `sesion`
                    did you mean `session`?
            "#]],
        );
    }

    #[test]
    fn in_types() {
        check_method(
            r"response: { trade: Trade, status: Status }
types:
  Trade: { $wrie: TradeDTO, tid: i64 }
  Status: { enum: [A], tid: i64 }
example: { request: {}, response: { trade: {} } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:7:12: unknown-key: the type `Trade` has no key `$wrie`
                    did you mean `$wire`?
                trade/taobao.trade.get.yaml:8:24: unknown-key: the type `Status` has no key `tid`
                    one of: $doc, $wire, enum
            "#]],
        );
    }
}
