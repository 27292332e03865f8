//! The example is what the docs show and what the sandbox answers, so it must fit the fields, types and limits that the file declares.
//! Examples use the simplified form: lists bare, dates `yyyy-MM-dd HH:mm:ss`, money as text with two decimals, files as `"@name.png"`.
//!
//! ```yaml
//! response: { trade: { tid: "2231958349" } }   # tid: 2231958349
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;
use crate::suggest;

/// The diagnostic's stable name.
pub const ID: &str = "example-mismatch";

pub(crate) fn new(span: Span, path: &str, expected: &str, got: &str, fix: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(ID, span, format!("`{path}`: expected {expected}, got {got}"));
    match fix {
        Some(fix) => diagnostic.help(format!("write `{fix}`")),
        None => diagnostic,
    }
}

/// A name that the request, response or structure does not have.
pub(crate) fn unknown(span: Span, path: &str, name: &str, fields: &[&str]) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{path}`: there is no such field"))
        .help(suggest::hint(name, fields.iter().copied()))
}

/// A field that `only` or `except` leaves out.
pub(crate) fn left_out(span: Span, path: &str, key: &str) -> Diagnostic {
    let message = format!("`{path}`: this response does not fill the field, says its `{key}`");
    Diagnostic::new(ID, span, message).help(format!("delete it from the example, or correct `{key}`"))
}

/// A required parameter that the example lacks.
pub(crate) fn missing(span: Span, path: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{path}` is required and missing")).help("add it to the example")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn responses() {
        check_method(
            r#"request: { tid: { type: i64, required: true }, flag: Flag, memo: { type: string, max_length: 3 }, page: { type: i64, min: 1, max: 9 }, ids: { type: "i64[]", max_items: 2 }, fields: fields(Trade), file: bytes, sku: Sku }
response: { trade: { type: Trade, except: [title] }, trades: "Trade[]" }
types:
  Trade: { tid: i64, title: string, payment: money, weight: decimal, created: date, orders: { type: "Order[]", ask_as: order }, extra: json, paid: bool, rate: f64 }
  Order: { oid: i64, price: money, flag: Flag }
  Sku: { id: { type: i64, required: true } }
  Flag: { enum: { 0: { name: Grey }, 1: { name: Red } } }
example:
  request: { tid: 1 }
  response:
    trade: { tid: "1", title: x, titel: x }
    trades:
      - { payment: 12.5, weight: 3, created: 2026-01-05, orders: { oid: 1 }, extra: { a: 1 }, paid: "true", rate: "0.5" }
      - { orders: [ { price: "1" }, { price: "1.00", flag: 2 }, { flag: "1" }, 7 ] }
"#,
            expect![[r#"
                trade/taobao.trade.get.yaml:15:19: example-mismatch: `response.trade.tid`: expected a whole number, got the text `"1"`
                    write `1`
                trade/taobao.trade.get.yaml:15:31: example-mismatch: `response.trade.title`: this response does not fill the field, says its `except`
                    delete it from the example, or correct `except`
                trade/taobao.trade.get.yaml:15:41: example-mismatch: `response.trade.titel`: there is no such field
                    did you mean `title`?
                trade/taobao.trade.get.yaml:17:20: example-mismatch: `response.trades[0].payment`: expected yuan as text with two decimals, got the number `12.5`
                    write `"12.50"`
                trade/taobao.trade.get.yaml:17:34: example-mismatch: `response.trades[0].weight`: expected a decimal number as text, got the number `3`
                    write `"3"`
                trade/taobao.trade.get.yaml:17:46: example-mismatch: `response.trades[0].created`: expected a date `yyyy-MM-dd HH:mm:ss`, got the text `"2026-01-05"`
                    write `"2026-01-05 00:00:00"`
                trade/taobao.trade.get.yaml:17:66: example-mismatch: `response.trades[0].orders`: expected a list of `Order`, got a map
                    write `[{"oid":1}]`
                trade/taobao.trade.get.yaml:17:85: example-mismatch: `response.trades[0].extra`: expected a text that holds JSON, got a map
                    write `'{"a":1}'`
                trade/taobao.trade.get.yaml:17:101: example-mismatch: `response.trades[0].paid`: expected `true` or `false`, got the text `"true"`
                    write `true`
                trade/taobao.trade.get.yaml:17:115: example-mismatch: `response.trades[0].rate`: expected a number, got the text `"0.5"`
                    write `0.5`
                trade/taobao.trade.get.yaml:18:30: example-mismatch: `response.trades[1].orders[0].price`: expected yuan as text with two decimals, got the text `"1"`
                    write `"1.00"`
                trade/taobao.trade.get.yaml:18:60: example-mismatch: `response.trades[1].orders[1].flag`: expected a number of `Flag` (0, 1), got the number `2`
                trade/taobao.trade.get.yaml:18:73: example-mismatch: `response.trades[1].orders[2].flag`: expected a number of `Flag` (0, 1), got the text `"1"`
                    write `1`
                trade/taobao.trade.get.yaml:18:80: example-mismatch: `response.trades[1].orders[3]`: expected a `Order` as a map, got the number `7`
            "#]],
        );
    }

    #[test]
    fn requests() {
        check_method(
            r#"request: { tid: { type: i64, required: true }, flag: Flag, memo: { type: string, max_length: 3 }, page: { type: i64, min: 1, max: 9 }, ids: { type: "i64[]", max_items: 2 }, fields: fields(Trade), file: bytes, sku: Sku }
response: { trade: { type: Trade, except: [title] }, trades: "Trade[]" }
types:
  Trade: { tid: i64, title: string, payment: money, weight: decimal, created: date, orders: { type: "Order[]", ask_as: order }, extra: json, paid: bool, rate: f64 }
  Order: { oid: i64, price: money, flag: Flag }
  Sku: { id: { type: i64, required: true } }
  Flag: { enum: { 0: { name: Grey }, 1: { name: Red } } }
example:
  request: { flag: 7, memo: 四个字呀, page: 10, ids: [1, 2, 3], fields: "tid,orders.oid,orders.id,order,nope", file: a.png, sku: {}, colour: red }
  response: { trade: { tid: 1 } }
"#,
            expect![[r#"
                trade/taobao.trade.get.yaml:13:12: example-mismatch: `request.tid` is required and missing
                    add it to the example
                trade/taobao.trade.get.yaml:13:20: example-mismatch: `request.flag`: expected a number of `Flag` (0, 1), got the number `7`
                trade/taobao.trade.get.yaml:13:29: example-mismatch: `request.memo`: expected at most 3 characters, got 4
                trade/taobao.trade.get.yaml:13:41: example-mismatch: `request.page`: expected at most 9, got 10
                trade/taobao.trade.get.yaml:13:50: example-mismatch: `request.ids`: expected at most 2 elements, got 3 elements
                trade/taobao.trade.get.yaml:13:69: example-mismatch: `request.fields: orders.id`: there is no such field
                    did you mean `oid`?
                trade/taobao.trade.get.yaml:13:69: example-mismatch: `request.fields: nope`: there is no such field
                    one of: tid, title, payment, weight, created, orders, extra, paid, rate
                trade/taobao.trade.get.yaml:13:114: example-mismatch: `request.file`: expected a file as `"@name.png"`, got the text `"a.png"`
                    write `"@a.png"`
                trade/taobao.trade.get.yaml:13:126: example-mismatch: `request.sku.id` is required and missing
                    add it to the example
                trade/taobao.trade.get.yaml:13:138: example-mismatch: `request.colour`: there is no such field
                    one of: tid, flag, memo, page, ids, fields, file, sku
            "#]],
        );
    }

    #[test]
    fn fitting_examples_are_quiet() {
        check_method(
            r#"request: { tid: { type: i64, required: true }, flag: Flag, memo: { type: string, max_length: 3 }, page: { type: i64, min: 1, max: 9 }, ids: { type: "i64[]", max_items: 2 }, fields: fields(Trade), file: bytes, sku: Sku }
response: { trade: { type: Trade, except: [title] }, trades: "Trade[]" }
types:
  Trade: { tid: i64, title: string, payment: money, weight: decimal, created: date, orders: { type: "Order[]", ask_as: order }, extra: json, paid: bool, rate: f64 }
  Order: { oid: i64, price: money, flag: Flag }
  Sku: { id: { type: i64, required: true } }
  Flag: { enum: { 0: { name: Grey }, 1: { name: Red } } }
example:
  request: { tid: 1, flag: 1, memo: abc, page: 9, ids: [1, 2], fields: [tid, orders.oid, order], file: "@a.png", sku: { id: 1 } }
  response:
    trade: { tid: 9223372036854775807, payment: "-12.50", weight: "3.125", created: "2024-02-29 23:59:59", extra: "{\"a\":1}", paid: true, rate: 1, orders: [] }
    trades: [ { title: x, orders: [ { flag: 0 } ] } ]
"#,
            expect![[r#""#]],
        );
    }
}
