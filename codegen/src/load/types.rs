//! Declared types: structures and enums.

use crate::diagnostics::{duplicate_enum_value, missing_key, unknown_key, wrong_kind};
use crate::model::{At, EnumDef, EnumValue, TypeDef, TypeKind};
use crate::yaml::{Kind, Node};

use super::field;
use super::reader::{Cx, Entry, Keys};

/// `types.yaml` of a domain.
pub(super) fn read_file(cx: &mut Cx<'_>, node: &Node) -> Option<Vec<TypeDef>> {
    let mut keys = Keys::open(cx, node, "types.yaml")?;
    let types = keys.take_any("types").map(|node| read_all(cx, node));
    if types.is_none() {
        cx.report(missing_key::new(keys.span(), "types.yaml", "types", "{}"));
    }
    if let Some(node) = keys.take(cx, "imported") {
        cx.raw_entries(node, "`imported`");
    }
    keys.close(cx);
    types
}

/// A map of type names to declarations. One that cannot be read is kept as an empty structure, so that its uses stay quiet.
pub(super) fn read_all(cx: &mut Cx<'_>, node: &Node) -> Vec<TypeDef> {
    cx.entries(node, "`types`").into_iter().map(|entry| read(cx, entry)).collect()
}

fn read(cx: &mut Cx<'_>, entry: Entry<'_>) -> TypeDef {
    let Entry { key: name, value } = entry;
    let mut def = TypeDef { wire: name.value.clone(), name, doc: None, kind: TypeKind::Struct(Vec::new()) };
    let place = format!("the type `{}`", def.name.value);
    if !matches!(value.kind, Kind::Map(_)) {
        cx.wrong_kind(value, &def.name.value, "a map of fields, or `{ enum: [..] }`");
        return def;
    }
    let entries = cx.entries(value, &place);
    // A field may be called `enum` too: then its value is a type.
    let values =
        entries.iter().find(|e| e.key.value == "enum" && !matches!(e.value.kind, Kind::Str(_))).map(|e| e.value);
    let mut fields = Vec::new();
    for entry in entries {
        match entry.key.value.as_str() {
            "$doc" => def.doc = cx.sentence(entry.value, "$doc"),
            "$wire" => def.wire = cx.text(entry.value, "$wire").unwrap_or(def.wire),
            "enum" if values.is_some() => {}
            key if key.starts_with('$') || values.is_some() => {
                let known: &[&str] = if values.is_some() { &["$doc", "$wire", "enum"] } else { &["$doc", "$wire"] };
                cx.report(unknown_key::new(entry.key.span, key, &place, known));
            }
            _ => fields.push(field::read(cx, entry)),
        }
    }
    def.kind = match values {
        Some(node) => TypeKind::Enum(read_enum(cx, node)),
        None => TypeKind::Struct(fields),
    };
    def
}

/// `[A, B]`, or a map of values to a sentence, to nothing, or to `{ name, doc }`.
fn read_enum(cx: &mut Cx<'_>, node: &Node) -> EnumDef {
    let mut values: Vec<EnumValue> = Vec::new();
    let mut integer = true;
    match &node.kind {
        Kind::Seq(items) => {
            for item in items {
                match item.scalar_text(cx.text) {
                    Some(value) => push(
                        cx,
                        &mut values,
                        EnumValue { wire: At { value, span: cx.span(item) }, name: None, doc: None },
                    ),
                    None => cx.wrong_kind(item, "a value of `enum`", "text or a number"),
                }
                integer &= matches!(item.kind, Kind::Int(_));
            }
        }
        Kind::Map(pairs) => {
            for entry in cx.raw_entries(node, "`enum`") {
                let value = enum_value(cx, entry);
                push(cx, &mut values, value);
            }
            integer = pairs.iter().all(|(key, _)| matches!(key.kind, Kind::Int(_)));
        }
        Kind::Null => {}
        _ => cx.wrong_kind(node, "enum", "a list or map of values"),
    }
    EnumDef { integer: integer && !values.is_empty(), values }
}

fn enum_value(cx: &mut Cx<'_>, entry: Entry<'_>) -> EnumValue {
    let Entry { key: wire, value: node } = entry;
    let mut value = EnumValue { wire, name: None, doc: None };
    match &node.kind {
        Kind::Null => {}
        Kind::Map(_) => {
            if let Some(mut keys) = Keys::open(cx, node, &format!("the enum value `{}`", value.wire.value)) {
                value.name = keys
                    .take(cx, "name")
                    .and_then(|node| Some(At { value: cx.text(node, "name")?, span: cx.span(node) }));
                value.doc = keys.take(cx, "doc").and_then(|node| cx.sentence(node, "doc"));
                keys.close(cx);
            }
        }
        _ => value.doc = cx.sentence(node, &value.wire.value),
    }
    value
}

fn push(cx: &mut Cx<'_>, values: &mut Vec<EnumValue>, value: EnumValue) {
    if values.iter().any(|earlier| earlier.wire.value == value.wire.value) {
        cx.report(duplicate_enum_value::new(value.wire.span, &value.wire.value));
    } else if value.wire.value.is_empty() && value.name.is_some() {
        // An empty text is what the platform sends for nothing.
        cx.report(wrong_kind::new(value.wire.span, "a value of `enum`", "a text", "an empty one"));
    } else {
        values.push(value);
    }
}
