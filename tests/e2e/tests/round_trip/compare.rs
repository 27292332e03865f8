//! Comparing values, with the path of the first difference.

use serde_json::Value;

/// Where two values differ, as `trade.orders[0].price: "1.00" != "1"`; `None` if they do not.
pub(super) fn difference(expected: &Value, got: &Value) -> Option<String> {
    walk("", expected, got)
}

fn walk(path: &str, expected: &Value, got: &Value) -> Option<String> {
    match (expected, got) {
        (Value::Object(a), Value::Object(b)) => {
            let missing = a.keys().find(|name| !b.contains_key(*name)).map(|name| format!("{path}.{name}: is lost"));
            let surplus = || b.keys().find(|name| !a.contains_key(*name)).map(|name| format!("{path}.{name}: is new"));
            let inner = || a.iter().find_map(|(name, value)| walk(&format!("{path}.{name}"), value, &b[name]));
            missing.or_else(surplus).or_else(inner)
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(i, (a, b))| walk(&format!("{path}[{i}]"), a, b))
        }
        // 1 and 1.0 are one number.
        (Value::Number(a), Value::Number(b)) if a.as_i64().is_none() || b.as_i64().is_none() => {
            (a.as_f64() != b.as_f64()).then(|| format!("{path}: {a} != {b}"))
        }
        (a, b) => (a != b).then(|| format!("{path}: {a} != {b}")),
    }
}

/// The value without what no answer tells from nothing: empty lists, and with `blank` (XML) empty text and structures.
pub(super) fn without_nothing(value: &Value, blank: bool) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().map(|(name, value)| (name.clone(), without_nothing(value, blank)));
            Value::Object(kept.filter(|(_, value)| !is_nothing(value, blank)).collect())
        }
        Value::Array(items) => items
            .iter()
            .map(|item| without_nothing(item, blank))
            .filter(|item| !blank || !is_nothing(item, true))
            .collect(),
        other => other.clone(),
    }
}

fn is_nothing(value: &Value, blank: bool) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => blank && fields.is_empty(),
        Value::String(text) => blank && text.is_empty(),
        Value::Null => true,
        _ => false,
    }
}

#[test]
fn differences_have_a_path() {
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    for (a, b, expected) in [
        (r#"{"a":[1,{"b":"x"}]}"#, r#"{"a":[1,{"b":"x"}]}"#, None),
        (r#"{"a":[1,{"b":"x"}]}"#, r#"{"a":[1,{"b":"y"}]}"#, Some(r#".a[1].b: "x" != "y""#)),
        (r#"{"a":1}"#, r#"{}"#, Some(".a: is lost")),
        (r#"{}"#, r#"{"a":1}"#, Some(".a: is new")),
        (r#"{"a":1.0}"#, r#"{"a":1}"#, None),
        (r#"{"a":9007199254740993}"#, r#"{"a":9007199254740992}"#, Some(".a: 9007199254740993 != 9007199254740992")),
        (r#"{"a":"1"}"#, r#"{"a":1}"#, Some(r#".a: "1" != 1"#)),
    ] {
        assert_eq!(difference(&json(a), &json(b)).as_deref(), expected);
    }
}
