//! `platform.yaml` as a whole.

use crate::diagnostic::Diagnostic;
use crate::diagnostics::{bad_error_entry, default_sign_method};
use crate::model::{Platform, PlatformError, SignMethod};

use super::field;

pub(crate) fn check(platform: &Platform, out: &mut Vec<Diagnostic>) {
    overlaps(&platform.errors, out);
    default_sign_method(&platform.sign_methods, out);
    field::check_parameters(&platform.parameters, out);
}

/// Clients need exactly one default.
fn default_sign_method(methods: &[SignMethod], out: &mut Vec<Diagnostic>) {
    let mut defaults = methods.iter().filter(|method| method.default);
    match (defaults.next(), methods.first()) {
        (Some(first), _) => {
            let more = defaults.map(|method| &method.name);
            out.extend(more.map(|name| default_sign_method::second(name.span, &name.value, &first.name.value)));
        }
        (None, Some(any)) => out.push(default_sign_method::none(any.name.span, &any.name.value)),
        (None, None) => {}
    }
}

/// A single code may be singled out of a range; else each code stands in one entry.
fn overlaps(errors: &[PlatformError], out: &mut Vec<Diagnostic>) {
    for (i, error) in errors.iter().enumerate() {
        let single = |error: &PlatformError| error.first.value == error.last;
        let overlaps = |earlier: &&PlatformError| {
            single(earlier) == single(error) && earlier.first.value <= error.last && error.first.value <= earlier.last
        };
        let earlier = errors.iter().take(i).find(overlaps);
        if let Some(earlier) = earlier {
            out.push(bad_error_entry::overlap(error.first.span, &codes(error), &codes(earlier)));
        }
    }
}

fn codes(error: &PlatformError) -> String {
    if error.first.value == error.last {
        error.last.to_string()
    } else {
        format!("{}-{}", error.first.value, error.last)
    }
}
