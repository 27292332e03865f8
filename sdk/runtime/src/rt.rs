//! What the derives' output refers to. Not part of the public interface: it may change in any release.

use std::fmt;

pub use crate::codec::{Decoder, Node};
pub use crate::model::{
    AnySubCode, CacheRule, Effect, Element, Field, Limits, Listed, MethodInfo, Model, OpenEnum, PageBy, Paged, Paging,
    Record, Remedy, Request, RetryClass, Select, Sensitive, Session, Shape, Structure, SubCode, TimeWindow, Value, Who,
};
pub use crate::split::Split;
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

/// A structure like this one. Field by field through the tables: a clone that is not hot, written once for all structures.
#[must_use]
pub fn clone<M: Model>(model: &M) -> M {
    let mut copy = M::default();
    for slot in 0..M::SHAPE.fields.len() {
        if let (Some(to), Some(from)) = (copy.get_mut(slot), Model::get(model, slot)) {
            to.copy_from(from);
        }
    }
    copy
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
