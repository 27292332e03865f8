//! Structures that are of a type which people wrote: it has the official name and all the members, with docs and better types; or it
//! had them before the metadata changed, and nothing else uses it.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Field, Type, TypeDef, TypeKind};

use super::fits;
use super::lock::{Lock, SHARED};
use super::shapes::{ShapeId, Shapes, Slot, SlotKind};

/// The type of each such structure, and the members that are filled if not all are.
pub type Adopted = BTreeMap<ShapeId, (String, Vec<String>)>;

/// The shared types of a domain, and which of them people wrote.
#[derive(Debug, Default)]
pub struct Declared<'a> {
    /// All, for what a person wrote may hold what was imported.
    pub types: &'a [TypeDef],
    /// Those that people wrote.
    pub hand: BTreeSet<String>,
    /// Those that methods use which are not written anew.
    pub used: BTreeSet<String>,
}

/// Finds them, and tells what a type lacks that keeps its structure all the same. `sent` are the parameters of all methods: a
/// structure that is sent must have all members of the type, for what is sent cannot be cut down.
#[must_use]
pub fn adopt<'a>(
    declared: &Declared<'_>,
    shapes: &Shapes,
    sent: impl Iterator<Item = &'a Slot>,
    lock: &Lock,
) -> (Adopted, BTreeSet<String>) {
    let sent = reachable(sent, shapes);
    let (mut adopted, mut lacking) = (Adopted::new(), BTreeSet::new());
    let hand: Vec<&TypeDef> = declared.types.iter().filter(|def| declared.hand.contains(&def.name.value)).collect();
    let lacks = |def: &TypeDef, id: ShapeId| {
        let mut comparison =
            Comparison { shapes, types: declared.types, open: BTreeSet::new(), lacking: BTreeSet::new() };
        comparison.members(def, None, id);
        comparison.lacking
    };
    for (id, shape) in shapes.iter() {
        let locked = lock.of_shape(SHARED, &shape.hash);
        let meant = |def: &TypeDef| def.wire == shape.wire || locked == Some(def.name.value.as_str());
        if let Some(def) = hand.iter().find(|def| meant(def) && lacks(def, id).is_empty()) {
            adopted.extend(cut(def, id, shapes, &sent));
        }
    }
    // Where a structure has changed, nothing may fit its type any more. Without a use the type would be an error; a person decides.
    let is_used = |def: &TypeDef, adopted: &Adopted| {
        declared.used.contains(&def.name.value) || adopted.values().any(|(name, _)| *name == def.name.value)
    };
    for def in hand {
        if is_used(def, &adopted) {
            continue;
        }
        let alike = shapes.iter().filter(|(id, shape)| {
            let mut known = shape.members.iter().filter_map(|slot| fits::member(def, None, &slot.name));
            shape.wire == def.wire && !adopted.contains_key(id) && known.next().is_some()
        });
        // One that has no name of its own yet goes before others, and one that lacks little.
        let nearest = alike
            .filter_map(|(id, shape)| Some((lock.has(&shape.hash), lacks(def, id), cut(def, id, shapes, &sent)?)))
            .min_by_key(|(named, lacking, _)| (*named, lacking.len()));
        if let Some((_, more, kept)) = nearest {
            lacking.extend(more);
            adopted.extend([kept]);
        }
    }
    (adopted, lacking)
}

/// A structure as a use of a type; `None` where that cannot be.
fn cut(
    def: &TypeDef,
    id: ShapeId,
    shapes: &Shapes,
    sent: &BTreeSet<ShapeId>,
) -> Option<(ShapeId, (String, Vec<String>))> {
    let TypeKind::Struct(fields) = &def.kind else { return None };
    let shape = shapes.get(id);
    let all = fields.iter().all(|field| shape.members.iter().any(|slot| slot.name == field.name.value));
    if sent.contains(&id) && !all {
        return None;
    }
    let known = shape.members.iter().filter(|slot| fields.iter().any(|field| field.name.value == slot.name));
    let only = if all { Vec::new() } else { known.map(|slot| slot.name.clone()).collect() };
    Some((id, (def.name.value.clone(), only)))
}

/// A structure beside a type.
struct Comparison<'a> {
    shapes: &'a Shapes,
    types: &'a [TypeDef],
    /// Structures that were begun.
    open: BTreeSet<ShapeId>,
    /// What the type and those in it do not have, or have otherwise.
    lacking: BTreeSet<String>,
}

impl Comparison<'_> {
    fn members(&mut self, def: &TypeDef, usage: Option<&Field>, id: ShapeId) {
        if !self.open.insert(id) {
            return;
        }
        for slot in &self.shapes.get(id).members {
            let field = fits::member(def, usage, &slot.name);
            let agrees = match field {
                Some(field) => slot.required == field.required && slot.limits == field.limits && self.kind(field, slot),
                None => false,
            };
            if !agrees {
                let how = if field.is_some() { "differs in" } else { "has no" };
                self.lacking.insert(format!("the shared type {} {how} {}", def.name.value, slot.name));
            }
        }
    }

    fn kind(&mut self, field: &Field, slot: &Slot) -> bool {
        let find = |name: &str| self.types.iter().find(|def| def.name.value == name);
        match slot.kind {
            SlotKind::Scalar(scalar) => fits::scalar(&field.ty.value, scalar, slot.list, &find),
            SlotKind::Struct(inner) => {
                let is_list = matches!(field.ty.value, Type::List(_));
                let Type::Named(name) = field.ty.value.element() else { return false };
                let def = find(name).filter(|def| def.wire == self.shapes.get(inner).wire);
                if let Some(def) = def {
                    self.members(def, Some(field), inner);
                }
                is_list == slot.list && def.is_some()
            }
        }
    }
}

fn reachable<'a>(slots: impl Iterator<Item = &'a Slot>, shapes: &Shapes) -> BTreeSet<ShapeId> {
    let id = |slot: &Slot| match slot.kind {
        SlotKind::Struct(id) => Some(id),
        SlotKind::Scalar(_) => None,
    };
    let mut todo: Vec<ShapeId> = slots.filter_map(id).collect();
    let mut found = BTreeSet::new();
    while let Some(next) = todo.pop() {
        if found.insert(next) {
            todo.extend(shapes.get(next).members.iter().filter_map(id));
        }
    }
    found
}
