//! Metadata of the platform to specs: read, lowered by rules, named, merged with what people wrote, and planned as files.
//!
//! [`plan::plan`] says what should stand on the disk; only [`store`] touches it.

pub mod adopt;
pub mod api_metadata;
pub mod archive;
pub mod doc_center;
mod edit;
pub mod effect;
pub mod error;
pub mod facts;
pub mod fits;
pub mod groups;
pub mod lock;
pub mod merge;
pub mod names;
pub mod paging;
pub mod plan;
pub mod read;
pub mod report;
pub mod rules;
pub mod shapes;
pub mod store;
pub mod types;
pub mod types_file;
#[cfg(feature = "archive")]
mod unpack;
pub mod write;
mod xml;
