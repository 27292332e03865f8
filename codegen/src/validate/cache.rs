//! What may be cached, and what makes it old.

use crate::diagnostic::Diagnostic;
use crate::diagnostics::bad_cache;
use crate::model::{At, Domain, Effect, Method};

/// The parameter that stands for the user, whom every method may have.
const USER: &str = "session";

/// `shared` are the tags that reads of other domains have. Where these are not known, a write may name any.
pub(super) fn check(domain: &Domain, shared: Option<&[At<String>]>, out: &mut Vec<Diagnostic>) {
    let own = domain.methods.iter().filter_map(|method| method.cache.as_ref()).flat_map(|rule| &rule.tags);
    let shown: Vec<&str> = own.chain(shared.unwrap_or_default()).map(|tag| name(&tag.value)).collect();
    for method in &domain.methods {
        let is_read = method.effect == Effect::Read;
        if let Some(rule) = &method.cache {
            if !is_read {
                out.push(bad_cache::write(rule.ttl.span));
            } else if !(1..=i64::from(u32::MAX)).contains(&rule.ttl.value) {
                out.push(bad_cache::ttl(rule.ttl.span));
            }
            rule.tags.iter().for_each(|tag| check_tag(method, tag, out));
        }
        for tag in &method.invalidates {
            check_tag(method, tag, out);
            if is_read {
                out.push(bad_cache::read(tag.span));
            } else if shared.is_some() && !shown.contains(&name(&tag.value)) {
                out.push(bad_cache::unknown(tag.span, name(&tag.value), &shown));
            }
        }
    }
}

fn check_tag(method: &Method, tag: &At<String>, out: &mut Vec<Diagnostic>) {
    let is_name =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !is_name(name(&tag.value)) {
        out.push(bad_cache::tag(tag.span, &tag.value));
    }
    if let Some((_, parameter)) = tag.value.split_once(':').filter(|(_, parameter)| *parameter != USER) {
        let names: Vec<&str> = method.request.iter().map(|field| field.name.value.as_str()).collect();
        if !names.contains(&parameter) {
            out.push(bad_cache::parameter(tag.span, parameter, &names));
        }
    }
}

fn name(tag: &str) -> &str {
    tag.split(':').next().unwrap_or(tag)
}
