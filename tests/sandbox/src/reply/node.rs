//! From a value and the spec's types to the tree that is written.

use serde_json::{Map, Number, Value};
use topsdk_codegen::model::{Field, Scalar, Type};
use topsdk_codegen::naming::element_key;

use crate::catalogue::Api;
use crate::fields::Selection;

/// A value whose lists know their element key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// Text.
    Text(String),
    /// A number as written.
    Number(Number),
    /// `true` or `false`.
    Bool(bool),
    /// Named members in order.
    Object(Vec<(String, Node)>),
    /// A list and the key of its elements.
    List(String, Vec<Node>),
}

impl Node {
    /// A value without types; lists are keyed by `item`.
    pub(crate) fn plain(value: Value) -> Self {
        match value {
            Value::Null => Self::Text(String::new()),
            Value::Bool(b) => Self::Bool(b),
            Value::Number(n) => Self::Number(n),
            Value::String(s) => Self::Text(s),
            Value::Array(items) => Self::List("item".into(), items.into_iter().map(Self::plain).collect()),
            Value::Object(members) => Self::Object(members.into_iter().map(|(k, v)| (k, Self::plain(v))).collect()),
        }
    }

    /// Text of a scalar.
    pub(crate) fn scalar_text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(number.to_string()),
            Self::Bool(b) => Some(b.to_string()),
            Self::Object(_) | Self::List(..) => None,
        }
    }
}

/// Fits an answer's value to the method's response: its fields in spec order, of the spec's types, restricted to what `fields` asks for.
pub(crate) fn build(api: Api<'_>, value: &Map<String, Value>, fields: &str) -> Node {
    let wanted = Selection::parse(fields);
    let selected = api.method.request.iter().find_map(|f| match &f.ty.value {
        Type::Fields(name) if f.name.value == "fields" => Some(name.as_str()),
        _ => None,
    });
    let everything = Selection::default();
    let mut members = Vec::new();
    for field in &api.method.response {
        // `fields` is about one type; the answer's other members (totals, flags) always come.
        let about = matches!(field.ty.value.element(), Type::Named(name) if Some(name.as_str()) == selected);
        let below = if about { &wanted } else { &everything };
        if let Some(node) = value.get(&field.name.value).and_then(|v| fit(api, field, &field.ty.value, v, below)) {
            members.push((field.name.value.clone(), node));
        }
    }
    Node::Object(members)
}

fn fit(api: Api<'_>, field: &Field, ty: &Type, value: &Value, wanted: &Selection) -> Option<Node> {
    match ty {
        _ if value.is_null() => None,
        Type::Scalar(scalar) => Some(fit_scalar(*scalar, value)),
        Type::Fields(_) => Some(fit_scalar(Scalar::String, value)),
        Type::List(element) => {
            let items = match value {
                Value::Array(items) => items.as_slice(),
                other => std::slice::from_ref(other),
            };
            let wire = match element.as_ref() {
                Type::Named(name) => api.type_def(name).map(|t| t.wire.as_str()),
                _ => None,
            };
            let nodes = items.iter().filter_map(|item| fit(api, field, element, item, wanted)).collect();
            Some(Node::List(element_key(element, wire), nodes))
        }
        Type::Named(name) => match (api.fields(name), api.enumeration(name), value) {
            (Some(fields), _, Value::Object(members)) => Some(fit_struct(api, field, fields, members, wanted)),
            (_, Some(def), _) if def.integer => Some(fit_scalar(Scalar::I64, value)),
            (_, Some(_), _) => Some(fit_scalar(Scalar::String, value)),
            // A type that no file declares: the validator tells; here the value goes out as it is.
            _ => Some(Node::plain(value.clone())),
        },
    }
}

fn fit_struct(api: Api<'_>, outer: &Field, fields: &[Field], members: &Map<String, Value>, wanted: &Selection) -> Node {
    let filled = |name: &str| {
        (outer.only.is_empty() || outer.only.iter().any(|n| n.value == name))
            && outer.except.iter().all(|n| n.value != name)
    };
    let mut out = Vec::new();
    for field in fields.iter().filter(|f| filled(&f.name.value)) {
        let name = &field.name.value;
        let asked = || wanted.below(&field.ask_as.as_ref()?.value);
        let below = wanted.below(name).or_else(asked);
        let node = below.and_then(|below| fit(api, field, &field.ty.value, members.get(name)?, below));
        if let Some(node) = node {
            out.push((name.clone(), node));
        }
    }
    Node::Object(out)
}

/// The scalar's form on the wire, whatever form the value has; a value that does not fit goes out as text.
fn fit_scalar(scalar: Scalar, value: &Value) -> Node {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match scalar {
        Scalar::I64 => text.parse::<i64>().map_or(Node::Text(text), |n| Node::Number(n.into())),
        Scalar::F64 => text.parse::<f64>().ok().and_then(Number::from_f64).map_or(Node::Text(text), Node::Number),
        Scalar::Bool => match text.as_str() {
            "true" => Node::Bool(true),
            "false" => Node::Bool(false),
            _ => Node::Text(text),
        },
        Scalar::Money if !text.contains('.') && text.parse::<i64>().is_ok() => Node::Text(format!("{text}.00")),
        Scalar::String | Scalar::Money | Scalar::Decimal | Scalar::Date | Scalar::Json | Scalar::Bytes => {
            Node::Text(text)
        }
    }
}
