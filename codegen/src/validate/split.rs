//! What a method is split by.

use crate::diagnostic::Diagnostic;
use crate::diagnostics::bad_split;
use crate::model::{Domain, Type};

pub(super) fn check(domain: &Domain, out: &mut Vec<Diagnostic>) {
    for method in &domain.methods {
        let Some(by) = &method.split else { continue };
        let (span, name) = (by.span, by.value.as_str());
        match method.request.iter().find(|field| field.name.value == *name) {
            None => {
                let names: Vec<&str> = method.request.iter().map(|field| field.name.value.as_str()).collect();
                out.push(bad_split::unknown(span, name, &names));
            }
            Some(field) if !matches!(field.ty.value, Type::List(_)) => out.push(bad_split::not_a_list(span, name)),
            Some(field) if field.limits.max_items.is_none() => out.push(bad_split::no_limit(span, name)),
            Some(_) if method.lists().next().is_none() => out.push(bad_split::nothing_to_merge(span)),
            Some(_) => {}
        }
    }
}
