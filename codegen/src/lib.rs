//! The generator behind `cargo xtask gen`: loads the YAML specs, judges them and writes Rust.
//!
//! Data flows one way: [`load`] -> [`model`] -> `validate` -> [`emit`]. Nothing here depends on the SDK. For methods of your own,
//! [`build`] does all of it in a build script.

pub mod audit;
pub mod build;
#[cfg(feature = "cache")]
pub mod cache;
pub mod diagnostic;
pub mod diagnostics;
pub mod diff;
pub mod emit;
pub mod import;
pub mod load;
pub mod model;
pub mod naming;
pub mod parallel;
pub mod schema;
pub mod skeleton;
pub mod source;
mod suggest;
mod text;
mod validate;
pub mod write;
pub mod yaml;
