//! Structures that are of a type which people wrote: it has the official name and all the members, with docs and better types.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Field, Type, TypeDef, TypeKind};

use super::fits;
use super::lock::{Lock, SHARED};
use super::shapes::{ShapeId, Shapes, Slot, SlotKind};

/// The type of each such structure, and the members that are filled if not all are.
pub type Adopted = BTreeMap<ShapeId, (String, Vec<String>)>;

/// Finds them. `declared` are all shared types, for what a person wrote may hold what was imported; `sent` are the parameters of all
/// methods: a structure that is sent must have all members of the type, for what is sent cannot be cut down.
#[must_use]
pub fn adopt<'a>(
    hand: &[TypeDef],
    declared: &[TypeDef],
    shapes: &Shapes,
    sent: impl Iterator<Item = &'a Slot>,
    lock: &Lock,
) -> Adopted {
    let sent = reachable(sent, shapes);
    let mut adopted = Adopted::new();
    for (id, shape) in shapes.iter() {
        let locked = lock.of_shape(SHARED, &shape.hash);
        let fitting = hand.iter().find(|def| {
            let meant = def.wire == shape.wire || locked == Some(def.name.value.as_str());
            meant && covers(def, None, id, shapes, declared, &mut BTreeSet::new())
        });
        let Some(def) = fitting else { continue };
        let TypeKind::Struct(fields) = &def.kind else { continue };
        let all = fields.iter().all(|field| shape.members.iter().any(|slot| slot.name == field.name.value));
        if sent.contains(&id) && !all {
            continue;
        }
        let only = shape.members.iter().map(|slot| slot.name.clone()).collect();
        adopted.insert(id, (def.name.value.clone(), if all { Vec::new() } else { only }));
    }
    adopted
}

/// Whether a type has every member of a structure, and those of the structures in it.
fn covers(
    def: &TypeDef,
    usage: Option<&Field>,
    id: ShapeId,
    shapes: &Shapes,
    declared: &[TypeDef],
    open: &mut BTreeSet<ShapeId>,
) -> bool {
    if !open.insert(id) {
        return true;
    }
    let find = |name: &str| declared.iter().find(|def| def.name.value == name);
    shapes.get(id).members.iter().all(|slot| {
        let Some(field) = fits::member(def, usage, &slot.name) else { return false };
        if slot.required != field.required || slot.limits != field.limits {
            return false;
        }
        match slot.kind {
            SlotKind::Scalar(scalar) => fits::scalar(&field.ty.value, scalar, slot.list, &find),
            SlotKind::Struct(inner) => {
                let is_list = matches!(field.ty.value, Type::List(_));
                let Type::Named(name) = field.ty.value.element() else { return false };
                let def = find(name).filter(|def| def.wire == shapes.get(inner).wire);
                is_list == slot.list && def.is_some_and(|def| covers(def, Some(field), inner, shapes, declared, open))
            }
        }
    })
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
