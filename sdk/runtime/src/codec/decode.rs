//! Filling structures from a parsed answer, tolerantly.
//!
//! What cannot be read is left out and noted as drift; what is not known is counted. One odd field never costs the answer.

use std::fmt;

use crate::codec::tree::{Entries, Items, Kind, Node};
use crate::model::{Element, Field, Form, Model, RecordMut, Shape};

/// Most drift entries and unknown paths kept for one answer; the rest is only counted.
const KEPT: usize = 100;

/// Most list elements for which room is made before they are read: more than any page of the platform has.
const RESERVED: usize = 500;

/// Most bytes of structures that one answer may become. Three bytes, `{},`, can stand for a structure of six thousand.
const MOST_BYTES: usize = 128 * 1024 * 1024;

/// A field that could not be read. It holds no value from the answer, so it may be logged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// Where in the answer, such as `trades[3].payment`.
    pub path: String,
    /// What the spec says stands there.
    pub expected: &'static str,
    /// What was found, in a word.
    pub got: &'static str,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, got {}", self.path, self.expected, self.got)
    }
}

/// One answer's decoding: where we are, and what was odd so far.
#[derive(Default)]
pub struct Decoder {
    path: Vec<Step>,
    pub(crate) drift: Vec<Drift>,
    /// All drift, including what was not kept.
    pub(crate) drift_count: usize,
    /// Paths of fields that the structures do not have, each once.
    pub(crate) unknown: Vec<String>,
    pub(crate) request_id: Option<String>,
    /// For each kind of structure, the fields of the last one in the order they came: the next one mostly has the same.
    orders: Vec<(&'static Shape, Vec<u16>)>,
    /// Bytes of structures so far.
    spent: usize,
}

#[derive(Clone, Copy)]
enum Step {
    Field(&'static str),
    Index(usize),
}

impl Decoder {
    /// Fills the fields of a structure from an object.
    pub(crate) fn fill(&mut self, entries: Entries<'_>, record: &mut dyn RecordMut) {
        let shape = record.shape();
        let mut order = self.take_order(shape);
        let (mut at, mut next) = (0, 0);
        for (name, node) in entries {
            // Fields mostly come as in the last structure of this kind, or as declared.
            let known = order.get(at).map(|&slot| usize::from(slot));
            let expected = known.unwrap_or(next);
            let found = shape.fields.get(expected).filter(|field| field.name == name);
            let Some(slot) = found.map(|_| expected).or_else(|| shape.find(name)) else {
                self.surplus(name, node);
                continue;
            };
            if known != Some(slot) {
                order.truncate(at);
                order.push(u16::try_from(slot).unwrap_or_default());
            }
            (at, next) = (at + 1, slot + 1);
            let field = &shape.fields[slot];
            if let Some(value) = record.get_mut(slot) {
                self.path.push(Step::Field(field.name));
                value.fill(node, field, self);
                self.path.pop();
            }
        }
        self.orders.push((shape, order));
    }

    /// The order in which the last structure of this kind came. It is taken out while in use, since structures may nest in
    /// themselves.
    fn take_order(&mut self, shape: &'static Shape) -> Vec<u16> {
        let known = self.orders.iter().rposition(|(other, _)| std::ptr::eq(*other, shape));
        known.map(|at| self.orders.swap_remove(at).1).unwrap_or_default()
    }

    /// A field that the structure does not have.
    fn surplus(&mut self, name: &str, node: Node<'_>) {
        if self.path.is_empty() && name == "request_id" {
            self.request_id = node.scalar().map(str::to_owned);
        } else {
            self.unknown(name);
        }
    }

    /// Text of a scalar, or of anything else re-written as JSON: some text fields hold an object.
    pub(crate) fn text(&mut self, node: Node<'_>) -> Option<String> {
        match node.kind() {
            Kind::Null => None,
            Kind::List(_) | Kind::Map(_) => Some(crate::codec::json::from_node(node)),
            _ => node.scalar().map(str::to_owned),
        }
    }

    /// A scalar through its text form; empty text counts as absent.
    pub(crate) fn scalar<T>(
        &mut self,
        node: Node<'_>,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = match node.kind() {
            Kind::Null => return None,
            Kind::List(_) | Kind::Map(_) => None,
            _ => node.scalar().map(trimmed),
        };
        if text == Some("") {
            return None;
        }
        let value = text.and_then(parse);
        if value.is_none() {
            self.drift(expected, node);
        }
        value
    }

    /// Reads every element of a list into `list`.
    pub(crate) fn elements<T: Element>(&mut self, node: Node<'_>, field: &'static Field, list: &mut Vec<T>) {
        let elements = elements(node, field);
        // Elements may be much larger than the text that stands for them, so an odd answer must not decide alone.
        list.reserve(elements.count().min(RESERVED));
        for (index, element) in elements.enumerate() {
            self.path.push(Step::Index(index));
            T::Form::read_into(element, self, list);
            self.path.pop();
        }
    }

    /// Whether the answer may become one more structure; if not, that is drift.
    fn afford<M: Model>(&mut self, node: Node<'_>) -> bool {
        self.spent = self.spent.saturating_add(size_of::<M>());
        let fits = self.spent <= MOST_BYTES;
        if !fits {
            self.drift("an answer of usual size", node);
        }
        fits
    }

    /// Notes that this node is not what the spec says.
    pub fn drift(&mut self, expected: &'static str, node: Node<'_>) {
        self.drift_count += 1;
        if self.drift.len() < KEPT {
            self.drift.push(Drift { path: self.at(None), expected, got: node.kind().name() });
        }
    }

    /// Notes raw control characters or lone surrogates that were let through.
    pub(crate) fn repaired(&mut self, count: usize) {
        self.drift_count += count;
        let got = "raw control characters or lone surrogates";
        self.drift.push(Drift { path: String::new(), expected: "strict JSON", got });
    }

    fn unknown(&mut self, name: &str) {
        if self.unknown.len() < KEPT {
            // List positions are left out, so that a new field shows once and not once an element.
            let path = self.at(Some(name));
            if !self.unknown.contains(&path) {
                self.unknown.push(path);
            }
        }
    }

    fn at(&self, name: Option<&str>) -> String {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Index(index) if name.is_none() => path.push_str(&format!("[{index}]")),
                Step::Index(_) => path.push_str("[]"),
                Step::Field(field) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(field);
                }
            }
        }
        if let Some(name) = name {
            if !path.is_empty() {
                path.push('.');
            }
            path.extend(name.chars().take(100));
        }
        path
    }
}

/// The elements of a list in any of the forms that are seen: a bare array, an array under one key, repeated elements (XML), a
/// single element, nothing.
fn elements<'t>(node: Node<'t>, field: &Field) -> Elements<'t> {
    let entries = match node.kind() {
        Kind::Null => return Elements::One(None),
        Kind::Text(s) if s.trim().is_empty() => return Elements::One(None),
        Kind::List(items) => return Elements::Items(items),
        Kind::Map(entries) => entries,
        _ => return Elements::One(Some(node)),
    };
    let mut pairs = entries;
    let Some((first, value)) = pairs.next() else { return Elements::One(None) };
    let single = pairs.next().is_none();
    let repeated = !single && entries.skip(1).all(|(name, _)| name == first);
    // A list of scalars has no element that is an object.
    let scalars = matches!(field.element, "string" | "number" | "boolean" | "price" | "date");
    match value.kind() {
        Kind::List(items) if single || first == field.element => Elements::Items(items),
        // `{"trade": {…}}`, or XML's `<trades><trade>…</trade><trade>…</trade></trades>`.
        _ if first == field.element => Elements::Named(entries, field.element),
        _ if repeated || (single && scalars) => Elements::Named(entries, first),
        // An element that stands where the list should.
        _ => Elements::One(Some(node)),
    }
}

/// Nodes that stand for the elements of a list.
#[derive(Clone, Copy)]
enum Elements<'t> {
    Items(Items<'t>),
    /// The values under one name; what stands beside them, such as a count, is none of them.
    Named(Entries<'t>, &'t str),
    One(Option<Node<'t>>),
}

impl<'t> Iterator for Elements<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        match self {
            Self::Items(items) => items.next(),
            Self::Named(entries, wanted) => entries.find(|(name, _)| name == wanted).map(|(_, value)| value),
            Self::One(node) => node.take(),
        }
    }
}

/// The text without blanks around it. Most texts have none, which their ends tell.
fn trimmed(text: &str) -> &str {
    let plain = |end: Option<&u8>| end.is_some_and(u8::is_ascii_graphic);
    if plain(text.as_bytes().first()) && plain(text.as_bytes().last()) { text } else { text.trim() }
}

/// Appends a nested structure to a list, filled in place: structures are large, and pages of them are long.
pub(crate) fn push_record<M: Model>(node: Node<'_>, decoder: &mut Decoder, list: &mut Vec<M>) {
    if let Kind::Map(entries) = node.kind() {
        if !decoder.afford::<M>(node) {
            return;
        }
        list.push(M::default());
        if let Some(last) = list.last_mut() {
            decoder.fill(entries, last);
        }
    } else {
        list.extend(record(node, decoder));
    }
}

/// A nested structure; anything but an object is drift.
pub(crate) fn record<M: Model>(node: Node<'_>, decoder: &mut Decoder) -> Option<M> {
    match node.kind() {
        Kind::Map(_) if !decoder.afford::<M>(node) => None,
        Kind::Map(entries) => {
            let mut record = None;
            decoder.fill(entries, record.insert(M::default()));
            record
        }
        Kind::Null => None,
        Kind::Text(s) if s.trim().is_empty() => None,
        Kind::List(mut items) => match (items.next(), items.next()) {
            (None, _) => None,
            (Some(only), None) => record(only, decoder),
            _ => {
                decoder.drift(M::SHAPE.name, node);
                None
            }
        },
        // Structures are sometimes sent as JSON inside a string.
        Kind::Text(s) if s.trim_start().starts_with('{') => match crate::codec::json::read(s.as_bytes()) {
            Ok(tree) => record(tree.root(), decoder),
            Err(_) => {
                decoder.drift(M::SHAPE.name, node);
                None
            }
        },
        _ => {
            decoder.drift(M::SHAPE.name, node);
            None
        }
    }
}

/// What a body's root holds.
pub(crate) enum Payload<'t> {
    /// The response's fields.
    Answer(Node<'t>),
    /// The contents of `error_response`.
    Failure(Node<'t>),
}

/// Finds the answer below the root: an error, a wrapper under any name, or the simplified form itself.
pub(crate) fn payload<'t>(root: Node<'t>, expected: Option<&Shape>) -> Option<Payload<'t>> {
    let Kind::Map(mut entries) = root.kind() else { return None };
    if let Some(failure) = root.get("error_response") {
        return Some(Payload::Failure(failure));
    }
    if let (Some((name, value)), None) = (entries.next(), entries.next()) {
        let wrapper = match expected {
            Some(shape) if shape.find(name).is_some() => false,
            // Whatever its name: that is how the official client finds the answer, too.
            Some(_) => name.ends_with("_response") || matches!(value.kind(), Kind::Map(_)),
            None => name.ends_with("_response"),
        };
        if wrapper {
            return Some(Payload::Answer(value));
        }
    }
    Some(Payload::Answer(root))
}

#[cfg(test)]
mod tests;
