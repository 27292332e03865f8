//! Examples with a mark for each value that must not be shown, so that a test can look for it everywhere.

use serde_json::{Map, Value as Json, json};

use crate::model::{Domain, Field, Method, Scalar, Type, TypeKind};
use crate::naming;

/// The key of an object that stands for a mark; no scalar of an example is an object.
const KEY: &str = "$mark";

/// The place that a mark stands for: the method and its parameter.
pub(super) fn place(value: &Json) -> Option<&str> {
    value.get(KEY)?.as_str()
}

/// The example's request with a mark for each sensitive parameter and each file, also for those that the example leaves out.
/// A list with marks keeps its first element alone. Dates, booleans and enums have no room for a mark and stay as they are.
///
/// `None` where there is nothing to mark.
pub(super) fn marked(domain: &Domain, method: &Method, request: &Json) -> Option<Json> {
    let mut marker = Marker { domain, method, inside: Vec::new() };
    marker.fields(&method.request, Some(request), false, &format!("{} ", method.name.value))
}

struct Marker<'a> {
    domain: &'a Domain,
    method: &'a Method,
    /// The structures around the value; none is marked inside itself.
    inside: Vec<&'a str>,
}

impl<'a> Marker<'a> {
    fn fields(&mut self, fields: &'a [Field], values: Option<&Json>, sensitive: bool, path: &str) -> Option<Json> {
        let values = values.and_then(Json::as_object);
        let mut marked = Map::new();
        for field in fields {
            let name = &field.name.value;
            let path = format!("{path}{}", naming::field(name));
            let value = values.and_then(|values| values.get(name));
            marked.extend(
                self.value(&field.ty.value, value, sensitive || field.sensitive.is_some(), &path)
                    .map(|value| (name.clone(), value)),
            );
        }
        let is_marked = !marked.is_empty();
        for (name, value) in values.into_iter().flatten() {
            marked.entry(name.clone()).or_insert_with(|| value.clone());
        }
        is_marked.then_some(Json::Object(marked))
    }

    fn value(&mut self, ty: &'a Type, value: Option<&Json>, sensitive: bool, path: &str) -> Option<Json> {
        match ty {
            Type::List(element) => {
                let first = value.and_then(|list| list.get(0));
                self.value(element, first, sensitive, path).map(|element| json!([element]))
            }
            Type::Named(name) => match &self.method.type_def(self.domain, name)?.kind {
                TypeKind::Struct(fields) if !self.inside.contains(&name.as_str()) => {
                    self.inside.push(name);
                    let marked = self.fields(fields, value, sensitive, &format!("{path}."));
                    self.inside.pop();
                    marked
                }
                TypeKind::Struct(_) | TypeKind::Enum(_) => None,
            },
            Type::Fields(_) | Type::Scalar(Scalar::Bool | Scalar::Date) => None,
            Type::Scalar(scalar) => (sensitive || *scalar == Scalar::Bytes).then(|| json!({ KEY: path })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::testing::{load, method};

    #[test]
    fn sensitive_values_and_files_are_marked_at_any_depth() {
        let types = "types: { P: { name: { type: string, sensitive: name }, city: string, inner: P, ps: \"P[]\" } }\n";
        for (request, example, expected) in [
            ("a: { type: string, doc: A. }", json!({ "a": "x" }), None),
            (
                "a: { type: i64, sensitive: id, doc: A. }, b: { type: i64, doc: B. }",
                json!({ "b": 1 }),
                Some(json!({ "a": { KEY: "a" }, "b": 1 })),
            ),
            (
                "a: { type: \"string[]\", sensitive: nick, doc: A. }",
                json!({ "a": ["x", "y"] }),
                Some(json!({ "a": [{ KEY: "a" }] })),
            ),
            (
                "a: { type: bool, sensitive: text, doc: A. }, b: { type: date, sensitive: text, doc: B. }",
                json!({}),
                None,
            ),
            ("theFile: { type: bytes, doc: A. }", json!({}), Some(json!({ "theFile": { KEY: "the_file" } }))),
            (
                "p: { type: \"P[]\", doc: A. }",
                json!({ "p": [{ "city": "x" }, { "city": "y" }] }),
                Some(json!({ "p": [{ "city": "x", "name": { KEY: "p.name" } }] })),
            ),
            (
                "p: { type: P, sensitive: text, doc: A. }",
                json!({}),
                Some(json!({ "p": { "city": { KEY: "p.city" }, "name": { KEY: "p.name" } } })),
            ),
        ] {
            let text = method(&format!("request: {{ {request} }}\n{types}"));
            let loaded = load(&[("trade/taobao.trade.get.yaml", &text)]);
            let (domain, method) = loaded.spec.method("taobao.trade.get").unwrap();
            let expected = expected.map(|expected| {
                let text = expected.to_string().replace("{\"$mark\":\"", "{\"$mark\":\"taobao.trade.get ");
                serde_json::from_str::<Json>(&text).unwrap()
            });
            assert_eq!(marked(domain, method, &example), expected, "{request}");
        }
    }
}
