//! Values made from the specs' types.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};
use topsdk_codegen::model::{EnumDef, Field, Scalar, Type, TypeKind};

use super::writer::Writer;

/// Most fields that a random structure has, and how deep structures nest.
const WIDTH: usize = 8;
const DEPTH: usize = 4;

/// Responses of a method with a few fields each.
pub(crate) fn some(writer: Writer<'static>) -> BoxedStrategy<Value> {
    object(writer, &writer.method.response, DEPTH)
}

/// A response with every field set, down to a depth where structures would repeat themselves.
pub(crate) fn every(writer: Writer<'static>) -> Value {
    every_with(writer, &mut |_, scalar| edge(scalar))
}

/// The same with scalars from elsewhere.
pub(crate) fn every_with(writer: Writer<'static>, scalar: &mut dyn FnMut(&Field, Scalar) -> Value) -> Value {
    full(writer, &writer.method.response, &mut Vec::new(), scalar)
}

fn object(writer: Writer<'static>, fields: &'static [Field], depth: usize) -> BoxedStrategy<Value> {
    let nested = |field: &&Field| matches!(field.ty.value.element(), Type::Named(name) if matches!(writer.def(name).kind, TypeKind::Struct(_)));
    let fields: Vec<&'static Field> = fields.iter().filter(|field| depth > 0 || !nested(field)).collect();
    let most = fields.len().min(WIDTH);
    let chosen = subsequence(fields, 0..=most);
    let values = chosen.prop_flat_map(move |fields| {
        let pairs: Vec<_> = fields
            .into_iter()
            .map(|field| (Just(field.name.value.clone()), value(writer, &field.ty.value, depth)))
            .collect();
        pairs
    });
    values.prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())).boxed()
}

fn value(writer: Writer<'static>, ty: &'static Type, depth: usize) -> BoxedStrategy<Value> {
    match ty {
        Type::List(element) => vec(value(writer, element, depth), 1..3).prop_map(Value::from).boxed(),
        Type::Named(name) => match &writer.def(name).kind {
            TypeKind::Struct(fields) => object(writer, fields, depth.saturating_sub(1)),
            TypeKind::Enum(def) => listed(def),
        },
        Type::Fields(_) => Just(json!("a,b")).boxed(),
        Type::Scalar(scalar) => random(*scalar),
    }
}

fn listed(def: &'static EnumDef) -> BoxedStrategy<Value> {
    let mut values: Vec<Value> = def.values.iter().map(|listed| enum_value(def, &listed.wire.value)).collect();
    // Open enums keep what they do not know.
    values.push(enum_value(def, if def.integer { "987654" } else { "NOT_LISTED" }));
    select(values).boxed()
}

fn enum_value(def: &EnumDef, wire: &str) -> Value {
    wire.parse::<i64>().ok().filter(|_| def.integer).map_or_else(|| wire.into(), Value::from)
}

fn random(scalar: Scalar) -> BoxedStrategy<Value> {
    match scalar {
        Scalar::String | Scalar::Bytes => {
            "[a-zA-Z0-9 <>&\"'/\\\\\\[\\]{}\n\t\r一-十😀]{0,10}[a-z0-9]".prop_map(Value::from).boxed()
        }
        Scalar::I64 => {
            prop_oneof![any::<i64>(), Just(i64::MAX), Just(i64::MIN), 0..10i64].prop_map(Value::from).boxed()
        }
        Scalar::F64 => any::<i32>().prop_map(|n| json!(f64::from(n) / 64.0)).boxed(),
        Scalar::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Scalar::Money => (-99_999_999_999i64..99_999_999_999, 0..100u8)
            .prop_map(|(yuan, fen)| format!("{yuan}.{fen:02}").into())
            .boxed(),
        Scalar::Decimal => "(0|[1-9][0-9]{0,8})(\\.[0-9]{1,9})?".prop_map(Value::from).boxed(),
        Scalar::Date => (1970..2100i32, 1..13i32, 1..29i32, 0..24i32, 0..60i32, 0..60i32)
            .prop_map(|(y, mo, d, h, mi, s)| format!("{y:04}-{mo:02}-{d:02} {h:02}:{mi:02}:{s:02}").into())
            .boxed(),
        Scalar::Json => select(vec![json!("{\"a\":[1,\"<&>\"]}"), json!("[]"), json!("12"), json!("\"x\"")]).boxed(),
    }
}

fn full(
    writer: Writer<'static>,
    fields: &'static [Field],
    inside: &mut Vec<&'static str>,
    scalar: &mut dyn FnMut(&Field, Scalar) -> Value,
) -> Value {
    let pairs = fields
        .iter()
        .filter_map(|field| Some((field.name.value.clone(), sure(writer, field, &field.ty.value, inside, scalar)?)));
    Value::Object(pairs.collect())
}

/// A fixed value; nothing for a structure inside itself.
fn sure(
    writer: Writer<'static>,
    field: &'static Field,
    ty: &'static Type,
    inside: &mut Vec<&'static str>,
    scalar: &mut dyn FnMut(&Field, Scalar) -> Value,
) -> Option<Value> {
    Some(match ty {
        Type::List(element) => {
            let one = sure(writer, field, element, inside, scalar)?;
            json!([one, one])
        }
        Type::Named(name) => match &writer.def(name).kind {
            TypeKind::Struct(_) if inside.contains(&name.as_str()) => return None,
            TypeKind::Struct(fields) => {
                inside.push(name);
                let value = full(writer, fields, inside, scalar);
                inside.pop();
                value
            }
            TypeKind::Enum(def) => enum_value(def, &def.values[0].wire.value),
        },
        Type::Fields(_) => json!("a,b"),
        Type::Scalar(kind) => scalar(field, *kind),
    })
}

/// A value at the edge of its type.
pub(crate) fn edge(scalar: Scalar) -> Value {
    match scalar {
        Scalar::String | Scalar::Bytes => json!("<a> & \"b\" \\ 一\n"),
        Scalar::I64 => json!(i64::MAX),
        Scalar::F64 => json!(0.125),
        Scalar::Bool => json!(true),
        Scalar::Money => json!("1234567.80"),
        Scalar::Decimal => json!("0.0300"),
        Scalar::Date => json!("2026-02-28 23:59:59"),
        Scalar::Json => json!("{\"a\":1}"),
    }
}
