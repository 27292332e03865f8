//! Application parameters in a JSON or XML body. They are signed with the body and not again by name.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};
use topsdk_codegen::model::{Field, Type};

use crate::catalogue::Api;

/// Elements inside each other that are followed.
const MAX_DEPTH: usize = 64;

/// The members of a JSON object, or the elements below the root of XML, as the texts that a form would have. None where the body
/// is neither.
pub(crate) fn params(api: Api<'_>, body: &str) -> BTreeMap<String, String> {
    let members = match serde_json::from_str(body) {
        Ok(Value::Object(members)) => members,
        Ok(_) => return BTreeMap::new(),
        Err(_) => match parse(body) {
            Some(root) => object(api, &api.method.request, &root),
            None => return BTreeMap::new(),
        },
    };
    let field = |name: &str| api.method.request.iter().find(|field| field.name.value == name);
    let texts = members.into_iter().filter(|(_, value)| !value.is_null());
    texts.map(|(name, value)| (text(field(&name), value), name)).map(|(text, name)| (name, text)).collect()
}

/// A parameter's text: a list of single values is joined by commas, as in a form.
fn text(field: Option<&Field>, value: Value) -> String {
    let single = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    let is_list = field.is_some_and(|field| matches!(field.ty.value, Type::List(_) | Type::Fields(_)));
    if let (true, Value::Array(items)) = (is_list, &value)
        && let Some(items) = items.iter().map(single).collect::<Option<Vec<_>>>()
    {
        return items.join(",");
    }
    single(&value).unwrap_or_else(|| value.to_string())
}

/// An element of XML.
#[derive(Debug, Default)]
struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

/// The root element; `None` where the text is no XML.
fn parse(body: &str) -> Option<Element> {
    let mut reader = Reader::from_str(body);
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event().ok()?;
        let (tag, is_empty) = match &event {
            Event::Start(tag) => (Some(tag), false),
            Event::Empty(tag) => (Some(tag), true),
            _ => (None, false),
        };
        if let Some(tag) = tag {
            if open.len() > MAX_DEPTH {
                return None;
            }
            open.push(Element { name: tag.name().as_ref().to_owned(), ..Element::default() });
        }
        match event {
            Event::End(_) => close(&mut open)?,
            Event::Empty(_) if is_empty => close(&mut open)?,
            Event::Text(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::CData(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::GeneralRef(name) => match name.resolve_char_ref().ok()? {
                Some(c) => open.last_mut()?.text.push(c),
                None => open.last_mut()?.text.push_str(quick_xml::escape::resolve_predefined_entity(&name)?),
            },
            Event::Eof => break,
            _ => {}
        }
    }
    let [document] = <[Element; 1]>::try_from(open).ok()?;
    let [root] = <[Element; 1]>::try_from(document.children).ok()?;
    Some(root)
}

fn close(open: &mut Vec<Element>) -> Option<()> {
    let done = open.pop()?;
    open.last_mut()?.children.push(done);
    Some(())
}

/// The children of an element as members, by the fields that they are.
fn object(api: Api<'_>, fields: &[Field], element: &Element) -> Map<String, Value> {
    let known = |name: &str| fields.iter().find(|field| field.name.value == name).map(|field| &field.ty.value);
    element.children.iter().map(|child| (child.name.clone(), value(api, known(&child.name), child))).collect()
}

fn value(api: Api<'_>, ty: Option<&Type>, element: &Element) -> Value {
    match ty {
        // The elements of a list stand in it, each under the name of its type.
        Some(Type::List(inner)) if !element.children.is_empty() => {
            element.children.iter().map(|child| value(api, Some(inner), child)).collect()
        }
        Some(Type::Named(name)) if api.fields(name).is_some() => {
            Value::Object(object(api, api.fields(name).unwrap_or_default(), element))
        }
        _ if element.children.is_empty() => Value::String(element.text.clone()),
        _ => Value::Object(object(api, &[], element)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use topsdk_codegen::load::load_files;

    use super::*;
    use crate::catalogue::Catalogue;

    const METHOD: &str = "\
method: taobao.a.b
source: { from: doc-center, id: 1, hash: \"a\", body: \"b\" }
effect: read
request: { id: i64, names: 'string[]', line: Line, lines: 'Line[]', extra: json }
response: {}
types: { Line: { sku: string, counts: 'i64[]', inner: Line } }
";

    #[test]
    fn json_and_xml_give_what_a_form_would() {
        let domain = "domain: a\ntitle: A\ntitle_zh: A\ndoc: A.\ntier: t\n";
        let files = [("a/domain.yaml", domain), ("a/taobao.a.b.yaml", METHOD)];
        let spec = load_files(files.map(|(path, text)| (PathBuf::from(path), text.to_owned())).into()).spec;
        let catalogue = Catalogue::new(spec);
        let api = catalogue.method("taobao.a.b").unwrap();
        let table: [(&str, &[(&str, &str)]); 14] = [
            (r#"{"id":12,"x":"y","n":null}"#, &[("id", "12"), ("x", "y")]),
            (r#"{"names":["a","b"],"extra":[1,2]}"#, &[("extra", "[1,2]"), ("names", "a,b")]),
            (r#"{"line":{"sku":"s","counts":[1]}}"#, &[("line", r#"{"sku":"s","counts":[1]}"#)]),
            ("[1]", &[]),
            ("plain", &[]),
            ("", &[]),
            ("<r><id>12</id><x>a&amp;&#98;<![CDATA[<c>]]></x></r>", &[("id", "12"), ("x", "a&b<c>")]),
            ("<r><names><string>a</string><string>b</string></names></r>", &[("names", "a,b")]),
            ("<r><names>a,b</names><line/></r>", &[("line", "{}"), ("names", "a,b")]),
            (
                "<?xml version=\"1.0\"?><request>\n <lines><line><sku>s</sku><counts><n>1</n></counts></line></lines>\n</request>",
                &[("lines", r#"[{"sku":"s","counts":["1"]}]"#)],
            ),
            ("<r><line><inner><sku>s</sku></inner></line></r>", &[("line", r#"{"inner":{"sku":"s"}}"#)]),
            ("<r><a>1</r>", &[]),
            ("<r/><r/>", &[]),
            ("<r><x>&nope;</x></r>", &[]),
        ];
        for (body, expected) in table {
            let found = params(api, body);
            let found: Vec<(&str, &str)> = found.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            assert_eq!(found, expected, "{body}");
        }
        assert!(params(api, &"<a>".repeat(100_000)).is_empty());
    }
}
