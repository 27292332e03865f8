//! Holds an answer against the fields that its method declares. Knows the wire's rules by itself.

use serde_json::{Map, Value};
use topsdk_codegen::model::{Domain, Field, Method, Scalar, Type, TypeKind};
use topsdk_sandbox::Time;

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Lists are objects of one member, named after the element.
    Json,
    /// Lists are bare.
    Simplified,
    /// As JSON, but every scalar is a text.
    Xml,
}

/// A walk through one answer.
pub(crate) struct Walk<'a> {
    domain: &'a Domain,
    method: &'a Method,
    form: Form,
    /// Whether every declared field must be there.
    whole: bool,
    /// The structures around the place.
    inside: Vec<&'a str>,
    /// What is wrong, with the path.
    pub(crate) complaints: Vec<String>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(domain: &'a Domain, method: &'a Method, form: Form, whole: bool) -> Self {
        Self { domain, method, form, whole, inside: Vec::new(), complaints: Vec::new() }
    }

    /// Walks the members of the wrapper.
    pub(crate) fn root(&mut self, members: &Map<String, Value>) {
        let mut members = members.clone();
        match members.remove("request_id") {
            Some(Value::String(id)) if !id.is_empty() => {}
            other => self.complain("request_id", &format!("is {other:?}")),
        }
        let fields: Vec<_> = self.method.response.iter().collect();
        self.members(&fields, &members, "");
    }

    fn members(&mut self, fields: &[&'a Field], members: &Map<String, Value>, path: &str) {
        for name in members.keys().filter(|name| fields.iter().all(|f| f.name.value != **name)) {
            self.complain(&format!("{path}.{name}"), "is not declared");
        }
        for &field in fields {
            let path = format!("{path}.{}", field.name.value);
            match members.get(&field.name.value) {
                Some(value) => self.value(field, &field.ty.value, value, &path),
                None if self.whole && !self.repeats(&field.ty.value) => self.complain(&path, "is missing"),
                None => {}
            }
        }
    }

    /// Whether a value of the type would be a structure inside itself, where made answers end.
    fn repeats(&self, ty: &Type) -> bool {
        matches!(ty, Type::Named(name) if self.inside.contains(&name.as_str()))
    }

    fn value(&mut self, field: &'a Field, ty: &'a Type, value: &Value, path: &str) {
        match ty {
            Type::List(element) => self.list(field, element, value, path),
            Type::Scalar(scalar) => self.scalar(*scalar, value, path),
            Type::Fields(_) => self.complain(path, "is of a request's type"),
            Type::Named(name) => match self.method.type_def(self.domain, name).map(|def| &def.kind) {
                Some(TypeKind::Struct(fields)) => {
                    let filled = |f: &&Field| {
                        let among = |names: &[_]| {
                            names.iter().any(|n: &topsdk_codegen::model::At<String>| n.value == f.name.value)
                        };
                        (field.only.is_empty() || among(&field.only)) && !among(&field.except)
                    };
                    let fields: Vec<_> = fields.iter().filter(filled).collect();
                    match value {
                        Value::Object(members) => {
                            self.inside.push(name);
                            self.members(&fields, members, path);
                            self.inside.pop();
                        }
                        // XML cannot tell an empty structure from an empty text.
                        Value::String(text) if self.form == Form::Xml && text.is_empty() => {
                            self.members(&fields, &Map::new(), path);
                        }
                        other => self.complain(path, &format!("is no structure: {other}")),
                    }
                }
                Some(TypeKind::Enum(def)) if def.integer => self.scalar(Scalar::I64, value, path),
                Some(TypeKind::Enum(_)) => self.scalar(Scalar::String, value, path),
                None => self.complain(path, &format!("is of the unknown type {name}")),
            },
        }
    }

    fn list(&mut self, field: &'a Field, element: &'a Type, value: &Value, path: &str) {
        let key = self.key(element);
        let items = match (self.form, value) {
            (Form::Simplified, Value::Array(items)) => items.as_slice(),
            (Form::Json | Form::Xml, Value::Object(list)) if list.is_empty() => &[],
            (Form::Json | Form::Xml, Value::Object(list)) if list.len() == 1 => match list.get(&key) {
                Some(Value::Array(items)) => items.as_slice(),
                _ => return self.complain(path, &format!("is no list of {key}: {value}")),
            },
            _ => return self.complain(path, &format!("is no list: {value}")),
        };
        if items.is_empty() && self.whole && !self.repeats(element) {
            self.complain(path, "is empty");
        }
        for item in items {
            self.value(field, element, item, &format!("{path}[]"));
        }
    }

    /// The name of a list's elements.
    fn key(&self, element: &Type) -> String {
        match element {
            Type::Scalar(scalar) => match scalar {
                Scalar::String | Scalar::Bytes => "string",
                Scalar::I64 | Scalar::F64 | Scalar::Decimal => "number",
                Scalar::Bool => "boolean",
                Scalar::Money => "price",
                Scalar::Date => "date",
                Scalar::Json => "json",
            }
            .to_owned(),
            Type::Named(name) => {
                let wire = self.method.type_def(self.domain, name).map_or(name, |def| &def.wire);
                let mut key = String::new();
                for c in wire.chars() {
                    if c.is_ascii_uppercase() && !key.is_empty() {
                        key.push('_');
                    }
                    key.push(c.to_ascii_lowercase());
                }
                key
            }
            Type::List(_) | Type::Fields(_) => panic!("{}: a list of {element}", self.method.name.value),
        }
    }

    fn scalar(&mut self, scalar: Scalar, value: &Value, path: &str) {
        let text = value.as_str();
        let fits = match scalar {
            Scalar::I64 | Scalar::F64 | Scalar::Bool if self.form != Form::Xml => match scalar {
                Scalar::I64 => value.is_i64(),
                Scalar::F64 => value.is_number(),
                _ => value.is_boolean(),
            },
            Scalar::I64 => text.is_some_and(|t| t.parse::<i64>().is_ok()),
            Scalar::F64 => text.is_some_and(|t| t.parse::<f64>().is_ok()),
            Scalar::Bool => text.is_some_and(|t| matches!(t, "true" | "false")),
            Scalar::String | Scalar::Bytes => text.is_some(),
            Scalar::Money => text.is_some_and(|t| decimals(t) == Some(2)),
            Scalar::Decimal => text.is_some_and(|t| decimals(t).is_some()),
            Scalar::Date => text.is_some_and(|t| Time::parse(t).is_some()),
            Scalar::Json => text.is_some_and(|t| serde_json::from_str::<Value>(t).is_ok()),
        };
        if !fits {
            self.complain(path, &format!("is no {}: {value}", scalar.as_str()));
        }
    }

    fn complain(&mut self, path: &str, what: &str) {
        self.complaints.push(format!("{} {what}", path.trim_start_matches('.')));
    }
}

/// How many decimals a plain number has.
fn decimals(text: &str) -> Option<usize> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    (!whole.is_empty() && digits(whole) && digits(part)).then_some(part.len())
}
