//! `platform.yaml`.

use std::collections::BTreeMap;

use crate::model::{Environment, Field, Platform, PlatformError, SignMethod, SubCode, Tier};

use super::Out;
use super::facts::{how, remedy, step, words};
use super::rules::*;

pub(super) fn compare(old: &Platform, new: &Platform, out: &mut Out) {
    environments(&old.environments, &new.environments, out);
    codes(old, new, out);
    tiers(&old.tiers, &new.tiers, out);
    parameters(&old.parameters, &new.parameters, out);
    sign_methods(&old.sign_methods, &new.sign_methods, out);
}

fn environments(old: &[Environment], new: &[Environment], out: &mut Out) {
    let by_name = |all: &[Environment]| keyed(all, |environment| environment.name.value.clone());
    out.each(&by_name(old), &by_name(new), |out, name, before, after| {
        let place = format!("environments.{name}");
        match (before, after) {
            (Some(before), Some(after)) => {
                for (key, old, new) in [("rest", &before.rest, &after.rest), ("batch", &before.batch, &after.batch)] {
                    if old != new {
                        out.add(&ENVIRONMENT_URL, place.as_str(), format!("{key} {}", step(Some(old), Some(new))));
                    }
                }
                words(out, &place, "doc", Some(&before.doc), Some(&after.doc));
            }
            (Some(_), None) => out.add(&ENVIRONMENT_REMOVED, place, "removed"),
            _ => out.add(&ENVIRONMENT_ADDED, place, "added"),
        }
    });
}

fn codes(old: &Platform, new: &Platform, out: &mut Out) {
    let range = |code: &PlatformError| {
        if code.first.value == code.last {
            code.last.to_string()
        } else {
            format!("{}-{}", code.first.value, code.last)
        }
    };
    out.each(&keyed(&old.errors, range), &keyed(&new.errors, range), |out, code, before, after| {
        let place = format!("errors.{code}");
        if let (Some(before), Some(after)) = (before, after) {
            remedy(out, &place, &before.remedy, &after.remedy);
            words(out, &place, "name", Some(&before.name), Some(&after.name));
            words(out, &place, "the article's remedy", before.article.as_deref(), after.article.as_deref());
        } else {
            presence(place, before.is_some(), out);
        }
    });
    let code = |entry: &SubCode| entry.code.value.clone();
    out.each(&keyed(&old.families, code), &keyed(&new.families, code), |out, code, before, after| {
        let place = format!("families.{code}");
        match (before, after) {
            (Some(before), Some(after)) => remedy(out, &place, &before.remedy, &after.remedy),
            _ => presence(place, before.is_some(), out),
        }
    });
}

fn presence(place: String, was: bool, out: &mut Out) {
    out.add(if was { &CODE_REMOVED } else { &CODE_ADDED }, place, how(was, !was));
}

fn tiers(old: &[Tier], new: &[Tier], out: &mut Out) {
    let by_name = |all: &[Tier]| keyed(all, |tier| tier.name.value.clone());
    out.each(&by_name(old), &by_name(new), |out, name, before, after| {
        let place = format!("tiers.{name}");
        let calls = |tier: Option<&Tier>| tier.map(|tier| tier.per_minute);
        if calls(before) != calls(after) {
            out.add(&TIER_CHANGED, place.as_str(), format!("calls a minute {}", step(calls(before), calls(after))));
        }
        if let (Some(before), Some(after)) = (before, after) {
            words(out, &place, "doc", Some(&before.doc), Some(&after.doc));
        }
    });
}

/// Common parameters and sign methods are the client's own; what the specs say of them is for readers and the sandbox.
fn parameters(old: &[Field], new: &[Field], out: &mut Out) {
    let by_name = |all: &[Field]| keyed(all, |field| field.name.value.clone());
    out.each(&by_name(old), &by_name(new), |out, name, before, after| {
        let place = format!("parameters.{name}");
        let facts =
            |field: &Field| (field.ty.value.clone(), field.required, field.limits.clone(), field.default.clone());
        if before.map(facts) != after.map(facts) {
            out.add(&PLATFORM_FACT, place.as_str(), how(before.is_some(), after.is_some()));
        }
        if let (Some(before), Some(after)) = (before, after) {
            words(out, &place, "doc", before.doc.as_deref(), after.doc.as_deref());
        }
    });
}

fn sign_methods(old: &[SignMethod], new: &[SignMethod], out: &mut Out) {
    let by_name = |all: &[SignMethod]| keyed(all, |method| method.name.value.clone());
    out.each(&by_name(old), &by_name(new), |out, name, before, after| {
        let place = format!("sign_methods.{name}");
        if before.map(|method| method.default) != after.map(|method| method.default) {
            out.add(&PLATFORM_FACT, place.as_str(), how(before.is_some(), after.is_some()));
        }
        if let (Some(before), Some(after)) = (before, after) {
            words(out, &place, "doc", Some(&before.doc), Some(&after.doc));
        }
    });
}

fn keyed<T: Clone>(all: &[T], key: impl Fn(&T) -> String) -> BTreeMap<String, T> {
    all.iter().map(|one| (key(one), one.clone())).collect()
}
