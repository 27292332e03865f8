//! Parameters, response fields, and fields of structures.

use crate::model::{Field, Limits, Type};
use crate::naming;

use super::facts::{below, deprecation, step, words};
use super::pairs::is_same;
use super::rules::*;
use super::scope::Scope;
use super::{Out, Rule};

/// Whose fields are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role<'a> {
    /// Parameters of a method.
    Parameters,
    /// Fields of a method's answer.
    Answer,
    /// Fields of a structure of these names.
    Members {
        /// The structure's name before.
        old: &'a str,
        /// Its name now.
        new: &'a str,
        /// Whether requests could hold it before, and still can.
        sent: bool,
    },
}

/// The fields of one side, and what they see.
pub(super) type Side<'a> = (Scope<'a>, &'a [Field]);

/// Compares all fields that stand at one place.
pub(super) fn compare(place: &str, role: Role<'_>, old: Side<'_>, new: Side<'_>, out: &mut Out) {
    let find = |fields: &'_ [Field], name: &str| fields.iter().position(|field| field.name.value == name);
    // Fields that are one in Rust, though the wire calls them otherwise now.
    let respelt = |field: &Field, fields: &'_ [Field]| {
        let rust = naming::field(&field.name.value);
        fields.iter().position(|other| naming::field(&other.name.value) == rust)
    };
    let mut met = vec![false; new.1.len()];
    for before in old.1 {
        let name = &before.name.value;
        let place = below(place, name);
        let same = find(new.1, name);
        let twin = same.or_else(|| respelt(before, new.1).filter(|at| find(old.1, wire(new.1, *at)).is_none()));
        let Some((at, after)) = twin.and_then(|at| Some((at, new.1.get(at)?))) else {
            out.add(removed(role), place, format!("`{}` removed", before.ty.value));
            continue;
        };
        if let Some(met) = met.get_mut(at) {
            *met = true;
        }
        if same.is_none() {
            let step = step(Some(name), Some(&after.name.value));
            out.add(&WIRE_NAME_CHANGED, place.as_str(), format!("name on the wire {step}"));
        }
        field(&place, role, (old.0, before), (new.0, after), out);
    }
    for (_, after) in met.iter().zip(new.1).filter(|(met, _)| !**met) {
        let rule = added(role, after.required);
        let required = if after.required { "required " } else { "" };
        out.add(rule, below(place, &after.name.value), format!("{required}`{}` added", after.ty.value));
    }
}

fn wire(fields: &[Field], at: usize) -> &str {
    fields.get(at).map_or("", |field| field.name.value.as_str())
}

fn removed(role: Role<'_>) -> &'static &'static Rule {
    if role == Role::Parameters { &PARAMETER_REMOVED } else { &FIELD_REMOVED }
}

fn added(role: Role<'_>, required: bool) -> &'static &'static Rule {
    match (role, required) {
        (Role::Parameters, true) => &PARAMETER_ADDED_REQUIRED,
        (Role::Parameters, false) => &PARAMETER_ADDED,
        (Role::Members { sent: true, .. }, true) => &FIELD_ADDED_REQUIRED,
        _ => &FIELD_ADDED,
    }
}

fn field(place: &str, role: Role<'_>, old: (Scope<'_>, &Field), new: (Scope<'_>, &Field), out: &mut Out) {
    let (before, after) = (old.1, new.1);
    if !is_same((old.0, &before.ty.value), (new.0, &after.ty.value)) {
        let step = step(Some(format!("`{}`", before.ty.value)), Some(format!("`{}`", after.ty.value)));
        out.add(&TYPE_CHANGED, place, format!("type {step}"));
    } else if let Role::Members { old: owner, new: owner_now, .. } = role {
        let is_boxed = new.0.is_boxed(owner_now, after);
        if old.0.is_boxed(owner, before) != is_boxed {
            let how = if is_boxed { "boxed now: the structure holds itself" } else { "not boxed any more" };
            out.add(&TYPE_CHANGED, place, how);
        }
    }
    // What only requests are held to matters where a request could hold the field.
    let felt = match role {
        Role::Parameters => true,
        Role::Answer => false,
        Role::Members { sent, .. } => sent,
    };
    required(place, role, felt, before, after, out);
    limits(place, felt, &before.limits, &after.limits, out);
    if before.default != after.default {
        let step = step(before.default.as_ref(), after.default.as_ref());
        out.add(&DEFAULT_CHANGED, place, format!("default {step}"));
    }
    match (before.sensitive, after.sensitive) {
        (old, new) if old == new => {}
        (None, _) => out.add(&SENSITIVE_ADDED, place, "sensitive now"),
        (_, None) => out.add(&SENSITIVE_REMOVED, place, "not sensitive any more"),
        _ => out.add(&SENSITIVE_CHANGED, place, "another kind of sensitive data"),
    }
    let asked = |field: &Field| field.ask_as.as_ref().map(|name| name.value.clone());
    match (asked(before), asked(after)) {
        (old, new) if old == new => {}
        (None, Some(name)) => out.add(&ASK_NAME_ADDED, place, format!("asked for as `{name}`")),
        (old, new) => out.add(&ASK_NAME_CHANGED, place, format!("asked for as {}", step(old, new))),
    }
    words(out, place, "doc", before.doc.as_deref(), after.doc.as_deref());
    deprecation(out, place, before.deprecated.as_deref(), after.deprecated.as_deref());
}

fn required(place: &str, role: Role<'_>, felt: bool, old: &Field, new: &Field, out: &mut Out) {
    let is_list = matches!(new.ty.value, Type::List(_));
    match (old.required, new.required, role) {
        (old, new, _) if old == new => {}
        (_, true, Role::Parameters) => out.add(&PARAMETER_REQUIRED, place, "required now: an argument of `new`"),
        (_, false, Role::Parameters) => out.add(&PARAMETER_OPTIONAL, place, "optional now: no argument of `new`"),
        (_, now, _) if !felt => {
            out.add(&CHECK_UNUSED, place, if now { "required now, in new requests" } else { "optional now" });
        }
        (_, true, _) => {
            let what = if is_list { "required now: may not be empty" } else { "required now" };
            out.add(&FIELD_REQUIRED, place, what);
        }
        (_, false, _) => out.add(&FIELD_OPTIONAL, place, "optional now"),
    }
}

fn limits(place: &str, felt: bool, old: &Limits, new: &Limits, out: &mut Out) {
    let signed = |n: Option<u64>| n.map(i128::from);
    let most = |name, old: Option<u64>, new: Option<u64>| (name, signed(old), signed(new), 1);
    let bound = |name, old: Option<i64>, new: Option<i64>, way| (name, old.map(i128::from), new.map(i128::from), way);
    for (name, old, new, way) in [
        most("max_length", old.max_length, new.max_length),
        most("max_items", old.max_items, new.max_items),
        most("max_bytes", old.max_bytes, new.max_bytes),
        bound("max", old.max, new.max, 1),
        bound("min", old.min, new.min, -1),
    ] {
        // Without a limit everything goes.
        let reach = |limit: Option<i128>| limit.map_or(i128::MAX, |limit| limit * way);
        let rule = match reach(new).cmp(&reach(old)) {
            std::cmp::Ordering::Equal => continue,
            _ if !felt => &CHECK_UNUSED,
            std::cmp::Ordering::Less => &LIMIT_TIGHTER,
            std::cmp::Ordering::Greater => &LIMIT_LOOSER,
        };
        out.add(rule, place, format!("{name} {}", step(old, new)));
    }
}
