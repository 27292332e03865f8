//! XML answers as the values that standard JSON would have, but with texts for scalars.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

/// An element that is still open.
struct Open {
    name: String,
    list: bool,
    children: Vec<(String, Value)>,
    text: String,
}

impl Open {
    fn value(self) -> Result<Value, String> {
        if self.list {
            let Some(key) = self.children.first().map(|(name, _)| name.clone()) else {
                return Ok(Value::Object(Map::new()));
            };
            if self.children.iter().any(|(name, _)| *name != key) {
                return Err(format!("the elements of {} have several names", self.name));
            }
            let items = self.children.into_iter().map(|(_, value)| value).collect();
            return Ok(Value::Object([(key, Value::Array(items))].into_iter().collect()));
        }
        if self.children.is_empty() {
            return Ok(Value::String(self.text));
        }
        let mut members = Map::new();
        for (name, value) in self.children {
            if members.insert(name.clone(), value).is_some() {
                return Err(format!("{name} stands twice in {}", self.name));
            }
        }
        Ok(Value::Object(members))
    }
}

/// The document's root as the one member of an object.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    let rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"utf-8\" ?>").ok_or("no declaration")?;
    if !rest.ends_with("-->") {
        return Err("no comment at the end".to_owned());
    }
    let mut reader = Reader::from_str(rest);
    let mut open = vec![Open { name: String::new(), list: false, children: Vec::new(), text: String::new() }];
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Event::Start(start) => {
                let name = start.name().as_ref().to_owned();
                let list = start.attributes().flatten().any(|a| a.key.as_ref() == "list" && a.value == "true");
                open.push(Open { name, list, children: Vec::new(), text: String::new() });
            }
            Event::End(_) => {
                let done = open.pop().ok_or("an end without a start")?;
                let name = done.name.clone();
                let value = done.value()?;
                open.last_mut().ok_or("an end without a start")?.children.push((name, value));
            }
            Event::Text(text) => {
                open.last_mut().ok_or("text outside")?.text.push_str(&text);
            }
            Event::GeneralRef(entity) => {
                let c = match &*entity {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "#13" => '\r',
                    other => return Err(format!("entity {other}")),
                };
                open.last_mut().ok_or("text outside")?.text.push(c);
            }
            Event::Comment(_) => {}
            Event::Eof => break,
            other => return Err(format!("unexpected {other:?}")),
        }
    }
    open.pop().ok_or("nothing")?.value()
}
