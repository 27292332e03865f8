//! What the derives write and the codecs read: structures as data.
//!
//! A structure describes its fields in a [`Shape`] and gives access to each of them as a [`Value`]. Every wire format is one
//! codec over these two, so the code grows as structures plus formats, not structures times formats.

mod datetime;
mod fields;
mod info;
mod json;
mod money;
mod paging;
mod shape;
mod upload;
mod value;

pub use datetime::{DateTime, ParseDateTimeError};
pub use fields::Fields;
pub use info::{
    AnySubCode, CacheRule, Effect, MethodInfo, OpenEnum, Remedy, Request, RetryClass, Session, SubCode, Who,
};
pub use json::Json;
pub use money::{Money, ParseMoneyError};
pub use paging::{PageBy, Paged, Paging, TimeWindow};
pub use shape::{Field, Limits, Select, Sensitive, Shape};
pub use upload::Upload;
pub use value::{Boxed, Element, Form, List, Listed, Scalar, Structure, Value, View};

/// A structure whose fields can be read by number.
pub trait Record: Send + Sync {
    /// The description of its fields.
    fn shape(&self) -> &'static Shape;

    /// Field number `slot` of the shape; `None` beyond it.
    fn get(&self, slot: usize) -> Option<&dyn Value>;
}

/// Write access to the fields of a [`Record`], for decoding.
pub trait RecordMut: Record {
    /// Field number `slot` of the shape; `None` beyond it.
    fn get_mut(&mut self, slot: usize) -> Option<&mut dyn Value>;
}

/// A structure that can be decoded: a response or a type nested in one.
///
/// Derive it; see [`derive@crate::Model`]. One trait with all that the derive has to write, because each implementation of a
/// trait costs compile time, and there are thousands of structures; [`Record`] and [`RecordMut`] follow from it.
pub trait Model: Element + Default + Clone {
    /// The description of its fields.
    const SHAPE: &'static Shape;

    /// Field number `slot` of the shape; `None` beyond it.
    fn get(&self, slot: usize) -> Option<&dyn Value>;

    /// The same to write to.
    fn get_mut(&mut self, slot: usize) -> Option<&mut dyn Value>;
}

impl<T: Model> Record for T {
    fn shape(&self) -> &'static Shape {
        T::SHAPE
    }

    fn get(&self, slot: usize) -> Option<&dyn Value> {
        Model::get(self, slot)
    }
}

impl<T: Model> RecordMut for T {
    fn get_mut(&mut self, slot: usize) -> Option<&mut dyn Value> {
        Model::get_mut(self, slot)
    }
}
