//! Comparisons that fields, types and methods have in common.

use std::fmt::Display;

use crate::model::Remedy;

use super::Out;
use super::rules::{DEPRECATED, DEPRECATION_CHANGED, DOC_CHANGED, RETRY_CHANGED};

/// What became of something that need not be there.
pub(super) fn how(was: bool, is: bool) -> &'static str {
    match (was, is) {
        (false, _) => "added",
        (true, false) => "removed",
        (true, true) => "changed",
    }
}

/// `50 -> 100`, `none -> 100`.
pub(super) fn step<T: Display>(old: Option<T>, new: Option<T>) -> String {
    let show = |value: Option<T>| value.map_or_else(|| "none".to_owned(), |value| value.to_string());
    format!("{} -> {}", show(old), show(new))
}

/// Where something below a place stands; the place may be the method or domain itself.
pub(super) fn below(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

/// A text for people.
pub(super) fn words(out: &mut Out, place: &str, what: &str, old: Option<&str>, new: Option<&str>) {
    let (old, new) = (old.filter(|text| !text.is_empty()), new.filter(|text| !text.is_empty()));
    if old != new {
        out.add(&DOC_CHANGED, place, format!("{what} {}", how(old.is_some(), new.is_some())));
    }
}

/// A warning to users.
pub(super) fn deprecation(out: &mut Out, place: &str, old: Option<&str>, new: Option<&str>) {
    match (old, new) {
        (old, new) if old == new => {}
        (None, Some(note)) => out.add(&DEPRECATED, place, format!("deprecated: {note}")),
        (_, new) => out.add(&DEPRECATION_CHANGED, place, format!("deprecation {}", how(true, new.is_some()))),
    }
}

/// What to do about an error.
pub(super) fn remedy(out: &mut Out, place: &str, old: &Remedy, new: &Remedy) {
    if old.retry != new.retry {
        let step = step(Some(old.retry.as_str()), Some(new.retry.as_str()));
        out.add(&RETRY_CHANGED, place, format!("retry {step}"));
    }
    if (&old.means, &old.fix, old.who) != (&new.means, &new.fix, new.who) {
        out.add(&DOC_CHANGED, place, "meaning or remedy changed");
    }
}
