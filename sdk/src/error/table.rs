//! The platform's error table, from `specs/platform.yaml`.

use crate::generated::platform_tables::{ERRORS, SUB_CODES};
use crate::model::{Remedy, SubCode};

/// An entry of the platform's error table.
#[derive(Debug)]
#[non_exhaustive]
pub struct PlatformError {
    /// First code of the range.
    pub first: i64,
    /// Last code of the range; the same for a single code.
    pub last: i64,
    /// The platform's short name.
    pub name: &'static str,
    /// What it means and what to do.
    pub remedy: Remedy,
    /// What the article that describes this system says to do, where it differs from the platform.
    pub article: Option<&'static str>,
}

impl PlatformError {
    /// An entry for the codes `first..=last`.
    #[must_use]
    pub(crate) const fn new(first: i64, last: i64, name: &'static str, remedy: Remedy, article: Option<&'static str>) -> Self {
        Self { first, last, name, remedy, article }
    }
}

/// What a code of the platform means.
///
/// ```
/// assert_eq!(topsdk::error::explain(7).unwrap().name, "App Call Limited");
/// ```
#[must_use]
pub fn explain(code: i64) -> Option<&'static PlatformError> {
    // Ranges come last in the table, so that single codes inside them win.
    ERRORS.iter().find(|e| (e.first..=e.last).contains(&code))
}

/// What a sub code means, by its exact name or its family. Anything after `:` is the backend's own and is ignored.
#[must_use]
pub fn explain_sub_code(sub_code: &str) -> Option<&'static SubCode> {
    find(SUB_CODES, sub_code)
}

/// The entry for a sub code: the exact one, else the longest family.
pub(crate) fn find<'a>(table: &'a [SubCode], sub_code: &str) -> Option<&'a SubCode> {
    let name = sub_code.split(':').next().unwrap_or(sub_code);
    let exact = table.iter().find(|e| e.code == name || e.code == sub_code);
    exact.or_else(|| {
        let families = table.iter().filter(|e| e.code.strip_suffix('*').is_some_and(|prefix| name.starts_with(prefix)));
        families.max_by_key(|e| e.code.len())
    })
}
