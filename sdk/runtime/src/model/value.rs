//! Values behind one object-safe trait.

use std::any::Any;
use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::codec::{self, Decoder, Kind, Node};
use crate::model::{DateTime, Field, Fields, Json, Model, Money, OpenEnum, Record, Upload};

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
pub trait Value: Any {
    /// What the field holds.
    fn view(&self) -> View<'_>;

    /// Takes what the answer holds, or reports drift and stays as it is.
    fn fill(&mut self, node: Node<'_>, field: &'static Field, decoder: &mut Decoder);

    /// Takes what another field of the same type holds; one of another type changes nothing.
    fn copy_from(&mut self, other: &dyn Value);
}

/// A type that can stand in a field, an `Option` or a list. The derives implement it for structures and enums.
pub trait Element: Sized + Clone + Send + Sync + 'static {
    /// How it is read and shown. An associated type and not methods here: the derives then write no code for it.
    type Form: Form<Self>;
}

/// How a type of values is read and shown.
pub trait Form<T> {
    /// What the element holds.
    fn view(value: &T) -> View<'_>;

    /// Reads it from an answer; `None` after reporting drift.
    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<T>;

    /// Reads it and appends it to a list.
    fn read_into(node: Node<'_>, decoder: &mut Decoder, list: &mut Vec<T>) {
        list.extend(Self::read(node, decoder));
    }
}

/// The form of structures.
#[derive(Debug)]
pub struct Structure;

impl<T: Model> Form<T> for Structure {
    fn view(value: &T) -> View<'_> {
        View::Record(value)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<T> {
        codec::record(node, decoder)
    }

    fn read_into(node: Node<'_>, decoder: &mut Decoder, list: &mut Vec<T>) {
        codec::push_record(node, decoder, list);
    }
}

/// The form of open enums. Integer enums go on the wire as numbers where the value is one.
#[derive(Debug)]
pub struct Listed<const INTEGER: bool>;

impl<T: OpenEnum, const INTEGER: bool> Form<T> for Listed<INTEGER> {
    fn view(value: &T) -> View<'_> {
        let text = value.as_str();
        match text.parse() {
            Ok(number) if INTEGER => View::Int(number),
            _ => View::Text(text),
        }
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<T> {
        decoder.scalar(node, "a value of an enum", |text| Some(T::from_wire(text)))
    }
}

/// The form of the built-in types.
#[derive(Debug)]
pub struct Scalar;

impl<T: Element> Value for T {
    fn view(&self) -> View<'_> {
        T::Form::view(self)
    }

    fn fill(&mut self, node: Node<'_>, _: &'static Field, decoder: &mut Decoder) {
        if let Some(value) = T::Form::read(node, decoder) {
            *self = value;
        }
    }

    fn copy_from(&mut self, other: &dyn Value) {
        copy(self, other);
    }
}

impl<T: Element> Value for Option<T> {
    fn view(&self) -> View<'_> {
        self.as_ref().map_or(View::Absent, T::Form::view)
    }

    fn fill(&mut self, node: Node<'_>, _: &'static Field, decoder: &mut Decoder) {
        if !matches!(node.kind(), Kind::Null) {
            *self = T::Form::read(node, decoder);
        }
    }

    fn copy_from(&mut self, other: &dyn Value) {
        copy(self, other);
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

    fn copy_from(&mut self, other: &dyn Value) {
        copy(self, other);
    }
}

impl<T: Element> List for Vec<T> {
    fn len(&self) -> usize {
        self.len()
    }

    fn at(&self, index: usize) -> View<'_> {
        self.get(index).map_or(View::Absent, T::Form::view)
    }
}

impl<T: Element> Element for Box<T> {
    type Form = Boxed;
}

/// The form of what stands in a box, as structures within themselves must.
#[derive(Debug)]
pub struct Boxed;

impl<T: Element> Form<Box<T>> for Boxed {
    fn view(value: &Box<T>) -> View<'_> {
        T::Form::view(value)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Box<T>> {
        T::Form::read(node, decoder).map(Box::new)
    }
}

impl Element for String {
    type Form = Scalar;
}

impl Form<String> for Scalar {
    fn view(value: &String) -> View<'_> {
        View::Text(value)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<String> {
        decoder.text(node)
    }
}

impl Element for i64 {
    type Form = Scalar;
}

impl Form<i64> for Scalar {
    fn view(value: &i64) -> View<'_> {
        View::Int(*value)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<i64> {
        decoder.scalar(node, "an integer", parse_integer)
    }
}

impl Element for f64 {
    type Form = Scalar;
}

impl Form<f64> for Scalar {
    fn view(value: &f64) -> View<'_> {
        View::Float(*value)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<f64> {
        decoder.scalar(node, "a number", |s| s.parse().ok().filter(|n: &f64| n.is_finite()))
    }
}

impl Element for bool {
    type Form = Scalar;
}

impl Form<bool> for Scalar {
    fn view(value: &bool) -> View<'_> {
        View::Bool(*value)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<bool> {
        decoder.scalar(node, "a boolean", |s| match s {
            "true" | "TRUE" | "True" | "1" => Some(true),
            "false" | "FALSE" | "False" | "0" => Some(false),
            _ => None,
        })
    }
}

impl Element for Decimal {
    type Form = Scalar;
}

impl Form<Decimal> for Scalar {
    fn view(value: &Decimal) -> View<'_> {
        View::Decimal(*value)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Decimal> {
        decoder.scalar(node, "a decimal", parse_decimal)
    }
}

impl Element for Money {
    type Form = Scalar;
}

impl Form<Money> for Scalar {
    fn view(value: &Money) -> View<'_> {
        View::Decimal(value.yuan())
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Money> {
        decoder.scalar(node, "an amount of money", |s| parse_decimal(s).map(Money::from_yuan))
    }
}

impl Element for DateTime {
    type Form = Scalar;
}

impl Form<DateTime> for Scalar {
    fn view(value: &DateTime) -> View<'_> {
        View::Date(*value)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<DateTime> {
        decoder.scalar(node, "a date", |s| s.parse().ok())
    }
}

impl Element for Json {
    type Form = Scalar;
}

impl Form<Json> for Scalar {
    fn view(value: &Json) -> View<'_> {
        View::Text(value.as_str())
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Json> {
        decoder.text(node).map(Json::from)
    }
}

impl Element for Fields {
    type Form = Scalar;
}

impl Form<Fields> for Scalar {
    fn view(value: &Fields) -> View<'_> {
        View::Fields(value)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Fields> {
        decoder.text(node).map(Fields::from)
    }
}

impl Element for Upload {
    type Form = Scalar;
}

impl Form<Upload> for Scalar {
    fn view(value: &Upload) -> View<'_> {
        View::Upload(value)
    }

    fn read(node: Node<'_>, decoder: &mut Decoder) -> Option<Upload> {
        // Files are sent and never received.
        decoder.drift("nothing", node);
        None
    }
}

/// Clones one field into another of the same type.
fn copy<T: Value + Clone>(to: &mut T, from: &dyn Value) {
    let from: &dyn Any = from;
    if let Some(from) = from.downcast_ref() {
        to.clone_from(from);
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
