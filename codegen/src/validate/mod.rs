//! Judges loaded specs: what no single key shows, but the whole does.

mod domain;
mod example;
mod field;
mod names;
mod platform;
mod scope;
mod types;
mod value;

use crate::diagnostic::Diagnostic;
use crate::load::Broken;
use crate::model::Spec;

pub(crate) use domain::is_method_name;

/// Every problem that shows only when all files are seen together, in no particular order.
pub(crate) fn validate(spec: &Spec, broken: &Broken) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    platform::check(&spec.platform, &mut out);
    domain::check_duplicates(spec, &mut out);
    for domain in &spec.domains {
        domain::check(domain, spec, broken, &mut out);
        types::check(domain, broken, &mut out);
        names::check(domain, &mut out);
        field::check(domain, &mut out);
        example::check(domain, &mut out);
    }
    out
}
