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

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

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
}
