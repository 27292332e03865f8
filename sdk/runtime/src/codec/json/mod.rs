//! JSON, standard and simplified.

mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::{Repeated, Style, escape, from_node, record, value, view};
