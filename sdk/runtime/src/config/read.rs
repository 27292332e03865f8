//! Settings out of a tree: a serde deserializer that knows where it is, and reads on after a mistake.

use std::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, EnumAccess, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::config::node::{Node, Table, Value};
use crate::config::reference::{Reference, Sources};
use crate::error::ConfigProblem;
use crate::nearest::nearest;

/// More than that nobody reads.
const MOST: usize = 100;

/// Reads settings, and puts everything that is wrong with them into `problems`. Each mistake is taken out of a copy of the tree, which
/// is then read again: the types alone say what is right. `key` is where the tree stands.
pub(super) fn read<'de, T: Deserialize<'de>>(
    key: &str,
    node: &Node,
    sources: &Sources<'_>,
    problems: &mut Vec<ConfigProblem>,
) -> Option<T> {
    let mut node = node.clone();
    let mut wrong: Vec<String> = Vec::new();
    let first = problems.len();
    loop {
        let mut fault = match T::deserialize(Reader { node: &node, sources }) {
            Ok(settings) => return Some(settings),
            Err(fault) => fault,
        };
        fault.path.reverse();
        let at = [&[key.to_owned()], fault.path.as_slice()].concat().join(".");
        // Where something has been taken out, something is missing.
        let follows = fault.follows && wrong.iter().any(|wrong| lies_below(wrong, &at));
        let (at_key, message) = split(&at, fault.message);
        let told = problems.iter().any(|problem| problem.key == at_key);
        if !follows && !told && !fault.later {
            problems.push(ConfigProblem::new(at_key, message));
        }
        wrong.push(at);
        if fault.path.is_empty() || problems.len() >= first + MOST {
            return None;
        }
        node.remove(&fault.path);
    }
}

/// The key and the message of a problem at this key. A type that reads itself can tell which of its keys is wrong in words only:
/// `queue.lease: expected ..`.
pub(super) fn split(key: &str, message: String) -> (String, String) {
    match message.split_once(": ") {
        Some((inner, rest)) if lies_below(inner, key) && !inner.contains(' ') => (inner.to_owned(), rest.to_owned()),
        _ => (key.to_owned(), message),
    }
}

/// Whether a key is the other one, or stands in its table.
pub(super) fn lies_below(key: &str, above: &str) -> bool {
    key.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Why a value is not what it should be. Texts are not repeated: they may be secrets that stand where they should not.
#[derive(Debug)]
pub(super) struct Fault {
    /// The keys that lead to it, the last one first.
    path: Vec<String>,
    message: String,
    /// Whether it may come of something that was taken out.
    follows: bool,
    /// Whether it cannot be told here, because a reference is not followed.
    later: bool,
}

impl Fault {
    fn new(message: impl Into<String>) -> Self {
        Self { path: Vec::new(), message: message.into(), follows: false, later: false }
    }

    fn at(mut self, key: &str) -> Self {
        self.path.push(key.to_owned());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {}, found {}", wanted(expected), shown(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let near = nearest(variant, expected.iter().copied(), 1).first().copied();
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Self::new(format!("expected `{}`{near}", expected.join("`, `")))
    }

    fn missing_field(field: &'static str) -> Self {
        Self { follows: true, ..Self::new(format!("`{field}` is missing")) }
    }
}

/// What a type expects, for people who write TOML.
fn wanted(expected: &dyn Expected) -> String {
    match expected.to_string().as_str() {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a string" | "string" | "str" => "a text in quotes".to_owned(),
        "a map" => "a table".to_owned(),
        "a sequence" => "a list".to_owned(),
        // Derived code names the type, which is none of the reader's business.
        other if other.starts_with("struct ") => "a table".to_owned(),
        other if other.starts_with("enum ") => "a text in quotes".to_owned(),
        other => other.to_owned(),
    }
}

fn shown(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Str(_) | Unexpected::Char(_) => "a text".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        Unexpected::Bool(is) => format!("`{is}`"),
        Unexpected::Signed(number) => format!("`{number}`"),
        Unexpected::Unsigned(number) => format!("`{number}`"),
        Unexpected::Float(number) => format!("`{number}`"),
        Unexpected::Other(what) => what.to_owned(),
        _ => "something else".to_owned(),
    }
}

/// One value that is read.
#[derive(Clone, Copy)]
struct Reader<'a> {
    node: &'a Node,
    sources: &'a Sources<'a>,
}

impl<'a> Reader<'a> {
    fn visit_table<'de, V: Visitor<'de>>(self, table: &'a Table, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_map(Entries { entries: table.iter(), value: None, sources: self.sources })
    }

    /// The text itself, or that of the variable or the file that stands for it.
    fn visit_text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Some(reference) = Reference::of(self.node) else { return de::Deserializer::deserialize_any(self, visitor) };
        let reference = reference.map_err(Fault::new)?;
        let Some(text) = self.sources.get(&reference) else {
            return Err(Fault { later: true, ..Fault::new("") });
        };
        let text = text.map_err(Fault::new)?;
        // A type that reads itself from a text may repeat it.
        visitor.visit_str(&text).map_err(|fault: Fault| match fault.message.contains(&text) {
            true => Fault { message: format!("{reference} holds something else than is expected here"), ..fault },
            false => Fault { message: format!("{reference}: {}", fault.message), ..fault },
        })
    }
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Text(text) => visitor.visit_str(text),
            Value::Integer(number) => match i64::try_from(*number) {
                Ok(number) => visitor.visit_i64(number),
                Err(_) => Err(Fault::new("this number is too large")),
            },
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Boolean(is) => visitor.visit_bool(*is),
            Value::Date => Err(de::Error::invalid_type(Unexpected::Other("a date"), &visitor)),
            Value::Array(items) => visitor.visit_seq(Items { items: items.iter().enumerate(), sources: self.sources }),
            Value::Table(table) => self.visit_table(table, visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit_text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit_text(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let Some(table) = self.node.table() else {
            return self.deserialize_any(visitor);
        };
        if let Some((key, node)) = table.iter().find(|(key, _)| !fields.contains(&key.as_str())) {
            return Err(unknown(key, fields, node.table().is_some()).at(key));
        }
        self.visit_table(table, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match (&self.node.value, self.node.table().map(Table::iter).map(|mut t| (t.next(), t.next()))) {
            (Value::Text(text), _) => visitor.visit_enum(Variant { name: text, content: None }),
            (_, Some((Some((name, node)), None))) => {
                let content = Some(Reader { node, ..self });
                visitor.visit_enum(Variant { name, content }).map_err(|fault| fault.at(name))
            }
            _ => Err(Fault::new(format!("expected `{}`", variants.join("`, `")))),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple tuple_struct
        map identifier ignored_any
    }
}

/// A key that there is none of.
fn unknown(key: &str, known: &[&str], holds_table: bool) -> Fault {
    let hint = match nearest(key, known.iter().copied(), 1).first().copied() {
        Some(near) => format!("did you mean `{near}`?"),
        None if holds_table => format!("known are {}. A name with dots stands in quotes", listed(known)),
        None => format!("known are {}", listed(known)),
    };
    Fault::new(format!("unknown key; {hint}"))
}

/// Keys, for messages.
pub(super) fn listed(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

/// The entries of a table.
struct Entries<'a> {
    entries: std::collections::btree_map::Iter<'a, String, Node>,
    value: Option<(&'a str, &'a Node)>,
    sources: &'a Sources<'a>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((key, node)) = self.entries.next() else { return Ok(None) };
        self.value = Some((key, node));
        seed.deserialize(Name(key)).map(Some).map_err(|fault| fault.at(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let (key, node) = self.value.take().ok_or_else(|| Fault::new("a value without a key"))?;
        seed.deserialize(Reader { node, sources: self.sources }).map_err(|fault| fault.at(key))
    }
}

/// The values of a list.
struct Items<'a> {
    items: std::iter::Enumerate<std::slice::Iter<'a, Node>>,
    sources: &'a Sources<'a>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some((at, node)) = self.items.next() else { return Ok(None) };
        let item = seed.deserialize(Reader { node, sources: self.sources });
        item.map(Some).map_err(|fault| fault.at(&at.to_string()))
    }
}

/// A key as a value: maps may have numbers for keys.
struct Name<'a>(&'a str);

impl<'de> de::Deserializer<'de> for Name<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_str(self.0)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.parse() {
            Ok(number) => visitor.visit_i64(number),
            Err(_) => Err(Fault::new("the key is not a whole number")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A variant of an enum: its name, or a table with its name as the only key.
struct Variant<'a> {
    name: &'a str,
    content: Option<Reader<'a>>,
}

impl<'de, 'a> EnumAccess<'de> for Variant<'a> {
    type Error = Fault;
    type Variant = Content<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content<'a>), Fault> {
        let name: de::value::StrDeserializer<'_, Fault> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, Content(self.content)))
    }
}

/// What belongs to a variant.
struct Content<'a>(Option<Reader<'a>>);

impl<'a> Content<'a> {
    fn reader(self) -> Result<Reader<'a>, Fault> {
        self.0.ok_or_else(|| Fault::new("this word needs settings: give a table"))
    }
}

impl<'de> VariantAccess<'de> for Content<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        if self.0.is_none() { Ok(()) } else { Err(Fault::new("this is a word without settings: give it as a text")) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self.reader()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        de::Deserializer::deserialize_any(self.reader()?, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        de::Deserializer::deserialize_struct(self.reader()?, "", fields, visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_words() {
        for (key, message, expected) in [
            ("queue", "queue.lease: too short", ("queue.lease", "too short")),
            ("queue", "queue: say where", ("queue", "say where")),
            ("queue", "queues.x: y", ("queue", "queues.x: y")),
            ("queue", "expected one: x", ("queue", "expected one: x")),
            ("queue.lease", "too short", ("queue.lease", "too short")),
        ] {
            let (key, message) = split(key, message.to_owned());
            assert_eq!((key.as_str(), message.as_str()), expected);
        }
    }
}
