//! `paging` names a parameter that the request does not have, or a field that the answer or its rows do not have.
//!
//! ```yaml
//! paging: { page: page_num, items: trades }       # page_no
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;
use crate::suggest;

/// The diagnostic's stable name.
pub const ID: &str = "unknown-paging-name";

/// A name that its place does not have: `the request`, `the response`, `Trade`.
pub(crate) fn new(span: Span, name: &str, place: &str, known: &[&str]) -> Diagnostic {
    let message = format!("{place} has no `{name}`");
    Diagnostic::new(ID, span, message).help(suggest::hint(name, known.iter().copied()))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn each() {
        check_method(
            "paging: { page: page_num, size: size, total: result.totals, items: result.trade, key: [tid, oid] }
request: { page_no: i64, page_size: i64 }
response: { result: Result }
types:
  Result: { total: i64, trades: 'Trade[]' }
  Trade: { tid: i64, title: string }
example: { request: {}, response: { result: { total: 1 } } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:5:17: unknown-paging-name: the request has no `page_num`
                    did you mean `page_no`?
                trade/taobao.trade.get.yaml:5:33: unknown-paging-name: the request has no `size`
                    one of: page_no, page_size
                trade/taobao.trade.get.yaml:5:46: unknown-paging-name: `Result` has no `totals`
                    did you mean `total`?
                trade/taobao.trade.get.yaml:5:68: unknown-paging-name: `Result` has no `trade`
                    did you mean `trades`?
            "#]],
        );
        check_method(
            "paging: { page: page_no, has_next: trades.more, items: trades, key: [tid, created] }
request: { page_no: i64 }
response: { trades: { type: \"Trade[]\", only: [tid] } }
types: { Trade: { tid: i64, created: date } }
example: { request: {}, response: { trades: [{ tid: 1 }] } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:5:36: bad-paging: `trades.more` leads through `trades`, which is of type `Trade[]` and has no fields
                trade/taobao.trade.get.yaml:5:75: unknown-paging-name: `Trade` has no `created`
                    one of: tid
            "#]],
        );
    }
}
