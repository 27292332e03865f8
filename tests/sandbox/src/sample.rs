//! Answers for methods without a state: the spec's example, or values made from the types.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use topsdk_codegen::model::{Field, Scalar, Type};

use crate::catalogue::Api;
use crate::clock::Time;
use crate::random::Random;

/// Structures below this depth stay empty, so that recursive types end.
const MAX_DEPTH: usize = 5;
/// Elements of a made list.
const LIST_LENGTH: usize = 2;

/// The answer to a call of a method that no handler knows.
pub(crate) fn answer(api: Api<'_>, params: &BTreeMap<String, String>, seed: u64, now: Time) -> Map<String, Value> {
    let example = api.method.example.as_ref().and_then(|e| e.response.value.as_object());
    match example {
        Some(members) if !members.is_empty() => members.clone(),
        _ => Maker { api, params, seed, now }.members(&api.method.response, None, api.name(), 0),
    }
}

/// Makes values from types.
struct Maker<'a> {
    api: Api<'a>,
    params: &'a BTreeMap<String, String>,
    seed: u64,
    now: Time,
}

impl Maker<'_> {
    fn members(&self, fields: &[Field], outer: Option<&Field>, path: &str, depth: usize) -> Map<String, Value> {
        let filled = |name: &str| {
            outer.is_none_or(|o| {
                (o.only.is_empty() || o.only.iter().any(|n| n.value == name))
                    && o.except.iter().all(|n| n.value != name)
            })
        };
        let wanted = fields.iter().filter(|f| filled(&f.name.value));
        wanted
            .filter_map(|f| {
                Some((f.name.value.clone(), self.value(f, &f.ty.value, &format!("{path}.{}", f.name.value), depth)?))
            })
            .collect()
    }

    fn value(&self, field: &Field, ty: &Type, path: &str, depth: usize) -> Option<Value> {
        match ty {
            Type::Scalar(scalar) => Some(self.scalar(*scalar, &field.name.value, path)),
            Type::Fields(_) => None,
            Type::List(_) if depth >= MAX_DEPTH => Some(json!([])),
            Type::List(element) => {
                let item = |i| self.value(field, element, &format!("{path}[{i}]"), depth + 1);
                Some(Value::Array((0..LIST_LENGTH).filter_map(item).collect()))
            }
            Type::Named(name) => match (self.api.fields(name), self.api.enumeration(name)) {
                (Some(fields), _) if depth < MAX_DEPTH => {
                    Some(Value::Object(self.members(fields, Some(field), path, depth + 1)))
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
        // What the caller named comes back under the same name.
        if let Some(given) = self.params.get(name) {
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
}
