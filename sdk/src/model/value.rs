//! Values behind one object-safe trait.

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::codec::{Decoder, Kind, Node};
use crate::model::{DateTime, Field, Fields, Json, Money, Record, Upload};

/// A field's value as the encoders see it.
pub enum View<'a> {
    /// Not set: left out.
    Absent,
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A binary floating-point number.
    Float(f64),
    /// An exact decimal, sent as text.
    Decimal(Decimal),
    /// A moment, sent as text.
    Date(DateTime),
    /// Text.
    Text(&'a str),
    /// A nested structure.
    Record(&'a dyn Record),
    /// A list.
    List(&'a dyn List),
    /// Names of response fields.
    Fields(&'a Fields),
    /// A file.
    Upload(&'a Upload),
}

impl<'a> View<'a> {
    /// The text of a scalar, as parameters and XML carry it; `None` for structures, lists and files.
    #[must_use]
    pub fn scalar(&self) -> Option<Cow<'a, str>> {
        Some(match *self {
            View::Bool(true) => Cow::Borrowed("true"),
            View::Bool(false) => Cow::Borrowed("false"),
            View::Int(n) => Cow::Owned(n.to_string()),
            View::Float(n) => Cow::Owned(n.to_string()),
            View::Decimal(n) => Cow::Owned(n.to_string()),
            View::Date(d) => Cow::Owned(d.to_string()),
            View::Text(s) => Cow::Borrowed(s),
            View::Absent | View::Record(_) | View::List(_) | View::Fields(_) | View::Upload(_) => return None,
        })
    }
}

/// A list as the encoders see it.
pub trait List {
    /// Number of elements.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One element. Numbers beyond the end give [`View::Absent`].
    fn at(&self, index: usize) -> View<'_>;
}

/// Access to one field: read for encoding, fill for decoding.
pub trait Value {
    /// What the field holds.
    fn view(&self) -> View<'_>;

    /// Takes what the answer holds, or reports drift and stays as it is.
    fn fill(&mut self, node: Node<'_>, field: &'static Field, decoder: &mut Decoder);
}

/// A type that can stand in a field, an `Option` or a list. The derives implement it for structures and enums.
pub trait Element: Sized + Send + Sync {
    /// What the element holds.
    fn view(&self) -> View<'_>;

    /// Reads it from an answer; `None` after reporting drift.
    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Self>;

    /// Reads it and appends it to a list.
    fn read_into(node: Node<'_>, decoder: &mut Decoder, list: &mut Vec<Self>) {
        list.extend(Self::read(node, decoder));
    }
}

impl<T: Element> Value for T {
    fn view(&self) -> View<'_> {
        Element::view(self)
    }

    fn fill(&mut self, node: Node<'_>, _: &'static Field, decoder: &mut Decoder) {
        if let Some(value) = T::read(node, decoder) {
            *self = value;
        }
    }
}

impl<T: Element> Value for Option<T> {
    fn view(&self) -> View<'_> {
        self.as_ref().map_or(View::Absent, Element::view)
    }

    fn fill(&mut self, node: Node<'_>, _: &'static Field, decoder: &mut Decoder) {
        if !matches!(node.kind(), Kind::Null) {
            *self = T::read(node, decoder);
        }
    }
}

impl<T: Element> Value for Vec<T> {
    fn view(&self) -> View<'_> {
        if self.is_empty() { View::Absent } else { View::List(self) }
    }

    fn fill(&mut self, node: Node<'_>, field: &'static Field, decoder: &mut Decoder) {
        // A name that comes twice counts once, as for every other field: the last one.
        self.clear();
        decoder.elements(node, field, self);
    }
}

impl<T: Element> List for Vec<T> {
    fn len(&self) -> usize {
        self.len()
    }

    fn at(&self, index: usize) -> View<'_> {
        self.get(index).map_or(View::Absent, Element::view)
    }
}

impl<T: Element> Element for Box<T> {
    fn view(&self) -> View<'_> {
        Element::view(&**self)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Self> {
        T::read(node, decoder).map(Box::new)
    }
}

impl Element for String {
    fn view(&self) -> View<'_> {
        View::Text(self)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Self> {
        decoder.text(node)
    }
}

impl Element for i64 {
    fn view(&self) -> View<'_> {
        View::Int(*self)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Self> {
        decoder.scalar(node, "an integer", parse_integer)
    }
}

impl Element for f64 {
    fn view(&self) -> View<'_> {
        View::Float(*self)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Self> {
        decoder.scalar(node, "a number", |s| s.parse().ok().filter(|n: &f64| n.is_finite()))
    }
}

impl Element for bool {
    fn view(&self) -> View<'_> {
        View::Bool(*self)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Self> {
        decoder.scalar(node, "a boolean", |s| match s {
            "true" | "TRUE" | "True" | "1" => Some(true),
            "false" | "FALSE" | "False" | "0" => Some(false),
            _ => None,
        })
    }
}

impl Element for Decimal {
    fn view(&self) -> View<'_> {
        View::Decimal(*self)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Self> {
        decoder.scalar(node, "a decimal", parse_decimal)
    }
}

impl Element for Money {
    fn view(&self) -> View<'_> {
        View::Decimal(self.yuan())
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Self> {
        decoder.scalar(node, "an amount of money", |s| parse_decimal(s).map(Money::from_yuan))
    }
}

impl Element for DateTime {
    fn view(&self) -> View<'_> {
        View::Date(*self)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Self> {
        decoder.scalar(node, "a date", |s| s.parse().ok())
    }
}

impl Element for Json {
    fn view(&self) -> View<'_> {
        View::Text(self.as_str())
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Self> {
        decoder.text(node).map(Json::from)
    }
}

impl Element for Fields {
    fn view(&self) -> View<'_> {
        View::Fields(self)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Self> {
        decoder.text(node).map(Fields::from)
    }
}

impl Element for Upload {
    fn view(&self) -> View<'_> {
        View::Upload(self)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Self> {
        // Files are sent and never received.
        decoder.drift("nothing", node);
        None
    }
}

/// Digits with an optional sign; `12.0` counts as an integer, `1.5` and anything beyond 64 bits do not.
fn parse_integer(text: &str) -> Option<i64> {
    if let Ok(n) = text.parse() {
        return Some(n);
    }
    let (whole, zeros) = text.split_once('.')?;
    if zeros.is_empty() || zeros.bytes().any(|b| b != b'0') {
        return None;
    }
    whole.parse().ok()
}

/// Plain or scientific notation, exact.
fn parse_decimal(text: &str) -> Option<Decimal> {
    // The library takes Rust's digit separators, which mean nothing here.
    if text.contains('_') {
        return None;
    }
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}
