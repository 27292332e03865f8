//! A file as a tree of values that know where they stand. The only module that knows the TOML library.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Values by key.
pub(super) type Table = BTreeMap<String, Node>;

/// A value and its place.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    pub(super) value: Value,
    /// Where the key begins, in bytes; of a list's items, the item.
    pub(super) key_at: usize,
    /// Whether it stands in a profile.
    pub(super) in_profile: bool,
    /// Whether it is a table in braces: one value, not a place for several.
    pub(super) braces: bool,
}

/// A value of TOML.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Integer(i128),
    Float(f64),
    Boolean(bool),
    /// A date or a time, which no setting is.
    Date,
    Array(Vec<Node>),
    Table(Table),
}

impl Default for Value {
    fn default() -> Self {
        Self::Table(Table::new())
    }
}

/// Where and why a text is no TOML. The library's words never quote the text.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Syntax {
    pub(super) at: usize,
    pub(super) message: String,
}

impl Node {
    /// Reads a text, and tells all mistakes if there are any.
    pub(super) fn parse(text: &str) -> Result<Self, Vec<Syntax>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(Self { value: Value::Table(table_of(table.into_inner(), text)), ..Self::default() });
        }
        let told = errors.iter().map(|error| Syntax {
            at: error.span().map_or(text.len(), |span| span.start),
            message: format!("this is not TOML: {}", error.message().replace('\n', ", ")),
        });
        let mut told: Vec<Syntax> = told.collect();
        // The library says some twice.
        told.sort();
        told.dedup();
        Err(told)
    }

    /// The values of a table.
    pub(super) fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.table()?.get(key)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        match &mut self.value {
            Value::Table(table) => table.get_mut(key),
            _ => None,
        }
    }

    pub(super) fn insert(&mut self, key: &str, node: Self) {
        if let Value::Table(table) = &mut self.value {
            table.insert(key.to_owned(), node);
        }
    }

    /// Takes out a value of a table.
    pub(super) fn take(&mut self, key: &str) -> Option<Self> {
        match &mut self.value {
            Value::Table(table) => table.remove(key),
            _ => None,
        }
    }

    /// Takes out what stands at this path, if anything does.
    pub(super) fn remove(&mut self, path: &[String]) -> Option<Self> {
        let (last, before) = path.split_last()?;
        let parent = before.iter().try_fold(self, |node, key| match &mut node.value {
            Value::Table(table) => table.get_mut(key),
            Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
            _ => None,
        })?;
        match &mut parent.value {
            Value::Table(table) => table.remove(last),
            Value::Array(items) => last.parse().ok().filter(|at| *at < items.len()).map(|at: usize| items.remove(at)),
            _ => None,
        }
    }

    /// Lays the values of a profile over these: key by key, but what stands in braces is one value.
    pub(super) fn overlay(&mut self, over: Self) {
        match (&mut self.value, over) {
            (Value::Table(below), Self { value: Value::Table(above), braces: false, .. }) => {
                for (key, node) in above {
                    match below.get_mut(&key) {
                        Some(under) => under.overlay(node),
                        None => {
                            below.insert(key, node);
                        }
                    }
                }
            }
            (_, over) => *self = over,
        }
    }

    /// Makes it what can be laid over the rest of the file. It and its sections are places for several values, in braces or not.
    pub(super) fn into_profile(mut self) -> Self {
        self.mark_profile();
        self.braces = false;
        if let Value::Table(sections) = &mut self.value {
            sections.values_mut().for_each(|section| section.braces = false);
        }
        self
    }

    /// Notes of all values that they stand in a profile.
    fn mark_profile(&mut self) {
        self.in_profile = true;
        match &mut self.value {
            Value::Table(table) => table.values_mut().for_each(Self::mark_profile),
            Value::Array(items) => items.iter_mut().for_each(Self::mark_profile),
            _ => {}
        }
    }

    /// The value of a key that is written with dots, names with dots included, and how much of the key led to it: what lies above
    /// it if it is not there itself.
    pub(super) fn nearest(&self, key: &str) -> (&Self, usize) {
        let mut best = (self, 0);
        for (name, node) in self.table().into_iter().flatten() {
            let Some(rest) = key.strip_prefix(name.as_str()) else { continue };
            let found = match rest.strip_prefix('.') {
                Some(rest) => {
                    let (node, length) = node.nearest(rest);
                    (node, name.len() + 1 + length)
                }
                None if rest.is_empty() => (node, name.len()),
                None => continue,
            };
            if found.1 > best.1 {
                best = found;
            }
        }
        best
    }
}

fn table_of(table: DeTable<'_>, text: &str) -> Table {
    let entries = table.into_iter().map(|(key, value)| {
        let key_at = key.span().start;
        (key.into_inner().into_owned(), Node { key_at, ..node_of(value, text) })
    });
    entries.collect()
}

fn node_of(value: Spanned<DeValue<'_>>, text: &str) -> Node {
    let at = value.span().start;
    let mut braces = false;
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => {
            // What does not fit is beyond any limit that a setting has.
            Value::Integer(i128::from_str_radix(number.as_str(), number.radix()).unwrap_or(i128::MAX))
        }
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(is) => Value::Boolean(is),
        DeValue::Datetime(_) => Value::Date,
        DeValue::Array(items) => Value::Array(items.into_iter().map(|item| node_of(item, text)).collect()),
        DeValue::Table(table) => {
            braces = text.as_bytes().get(at) == Some(&b'{');
            Value::Table(table_of(table, text))
        }
    };
    Node { value, key_at: at, in_profile: false, braces }
}
