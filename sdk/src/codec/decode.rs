//! Filling structures from a parsed answer, tolerantly.
//!
//! What cannot be read is left out and noted as drift; what is not known is counted. One odd field never costs the answer.

use std::fmt;

use crate::codec::tree::{Entries, Kind, Node};
use crate::model::{Field, Model, RecordMut, Shape};

/// Most drift entries and unknown paths kept for one answer; the rest is only counted.
const KEPT: usize = 100;

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
        let mut hint = 0;
        for (name, node) in entries {
            let Some(slot) = shape.find(name, hint) else {
                if self.path.is_empty() && name == "request_id" {
                    self.request_id = node.scalar().map(str::to_owned);
                } else {
                    self.unknown(name);
                }
                continue;
            };
            hint = slot + 1;
            let field = &shape.fields[slot];
            if let Some(value) = record.get_mut(slot) {
                self.path.push(Step::Field(field.name));
                value.fill(node, field, self);
                self.path.pop();
            }
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
            _ => node.scalar().map(str::trim),
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

    /// The elements of a list in any of the forms that are seen: a bare array, an array under one key, repeated elements
    /// (XML), a single element, nothing.
    pub(crate) fn list(&mut self, node: Node<'_>, field: &'static Field, take: &mut dyn FnMut(Node<'_>, &mut Self)) {
        match node.kind() {
            Kind::Null => {}
            Kind::Text(s) if s.trim().is_empty() => {}
            Kind::List(items) => self.each(items, take),
            Kind::Map(entries) => self.wrapped(node, entries, field, take),
            _ => self.each(std::iter::once(node), take),
        }
    }

    fn wrapped(&mut self, node: Node<'_>, entries: Entries<'_>, field: &'static Field, take: &mut dyn FnMut(Node<'_>, &mut Self)) {
        let mut pairs = entries;
        let Some((first, value)) = pairs.next() else { return };
        let repeated = pairs.all(|(name, _)| name == first);
        let single = entries.count() == 1;
        match value.kind() {
            Kind::List(items) if single => self.each(items, take),
            // `{"trade": {…}}`, or XML's `<trades><trade>…</trade><trade>…</trade></trades>`.
            _ if first == field.element || (repeated && !single) => self.each(entries.map(|(_, value)| value), take),
            // An element that stands where the list should.
            _ => self.each(std::iter::once(node), take),
        }
    }

    fn each<'t>(&mut self, nodes: impl Iterator<Item = Node<'t>>, take: &mut dyn FnMut(Node<'_>, &mut Self)) {
        for (index, node) in nodes.enumerate() {
            self.path.push(Step::Index(index));
            take(node, self);
            self.path.pop();
        }
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

/// A nested structure; anything but an object is drift.
pub(crate) fn record<M: Model>(node: Node<'_>, decoder: &mut Decoder) -> Option<M> {
    match node.kind() {
        Kind::Map(entries) => {
            let mut record = M::default();
            decoder.fill(entries, &mut record);
            Some(record)
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

/// Finds the answer below the root: an error, a wrapper under any name (PROTOCOL §3.1), or the simplified form itself.
pub(crate) fn payload<'t>(root: Node<'t>, expected: Option<&Shape>) -> Option<Payload<'t>> {
    let Kind::Map(mut entries) = root.kind() else { return None };
    if let Some(failure) = root.get("error_response") {
        return Some(Payload::Failure(failure));
    }
    if let (Some((name, value)), None) = (entries.next(), entries.next())
        && name.ends_with("_response")
        && expected.is_none_or(|shape| shape.find(name, 0).is_none())
        && matches!(value.kind(), Kind::Map(_) | Kind::Null)
    {
        return Some(Payload::Answer(value));
    }
    Some(Payload::Answer(root))
}
