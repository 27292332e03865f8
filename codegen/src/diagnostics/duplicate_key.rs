//! A key is written twice in one map; only one of the two would count.
//!
//! ```yaml
//! tid: i64
//! tid: string
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "duplicate-key";

pub(crate) fn new(span: Span, key: &str, place: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{key}` is already in {place}")).help("delete one of the two")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn everywhere() {
        check_method(
            r"request: { tid: i64, tid: string }
response: { ok: bool }
response: { trade: Trade }
example: { request: { tid: 1, tid: 2 }, response: { ok: true } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:5:22: duplicate-key: `tid` is already in `request`
                    delete one of the two
                trade/taobao.trade.get.yaml:7:1: duplicate-key: `response` is already in the method
                    delete one of the two
                trade/taobao.trade.get.yaml:8:31: duplicate-key: `tid` is already in `request`
                    delete one of the two
            "#]],
        );
    }
}
