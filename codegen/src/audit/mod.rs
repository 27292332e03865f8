//! Compares metadata with specs, parameter by parameter to the full depth, and tells every difference.
//!
//! Nothing here goes through the importer but the opening of archives: the audit reads the metadata on its own, and the specs as
//! everyone else does.

mod exceptions;
mod metadata;
mod walk;

use std::collections::BTreeSet;
use std::path::Path;

use crate::import::error::Result;
use crate::model::Spec;

pub use exceptions::{Exceptions, FILE as EXCEPTIONS};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Which kind, such as `type`; exceptions name it.
    pub kind: &'static str,
    /// The method.
    pub method: String,
    /// The path of names: `response.trade.orders.price`.
    pub path: String,
    /// What the metadata says and what the spec says.
    pub message: String,
}

/// What an audit found.
#[derive(Debug, Default)]
pub struct Audit {
    /// Methods compared.
    pub methods: usize,
    /// Parameters compared, at all levels.
    pub parameters: usize,
    /// All differences, sorted.
    pub differences: BTreeSet<Difference>,
}

/// Compares the metadata at some paths (files, folders, archives) with specs.
///
/// # Errors
///
/// Metadata that cannot be read.
pub fn audit(paths: &[&Path], spec: &Spec) -> Result<Audit> {
    let metadata = metadata::read(paths)?;
    let mut audit = Audit { methods: metadata.methods.len(), ..Audit::default() };
    for (name, told) in &metadata.methods {
        match spec.method(name) {
            Some((domain, method)) => walk::method(domain, method, told, &metadata.structs, &mut audit),
            None => drop(audit.differences.insert(Difference {
                kind: "method",
                method: name.clone(),
                path: String::new(),
                message: "in the metadata, without a spec".to_owned(),
            })),
        }
    }
    Ok(audit)
}

#[cfg(test)]
mod tests;
