//! A type that is neither built in nor declared in the method's `types` or the domain's `types.yaml`.
//!
//! ```yaml
//! tid: int64                     # i64
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;
use crate::suggest;

/// The diagnostic's stable name.
pub const ID: &str = "unknown-type";

/// Built-in types, as hints list them.
pub(crate) const SCALARS: [&str; 9] = ["string", "i64", "f64", "bool", "money", "decimal", "date", "json", "bytes"];

pub(crate) fn new(span: Span, name: &str, declared: &[&str]) -> Diagnostic {
    let known = SCALARS.iter().chain(declared).copied();
    let help = match (suggest::nearest(name, known), foreign(name)) {
        (_, Some(ours)) => format!("write `{ours}`"),
        (Some(near), None) => format!("did you mean `{near}`?"),
        (None, None) if declared.is_empty() => {
            format!("built-in types are {}; declare others under `types`", SCALARS.join(", "))
        }
        (None, None) => {
            format!("built-in types are {}; declared here are {}", SCALARS.join(", "), declared.join(", "))
        }
    };
    Diagnostic::new(ID, span, format!("there is no type `{name}`")).help(help)
}

/// What the platform's documentation and other languages call our built-in types.
fn foreign(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "text" | "str" => "string",
        "number" | "int" | "integer" | "long" | "int64" | "i32" | "u64" => "i64",
        "float" | "double" | "f32" => "f64",
        "boolean" => "bool",
        "price" => "money",
        "bigdecimal" => "decimal",
        "datetime" | "time" | "timestamp" => "date",
        "byte[]" | "byte" | "file" | "upload" => "bytes",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{check, check_method, method};

    #[test]
    fn with_hints() {
        check_method(
            r#"request: { tid: Int64, a: Trad, b: strin, c: Colour, d: "Price[]", e: fields(Trade2), f: "[]" }
response: { trade: Trade }
types: { Trade: { tid: i64 } }
example: { request: { a: 1 }, response: { trade: { tid: 1 } } }
"#,
            expect![[r#"
                trade/taobao.trade.get.yaml:5:17: unknown-type: there is no type `Int64`
                    write `i64`
                trade/taobao.trade.get.yaml:5:27: unknown-type: there is no type `Trad`
                    did you mean `Trade`?
                trade/taobao.trade.get.yaml:5:36: unknown-type: there is no type `strin`
                    did you mean `string`?
                trade/taobao.trade.get.yaml:5:46: unknown-type: there is no type `Colour`
                    built-in types are string, i64, f64, bool, money, decimal, date, json, bytes; declared here are Trade
                trade/taobao.trade.get.yaml:5:57: unknown-type: there is no type `Price`
                    write `money`
                trade/taobao.trade.get.yaml:5:71: unknown-type: there is no type `Trade2`
                    did you mean `Trade`?
                trade/taobao.trade.get.yaml:5:90: unknown-type: there is no type ``
                    built-in types are string, i64, f64, bool, money, decimal, date, json, bytes; declared here are Trade
            "#]],
        );
    }

    #[test]
    fn a_method_type_is_not_seen_by_shared_types() {
        check(
            &[
                ("trade/types.yaml", "types: { Trade: { order: Order } }\n"),
                (
                    "trade/taobao.trade.get.yaml",
                    &method(
                        r"response: { trade: Trade, order: Order }
types: { Order: { oid: i64 } }
example: { request: {}, response: { trade: {} } }
",
                    ),
                ),
            ],
            expect![[r#"
                trade/types.yaml:1:26: unknown-type: there is no type `Order`
                    built-in types are string, i64, f64, bool, money, decimal, date, json, bytes; declared here are Trade
            "#]],
        );
    }
}
