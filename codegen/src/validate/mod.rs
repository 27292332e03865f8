//! Judges loaded specs: what no single key shows, but the whole does.

mod cache;
mod domain;
mod example;
mod field;
mod names;
mod paging;
mod platform;
pub(crate) mod scope;
mod split;
mod types;
mod value;

use crate::diagnostic::Diagnostic;
use crate::load::Broken;
use crate::model::{Domain, Method, Platform, TypeDef, TypeKind};

pub(crate) use domain::duplicates;
pub(crate) use domain::is_method_name;
pub(crate) use platform::check as platform;

/// Every problem of a domain that shows only when its files are seen together, in no particular order. The platform is
/// that of the same specs, if it is known.
pub(crate) fn domain(domain: &Domain, platform: Option<&Platform>, broken: Broken, out: &mut Vec<Diagnostic>) {
    domain::check(domain, platform.map(|platform| platform.tiers.as_slice()), out);
    types::check(domain, broken, out);
    names::check(domain, out);
    field::check(domain, out);
    split::check(domain, out);
    cache::check(domain, platform.map(|platform| platform.tags.as_slice()), out);
    paging::check(domain, out);
    example::check(domain, out);
}

/// The declared types that a method leads to.
pub(crate) fn reachable<'a>(domain: &'a Domain, method: &'a Method) -> Vec<&'a TypeDef> {
    let scope = scope::Scope::of_method(domain, method);
    scope.reachable(&method.request).into_iter().chain(scope.reachable(&method.response)).collect()
}

/// The shared types that a shared type leads to.
pub(crate) fn reachable_from<'a>(domain: &'a Domain, def: &'a TypeDef) -> Vec<&'a TypeDef> {
    match &def.kind {
        TypeKind::Struct(fields) => scope::Scope::of_domain(domain).reachable(fields),
        TypeKind::Enum(_) => Vec::new(),
    }
}
