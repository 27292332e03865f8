//! Pages of the platform's documentation centre, as JSON: one method a file, its structures written out as trees.

use serde_json::{Map, Value};

use super::error::{ImportError, Result};
use super::facts::{Facts, Format, Inner, Limits, Param};
use super::paging;
use super::read::{MAX_DEPTH, check_description, check_method, check_name};
use crate::text::short;

/// Largest page, bytes: as values it takes many times its size.
const MAX_PAGE: usize = 16 << 20;

/// What a page says, and the keys in it that are unknown.
#[derive(Debug)]
pub struct Page {
    /// The method.
    pub facts: Facts,
    /// Places of keys that no one here understands, such as `requestParams[0].demoValue`.
    pub unknown: Vec<String>,
}

/// Reads one file, which lies in this folder. `None` for the lists of methods and groups that lie beside the pages.
///
/// # Errors
///
/// What is not JSON, and JSON that is neither a page nor such a list.
pub fn read(file: &str, folder: Option<&str>, text: &str) -> Result<Option<Page>> {
    if text.len() > MAX_PAGE {
        return Err(ImportError::of_file(file, format!("a page larger than {} MB", MAX_PAGE >> 20)));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let message = error.to_string();
        // The position stands in front of the message already.
        let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
        ImportError::at(file, place, format!("not JSON: {message}"))
    })?;
    let page = match value {
        Value::Object(page) if page.contains_key("requestParams") || page.contains_key("responseParams") => page,
        Value::Object(page) if page.contains_key("apiChineseName") => page,
        Value::Object(other) if other.contains_key("pkg") => return Ok(None),
        Value::Array(groups) if groups.iter().all(|group| group.get("pkg").is_some()) => return Ok(None),
        _ => return Err(ImportError::of_file(file, "neither a method's page nor a list of groups")),
    };
    let mut reader = Reader { file, unknown: Vec::new() };
    let name = reader.text(&page, "", "name")?.ok_or_else(|| ImportError::at(file, "name", "is missing"))?;
    check_method(file, "name", &name)?;
    let id = match page.get("id") {
        None | Some(Value::Null) => None,
        Some(id) => Some(id.as_i64().ok_or_else(|| ImportError::at(file, "id", "not a whole number"))?),
    };
    let facts = Facts {
        name,
        format: Format::DocCenter,
        id,
        group: folder.filter(|folder| is_group(folder)).map(str::to_owned),
        place: file.to_owned(),
        title: reader.words(&page, "", "apiChineseName")?,
        doc: reader.words(&page, "", "description")?,
        request: reader.params(page.get("requestParams"), "requestParams", 0)?,
        response: reader.params(page.get("responseParams"), "responseParams", 0)?,
    };
    reader.note_unknown(&page, "", &["name", "id", "apiChineseName", "description", "requestParams", "responseParams"]);
    Ok(Some(Page { facts, unknown: reader.unknown }))
}

/// Groups are named in plain letters; a folder that is not is one of the reader's own.
fn is_group(folder: &str) -> bool {
    !folder.is_empty() && folder.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

struct Reader<'a> {
    file: &'a str,
    unknown: Vec<String>,
}

impl Reader<'_> {
    fn params(&mut self, value: Option<&Value>, place: &str, depth: usize) -> Result<Vec<Param>> {
        let items = match value {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(ImportError::at(self.file, place, "not a list")),
        };
        if depth > MAX_DEPTH {
            return Err(ImportError::at(
                self.file,
                place,
                format!("more than {MAX_DEPTH} structures inside each other"),
            ));
        }
        items.iter().enumerate().map(|(i, item)| self.param(item, &format!("{place}[{i}]"), depth)).collect()
    }

    fn param(&mut self, value: &Value, place: &str, depth: usize) -> Result<Param> {
        let Value::Object(object) = value else {
            return Err(ImportError::at(self.file, place, "not a parameter"));
        };
        let name = self.text(object, place, "name")?;
        let name = name.ok_or_else(|| ImportError::at(self.file, key(place, "name"), "is missing"))?;
        check_name(self.file, &key(place, "name"), &name)?;
        let members = self.params(object.get("subParams"), &key(place, "subParams"), depth + 1)?;
        let mut param = Param {
            name,
            required: self.flag(object, place, "required")?,
            limits: Limits {
                max_length: self.number(object, place, "maxLength")?,
                max_items: self.number(object, place, "maxListSize")?,
                min: self.number(object, place, "minValue")?,
                max: self.number(object, place, "maxValue")?,
            },
            doc: self.words(object, place, "description")?,
            inner: if members.is_empty() { Inner::Nothing } else { Inner::Members(members) },
            ..Param::default()
        };
        if let Some(ty) = self.text(object, place, "type")? {
            check_name(self.file, &key(place, "type"), &ty)?;
            param.set_type(&ty);
        }
        let known = [
            "name",
            "type",
            "required",
            "description",
            "maxLength",
            "maxListSize",
            "minValue",
            "maxValue",
            "subParams",
        ];
        self.note_unknown(object, place, &known);
        param.first_page = paging::first_page(&param);
        Ok(param)
    }

    fn text(&self, object: &Map<String, Value>, place: &str, name: &str) -> Result<Option<String>> {
        match object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(ImportError::at(self.file, key(place, name), "not a text")),
        }
    }

    /// A description; an empty one is none.
    fn words(&self, object: &Map<String, Value>, place: &str, name: &str) -> Result<Option<String>> {
        let text = self.text(object, place, name)?;
        if let Some(text) = &text {
            check_description(self.file, &key(place, name), text)?;
        }
        Ok(text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    fn flag(&self, object: &Map<String, Value>, place: &str, name: &str) -> Result<bool> {
        match object.get(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(ImportError::at(self.file, key(place, name), "not true or false")),
        }
    }

    fn number(&self, object: &Map<String, Value>, place: &str, name: &str) -> Result<Option<i64>> {
        match object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_i64() {
                Some(number) => Ok(Some(number)),
                None => Err(ImportError::at(self.file, key(place, name), "not a whole number")),
            },
        }
    }

    fn note_unknown(&mut self, object: &Map<String, Value>, place: &str, known: &[&str]) {
        let unknown = object.keys().filter(|name| !known.contains(&name.as_str()));
        self.unknown.extend(unknown.map(|name| key(place, &short(name))));
    }
}

fn key(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}
