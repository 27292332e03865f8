//! Domains and the methods in them.

use std::collections::BTreeMap;

use crate::model::{Domain, Method, Spec};
use crate::naming;

use super::facts::{step, words};
use super::pairs::Pairs;
use super::rules::*;
use super::scope::{Home, Scope, Uses};
use super::{Out, method, types};

/// Compares all domains.
pub(super) fn compare(old: &Spec, new: &Spec, out: &mut Out) {
    for before in &old.domains {
        let name = &before.name.value;
        out.under(name, "", |out| match domain(new, name) {
            Some(after) => facts(before, after, out),
            None => out.add(&DOMAIN_REMOVED, "", format!("module and feature `{name}` removed")),
        });
    }
    for after in new.domains.iter().filter(|domain| self::domain(old, &domain.name.value).is_none()) {
        let name = &after.name.value;
        out.under(name, "", |out| out.add(&DOMAIN_ADDED, "", format!("module and feature `{name}` added")));
    }
    methods(old, new, out);
}

fn domain<'a>(spec: &'a Spec, name: &str) -> Option<&'a Domain> {
    spec.domains.iter().find(|domain| domain.name.value == name)
}

fn facts(old: &Domain, new: &Domain, out: &mut Out) {
    match (old.core, new.core) {
        (true, false) => out.add(&DOMAIN_NOT_DEFAULT, "", "not among the default features any more"),
        (false, true) => out.add(&DOMAIN_DEFAULT, "", "among the default features now"),
        _ => {}
    }
    if old.tier.value != new.tier.value {
        out.add(&DOMAIN_TIER, "", format!("rate tier {}", step(Some(&old.tier.value), Some(&new.tier.value))));
    }
    let home = |domain: &Domain| domain.crate_name.as_ref().map(|name| name.value.clone());
    if home(old) != home(new) {
        out.add(&DOMAIN_CRATE, "", format!("crate {}", step(home(old), home(new))));
    }
    words(out, "", "title", Some(&old.title), Some(&new.title));
    words(out, "", "Chinese title", Some(&old.title_zh), Some(&new.title_zh));
    words(out, "", "doc", Some(&old.doc), Some(&new.doc));
}

/// Compares methods, wherever they stand, and then the types that they lead to.
fn methods(old: &Spec, new: &Spec, out: &mut Out) {
    let (before, after) = (by_name(old), by_name(new));
    let mut pairs = Pairs::default();
    for (name, (home, was)) in &before {
        let Some((home_now, is)) = after.get(name) else {
            out.under(&home.name.value, name, |out| out.add(&METHOD_REMOVED, "", "removed"));
            continue;
        };
        let (scope, scope_now) = (Scope::of_method(home, was), Scope::of_method(home_now, is));
        out.under(&home_now.name.value, name, |out| {
            if home.name.value != home_now.name.value {
                let path = |home: &Domain| format!("`{}::{}`", home.name.value, naming::method_type(name));
                out.add(&METHOD_MOVED, "", step(Some(path(home)), Some(path(home_now))));
            }
            method::compare((scope, was), (scope_now, is), out);
        });
        pairs.walk((scope, &was.request), (scope_now, &is.request));
        pairs.walk((scope, &was.response), (scope_now, &is.response));
        pairs.declared((scope, &was.types), (scope_now, &is.types));
    }
    for (name, (domain, _)) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        out.under(&domain.name.value, name, |out| out.add(&METHOD_ADDED, "", "added"));
    }
    for was in &old.domains {
        if let Some(is) = domain(new, &was.name.value) {
            pairs.declared((Scope::of_domain(was), &was.types), (Scope::of_domain(is), &is.types));
        }
    }
    let (uses, uses_now) = (Uses::of(old), Uses::of(new));
    for pair in &pairs.list {
        types::compare(*pair, (&uses, &uses_now), out);
    }
    for home in homes(old, new).into_iter().filter(|home| !pairs.old.contains(&home.path())) {
        types::alone(home, false, out);
    }
    for home in homes(new, old).into_iter().filter(|home| !pairs.new.contains(&home.path())) {
        types::alone(home, true, out);
    }
}

type Methods<'a> = BTreeMap<&'a str, (&'a Domain, &'a Method)>;

fn by_name(spec: &Spec) -> Methods<'_> {
    let all = spec.domains.iter().flat_map(|domain| domain.methods.iter().map(move |method| (domain, method)));
    all.map(|(domain, method)| (method.name.value.as_str(), (domain, method))).collect()
}

/// The declared types of one state, without those of domains and methods that the other state does not have.
fn homes<'a>(spec: &'a Spec, other: &Spec) -> Vec<Home<'a>> {
    let mut homes = Vec::new();
    let others = by_name(other);
    for of in &spec.domains {
        if domain(other, &of.name.value).is_some() {
            homes.extend(of.types.iter().map(|def| Home { def, scope: Scope::of_domain(of) }));
        }
        for method in of.methods.iter().filter(|method| others.contains_key(method.name.value.as_str())) {
            homes.extend(method.types.iter().map(|def| Home { def, scope: Scope::of_method(of, method) }));
        }
    }
    homes
}
