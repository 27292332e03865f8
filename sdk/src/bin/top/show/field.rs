//! One field of a request or an answer, in words and as data.

use serde_json::{Map, Value, json};
use topsdk::catalog::{Field, Method, Node, Shape};

use crate::args::Lang;

/// What it is and what holds for it.
pub(super) fn text(method: &'static Method, node: &Node, lang: Lang) -> String {
    let field = node.field;
    let doc = match lang {
        Lang::En => field.doc(),
        Lang::Zh => field.term().map(|term| term.zh()).or_else(|| field.doc()),
    };
    let mut parts: Vec<String> = doc.into_iter().map(str::to_owned).collect();
    parts.extend(values(method, field));
    parts.extend(facts(field).into_iter().map(|fact| format!("{fact}.")));
    if node.is_recursive {
        parts.push("Holds the same again.".to_owned());
    }
    parts.join(" ")
}

/// Data of a field, for programs.
pub(super) fn value(method: &'static Method, node: &Node) -> Value {
    let field = node.field;
    let limits = field.limits();
    let mut value = Map::new();
    let mut put = |name: &str, of: Value| {
        if !of.is_null() {
            value.insert(name.to_owned(), of);
        }
    };
    put("name", field.name().into());
    put("depth", node.depth.into());
    put("type", field.ty().to_string().into());
    put("required", if field.is_required() { true.into() } else { Value::Null });
    put("doc", json!(field.doc()));
    put("doc_zh", json!(field.term().map(|term| term.zh())));
    put("default", json!(field.default()));
    put("max_length", json!(limits.max_length));
    put("max_items", json!(limits.max_items));
    put("max_bytes", json!(limits.max_bytes));
    put("min", json!(limits.min));
    put("max", json!(limits.max));
    put("sensitive", json!(field.sensitive().map(|kind| kind.mask().trim_matches(['<', '>']))));
    put("deprecated", json!(field.deprecated()));
    if let Some(Shape::Enum { values, .. }) = method.type_of(field).map(|def| def.shape()) {
        put("values", values.iter().map(|value| value.wire()).collect());
    }
    Value::Object(value)
}

/// The values of an enum.
fn values(method: &'static Method, field: &Field) -> Option<String> {
    let Shape::Enum { values, .. } = method.type_of(field)?.shape() else { return None };
    let value = |value: &topsdk::catalog::EnumValue| match value.doc() {
        Some(doc) => format!("{} ({})", value.wire(), doc.trim_end_matches('.')),
        None => value.wire().to_owned(),
    };
    Some(format!("Known values: {}.", values.iter().map(value).collect::<Vec<_>>().join(", ")))
}

/// Limits, default and warnings, each a sentence without its full stop.
fn facts(field: &Field) -> Vec<String> {
    let limits = field.limits();
    let range = match (limits.min, limits.max) {
        (Some(min), Some(max)) => Some(format!("From {min} to {max}")),
        (Some(min), None) => Some(format!("At least {min}")),
        (None, Some(max)) => Some(format!("At most {max}")),
        (None, None) => None,
    };
    [
        field.deprecated().map(|why| format!("Deprecated: {}", why.trim_end_matches('.'))),
        limits.max_length.map(|most| format!("At most {most} UTF-16 units")),
        limits.max_items.map(|most| format!("At most {most} items")),
        limits.max_bytes.map(|most| format!("At most {most} bytes")),
        range,
        field.default().map(|default| format!("Default: {default}")),
        field.sensitive().map(|kind| format!("Sensitive: {}", kind.mask().trim_matches(['<', '>']))),
    ]
    .into_iter()
    .flatten()
    .collect()
}
