//! Requests made from a method's parameters.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use topsdk_codegen::model::{Domain, Field, Limits, Method, Scalar, Type, TypeDef, TypeKind};

use super::common::{NOW, params};

/// Structures inside each other.
const MAX_DEPTH: usize = 6;

/// A call's own parameters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) params: BTreeMap<String, String>,
    /// Names of file parts.
    pub(crate) files: Vec<String>,
}

/// Every required parameter, from the method's example where it has one.
pub(crate) fn required(domain: &Domain, method: &Method) -> Request {
    made(domain, method, |field| field.required)
}

/// Every parameter but those that have the name of a common one.
pub(crate) fn whole(domain: &Domain, method: &Method) -> Request {
    let common = params("", &[]);
    made(domain, method, |field| !common.contains_key(&field.name.value) && field.name.value != "simplify")
}

fn made(domain: &Domain, method: &Method, wanted: impl Fn(&Field) -> bool) -> Request {
    let example = method.example.as_ref().map(|e| e.request.value.clone()).unwrap_or_default();
    let maker = Maker { domain, method };
    let mut out = Request::default();
    for field in method.request.iter().filter(|f| wanted(f)) {
        let name = field.name.value.clone();
        if field.ty.value == Type::Scalar(Scalar::Bytes) {
            out.files.push(name);
            continue;
        }
        let value = match example.get(&name) {
            Some(value) => value.clone(),
            None => maker.value(&field.ty.value, &field.limits, 0),
        };
        out.params.insert(name, maker.wire(&field.ty.value, &value));
    }
    out
}

struct Maker<'a> {
    domain: &'a Domain,
    method: &'a Method,
}

impl Maker<'_> {
    fn kind(&self, name: &str) -> &TypeKind {
        let def: Option<&TypeDef> = self.method.type_def(self.domain, name);
        def.map(|t| &t.kind).unwrap_or_else(|| panic!("{}: no type {name}", self.method.name.value))
    }

    /// A value within the limits.
    fn value(&self, ty: &Type, limits: &Limits, depth: usize) -> Value {
        match ty {
            Type::Scalar(scalar) => scalar_value(*scalar, limits),
            Type::Fields(name) => match self.kind(name) {
                TypeKind::Struct(fields) => fields.iter().map(|f| f.name.value.as_str()).collect::<Vec<_>>().into(),
                TypeKind::Enum(_) => panic!("{}: fields of an enum", self.method.name.value),
            },
            Type::Named(name) => match self.kind(name) {
                TypeKind::Enum(def) => json!(def.values[0].wire.value),
                TypeKind::Struct(fields) => self.structure(fields, depth),
            },
            Type::List(element) => json!([self.value(element, limits, depth)]),
        }
    }

    fn structure(&self, fields: &[Field], depth: usize) -> Value {
        let nested = |ty: &Type| matches!(ty.innermost(), Type::Named(_));
        let fields = fields.iter().filter(|f| depth < MAX_DEPTH || !nested(&f.ty.value));
        let members = fields.map(|f| (f.name.value.clone(), self.value(&f.ty.value, &f.limits, depth + 1)));
        Value::Object(members.collect::<Map<_, _>>())
    }

    /// As parameters are written: lists of scalars by commas, structures as JSON.
    fn wire(&self, ty: &Type, value: &Value) -> String {
        match (ty, value) {
            (Type::List(element), Value::Array(_)) if self.is_struct(element) => value.to_string(),
            (_, Value::Array(items)) => items.iter().map(|i| self.wire(ty.element(), i)).collect::<Vec<_>>().join(","),
            (_, Value::String(text)) => text.clone(),
            (_, other) => other.to_string(),
        }
    }

    fn is_struct(&self, ty: &Type) -> bool {
        matches!(ty, Type::Named(name) if matches!(self.kind(name), TypeKind::Struct(_)))
    }
}

fn scalar_value(scalar: Scalar, limits: &Limits) -> Value {
    let number = limits.min.unwrap_or(1).max(limits.max.map_or(i64::MIN, |max| max.min(1)));
    match scalar {
        Scalar::String | Scalar::Bytes => json!("1"),
        Scalar::I64 => json!(number),
        Scalar::F64 => json!(number as f64),
        Scalar::Decimal => json!(number.to_string()),
        Scalar::Money => json!(format!("{number}.00")),
        Scalar::Bool => json!(true),
        Scalar::Date => json!(NOW),
        Scalar::Json => json!("{}"),
    }
}
