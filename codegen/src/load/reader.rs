//! Reading a tree of nodes: every reader complains where it must and returns what it could read.

use crate::diagnostic::Diagnostic;
use crate::diagnostics::{
    doc_full_stop, duplicate_key, missing_doc, missing_key, unknown_key, unknown_value, wrong_kind,
};
use crate::model::{At, Span};
use crate::yaml::{Kind, Node};

/// The file being read and where complaints go.
pub(super) struct Cx<'a> {
    pub(super) file: usize,
    pub(super) text: &'a str,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

/// One entry of a map.
#[derive(Clone)]
pub(super) struct Entry<'n> {
    pub(super) key: At<String>,
    pub(super) value: &'n Node,
}

impl Cx<'_> {
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn span(&self, node: &Node) -> Span {
        Span { file: self.file, start: node.start, end: node.end }
    }

    pub(super) fn wrong_kind(&mut self, node: &Node, key: &str, expected: &str) {
        self.wrong(node, &format!("`{key}`"), expected);
    }

    /// As [`Self::wrong_kind`], for what is not called as its key.
    pub(super) fn wrong(&mut self, node: &Node, what: &str, expected: &str) {
        self.report(wrong_kind::new(self.span(node), what, expected, node.noun()));
    }

    /// The entries of a map whose keys are free, without repeated ones. `null` is an empty map.
    pub(super) fn entries<'n>(&mut self, node: &'n Node, place: &str) -> Vec<Entry<'n>> {
        let mut entries: Vec<Entry<'n>> = Vec::new();
        for entry in self.raw_entries(node, place) {
            if entries.iter().any(|earlier| earlier.key.value == entry.key.value) {
                self.report(duplicate_key::new(entry.key.span, &entry.key.value, place));
            } else if entry.key.value.trim().is_empty() {
                self.report(wrong_kind::new(entry.key.span, "a key", "a name", "an empty text"));
            } else {
                entries.push(entry);
            }
        }
        entries
    }

    /// The entries of a map as written, repeated keys included.
    pub(super) fn raw_entries<'n>(&mut self, node: &'n Node, place: &str) -> Vec<Entry<'n>> {
        let mut entries = Vec::new();
        match &node.kind {
            Kind::Null => {}
            Kind::Map(pairs) => {
                for (key, value) in pairs {
                    let span = self.span(key);
                    match key.scalar_text(self.text) {
                        Some(text) => entries.push(Entry { key: At { value: text, span }, value }),
                        None => self.report(wrong_kind::new(span, "a key", "text", key.noun())),
                    }
                }
            }
            _ => self.wrong(node, place, "a map"),
        }
        entries
    }

    /// The items of a list.
    pub(super) fn items<'n>(&mut self, node: &'n Node, key: &str) -> &'n [Node] {
        match &node.kind {
            Kind::Seq(items) => items,
            _ => {
                self.wrong_kind(node, key, "a list");
                &[]
            }
        }
    }

    pub(super) fn text(&mut self, node: &Node, key: &str) -> Option<String> {
        match &node.kind {
            Kind::Str(text) if text.trim().is_empty() => {
                self.report(missing_key::empty(self.span(node), key));
                None
            }
            Kind::Str(text) => Some(text.clone()),
            _ => {
                self.wrong_kind(node, key, "text");
                None
            }
        }
    }

    /// A text that ends with a full stop.
    pub(super) fn sentence(&mut self, node: &Node, key: &str) -> Option<String> {
        let text = self.text(node, key)?.trim().to_owned();
        if !text.ends_with('.') {
            self.report(doc_full_stop::new(self.span(node), key, &text));
        }
        Some(text)
    }

    pub(super) fn bool(&mut self, node: &Node, key: &str) -> Option<bool> {
        match node.kind {
            Kind::Bool(value) => Some(value),
            _ => {
                self.wrong_kind(node, key, "`true` or `false`");
                None
            }
        }
    }

    pub(super) fn int(&mut self, node: &Node, key: &str) -> Option<i64> {
        match node.kind {
            Kind::Int(value) => Some(value),
            _ => {
                self.wrong_kind(node, key, "a whole number");
                None
            }
        }
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&mut self, node: &Node, key: &str, words: &[(&str, T)]) -> Option<T> {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let Some(text) = node.scalar_text(self.text) else {
            self.wrong_kind(node, key, &format!("one of {}", known.join(", ")));
            return None;
        };
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            self.report(unknown_value::new(self.span(node), key, &text, &known));
        }
        found
    }
}

/// A map whose keys are known. Keys are asked for one by one; what nobody asked for is an unknown key.
pub(super) struct Keys<'n> {
    place: String,
    span: Span,
    entries: Vec<Entry<'n>>,
    asked: Vec<&'static str>,
}

impl<'n> Keys<'n> {
    /// `None`, and a complaint, for what is not a map. `place` names the map in messages: `a method`.
    pub(super) fn open(cx: &mut Cx<'_>, node: &'n Node, place: &str) -> Option<Self> {
        if !matches!(node.kind, Kind::Map(_)) {
            cx.wrong(node, place, "a map");
            return None;
        }
        let mut span = cx.span(node);
        let entries = cx.entries(node, place);
        if let Some(first) = entries.first() {
            span = first.key.span;
        }
        Some(Self { place: place.to_owned(), span, entries, asked: Vec::new() })
    }

    /// The place of the first key, for complaints about what is missing.
    pub(super) fn span(&self) -> Span {
        self.span
    }

    /// Where a key stands, if it is there.
    pub(super) fn key_span(&self, key: &str) -> Option<Span> {
        self.entries.iter().find(|entry| entry.key.value == key).map(|entry| entry.key.span)
    }

    /// Where a key stands, or else where the map begins.
    pub(super) fn place_of(&self, key: &str) -> Span {
        self.key_span(key).unwrap_or(self.span)
    }

    /// The value of a key, `null` included.
    pub(super) fn take_any(&mut self, key: &'static str) -> Option<&'n Node> {
        self.asked.push(key);
        self.entries.iter().find(|entry| entry.key.value == key).map(|entry| entry.value)
    }

    /// The value of an optional key; a key without a value is a complaint.
    pub(super) fn take(&mut self, cx: &mut Cx<'_>, key: &'static str) -> Option<&'n Node> {
        let node = self.take_any(key)?;
        if node.kind == Kind::Null {
            cx.report(missing_key::empty(self.place_of(key), key));
            return None;
        }
        Some(node)
    }

    /// The value of a required key.
    pub(super) fn need(&mut self, cx: &mut Cx<'_>, key: &'static str, sample: &str) -> Option<&'n Node> {
        match self.take_any(key) {
            Some(node) if node.kind != Kind::Null => return Some(node),
            Some(_) => cx.report(missing_key::empty_required(self.place_of(key), key, sample)),
            None => cx.report(missing_key::new(self.span, &self.place, key, sample)),
        }
        None
    }

    /// A required sentence for the docs; empty when it is missing.
    pub(super) fn doc(&mut self, cx: &mut Cx<'_>, key: &'static str) -> String {
        match self.take_any(key) {
            Some(node) if node.kind != Kind::Null => cx.sentence(node, key).unwrap_or_default(),
            _ => {
                cx.report(missing_doc::new(self.place_of(key), &self.place, key));
                String::new()
            }
        }
    }

    /// Complains about every key that nobody asked for.
    pub(super) fn close(self, cx: &mut Cx<'_>) {
        for entry in &self.entries {
            if !self.asked.contains(&entry.key.value.as_str()) {
                cx.report(unknown_key::new(entry.key.span, &entry.key.value, &self.place, &self.asked));
            }
        }
    }
}
