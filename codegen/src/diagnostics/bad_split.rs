//! `split` names the parameter by whose list one call may be made as several. It has to be a list with `max_items`, which says where to
//! cut, and the answer has to have a list, for the answers are put together.
//!
//! ```yaml
//! split: num_iid
//! request: { num_iids: { type: "i64[]", max_items: 20 } }
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;
use crate::suggest;

/// The diagnostic's stable name.
pub const ID: &str = "bad-split";

/// A name that no parameter has.
pub(crate) fn unknown(span: Span, name: &str, parameters: &[&str]) -> Diagnostic {
    let message = format!("there is no parameter `{name}` to split by");
    Diagnostic::new(ID, span, message).help(suggest::hint(name, parameters.iter().copied()))
}

/// A parameter that cannot be cut.
pub(crate) fn not_a_list(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{name}` is no list of ids or structures, and only such a list can be cut"))
        .help("delete `split`")
}

/// A list of any length.
pub(crate) fn no_limit(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        ID,
        span,
        format!("nothing says how long `{name}` may be, so that there is no telling where to cut it"),
    )
    .help(format!("add `max_items` to `{name}`, or delete `split`"))
}

/// An answer in which there is nothing to put together.
pub(crate) fn nothing_to_merge(span: Span) -> Diagnostic {
    Diagnostic::new(ID, span, "the answer has no list, so that those of several calls cannot be put together")
        .help("delete `split`")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn each() {
        for (split, response, expected) in [
            ("a", "b: \"i64[]\"", expect![[""]]),
            (
                "aa",
                "b: \"i64[]\"",
                expect![[r#"
                trade/taobao.trade.get.yaml:5:8: bad-split: there is no parameter `aa` to split by
                    did you mean `a`?
            "#]],
            ),
            (
                "c",
                "b: \"i64[]\"",
                expect![[r#"
                trade/taobao.trade.get.yaml:5:8: bad-split: `c` is no list of ids or structures, and only such a list can be cut
                    delete `split`
            "#]],
            ),
            (
                "d",
                "b: \"i64[]\"",
                expect![[r#"
                trade/taobao.trade.get.yaml:5:8: bad-split: nothing says how long `d` may be, so that there is no telling where to cut it
                    add `max_items` to `d`, or delete `split`
            "#]],
            ),
            (
                "e",
                "b: \"i64[]\"",
                expect![[r#"
                trade/taobao.trade.get.yaml:5:8: bad-split: `e` is no list of ids or structures, and only such a list can be cut
                    delete `split`
            "#]],
            ),
            (
                "a",
                "b: i64",
                expect![[r#"
                trade/taobao.trade.get.yaml:5:8: bad-split: the answer has no list, so that those of several calls cannot be put together
                    delete `split`
            "#]],
            ),
        ] {
            check_method(
                &format!(
                    r#"split: {split}
request:
  a: {{ type: "i64[]", max_items: 20 }}
  c: i64
  d: "i64[]"
  e: {{ type: "fields(T)", max_items: 20 }}
response: {{ t: T, {response} }}
types: {{ T: {{ x: i64 }} }}
example: {{ request: {{}}, response: {{ t: {{ x: 1 }} }} }}
"#
                ),
                expected,
            );
        }
    }
}
