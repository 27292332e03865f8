//! Names: one place that turns names on the wire into Rust names and list keys.

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::model::{Scalar, SubCode, Type};

/// The Rust field (or parameter, or module) for a wire name: `sellerNick` -> `seller_nick`, `type` -> `type_`. `new` gets an
/// underscore too: its setter would hide the constructor.
#[must_use]
pub fn field(wire: &str) -> String {
    let snake = ascii(wire).to_snake_case();
    let name = guard_start(snake, "field");
    if is_keyword(&name) || name == "new" { format!("{name}_") } else { name }
}

/// The Rust type for a type name or a dotted method name: `SkuDTO` -> `SkuDto`.
#[must_use]
pub fn ty(wire: &str) -> String {
    let name = guard_start(ascii(wire).to_upper_camel_case(), "Type");
    if RESERVED_TYPES.contains(&name.as_str()) { format!("{name}Type") } else { name }
}

/// The Rust variant for an enum value: `WAIT_BUYER_PAY` -> `WaitBuyerPay`, `0` -> `Value0`.
#[must_use]
pub fn variant(wire: &str) -> String {
    let name = guard_start(ascii(wire).to_upper_camel_case(), "Value");
    // `Other` is the variant of every open enum that keeps unlisted values.
    if matches!(name.as_str(), "Self" | "Other") { format!("{name}Value") } else { name }
}

/// The Rust variant for one of a method's sub codes: `isv.trade-not-exist` -> `TradeNotExist`. The family stays in the name where
/// another code of the method would get the same.
#[must_use]
pub fn sub_code(code: &str, all: &[SubCode]) -> String {
    let short = |code: &str| variant(code.strip_prefix("isv.").unwrap_or(code));
    let name = short(code);
    let clashes = all.iter().filter(|other| short(&other.code.value) == name).count() > 1;
    if clashes { variant(code) } else { name }
}

/// The Rust module and cargo feature for a domain: the folder's own name when it is a legal one.
#[must_use]
pub fn domain(folder: &str) -> String {
    let name = field(folder);
    if RESERVED_DOMAINS.contains(&name.as_str()) { format!("{name}_api") } else { name }
}

/// The stem shared by a method's file, module and types: the method without the `taobao.` prefix.
#[must_use]
pub fn method_stem(method: &str) -> &str {
    method.strip_prefix("taobao.").unwrap_or(method)
}

/// File and module of a method: `taobao.trade.get` -> `trade_get`.
#[must_use]
pub fn method_module(method: &str) -> String {
    field(method_stem(method))
}

/// Request type of a method: `taobao.trade.get` -> `TradeGet`.
#[must_use]
pub fn method_type(method: &str) -> String {
    ty(method_stem(method))
}

/// Root key of a method's JSON answer: only a leading `taobao.` is dropped.
#[must_use]
pub fn response_wrapper(method: &str) -> String {
    format!("{}_response", method_stem(method).replace('.', "_"))
}

/// Key of a list of this element on the wire. `wire` is the official name of a declared type.
#[must_use]
pub fn element_key(element: &Type, wire: Option<&str>) -> String {
    match element {
        Type::Scalar(scalar) => match scalar {
            Scalar::String | Scalar::Bytes => "string",
            Scalar::I64 | Scalar::F64 | Scalar::Decimal => "number",
            Scalar::Bool => "boolean",
            Scalar::Money => "price",
            Scalar::Date => "date",
            Scalar::Json => "json",
        }
        .to_owned(),
        Type::Named(name) | Type::Fields(name) => underscore(wire.unwrap_or(name)),
        Type::List(inner) => element_key(inner, wire),
    }
}

/// The official client's rule: every upper-case letter but the first character gets `_` before it, then all is lower-cased.
#[must_use]
pub fn underscore(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (i, c) in name.chars().enumerate() {
        if c.is_ascii_uppercase() && i > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// Names that generated code uses in another meaning: the standard prelude's and the runtime's; and `Self`, which is no name.
const RESERVED_TYPES: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "DateTime",
    "Decimal",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Extend",
    "Fields",
    "Fn",
    "From",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "Json",
    "Model",
    "Money",
    "None",
    "Ok",
    "OpenEnum",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Request",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "SubCode",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Upload",
    "Vec",
];

/// Modules and features that the SDK has already.
const RESERVED_DOMAINS: &[&str] = &[
    "batch",
    "blocking",
    "cache",
    "catalog",
    "cli",
    "client",
    "codec",
    "config",
    "core",
    "credentials",
    "default",
    "environment",
    "error",
    "full",
    "generated",
    "layer",
    "limit",
    "metrics",
    "model",
    "observe",
    "page",
    "platform_tables",
    "queue",
    "redis",
    "reqwest",
    "rt",
    "rustls",
    "serde",
    "sign",
    "slo",
    "socks",
    "split",
    "tokio",
    "transport",
];

/// Replaces what no identifier may hold by a word break.
fn ascii(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// Identifiers start with a letter and are not empty.
fn guard_start(name: String, prefix: &str) -> String {
    match name.chars().next() {
        Some(c) if c.is_ascii_alphabetic() => name,
        _ if prefix == "field" => format!("field_{name}"),
        _ => format!("{prefix}{name}"),
    }
}

/// Strict and reserved keywords of every edition; `_` is appended to them, since `r#self` does not exist.
fn is_keyword(name: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
        "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
        "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
        "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
    ];
    KEYWORDS.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_shared_vectors() {
        let vectors: Value = serde_json::from_str(include_str!("../../tests/vectors/naming.json")).unwrap();
        let table = |key: &str| vectors[key].as_object().unwrap().clone();
        for (name, key) in table("list_element_key") {
            assert_eq!(underscore(&name), key.as_str().unwrap(), "{name}");
            assert_eq!(element_key(&Type::Named("X".to_owned()), Some(&name)), key.as_str().unwrap(), "{name}");
        }
        for (name, key) in table("primitive_element_key") {
            let scalar = match name.as_str() {
                "String" => Scalar::String,
                "Number" => Scalar::I64,
                "Json" => Scalar::Json,
                "Price" => Scalar::Money,
                other => panic!("a new primitive: {other}"),
            };
            assert_eq!(element_key(&Type::Scalar(scalar), None), key.as_str().unwrap(), "{name}");
        }
        for (method, wrapper) in table("wrapper") {
            assert_eq!(response_wrapper(&method), wrapper.as_str().unwrap(), "{method}");
        }
    }

    #[test]
    fn fields() {
        let table = [
            ("tid", "tid"),
            ("sellerNick", "seller_nick"),
            ("seller_nick", "seller_nick"),
            ("type", "type_"),
            ("self", "self_"),
            ("Self", "self_"),
            ("gen", "gen_"),
            ("new", "new_"),
            ("New", "new_"),
            ("union", "union"),
            ("is_3D", "is_3d"),
            ("2d_code", "field_2d_code"),
            ("a.b-c d", "a_b_c_d"),
            ("iPhone15ProURL", "i_phone15_pro_url"),
            ("o2o_guide_id", "o2o_guide_id"),
            ("_x", "x"),
            ("_", "field_"),
            ("", "field_"),
            ("标题", "field_"),
        ];
        for (wire, rust) in table {
            assert_eq!(field(wire), rust, "{wire}");
        }
    }

    #[test]
    fn domains() {
        for (folder, rust) in [("trade", "trade"), ("error", "error_api"), ("Trade", "trade"), ("type", "type_")] {
            assert_eq!(domain(folder), rust, "{folder}");
        }
    }

    #[test]
    fn types() {
        let table = [
            ("Trade", "Trade"),
            ("SkuDTO", "SkuDto"),
            ("OAPIFormDataReqVO", "OapiFormDataReqVo"),
            ("trade.fullinfo.get", "TradeFullinfoGet"),
            ("Result", "ResultType"),
            ("result", "ResultType"),
            ("Option", "OptionType"),
            ("Default", "DefaultType"),
            ("Send", "SendType"),
            ("Money", "MoneyType"),
            ("request", "RequestType"),
            ("Self", "SelfType"),
            ("ResultType", "ResultType"),
            ("3DModel", "Type3dModel"),
            ("Item_Img", "ItemImg"),
            ("", "Type"),
        ];
        for (wire, rust) in table {
            assert_eq!(ty(wire), rust, "{wire}");
        }
    }

    #[test]
    fn variants() {
        let table = [
            ("WAIT_BUYER_PAY", "WaitBuyerPay"),
            ("0", "Value0"),
            ("-1", "Value1"),
            ("Other", "OtherValue"),
            ("OTHER", "OtherValue"),
            ("self", "SelfValue"),
            ("b2c", "B2c"),
            ("a:b", "AB"),
        ];
        for (wire, rust) in table {
            assert_eq!(variant(wire), rust, "{wire}");
        }
    }

    #[test]
    fn methods() {
        // (method, stem, module, type)
        let table = [
            ("taobao.trade.get", "trade.get", "trade_get", "TradeGet"),
            ("tmall.item.get", "tmall.item.get", "tmall_item_get", "TmallItemGet"),
            ("taobao.wlb.waybill.i.get", "wlb.waybill.i.get", "wlb_waybill_i_get", "WlbWaybillIGet"),
            ("taobao.x.type", "x.type", "x_type", "XType"),
        ];
        for (method, stem, module, rust) in table {
            assert_eq!(method_stem(method), stem);
            assert_eq!(method_module(method), module);
            assert_eq!(method_type(method), rust);
        }
    }

    #[test]
    fn the_keywords_are_sorted_and_every_name_is_an_identifier() {
        for wire in [
            "abstract", "as", "async", "become", "box", "crate", "dyn", "else", "Self", "yield", "9", "-", "a-b",
            "\u{0}",
        ] {
            for name in [field(wire), ty(wire), variant(wire)] {
                assert!(syn::parse_str::<syn::Ident>(&name).is_ok(), "{wire} -> {name}");
            }
        }
    }
}
