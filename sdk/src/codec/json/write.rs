//! Structures into JSON text.

use std::fmt::Write as _;

use crate::codec::tree::{Kind, Node};
use crate::model::{Record, View};

/// How lists are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// As the platform answers by default: `"trades": {"trade": […]}`.
    Wrapped,
    /// As requests and simplified answers have it: `"trades": […]`.
    Bare,
}

/// One structure as a JSON object; fields that are not set are left out.
pub(crate) fn record(record: &dyn Record, style: Style, out: &mut String) {
    out.push('{');
    let mut first = true;
    for (slot, field) in record.shape().fields.iter().enumerate() {
        let Some(value) = record.get(slot).map(|v| v.view()) else { continue };
        if matches!(value, View::Absent | View::Upload(_)) {
            continue;
        }
        if !first {
            out.push(',');
        }
        first = false;
        escape(field.name, out);
        out.push(':');
        match (&value, style) {
            (View::List(_), Style::Wrapped) => {
                out.push('{');
                escape(field.element, out);
                out.push(':');
                view(&value, style, out);
                out.push('}');
            }
            _ => view(&value, style, out),
        }
    }
    out.push('}');
}

/// One value.
pub(crate) fn view(value: &View<'_>, style: Style, out: &mut String) {
    match value {
        View::Bool(_) | View::Int(_) => out.push_str(&value.scalar().unwrap_or_default()),
        View::Float(n) if n.is_finite() => {
            let _ = write!(out, "{n}");
        }
        View::Record(nested) => record(*nested, style, out),
        View::List(list) => {
            out.push('[');
            for index in 0..list.len() {
                if index > 0 {
                    out.push(',');
                }
                view(&list.at(index), style, out);
            }
            out.push(']');
        }
        View::Fields(fields) => escape(&fields.names(None).join(","), out),
        View::Absent | View::Float(_) | View::Upload(_) => out.push_str("null"),
        View::Decimal(_) | View::Date(_) | View::Text(_) => escape(&value.scalar().unwrap_or_default(), out),
    }
}

/// Text in quotes. Non-ASCII stays raw, as the official client does.
pub(crate) fn escape(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A parsed node as JSON text again.
pub(crate) fn from_node(node: Node<'_>) -> String {
    value(node).to_string()
}

/// A parsed node as a JSON value. Names that repeat (XML lists) become an array under that name.
pub(crate) fn value(node: Node<'_>) -> serde_json::Value {
    use serde_json::Value;
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Bool(b) => Value::Bool(b),
        Kind::Number(n) => serde_json::from_str(n).unwrap_or_else(|_| Value::String(n.to_owned())),
        Kind::Text(s) => Value::String(s.to_owned()),
        Kind::List(items) => items.map(value).collect(),
        Kind::Map(entries) => {
            let mut map = serde_json::Map::new();
            for (name, node) in entries {
                match map.get_mut(name) {
                    None => {
                        map.insert(name.to_owned(), value(node));
                    }
                    Some(Value::Array(items)) => items.push(value(node)),
                    Some(one) => *one = Value::Array(vec![one.take(), value(node)]),
                }
            }
            Value::Object(map)
        }
    }
}
