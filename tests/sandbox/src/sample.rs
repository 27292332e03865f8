//! Answers for methods without a state: the spec's example, or values made from the types.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use topsdk_codegen::model::{Field, Scalar, Type};

use crate::args;
use crate::catalogue::Api;
use crate::clock::Time;
use crate::random::Random;

/// Most structures inside each other. The platform's own go six deep.
const MAX_DEPTH: usize = 12;
/// Elements of a made list.
const LIST_LENGTH: usize = 2;

/// The answer to a call of a method that no handler knows.
pub(crate) fn answer(api: Api<'_>, params: &BTreeMap<String, String>, seed: u64, now: Time) -> Map<String, Value> {
    let example = api.method.example.as_ref().and_then(|e| e.response.value.as_object());
    match example {
        Some(members) if !members.is_empty() => members.clone(),
        _ => Maker { api, params, seed, now }.members(&api.method.response, None, api.name(), &mut Vec::new()),
    }
}

/// Makes values from types.
struct Maker<'a> {
    api: Api<'a>,
    params: &'a BTreeMap<String, String>,
    seed: u64,
    now: Time,
}

impl<'a> Maker<'a> {
    /// Every field that is filled. `inside` names the structures around it.
    fn members(
        &self,
        fields: &'a [Field],
        outer: Option<&Field>,
        path: &str,
        inside: &mut Vec<&'a str>,
    ) -> Map<String, Value> {
        let filled = |name: &str| {
            outer.is_none_or(|o| {
                (o.only.is_empty() || o.only.iter().any(|n| n.value == name))
                    && o.except.iter().all(|n| n.value != name)
            })
        };
        let mut out = Map::new();
        for field in fields.iter().filter(|f| filled(&f.name.value)) {
            let name = &field.name.value;
            if let Some(value) = self.value(field, &field.ty.value, &format!("{path}.{name}"), inside) {
                out.insert(name.clone(), value);
            }
        }
        out
    }

    /// None for a structure inside itself, so that recursive types end.
    fn value(&self, field: &Field, ty: &'a Type, path: &str, inside: &mut Vec<&'a str>) -> Option<Value> {
        match ty {
            Type::Scalar(scalar) => Some(self.scalar(*scalar, &field.name.value, path)),
            Type::Fields(_) => None,
            Type::List(element) => {
                let items =
                    (0..LIST_LENGTH).filter_map(|i| self.value(field, element, &format!("{path}[{i}]"), inside));
                Some(Value::Array(items.collect()))
            }
            Type::Named(name) => match (self.api.fields(name), self.api.enumeration(name)) {
                (Some(fields), _) if !inside.contains(&name.as_str()) && inside.len() < MAX_DEPTH => {
                    inside.push(name);
                    let members = self.members(fields, Some(field), path, inside);
                    inside.pop();
                    Some(Value::Object(members))
                }
                (_, Some(def)) => {
                    let pick = Random::keyed(self.seed, path).below(def.values.len() as u64);
                    def.values.get(usize::try_from(pick).unwrap_or_default()).map(|v| json!(v.wire.value))
                }
                _ => None,
            },
        }
    }

    fn scalar(&self, scalar: Scalar, name: &str, path: &str) -> Value {
        if let Some(given) = self.given(scalar, name) {
            return json!(given);
        }
        let mut random = Random::keyed(self.seed, path);
        match scalar {
            Scalar::String | Scalar::Bytes => json!(format!("{name}-{}", random.below(1_000))),
            Scalar::I64 => json!(1 + random.below(100_000)),
            Scalar::F64 => json!(random.below(1_000) as f64 / 10.0),
            Scalar::Bool => json!(random.below(2) == 1),
            Scalar::Money => json!(format!("{}.{:02}", 1 + random.below(500), random.below(100))),
            Scalar::Decimal => json!(format!("{}.{:03}", random.below(100), random.below(1_000))),
            Scalar::Date => json!(self.now.plus_minutes(-(random.below(10_000) as i64)).to_string()),
            Scalar::Json => json!("{}"),
        }
    }

    /// What the caller named comes back under the same name, where it is of the type.
    fn given(&self, scalar: Scalar, name: &str) -> Option<&'a str> {
        self.api.method.request.iter().find(|f| f.name.value == name)?;
        let text = self.params.get(name)?;
        args::mismatch(self.api, &Type::Scalar(scalar), text).is_none().then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::catalogue::Catalogue;

    const METHOD: &str = "
method: taobao.x.get
effect: read
request: { id: string, code: string, session: string }
response: { id: i64, code: i64, sign: string, node: Node, flags: 'Flag[]' }
types:
  Node: { name: string, parent: Node, children: 'Node[]', leaf: { type: Leaf, except: [b] } }
  Leaf: { a: bool, b: bool }
  Flag: { enum: [A, B] }
";

    fn sample(params: &[(&str, &str)]) -> Value {
        let files = vec![(PathBuf::from("x/taobao.x.get.yaml"), METHOD.to_owned())];
        let catalogue = Catalogue::new(topsdk_codegen::load::load_files(files).spec);
        let params = params.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Value::Object(answer(catalogue.method("taobao.x.get").unwrap(), &params, 1, Time::from_millis(0)))
    }

    #[test]
    fn a_structure_inside_itself_ends() {
        let node = &sample(&[])["node"];
        assert!(node.get("parent").is_none(), "{node}");
        assert_eq!(node["children"], json!([]));
        assert_eq!(node["leaf"].as_object().unwrap().keys().collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn the_same_name_comes_back_where_it_fits() {
        let made = sample(&[("id", "12"), ("code", "x"), ("sign", "S")]);
        assert_eq!(made["id"], "12");
        assert!(made["code"].is_i64(), "{made}");
        // A parameter of every call is no parameter of the method.
        assert_ne!(made["sign"], "S");
        assert_eq!(sample(&[]), sample(&[]));
    }
}
