//! Answers written by the specs alone, apart from the SDK's writers: what the platform would send.

use std::fmt::Write as _;

use serde_json::Value;
use topsdk::codec::Form;
use topsdk_codegen::model::{Domain, Field, Method, Scalar, Type, TypeDef, TypeKind};
use topsdk_codegen::naming::{element_key, response_wrapper};

/// Ways in which the platform's answers differ from its documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Odd {
    /// None: as documented.
    No,
    /// Numbers and booleans as text.
    Quoted,
    /// Money, decimals and digits as numbers.
    Unquoted,
    /// Booleans as `1` and `0`.
    Digits,
    /// `null` for every field that is not set.
    Nulls,
    /// `{}` for every list that is empty.
    EmptyObjects,
    /// One element where a list of one should be.
    Single,
    /// Two fields that no spec has, in every structure.
    Extra,
}

/// Writes the answers of one method.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'a> {
    /// The method's domain.
    pub(crate) domain: &'a Domain,
    /// The method.
    pub(crate) method: &'a Method,
    /// The form to write.
    pub(crate) form: Form,
    /// What to do differently.
    pub(crate) odd: Odd,
}

impl<'a> Writer<'a> {
    /// A whole body from a response in the form of the specs' examples.
    pub(crate) fn body(&self, response: &Value) -> String {
        let wrapper = response_wrapper(&self.method.name.value);
        let mut out = String::new();
        match self.form {
            Form::Json => {
                write!(out, "{{\"{wrapper}\":").unwrap();
                self.object(&self.method.response, response, &mut out);
                out.push('}');
            }
            Form::Simplified => self.object(&self.method.response, response, &mut out),
            _ => {
                write!(out, "<?xml version=\"1.0\" encoding=\"utf-8\" ?><{wrapper}>").unwrap();
                self.elements(&self.method.response, response, &mut out);
                write!(out, "</{wrapper}>").unwrap();
            }
        }
        out
    }

    /// The declaration of a named type.
    pub(crate) fn def(&self, name: &str) -> &'a TypeDef {
        self.method.type_def(self.domain, name).unwrap()
    }

    fn key(&self, element: &Type) -> String {
        let wire = match element {
            Type::Named(name) => Some(self.def(name).wire.as_str()),
            _ => None,
        };
        element_key(element, wire)
    }

    /// Fields in the order of the spec.
    fn object(&self, fields: &[Field], value: &Value, out: &mut String) {
        let mut pairs = Vec::new();
        for field in fields {
            let (name, ty) = (&field.name.value, &field.ty.value);
            let written = match (&value[name], ty) {
                (Value::Null, Type::List(_)) if self.odd == Odd::EmptyObjects => "{}".to_owned(),
                (Value::Null, _) if self.odd == Odd::Nulls => "null".to_owned(),
                (Value::Null, _) => continue,
                (Value::Array(items), Type::List(element)) => self.list(element, items),
                (value, ty) => self.single(ty, value),
            };
            pairs.push(format!("{}:{written}", quoted(name)));
        }
        if self.odd == Odd::Extra {
            pairs.insert(pairs.len() / 2, "\"zz_new\":{\"a\":[1,{}]},\"zz_new_too\":null".to_owned());
        }
        write!(out, "{{{}}}", pairs.join(",")).unwrap();
    }

    fn list(&self, element: &Type, items: &[Value]) -> String {
        let written: Vec<String> = items.iter().map(|item| self.single(element, item)).collect();
        match written.as_slice() {
            [one] if self.odd == Odd::Single && !self.looks_like_a_wrapper(element, &items[0]) => one.clone(),
            _ if self.form == Form::Json => format!("{{{}:[{}]}}", quoted(&self.key(element)), written.join(",")),
            _ => format!("[{}]", written.join(",")),
        }
    }

    /// Whether a bare element could be taken for the object around a list.
    fn looks_like_a_wrapper(&self, element: &Type, value: &Value) -> bool {
        let Value::Object(fields) = value else { return false };
        // An empty object is an empty list.
        fields.iter().next().is_none_or(|(name, first)| first.is_array() || *name == self.key(element))
    }

    fn single(&self, ty: &Type, value: &Value) -> String {
        let number = |text: &str| {
            text.parse::<f64>().is_ok_and(f64::is_finite)
                && text.parse::<i64>().map(|n| n.to_string()).as_deref() == Ok(text)
        };
        match (ty, value) {
            (Type::Named(name), value) => match &self.def(name).kind {
                TypeKind::Struct(fields) => {
                    let mut out = String::new();
                    self.object(fields, value, &mut out);
                    out
                }
                TypeKind::Enum(_) if self.odd == Odd::Quoted => quoted(&scalar(value)),
                TypeKind::Enum(_) => value.to_string(),
            },
            (Type::Scalar(Scalar::Bool), Value::Bool(on)) if self.odd == Odd::Digits => u8::from(*on).to_string(),
            (_, Value::Bool(_) | Value::Number(_)) if self.odd == Odd::Quoted => quoted(&scalar(value)),
            (Type::Scalar(Scalar::Money | Scalar::Decimal), Value::String(text)) if self.odd == Odd::Unquoted => {
                text.clone()
            }
            (Type::Scalar(Scalar::String), Value::String(text)) if self.odd == Odd::Unquoted && number(text) => {
                text.clone()
            }
            (_, Value::String(text)) => quoted(text),
            (_, value) => value.to_string(),
        }
    }

    fn elements(&self, fields: &[Field], value: &Value, out: &mut String) {
        for field in fields {
            let name = &field.name.value;
            match (&value[name], &field.ty.value) {
                (Value::Null, _) => {}
                (Value::Array(items), Type::List(element)) => {
                    write!(out, "<{name} list=\"true\">").unwrap();
                    let key = self.key(element);
                    items.iter().for_each(|item| self.element(&key, element, item, out));
                    write!(out, "</{name}>").unwrap();
                }
                (value, ty) => self.element(name, ty, value, out),
            }
        }
    }

    fn element(&self, name: &str, ty: &Type, value: &Value, out: &mut String) {
        write!(out, "<{name}>").unwrap();
        match ty {
            Type::Named(ty) if matches!(self.def(ty).kind, TypeKind::Struct(_)) => {
                let TypeKind::Struct(fields) = &self.def(ty).kind else { return };
                self.elements(fields, value, out);
            }
            _ => out.push_str(&escaped(&scalar(value))),
        }
        write!(out, "</{name}>").unwrap();
    }
}

/// The text of a scalar.
fn scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#13;")
}
