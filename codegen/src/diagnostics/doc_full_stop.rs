//! Texts are sentences. One that ends without a full stop is often cut off, and a set of docs that mixes both looks careless.
//!
//! ```yaml
//! doc: Trade id
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "doc-full-stop";

pub(crate) fn new(span: Span, key: &str, text: &str) -> Diagnostic {
    let last = text.split_whitespace().next_back().unwrap_or_default();
    let last = last.trim_end_matches(|c: char| c.is_ascii_punctuation() || "。！？；…".contains(c));
    Diagnostic::new(ID, span, format!("`{key}` does not end with a full stop")).help(format!("end it with `{last}.`"))
}

/// The same for a Chinese text.
pub(crate) fn chinese(span: Span, key: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{key}` does not end with a full stop")).help("end it with `。`")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{check, check_method};

    #[test]
    fn every_text() {
        check_method(
            r#"description: No stop needed here
deprecated: "Use another one!"
request: { tid: { type: i64, doc: Trade id } }
errors: { isv.x: { means: It broke, fix: Mend it., retry: never } }
response: { a: A }
types: { A: { $doc: A flag, enum: { X: Ex } } }
example: { request: {}, response: { a: X } }
"#,
            expect![[r#"
                trade/taobao.trade.get.yaml:6:13: doc-full-stop: `deprecated` does not end with a full stop
                    end it with `one.`
                trade/taobao.trade.get.yaml:7:35: doc-full-stop: `doc` does not end with a full stop
                    end it with `id.`
                trade/taobao.trade.get.yaml:8:27: doc-full-stop: `means` does not end with a full stop
                    end it with `broke.`
                trade/taobao.trade.get.yaml:10:21: doc-full-stop: `$doc` does not end with a full stop
                    end it with `flag.`
                trade/taobao.trade.get.yaml:10:40: doc-full-stop: `X` does not end with a full stop
                    end it with `Ex.`
            "#]],
        );
    }

    #[test]
    fn every_term() {
        check(
            &[(
                "glossary.yaml",
                r#"tid: { en: "Trade id.", zh: "交易 id。" }
oid: { en: "Line id", zh: "子订单 id" }
sid: { en: "Shipment id.", de: "Nein." }
"#,
            )],
            expect![[r#"
                glossary.yaml:2:12: doc-full-stop: `en` does not end with a full stop
                    end it with `id.`
                glossary.yaml:2:27: doc-full-stop: `zh` does not end with a full stop
                    end it with `。`
                glossary.yaml:3:8: missing-key: the term `sid` needs the key `zh`
                    add `zh: "商品 id。"`
                glossary.yaml:3:28: unknown-key: the term `sid` has no key `de`
                    one of: en, zh
            "#]],
        );
    }
}
