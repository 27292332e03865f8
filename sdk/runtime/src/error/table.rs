//! The platform's error table, from `specs/platform.yaml`.

use crate::generated::platform_errors::ERRORS;
use crate::generated::platform_tables::SUB_CODES;
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
    pub(crate) const fn new(
        first: i64,
        last: i64,
        name: &'static str,
        remedy: Remedy,
        article: Option<&'static str>,
    ) -> Self {
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

/// All codes of the platform that are known, single ones before ranges.
#[must_use]
pub fn codes() -> &'static [PlatformError] {
    ERRORS
}

/// All sub codes that any method may answer; a trailing `*` stands for any ending. What one method alone answers is in its own
/// documentation.
#[must_use]
pub fn sub_codes() -> &'static [SubCode] {
    SUB_CODES
}

/// What a sub code means, by its exact name or its family. Anything after `:` is the backend's own and is ignored.
#[must_use]
pub fn explain_sub_code(sub_code: &str) -> Option<&'static SubCode> {
    find(SUB_CODES, sub_code)
}

/// The entry for a sub code: the exact one, else the longest family.
pub(crate) fn find<'a>(table: &'a [SubCode], sub_code: &str) -> Option<&'a SubCode> {
    let name = sub_code.split(':').next().unwrap_or(sub_code);
    let exact = |code: &str| table.iter().find(|e| e.code == code);
    exact(sub_code).or_else(|| exact(name)).or_else(|| {
        let families = table.iter().filter(|e| e.code.strip_suffix('*').is_some_and(|prefix| name.starts_with(prefix)));
        families.max_by_key(|e| e.code.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_before_family_and_the_longest_family() {
        const TABLE: &[SubCode] = &[
            SubCode::never("isv.*", "1", ""),
            SubCode::never("isv.item-*", "2", ""),
            SubCode::never("isv.item-get-service-error", "3", ""),
            SubCode::never("isv.item-get-service-error:GONE", "4", ""),
            SubCode::never("isv.item", "5", ""),
            SubCode::never("isv.item-g*", "6", ""),
        ];
        for (sub_code, means) in [
            ("isv.trade-not-exist", Some("1")),
            ("isv.item-not-exist", Some("2")),
            ("isv.item-get-service-error", Some("3")),
            ("isv.item-get-service-error:OTHER", Some("3")),
            ("isv.item-get-service-error:GONE", Some("4")),
            ("isv.item-get-service-error:GONE:x", Some("3")),
            ("isv.item", Some("5")),
            ("isv.item:x-y", Some("5")),
            ("isv.items", Some("1")),
            ("isv.item-gone", Some("6")),
            ("isv.item-gone:isv.item", Some("6")),
            ("isv.", Some("1")),
            ("ISV.item", None),
            ("isp.item", None),
            (":isv.item", None),
            ("", None),
        ] {
            assert_eq!(find(TABLE, sub_code).map(|found| found.remedy.means), means, "{sub_code}");
        }
    }

    #[test]
    fn single_codes_before_ranges() {
        for (code, found) in [(7, Some((7, 7))), (25, Some((25, 25))), (0, None), (-1, None), (i64::MAX, None)] {
            assert_eq!(explain(code).map(|entry| (entry.first, entry.last)), found, "{code}");
        }
        // Every code is explained by the narrowest entry that holds it.
        for entry in ERRORS {
            let found = explain(entry.first).unwrap();
            assert!(found.last - found.first <= entry.last - entry.first, "{} hides {}", found.name, entry.name);
        }
    }

    #[test]
    fn the_platforms_own_table() {
        use crate::model::RetryClass::{AfterBan, Backoff, Never};

        for (sub_code, retry) in [
            ("isp.top-remote-connection-timeout", Backoff),
            ("isp.some-new-fault:X", Backoff),
            ("isv.missing-parameter:tid", Never),
            ("isv.anything-else", Never),
            ("accesscontrol.limited-by-api-access-count", AfterBan),
        ] {
            assert_eq!(explain_sub_code(sub_code).unwrap().remedy.retry, retry, "{sub_code}");
        }
    }
}
