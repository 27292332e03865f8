//! Declared types.

use std::collections::BTreeMap;

use crate::model::{EnumDef, EnumValue, Type, TypeKind};
use crate::naming;

use super::Out;
use super::facts::{below, step, words};
use super::fields::{self, Role};
use super::pairs::{Fate, Pair};
use super::rules::*;
use super::scope::{Home, Uses};

/// Compares one type, under the method that alone has it, or else the domain.
pub(super) fn compare(pair: Pair<'_>, uses: (&Uses, &Uses), out: &mut Out) {
    let (old, new) = (pair.old, pair.new);
    let heading = match (old.heading(), new.heading()) {
        (_, new @ (_, method)) if !method.is_empty() => new,
        // It is shared now; the method that had it for its own is the one that sees a difference.
        ((_, method), (domain, _)) => (domain, method),
    };
    out.under(heading.0, heading.1, |out| {
        let place = new.name();
        match pair.fate {
            Fate::Stayed => {}
            Fate::Moved => out.add(&TYPE_MOVED, place, paths(old, new)),
            Fate::Renamed => out.add(&TYPE_RENAMED, place, paths(old, new)),
        }
        key(place, old, new, uses, out);
        words(out, place, "doc", old.def.doc.as_deref(), new.def.doc.as_deref());
        match (&old.def.kind, &new.def.kind) {
            (TypeKind::Struct(before), TypeKind::Struct(after)) => {
                let sent = uses.0.sent.contains(&old.path()) && uses.1.sent.contains(&new.path());
                let role = Role::Members { old: old.name(), new: new.name(), sent };
                fields::compare(place, role, (old.scope, before), (new.scope, after), out);
            }
            (TypeKind::Enum(before), TypeKind::Enum(after)) => enumeration(place, before, after, out),
            (_, TypeKind::Enum(_)) => out.add(&TYPE_KIND_CHANGED, place, "an enum now, was a structure"),
            (_, TypeKind::Struct(_)) => out.add(&TYPE_KIND_CHANGED, place, "a structure now, was an enum"),
        }
    });
}

/// A type that is in one state only.
pub(super) fn alone(home: Home<'_>, is_new: bool, out: &mut Out) {
    let (domain, method) = home.heading();
    out.under(domain, method, |out| match is_new {
        true => out.add(&TYPE_ADDED, home.name(), format!("`{}` added", home.path())),
        false => out.add(&TYPE_REMOVED, home.name(), format!("`{}` removed", home.path())),
    });
}

fn paths(old: Home<'_>, new: Home<'_>) -> String {
    step(Some(format!("`{}`", old.path())), Some(format!("`{}`", new.path())))
}

/// The official name: lists call their elements after it.
fn key(place: &str, old: Home<'_>, new: Home<'_>, uses: (&Uses, &Uses), out: &mut Out) {
    let key = |home: Home<'_>| naming::element_key(&Type::Named(home.name().to_owned()), Some(home.def.wire.as_str()));
    let listed = uses.0.listed.contains(&old.path()) && uses.1.listed.contains(&new.path());
    if listed && key(old) != key(new) {
        out.add(&LIST_KEY_CHANGED, place, format!("key in lists {}", step(Some(key(old)), Some(key(new)))));
    } else if old.def.wire != new.def.wire && old.name() == new.name() {
        words(out, place, "official name", Some(&old.def.wire), Some(&new.def.wire));
    }
}

fn enumeration(place: &str, old: &EnumDef, new: &EnumDef, out: &mut Out) {
    if old.integer != new.integer {
        let what = if new.integer { "values are numbers on the wire now" } else { "values are texts on the wire now" };
        out.add(&VALUE_FORM_CHANGED, place, what);
    }
    let by_wire = |values: &EnumDef| values.values.iter().map(|v| (v.wire.value.clone(), v.clone())).collect();
    let (before, after): (BTreeMap<String, EnumValue>, BTreeMap<String, EnumValue>) = (by_wire(old), by_wire(new));
    for (wire, value) in &before {
        let (place, rust) = (below(place, wire), variant(value));
        match after.get(wire) {
            Some(now) => {
                if variant(now) != rust {
                    out.add(
                        &VALUE_RENAMED,
                        place.as_str(),
                        format!("variant {}", step(Some(rust), Some(variant(now)))),
                    );
                }
                words(out, &place, "doc", value.doc.as_deref(), now.doc.as_deref());
            }
            None => match after.values().find(|now| variant(now) == rust && !before.contains_key(&now.wire.value)) {
                Some(now) => out.add(
                    &VALUE_WIRE_CHANGED,
                    place,
                    format!("`{rust}` is {} on the wire", step(Some(wire), Some(&now.wire.value))),
                ),
                None => out.add(&VALUE_REMOVED, place, format!("variant `{rust}` removed")),
            },
        }
    }
    for (wire, value) in after.iter().filter(|(wire, _)| !before.contains_key(*wire)) {
        let rust = variant(value);
        let renamed = before.values().any(|old| variant(old) == rust && !after.contains_key(&old.wire.value));
        if !renamed {
            out.add(&VALUE_ADDED, below(place, wire), format!("variant `{rust}` added"));
        }
    }
}

fn variant(value: &EnumValue) -> String {
    naming::variant(value.name.as_ref().map_or(&value.wire.value, |name| &name.value))
}
