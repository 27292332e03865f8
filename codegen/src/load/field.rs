//! Fields: parameters, response fields and fields of structures.

use crate::diagnostics::{bad_limit, missing_key};
use crate::model::{At, Field, Limits, Scalar, Sensitive, Span, Type};
use crate::yaml::{Kind, Node};

use super::example::json;
use super::reader::{Cx, Entry, Keys};

const SENSITIVE: [(&str, Sensitive); 9] = [
    ("name", Sensitive::Name),
    ("phone", Sensitive::Phone),
    ("address", Sensitive::Address),
    ("nick", Sensitive::Nick),
    ("email", Sensitive::Email),
    ("id", Sensitive::Id),
    ("account", Sensitive::Account),
    ("secret", Sensitive::Secret),
    ("text", Sensitive::Text),
];

/// A map of field names to types or long forms.
pub(super) fn read_all(cx: &mut Cx<'_>, node: &Node, place: &str) -> Vec<Field> {
    cx.entries(node, place).into_iter().map(|entry| read(cx, entry)).collect()
}

/// One field. A type that cannot be read becomes [`unreadable`], so that nothing more is said about it.
pub(super) fn read(cx: &mut Cx<'_>, entry: Entry<'_>) -> Field {
    let Entry { key: name, value: node } = entry;
    match &node.kind {
        Kind::Str(text) if !text.trim().is_empty() => {
            let ty = At { value: parse_type(text), span: cx.span(node) };
            Field { name, ty, ..Field::default() }
        }
        Kind::Map(_) => long_form(cx, name, node),
        Kind::Null | Kind::Str(_) => {
            cx.report(missing_key::empty(name.span, &name.value));
            Field { ty: unreadable(name.span), name, ..Field::default() }
        }
        _ => {
            cx.wrong_kind(node, &name.value, "a type or a map");
            Field { ty: unreadable(name.span), name, ..Field::default() }
        }
    }
}

/// What a field names as its type. Text that is no type becomes a name that nothing declares.
pub(crate) fn parse_type(text: &str) -> Type {
    let text = text.trim();
    if let Some(element) = text.strip_suffix("[]") {
        let inner = element.trim_end_matches("[]");
        let inner_type = element_type(inner);
        // However many brackets there are, two levels are enough to be refused.
        let element_ty = if inner.len() < element.len() { Type::List(Box::new(inner_type)) } else { inner_type };
        return Type::List(Box::new(element_ty));
    }
    element_type(text)
}

/// The type of a field whose type has been complained about.
fn unreadable(span: Span) -> At<Type> {
    At { value: Type::Named(String::new()), span }
}

fn element_type(text: &str) -> Type {
    if let Some(inner) = text.strip_prefix("fields(").and_then(|rest| rest.strip_suffix(')')) {
        return Type::Fields(inner.trim().to_owned());
    }
    let scalar = match text {
        "string" => Scalar::String,
        "i64" => Scalar::I64,
        "f64" => Scalar::F64,
        "bool" => Scalar::Bool,
        "money" => Scalar::Money,
        "decimal" => Scalar::Decimal,
        "date" => Scalar::Date,
        "json" => Scalar::Json,
        "bytes" => Scalar::Bytes,
        _ => return Type::Named(text.to_owned()),
    };
    Type::Scalar(scalar)
}

fn long_form(cx: &mut Cx<'_>, name: At<String>, node: &Node) -> Field {
    let Some(mut keys) = Keys::open(cx, node, &format!("the field `{}`", name.value)) else {
        return Field { ty: unreadable(name.span), name, ..Field::default() };
    };
    let ty = match keys.need(cx, "type", "string") {
        Some(node) => match cx.text(node, "type") {
            Some(text) => At { value: parse_type(&text), span: cx.span(node) },
            None => unreadable(cx.span(node)),
        },
        None => unreadable(name.span),
    };
    let doc = keys.take(cx, "doc").and_then(|node| cx.sentence(node, "doc"));
    let required = keys.take(cx, "required").and_then(|node| cx.bool(node, "required")).unwrap_or(false);
    let default = keys.take(cx, "default").map(|node| json(cx, node));
    let limits = Limits {
        max_length: count(cx, &mut keys, "max_length"),
        max_items: count(cx, &mut keys, "max_items"),
        min: keys.take(cx, "min").and_then(|node| cx.int(node, "min")),
        max: keys.take(cx, "max").and_then(|node| cx.int(node, "max")),
        max_bytes: count(cx, &mut keys, "max_bytes"),
    };
    let sensitive = keys.take(cx, "sensitive").and_then(|node| cx.choice(node, "sensitive", &SENSITIVE));
    let deprecated = keys.take(cx, "deprecated").and_then(|node| cx.sentence(node, "deprecated"));
    let ask_as = keys.take(cx, "ask_as").and_then(|node| {
        let value = cx.text(node, "ask_as")?;
        Some(At { value, span: cx.span(node) })
    });
    let only = names(cx, &mut keys, "only");
    let except = names(cx, &mut keys, "except");
    keys.close(cx);
    Field { name, ty, doc, required, default, limits, sensitive, deprecated, ask_as, only, except }
}

fn count(cx: &mut Cx<'_>, keys: &mut Keys<'_>, key: &'static str) -> Option<u64> {
    let node = keys.take(cx, key)?;
    match node.kind {
        Kind::Int(value) if value > 0 => Some(value.unsigned_abs()),
        Kind::Int(_) | Kind::Float(_) => {
            cx.report(bad_limit::not_a_count(cx.span(node), key, node.raw(cx.text)));
            None
        }
        _ => {
            cx.wrong_kind(node, key, "a whole number");
            None
        }
    }
}

fn names(cx: &mut Cx<'_>, keys: &mut Keys<'_>, key: &'static str) -> Vec<At<String>> {
    let Some(node) = keys.take(cx, key) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for item in cx.items(node, key) {
        match item.scalar_text(cx.text) {
            Some(value) => names.push(At { value, span: cx.span(item) }),
            None => cx.wrong_kind(item, key, "a list of field names"),
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        let named = |name: &str| Type::Named(name.to_owned());
        let list = |inner: Type| Type::List(Box::new(inner));
        let table = [
            ("i64", Type::Scalar(Scalar::I64)),
            ("date[]", list(Type::Scalar(Scalar::Date))),
            ("Trade", named("Trade")),
            ("Trade[]", list(named("Trade"))),
            ("fields(Trade)", Type::Fields("Trade".to_owned())),
            ("Trade[][]", list(list(named("Trade")))),
            ("Trade[][][][]", list(list(named("Trade")))),
            ("int64", named("int64")),
            ("fields(", named("fields(")),
            ("[]", list(named(""))),
        ];
        for (text, expected) in table {
            assert_eq!(parse_type(text), expected, "{text}");
        }
    }
}
