//! What the derives' output refers to. Not part of the public interface: it may change in any release.

use std::fmt;

pub use crate::codec::{Decoder, Node};
pub use crate::model::{
    AnySubCode, Effect, Element, Field, Limits, MethodInfo, Model, OpenEnum, Record, RecordMut, Remedy, Request,
    RetryClass, Select, Sensitive, Session, Shape, SubCode, Value, View, Who,
};
pub use crate::{request_impls, serde_impls};

/// `Debug` of a structure.
///
/// # Errors
///
/// Those of the formatter.
pub fn debug(record: &dyn Record, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    crate::codec::debug(record, f)
}

/// Equality of two structures.
#[must_use]
pub fn eq(a: &dyn Record, b: &dyn Record) -> bool {
    crate::codec::eq(a, b)
}

/// `Element::read` of a structure.
pub fn read_record<M: Model>(node: Node<'_>, decoder: &mut Decoder) -> Option<M> {
    crate::codec::record(node, decoder)
}

/// `Element::read_into` of a structure.
pub fn push_record<M: Model>(node: Node<'_>, decoder: &mut Decoder, list: &mut Vec<M>) {
    crate::codec::push_record(node, decoder, list);
}

/// `Element::read` of an open enum.
pub fn read_enum<E: OpenEnum>(node: Node<'_>, decoder: &mut Decoder) -> Option<E> {
    decoder.scalar(node, "a value of an enum", |text| Some(E::from_wire(text)))
}

/// `Element::view` of an open enum. Integer enums go on the wire as numbers where the value is one.
#[must_use]
pub fn enum_view(text: &str, integer: bool) -> View<'_> {
    match text.parse() {
        Ok(number) if integer => View::Int(number),
        _ => View::Text(text),
    }
}

/// The serde impls of a structure, if this crate was built with the feature `serde`.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! serde_impls {
    ($name:ident) => {
        $crate::request_impls!($name);

        impl<'de> $crate::rt::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::rt::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::rt::deserialize(deserializer)
            }
        }
    };
}

/// The serde impls of a structure, if this crate was built with the feature `serde`.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! serde_impls {
    ($name:ident) => {};
}

/// The serde impl of a request, if this crate was built with the feature `serde`.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! request_impls {
    ($name:ident) => {
        impl $crate::rt::serde::Serialize for $name {
            fn serialize<S: $crate::rt::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::rt::serialize(self, serializer)
            }
        }
    };
}

/// The serde impl of a request, if this crate was built with the feature `serde`.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! request_impls {
    ($name:ident) => {};
}

#[cfg(feature = "serde")]
pub use crate::codec::serde::{deserialize, serialize};
#[cfg(feature = "serde")]
pub use ::serde;
