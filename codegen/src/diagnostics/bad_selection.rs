//! `only` and `except` say which fields of a shared structure a response field fills. They name fields of that structure, one of the
//! two at most, and only in responses.
//!
//! ```yaml
//! trade: { type: Trade, only: [tid, titel] }
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;
use crate::suggest;

/// The diagnostic's stable name.
pub const ID: &str = "bad-selection";

/// A name that the structure does not have.
pub(crate) fn unknown(span: Span, name: &str, ty: &str, fields: &[&str]) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{ty}` has no field `{name}`")).help(suggest::hint(name, fields.iter().copied()))
}

/// A name that is listed twice.
pub(crate) fn repeated(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{name}` is listed twice")).help("delete one of the two")
}

/// Both keys at once.
pub(crate) fn both(span: Span) -> Diagnostic {
    Diagnostic::new(ID, span, "`only` and `except` exclude each other").help("keep the shorter of the two")
}

/// A field whose type has no fields.
pub(crate) fn not_a_struct(span: Span, key: &str, ty: &str) -> Diagnostic {
    let message = format!("`{key}` chooses fields of a structure, and `{ty}` is none");
    Diagnostic::new(ID, span, message).help(format!("delete `{key}`"))
}

/// A parameter.
pub(crate) fn in_request(span: Span, key: &str) -> Diagnostic {
    let message = format!("`{key}` says what a response fills and has no meaning in a request");
    Diagnostic::new(ID, span, message)
        .help(format!("delete `{key}`, or declare a structure with the fields that this method takes"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn each() {
        check_method(
            r#"request: { a: { type: Trade, only: [tid] } }
response:
  a: { type: Trade, only: [tid, titel] }
  b: { type: Trade, only: [tid], except: [title] }
  c: { type: i64, only: [tid] }
  d: { type: "Status[]", except: [tid] }
  e: { type: "Trade[]", except: [title, title] }
types: { Trade: { tid: i64, title: string }, Status: { enum: [A] } }
example: { request: {}, response: { c: 1 } }
"#,
            expect![[r#"
                trade/taobao.trade.get.yaml:5:37: bad-selection: `only` says what a response fills and has no meaning in a request
                    delete `only`, or declare a structure with the fields that this method takes
                trade/taobao.trade.get.yaml:7:33: bad-selection: `Trade` has no field `titel`
                    did you mean `title`?
                trade/taobao.trade.get.yaml:8:43: bad-selection: `only` and `except` exclude each other
                    keep the shorter of the two
                trade/taobao.trade.get.yaml:9:14: bad-selection: `only` chooses fields of a structure, and `i64` is none
                    delete `only`
                trade/taobao.trade.get.yaml:10:14: bad-selection: `except` chooses fields of a structure, and `Status[]` is none
                    delete `except`
                trade/taobao.trade.get.yaml:11:41: bad-selection: `title` is listed twice
                    delete one of the two
            "#]],
        );
    }
}
