//! Examples and defaults: YAML values as JSON, with the place of each.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value as Json};

use crate::model::{At, Example, Span};
use crate::yaml::{Kind, Node};

use super::reader::{Cx, Keys};

/// The example of a method.
pub(super) fn read(cx: &mut Cx<'_>, node: &Node) -> Option<Example> {
    let mut keys = Keys::open(cx, node, "the example")?;
    let mut places = BTreeMap::new();
    let mut half = |cx: &mut Cx<'_>, keys: &mut Keys<'_>, key: &'static str| {
        let span = keys.key_span(key).unwrap_or(keys.span());
        let empty = At { value: Json::Object(Map::new()), span };
        let Some(node) = keys.need(cx, key, "{}") else {
            return empty;
        };
        if !matches!(node.kind, Kind::Map(_)) {
            cx.wrong_kind(node, key, "a map");
            return empty;
        }
        At { value: placed(cx, node, key, &mut places), span }
    };
    let request = half(cx, &mut keys, "request");
    let response = half(cx, &mut keys, "response");
    keys.close(cx);
    Some(Example { request, response, places })
}

/// A value as JSON. Numbers stay what they are; a number beyond 64 bits is a text of its digits.
pub(super) fn json(cx: &mut Cx<'_>, node: &Node) -> Json {
    placed(cx, node, "", &mut BTreeMap::new())
}

fn placed(cx: &mut Cx<'_>, node: &Node, path: &str, places: &mut BTreeMap<String, Span>) -> Json {
    places.insert(path.to_owned(), cx.span(node));
    match &node.kind {
        Kind::Null => Json::Null,
        Kind::Bool(value) => Json::Bool(*value),
        Kind::Int(value) => Json::from(*value),
        Kind::Float(value) => Number::from_f64(*value).map_or(Json::Null, Json::Number),
        Kind::Str(value) => Json::String(value.clone()),
        Kind::Seq(items) => {
            let items = items.iter().enumerate();
            Json::Array(items.map(|(i, item)| placed(cx, item, &format!("{path}[{i}]"), places)).collect())
        }
        Kind::Map(_) => {
            let mut object = Map::new();
            for entry in cx.entries(node, &format!("`{path}`")) {
                let inner = format!("{path}.{}", entry.key.value);
                object.insert(entry.key.value, placed(cx, entry.value, &inner, places));
            }
            Json::Object(object)
        }
    }
}
