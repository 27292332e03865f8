//! `paging` says how the answers of a method make one list. It needs one way to name a page, types that fit, and for a window of time
//! all that reading it from its end takes.
//!
//! ```yaml
//! paging: { page: page_no, size: page_size, items: title }      # title is no list
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "bad-paging";

/// No way to name a page, or more than one.
pub(crate) fn ways(span: Span) -> Diagnostic {
    Diagnostic::new(ID, span, "`paging` has to say by one parameter which page is meant")
        .help("give one of `page`, `offset` and `scroll`")
}

/// A key that is about another one, which is not there.
pub(crate) fn without(span: Span, key: &str, needed: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{key}` means nothing without `{needed}`")).help(format!("delete `{key}`"))
}

/// A count that is none.
pub(crate) fn number(span: Span, key: &str) -> Diagnostic {
    let least = if key == "first" { 0 } else { 1 };
    Diagnostic::new(ID, span, format!("`{key}` is {least} at least"))
}

/// A text that is no length of time.
pub(crate) fn duration(span: Span, key: &str, text: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{key}`: `{text}` is no length of time"))
        .help("a number and a unit: `90s`, `30m`, `24h`, `7d`")
}

/// A parameter or field of another type.
pub(crate) fn ty(span: Span, key: &str, name: &str, is: &str, expected: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{key}` is {expected}, and `{name}` is of type `{is}`"))
}

/// A path through what has no fields.
pub(crate) fn path(span: Span, path: &str, name: &str, is: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{path}` leads through `{name}`, which is of type `{is}` and has no fields"))
}

/// A parameter in a structure, of which only numbers can be given page by page.
pub(crate) fn inside(span: Span, key: &str, path: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{key}` stands in a structure: `{path}`"))
        .help("only `page`, `offset` and `size` may; the SDK then writes the structure anew for each page")
}

/// A window of a list that cannot be read from its end.
pub(crate) fn window(span: Span, missing: &[&str]) -> Diagnostic {
    let missing = missing.join("`, `");
    Diagnostic::new(ID, span, format!("`window` needs `{missing}`: a window is read from its last page to the first, and rows that come twice are told apart"))
        .help("add what is missing, or delete `window`")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn each() {
        check_method(
            "paging:
  page: page_no
  offset: from
  size: page_size
  max_size: 0
  items: trades
request: { page_no: i64, from: i64, page_size: i64 }
response: { trades: 'Trade[]' }
types: { Trade: { tid: i64 } }
example: { request: {}, response: { trades: [{ tid: 1 }] } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:6:3: bad-paging: `paging` has to say by one parameter which page is meant
                    give one of `page`, `offset` and `scroll`
                trade/taobao.trade.get.yaml:9:13: bad-paging: `max_size` is 1 at least
            "#]],
        );
        check_method(
            "paging:
  offset: title
  first: 0
  total: is_success
  has_next: count
  items: count
  key: tid
  window: { from: begin, to: page_no, by: title, max: 24, step: 1 day }
request: { page_no: i64, title: bool, begin: date }
response: { trades: 'Trade[]', count: i64, is_success: bool }
types: { Trade: { tid: i64 } }
example: { request: {}, response: { count: 1 } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:6:3: bad-paging: `window` needs `page`, `size`: a window is read from its last page to the first, and rows that come twice are told apart
                    add what is missing, or delete `window`
                trade/taobao.trade.get.yaml:6:11: bad-paging: `offset` is a number, and `title` is of type `bool`
                trade/taobao.trade.get.yaml:7:3: bad-paging: `first` means nothing without `page`
                    delete `first`
                trade/taobao.trade.get.yaml:8:10: bad-paging: `total` is a number, and `is_success` is of type `bool`
                trade/taobao.trade.get.yaml:9:13: bad-paging: `has_next` is true or false, and `count` is of type `i64`
                trade/taobao.trade.get.yaml:10:10: bad-paging: `items` is a list, and `count` is of type `i64`
                trade/taobao.trade.get.yaml:12:30: bad-paging: `to` is a date, and `page_no` is of type `i64`
                trade/taobao.trade.get.yaml:12:55: wrong-kind: `max` must be text, not a whole number
                trade/taobao.trade.get.yaml:12:65: bad-paging: `step`: `1 day` is no length of time
                    a number and a unit: `90s`, `30m`, `24h`, `7d`
            "#]],
        );
        check_method(
            "paging: { page: page_no, items: trades, key: tid, window: { from: begin, to: end, by: title } }
request: { page_no: i64, begin: date, end: date }
response: { trades: 'Trade[]' }
types: { Trade: { tid: i64, title: string } }
example: { request: {}, response: { trades: [{ tid: 1 }] } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:5:11: bad-paging: `window` needs `size`, `total`: a window is read from its last page to the first, and rows that come twice are told apart
                    add what is missing, or delete `window`
                trade/taobao.trade.get.yaml:5:87: bad-paging: `by` is a date, and `title` is of type `string`
            "#]],
        );
        check_method(
            "paging: { page: query.word, first: given, size: query.sise, use_has_next: query.more, items: ids, key: id, total: n, window: { from: begin, to: end } }
request: { query: Query, begin: date, end: date }
response: { ids: 'i64[]', n: i64 }
types: { Query: { word: string, size: i64, more: bool } }
example: { request: {}, response: { ids: [1] } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:5:11: bad-paging: `window` needs `first`: a window is read from its last page to the first, and rows that come twice are told apart
                    add what is missing, or delete `window`
                trade/taobao.trade.get.yaml:5:17: bad-paging: `page` is a number, and `query.word` is of type `string`
                trade/taobao.trade.get.yaml:5:49: unknown-paging-name: `Query` has no `sise`
                    did you mean `size`?
                trade/taobao.trade.get.yaml:5:75: bad-paging: `use_has_next` stands in a structure: `query.more`
                    only `page`, `offset` and `size` may; the SDK then writes the structure anew for each page
                trade/taobao.trade.get.yaml:5:104: unknown-paging-name: `i64` has no `id`
                    there is nothing to choose from
            "#]],
        );
        check_method(
            "paging: { page: page_no, first: later, size: page_no.size, items: ids }
request: { page_no: i64 }
response: { ids: 'i64[]' }
example: { request: {}, response: { ids: [1] } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:5:33: wrong-kind: `first` must be a whole number, not text
                trade/taobao.trade.get.yaml:5:46: bad-paging: `page_no.size` leads through `page_no`, which is of type `i64` and has no fields
            "#]],
        );
    }
}
