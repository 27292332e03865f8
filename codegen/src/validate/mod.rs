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
use crate::model::{Domain, Method, Spec, TypeDef, TypeKind};

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
