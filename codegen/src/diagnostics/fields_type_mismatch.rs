//! `fields(T)` chooses fields of the response, so `T` must be a structure that the response holds.
//!
//! ```yaml
//! request:  { fields: fields(Item) }
//! response: { trade: Trade }
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;
use crate::suggest;

/// The diagnostic's stable name.
pub const ID: &str = "fields-type-mismatch";

pub(crate) fn new(span: Span, name: &str, reachable: &[&str]) -> Diagnostic {
    let message = format!("the response holds no `{name}` whose fields could be chosen");
    Diagnostic::new(ID, span, message).help(match reachable {
        [] => "the response holds no structure: use `string`".to_owned(),
        [only] => format!("write `fields({only})`"),
        several => suggest::hint(name, several.iter().copied()),
    })
}

/// `T` is an enum.
pub(crate) fn not_a_struct(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{name}` is an enum and has no fields to choose"))
        .help("name a structure of the response")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn not_in_the_response() {
        check_method(
            r#"request: { fields: fields(Sku), more: fields(Status), fine: fields(Order) }
response: { trade: Trade }
types: { Trade: { orders: "Order[]", status: Status }, Order: { oid: i64 }, Sku: { id: i64 }, Status: { enum: [A] } }
example: { request: {}, response: { trade: {} } }
"#,
            expect![[r#"
                trade/taobao.trade.get.yaml:5:20: fields-type-mismatch: the response holds no `Sku` whose fields could be chosen
                    one of: Trade, Order
                trade/taobao.trade.get.yaml:5:39: fields-type-mismatch: `Status` is an enum and has no fields to choose
                    name a structure of the response
            "#]],
        );
    }

    #[test]
    fn no_structure_at_all() {
        check_method(
            r"request: { fields: fields(Sku) }
response: { ok: bool }
types: { Sku: { id: i64 } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:5:20: fields-type-mismatch: the response holds no `Sku` whose fields could be chosen
                    the response holds no structure: use `string`
            "#]],
        );
    }
}
