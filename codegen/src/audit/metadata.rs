//! Metadata as the audit reads it, on its own: the importer's reading is what is being audited.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value, json};

use crate::import::archive;
use crate::import::error::{ImportError, Result};

/// All methods by name, each with the parameters of both sides in the form of the documentation centre; and the structures that
/// parameters name without writing them out: a parameter's `struct` is the place of its structure among them.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) methods: BTreeMap<String, Value>,
    pub(super) structs: Vec<Vec<Value>>,
    /// Names of the structures, by place.
    names: Vec<String>,
    /// Which structures others are made of.
    inner: HashSet<usize>,
    /// How often methods have named a structure.
    uses: HashMap<String, usize>,
}

/// Reads files, folders and archives.
pub(super) fn read(paths: &[&Path]) -> Result<Metadata> {
    let mut metadata = Metadata::default();
    for path in paths {
        archive::open(path, &mut |document| {
            let text = String::from_utf8_lossy(&document.bytes);
            match text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
                true => metadata.xml(&document.name, &text),
                false => metadata.json(&document.name, &text),
            }
        })?;
    }
    Ok(metadata)
}

impl Metadata {
    fn json(&mut self, file: &str, text: &str) -> Result<()> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| ImportError::of_file(file, format!("not JSON: {error}")))?;
        if let (Some(name), Some(_)) = (value["name"].as_str(), value.get("description")) {
            self.methods.entry(name.to_owned()).or_insert(value);
        }
        Ok(())
    }

    fn xml(&mut self, file: &str, text: &str) -> Result<()> {
        let mut reader = Reader::from_str(text);
        // The elements that are open, each with what is known of it: its texts by name, and its lists.
        let mut open: Vec<(String, Map<String, Value>)> = vec![(String::new(), Map::new())];
        loop {
            let event = reader.read_event();
            let event = event.map_err(|error| ImportError::of_file(file, format!("not XML: {error}")))?;
            match event {
                Event::Start(tag) => open.push((tag.name().as_ref().to_owned(), Map::new())),
                Event::Text(text) => {
                    if let Some((_, map)) = open.last_mut() {
                        map.insert("text".to_owned(), json!(text.trim()));
                    }
                }
                Event::End(_) => {
                    let Some((name, map)) = open.pop() else { break };
                    self.close(&name, map, open.last_mut().map(|(_, parent)| parent));
                }
                Event::DocType(_) => return Err(ImportError::of_file(file, "a document type")),
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
        Ok(())
    }

    /// An element has ended: methods and structures are kept, everything else goes into what it stands in.
    fn close(&mut self, element: &str, mut map: Map<String, Value>, parent: Option<&mut Map<String, Value>>) {
        let name = map.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let list = |map: &mut Map<String, Value>| match map.remove("list") {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        };
        match element {
            "api" => {
                for side in ["requestParams", "responseParams"] {
                    let params =
                        map.get_mut(side).and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
                    let params = params.into_iter().map(|param| self.of_method(param)).collect();
                    map.insert(side.to_owned(), Value::Array(params));
                }
                self.methods.entry(name).or_insert(Value::Object(map));
            }
            "struct" => {
                let own = self.structs.len();
                self.names.push(name);
                let members = list(&mut map).into_iter().map(|member| self.of_struct(member, own)).collect();
                self.structs.push(members);
            }
            _ => {
                let Some(parent) = parent else { return };
                match element {
                    "param" | "prop" => {
                        if let Some(Value::Array(items)) = Some(parent.entry("list").or_insert_with(|| json!([]))) {
                            items.push(parameter(map));
                        }
                    }
                    "request" => drop(parent.insert("requestParams".to_owned(), json!(list(&mut map)))),
                    "response" => drop(parent.insert("responseParams".to_owned(), json!(list(&mut map)))),
                    "props" => drop(parent.insert("list".to_owned(), json!(list(&mut map)))),
                    _ => drop(parent.insert(element.to_owned(), map.remove("text").unwrap_or_default())),
                }
            }
        }
    }
}

impl Metadata {
    /// A member of a structure means the last structure of the name before it; or itself.
    fn of_struct(&mut self, mut member: Value, own: usize) -> Value {
        let base = base(&member);
        let before = self.names.iter().take(own).rposition(|name| *name == base);
        if let Some(meant) = before.or_else(|| self.names.iter().position(|name| *name == base)) {
            if meant != own {
                self.inner.insert(meant);
            }
            member["struct"] = json!(meant);
        }
        member
    }

    /// The first parameter of a method that names a structure means the first one that is no part of another, and so on.
    fn of_method(&mut self, mut param: Value) -> Value {
        let base = base(&param);
        let named = self.names.iter().enumerate().filter(|(_, name)| **name == base).map(|(place, _)| place);
        let named: Vec<usize> = named.collect();
        let outer: Vec<usize> = named.iter().copied().filter(|place| !self.inner.contains(place)).collect();
        let choice = if outer.is_empty() { named } else { outer };
        if let Some(last) = choice.last() {
            let uses = self.uses.entry(base).or_default();
            param["struct"] = json!(choice.get(*uses).unwrap_or(last));
            *uses += 1;
        }
        param
    }
}

fn base(param: &Value) -> String {
    param["type"].as_str().unwrap_or_default().trim_end_matches("[]").to_owned()
}

/// A `<param>` or `<prop>` in the form of the documentation centre.
fn parameter(map: Map<String, Value>) -> Value {
    let text = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or_default();
    let list = if text("level").ends_with("Array") { "[]" } else { "" };
    let mut out = json!({
        "name": text("name"),
        "type": format!("{}{list}", text("type")),
        "required": text("required") == "required",
    });
    let limits = [
        ("max_length", "maxLength"),
        ("max_list_size", "maxListSize"),
        ("min_value", "minValue"),
        ("max_value", "maxValue"),
    ];
    for (element, key) in limits {
        if let Ok(number) = text(element).parse::<i64>() {
            out[key] = json!(number);
        }
    }
    out
}
