//! Parameters as they may be shown: sessions, signatures and what is sensitive masked, inside structures too.

use serde_json::{Map, Value};
use topsdk::catalog::{Field, Kind, Method, Shape};

use crate::input::Pairs;

/// What stands in place of something that may be sensitive and that the catalogue cannot tell apart.
const UNKNOWN: &str = "<not shown>";

/// Sessions and signatures let others call in the user's name; what is sensitive is nobody else's either.
pub(super) fn masked(pairs: Pairs, method: Option<&'static Method>) -> Pairs {
    let mask = |(name, value): (String, String)| match name.as_str() {
        "session" | "sign" => (name.clone(), format!("<{name}>")),
        _ => match method.and_then(|method| Some((method, method.parameter(&name)?))) {
            Some((method, field)) => (name, text(method, field, value)),
            None => (name, value),
        },
    };
    pairs.into_iter().map(mask).collect()
}

/// The text of a parameter, or of a structure that is text inside another one.
fn text(method: &'static Method, field: &'static Field, text: String) -> String {
    if let Some(kind) = field.sensitive() {
        return kind.mask().to_owned();
    }
    if !holds_sensitive(method, field) {
        return text;
    }
    match serde_json::from_str(&text) {
        Ok(mut json @ (Value::Object(_) | Value::Array(_))) => {
            structure(method, field, &mut json);
            json.to_string()
        }
        _ => UNKNOWN.to_owned(),
    }
}

/// A structure with something sensitive in it, or a list of them.
fn structure(method: &'static Method, field: &'static Field, json: &mut Value) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(|item| structure(method, field, item)),
        Value::Object(object) => {
            let inside = std::mem::take(object).into_iter().map(|(name, json)| value(method, field, name, json));
            *object = inside.collect::<Map<_, _>>();
        }
        Value::String(inner) => *inner = text(method, field, std::mem::take(inner)),
        Value::Null => {}
        other => *other = UNKNOWN.into(),
    }
}

/// A field of the structure that `around` holds.
fn value(method: &'static Method, around: &Field, name: String, mut json: Value) -> (String, Value) {
    let fields = method.type_of(around).map_or(&[][..], |def| def.fields());
    match fields.iter().find(|field| field.name() == name) {
        _ if json.is_null() => {}
        // A name that is not known may be data itself.
        None => return (UNKNOWN.to_owned(), UNKNOWN.into()),
        Some(field) => match field.sensitive() {
            Some(kind) => json = kind.mask().into(),
            None if holds_sensitive(method, field) => structure(method, field, &mut json),
            None => {}
        },
    }
    (name, json)
}

/// Whether a field's structure has something sensitive in it, at any depth.
fn holds_sensitive(method: &'static Method, field: &Field) -> bool {
    let mut seen: Vec<&str> = Vec::new();
    let mut open: Vec<&Field> = vec![field];
    while let Some(field) = open.pop() {
        // A list of names is text: it tells of a structure, and holds nothing of it.
        if matches!(field.ty().kind(), Kind::Fields(_)) {
            continue;
        }
        let Some(def) = method.type_of(field).filter(|def| matches!(def.shape(), Shape::Struct(_))) else { continue };
        if !seen.contains(&def.name()) {
            seen.push(def.name());
            open.extend(def.fields());
        }
        if def.fields().iter().any(|field| field.sensitive().is_some()) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use topsdk::catalog;

    use super::*;

    fn shown(method: &str, name: &str, value: &str) -> String {
        let pairs = vec![(name.to_owned(), value.to_owned())];
        masked(pairs, catalog::get(method)).remove(0).1
    }

    #[test]
    fn masks_by_the_catalogues_types() {
        let query = "taobao.trades.sold.query";
        for (method, name, value, expected) in [
            ("taobao.trade.memo.update", "memo", "some words", "<text>"),
            ("taobao.trade.memo.update", "tid", "1", "1"),
            ("taobao.trade.memo.update", "session", "x", "<session>"),
            ("taobao.unheard.of", "memo", "some words", "some words"),
            ("taobao.trades.sold.get", "fields", "tid,receiver_name", "tid,receiver_name"),
            (query, "scene", "1001", "1001"),
            (
                query,
                "query_list",
                r#"[{"receiver_mobile":"10012345678","end_created":"2026-01-06 23:59:59"},{"receiver_name":null}]"#,
                r#"[{"receiver_mobile":"<phone>","end_created":"2026-01-06 23:59:59"},{"receiver_name":null}]"#,
            ),
            (query, "query_list", r#"{"receiver_mobile":[1,2]}"#, r#"{"receiver_mobile":"<phone>"}"#),
            (query, "query_list", r#""[{\"receiver_mobile\":1}]""#, UNKNOWN),
            (
                query,
                "query_list",
                r#"["{\"receiver_mobile\":1}",2]"#,
                r#"["{\"receiver_mobile\":\"<phone>\"}","<not shown>"]"#,
            ),
            (query, "query_list", r#"[{"reciever_mobile":"10012345678"}]"#, r#"[{"<not shown>":"<not shown>"}]"#),
            (query, "query_list", "[{receiver_mobile:10012345678}]", UNKNOWN),
            (query, "query_list", "10012345678", UNKNOWN),
        ] {
            assert_eq!(shown(method, name, value), expected, "{method} {name}={value}");
        }
    }

    /// Every sensitive field of every parameter in the catalogue: its value is not shown.
    #[test]
    fn nothing_sensitive_in_any_structure() {
        let mut found = 0;
        for method in catalog::methods() {
            for field in method.parameters().iter().filter(|field| holds_sensitive(method, field)) {
                found += 1;
                let json = sample(method, field, &mut Vec::new());
                assert!(json.to_string().contains("personal"));
                let shown = shown(method.name(), field.name(), &json.to_string());
                assert!(!shown.contains("personal") && shown != UNKNOWN, "{} {shown}", method.name());
            }
        }
        assert!(found > 20, "{found}");
    }

    /// A value with `personal` wherever it is sensitive.
    fn sample(method: &'static Method, field: &Field, around: &mut Vec<&'static str>) -> Value {
        let def = method.type_of(field).filter(|def| matches!(def.shape(), Shape::Struct(_)));
        let value = match def {
            _ if field.sensitive().is_some() => "personal".into(),
            Some(def) if !around.contains(&def.name()) => {
                around.push(def.name());
                let fields = def.fields().iter().map(|field| (field.name().to_owned(), sample(method, field, around)));
                let object = Value::Object(fields.collect());
                around.pop();
                object
            }
            _ => Value::Null,
        };
        if field.ty().is_list() { vec![value].into() } else { value }
    }
}
