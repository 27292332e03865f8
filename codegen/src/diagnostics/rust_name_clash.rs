//! Two names that differ on the wire become one name in Rust, so the generated code could not compile.
//!
//! ```yaml
//! buyerNick: string
//! buyer_nick: string             # both are `buyer_nick`
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "rust-name-clash";

/// Two names of one scope.
pub(crate) fn new(span: Span, what: &str, first: &str, second: &str, rust: &str) -> Diagnostic {
    let message = format!("{what} `{second}` and `{first}` are both `{rust}` in Rust");
    Diagnostic::new(ID, span, message).help(match what {
        "enum values" => "give one of them another name: `{ name: Other }`",
        "methods" | "types of the methods" => "move one of them to another domain, that is, to another folder",
        "errors" => "keep the spelling that the platform sends",
        "fields" | "parameters" => "keep the one that the platform documents today and delete the other",
        _ => "rename one of them; `$wire` keeps the official name of a type",
    })
}

/// A declared type and a type that is generated for a method.
pub(crate) fn generated(span: Span, name: &str, rust: &str, method: &str) -> Diagnostic {
    let message = format!("type `{name}` is `{rust}` in Rust, which is generated for the method `{method}`");
    Diagnostic::new(ID, span, message)
        .help(format!("rename the type, such as `{name}Info`, and state the official name: `$wire: {name}`"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{check, check_method, method};

    #[test]
    fn fields_parameters_enum_values_and_types() {
        check_method(
            r"request: { buyerNick: string, buyer_nick: string, type: string, type_: string }
response: { a: SkuDTO, b: SkuDto, c: Flag, aB: string, a_b: string }
types:
  SkuDTO: { tid: i64, Tid: i64 }
  SkuDto: { tid: i64 }
  Flag: { enum: { PAID: Paid., paid: Paid., 1: { name: Paid } } }
example: { request: {}, response: { c: PAID } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:5:31: rust-name-clash: parameters `buyer_nick` and `buyerNick` are both `buyer_nick` in Rust
                    keep the one that the platform documents today and delete the other
                trade/taobao.trade.get.yaml:5:65: rust-name-clash: parameters `type_` and `type` are both `type_` in Rust
                    keep the one that the platform documents today and delete the other
                trade/taobao.trade.get.yaml:6:56: rust-name-clash: fields `a_b` and `aB` are both `a_b` in Rust
                    keep the one that the platform documents today and delete the other
                trade/taobao.trade.get.yaml:8:23: rust-name-clash: fields `Tid` and `tid` are both `tid` in Rust
                    keep the one that the platform documents today and delete the other
                trade/taobao.trade.get.yaml:9:3: rust-name-clash: types `SkuDto` and `SkuDTO` are both `SkuDto` in Rust
                    rename one of them; `$wire` keeps the official name of a type
                trade/taobao.trade.get.yaml:10:32: rust-name-clash: enum values `paid` and `PAID` are both `Paid` in Rust
                    give one of them another name: `{ name: Other }`
                trade/taobao.trade.get.yaml:10:56: rust-name-clash: enum values `Paid` and `PAID` are both `Paid` in Rust
                    give one of them another name: `{ name: Other }`
            "#]],
        );
    }

    #[test]
    fn shared_and_generated_types() {
        check(
            &[
                ("trade/types.yaml", "types: { SkuDTO: { a: i64 }, TradeGetResponse: { a: i64 } }\n"),
                (
                    "trade/taobao.trade.get.yaml",
                    &method(
                        r"response: { a: SkuDTO, b: SkuDto, c: TradeGet, d: TradeGetResponse }
types: { SkuDto: { b: i64 }, TradeGet: { c: i64 } }
example: { request: {}, response: { a: {} } }
",
                    ),
                ),
            ],
            expect![[r#"
                trade/taobao.trade.get.yaml:6:10: rust-name-clash: types `SkuDto` and `SkuDTO` are both `SkuDto` in Rust
                    rename one of them; `$wire` keeps the official name of a type
                trade/taobao.trade.get.yaml:6:30: rust-name-clash: type `TradeGet` is `TradeGet` in Rust, which is generated for the method `taobao.trade.get`
                    rename the type, such as `TradeGetInfo`, and state the official name: `$wire: TradeGet`
                trade/types.yaml:1:30: rust-name-clash: type `TradeGetResponse` is `TradeGetResponse` in Rust, which is generated for the method `taobao.trade.get`
                    rename the type, such as `TradeGetResponseInfo`, and state the official name: `$wire: TradeGetResponse`
            "#]],
        );
    }

    #[test]
    fn methods() {
        check(
            &[
                ("trade/taobao.trade.get-x.yaml", &method("").replace("taobao.trade.get", "taobao.trade.get-x")),
                ("trade/taobao.trade.get.x.yaml", &method("").replace("taobao.trade.get", "taobao.trade.get.x")),
            ],
            expect![[r#"
                trade/taobao.trade.get.x.yaml:1:9: rust-name-clash: methods `taobao.trade.get.x` and `taobao.trade.get-x` are both `trade_get_x` in Rust
                    move one of them to another domain, that is, to another folder
                trade/taobao.trade.get.x.yaml:1:9: rust-name-clash: types of the methods `taobao.trade.get.x` and `taobao.trade.get-x` are both `TradeGetX` in Rust
                    move one of them to another domain, that is, to another folder
                trade/taobao.trade.get.x.yaml:1:9: rust-name-clash: types of the methods `taobao.trade.get.x` and `taobao.trade.get-x` are both `TradeGetXResponse` in Rust
                    move one of them to another domain, that is, to another folder
                trade/taobao.trade.get.x.yaml:1:9: rust-name-clash: types of the methods `taobao.trade.get.x` and `taobao.trade.get-x` are both `TradeGetXError` in Rust
                    move one of them to another domain, that is, to another folder
            "#]],
        );
    }

    #[test]
    fn what_methods_generate() {
        check(
            &[
                ("trade/taobao.trade.get.yaml", &method("")),
                ("trade/taobao.trade.get.response.yaml", &method("").replace("trade.get", "trade.get.response")),
            ],
            expect![[r#"
                trade/taobao.trade.get.response.yaml:1:9: rust-name-clash: types of the methods `taobao.trade.get.response` and `taobao.trade.get` are both `TradeGetResponse` in Rust
                    move one of them to another domain, that is, to another folder
            "#]],
        );
        check_method(
            r#"errors:
  isv.no-trade: { means: Gone., fix: Mend it., retry: never }
  isv.no_trade: { means: Gone., fix: Mend it., retry: never }
"#,
            expect![[r#"
                trade/taobao.trade.get.yaml:7:3: rust-name-clash: errors `isv.no_trade` and `isv.no-trade` are both `IsvNoTrade` in Rust
                    keep the spelling that the platform sends
            "#]],
        );
    }
}
