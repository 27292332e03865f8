//! Structures by shape: equal ones are one, wherever they stand.

use std::collections::HashMap;

use crate::model::{Limits, Scalar};

use super::facts::hash;
use super::rules::{Kind, Member};

/// A structure among those of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShapeId(usize);

/// A structure.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Official name of its type.
    pub wire: String,
    /// Its members, in file order.
    pub members: Vec<Slot>,
    /// A hash of the official name and everything in it, inner structures included.
    pub hash: String,
}

/// A member of a structure, its own structure told by shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Wire name.
    pub name: String,
    /// What it is.
    pub kind: SlotKind,
    /// Whether it is a list of that.
    pub list: bool,
    /// Whether a request must have it.
    pub required: bool,
    /// Limits that apply to its type.
    pub limits: Limits,
    /// Description, in the words of the metadata.
    pub doc: Option<String>,
}

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SlotKind {
    /// A built-in type.
    Scalar(Scalar),
    /// A structure.
    Struct(ShapeId),
}

/// The structures of a domain.
#[derive(Debug, Default)]
pub struct Shapes {
    all: Vec<Shape>,
    by_hash: HashMap<String, ShapeId>,
}

impl Shapes {
    /// The structure of an id.
    #[must_use]
    pub fn get(&self, id: ShapeId) -> &Shape {
        &self.all[id.0]
    }

    /// All structures that something may use.
    pub fn iter(&self) -> impl Iterator<Item = (ShapeId, &Shape)> {
        // One without a hash was found to be another.
        self.all.iter().enumerate().filter(|(_, shape)| !shape.hash.is_empty()).map(|(i, shape)| (ShapeId(i), shape))
    }

    /// Takes in the members of a request or response. `place` names them among all; it sets apart structures that lead back to
    /// one around them, which mean something there only.
    pub fn add(&mut self, members: &[Member], place: &str) -> Vec<Slot> {
        self.slots(members, place, &mut Vec::new()).0
    }

    /// The slots, and the depth of the outermost structure that they lead back to.
    fn slots(
        &mut self,
        members: &[Member],
        place: &str,
        open: &mut Vec<(String, ShapeId)>,
    ) -> (Vec<Slot>, Option<usize>) {
        let mut back: Option<usize> = None;
        let slots = members
            .iter()
            .map(|member| {
                let kind = match &member.kind {
                    Kind::Scalar(scalar) => SlotKind::Scalar(*scalar),
                    Kind::Again(wire) => match open.iter().rposition(|(name, _)| name == wire) {
                        Some(depth) => {
                            back = Some(back.map_or(depth, |earlier| earlier.min(depth)));
                            SlotKind::Struct(open[depth].1)
                        }
                        // Nothing of that name is around: rules make no such trees.
                        None => SlotKind::Scalar(Scalar::Json),
                    },
                    Kind::Struct { wire, members } => {
                        let (id, inner) = self.structure(wire, members, &format!("{place}.{}", member.name), open);
                        if let Some(depth) = inner {
                            back = Some(back.map_or(depth, |earlier| earlier.min(depth)));
                        }
                        SlotKind::Struct(id)
                    }
                };
                let Member { name, list, required, limits, doc, .. } = member;
                let (name, limits, doc) = (name.clone(), limits.clone(), doc.clone());
                Slot { name, kind, list: *list, required: *required, limits, doc }
            })
            .collect();
        (slots, back)
    }

    fn structure(
        &mut self,
        wire: &str,
        members: &[Member],
        place: &str,
        open: &mut Vec<(String, ShapeId)>,
    ) -> (ShapeId, Option<usize>) {
        // Its id must be known inside it, before it is known whether the same structure is there already.
        let id = ShapeId(self.all.len());
        self.all.push(Shape { wire: wire.to_owned(), members: Vec::new(), hash: String::new() });
        let depth = open.len();
        open.push((wire.to_owned(), id));
        let (slots, back) = self.slots(members, place, open);
        open.pop();
        let mut text = format!("{wire:?}\n");
        for slot in &slots {
            let Slot { name, kind, list, required, limits, doc } = slot;
            let kind = match kind {
                SlotKind::Scalar(scalar) => scalar.as_str().to_owned(),
                SlotKind::Struct(inner) if *inner == id => "itself".to_owned(),
                SlotKind::Struct(inner) => match open.iter().position(|(_, open)| open == inner) {
                    Some(depth) => format!("back to {depth}"),
                    None => self.get(*inner).hash.clone(),
                },
            };
            text += &format!("{name:?} {kind} {list} {required} {limits:?} {doc:?}\n");
        }
        // What leads back to a structure around it is not the same elsewhere.
        let outward = back.filter(|back| *back < depth);
        if outward.is_some() {
            text += place;
        }
        let hash = hash(&text);
        if let Some(same) = self.by_hash.get(&hash) {
            // Nothing refers to the new one but, perhaps, itself. Structures inside it that were made along with it are
            // found by their hash too, or lead back and are not equal.
            return (*same, outward);
        }
        self.by_hash.insert(hash.clone(), id);
        self.all[id.0] = Shape { wire: wire.to_owned(), members: slots, hash };
        (id, outward)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(name: &str) -> Member {
        member(name, Kind::Scalar(Scalar::String))
    }

    fn member(name: &str, kind: Kind) -> Member {
        Member { name: name.to_owned(), kind, list: false, required: false, limits: Limits::default(), doc: None }
    }

    fn structure(name: &str, wire: &str, members: Vec<Member>) -> Member {
        member(name, Kind::Struct { wire: wire.to_owned(), members })
    }

    fn id(slot: &Slot) -> ShapeId {
        match slot.kind {
            SlotKind::Struct(id) => id,
            SlotKind::Scalar(_) => panic!("{slot:?}"),
        }
    }

    #[test]
    fn equal_structures_are_one_and_others_are_not() {
        let mut shapes = Shapes::default();
        let first = shapes.add(&[structure("a", "Order", vec![scalar("x")])], "one");
        let cases = [
            (structure("b", "Order", vec![scalar("x")]), true),
            (structure("a", "Sku", vec![scalar("x")]), false),
            (structure("a", "Order", vec![scalar("y")]), false),
            (structure("a", "Order", vec![scalar("x"), scalar("y")]), false),
            (structure("a", "Order", vec![Member { required: true, ..scalar("x") }]), false),
            (structure("a", "Order", vec![Member { list: true, ..scalar("x") }]), false),
        ];
        for (case, same) in cases {
            let slots = shapes.add(std::slice::from_ref(&case), "two");
            assert_eq!(id(&slots[0]) == id(&first[0]), same, "{case:?}");
        }
    }

    #[test]
    fn a_structure_that_holds_itself() {
        let tree = || structure("root", "Node", vec![scalar("x"), member("children", Kind::Again("Node".to_owned()))]);
        let mut shapes = Shapes::default();
        let (first, second) = (shapes.add(&[tree()], "one"), shapes.add(&[tree()], "two"));
        assert_eq!(id(&first[0]), id(&second[0]));
        let node = shapes.get(id(&first[0]));
        assert_eq!(node.members[1].kind, SlotKind::Struct(id(&first[0])));
    }

    #[test]
    fn structures_that_hold_each_other() {
        let tree = || {
            let inner = structure("b", "B", vec![member("a", Kind::Again("A".to_owned()))]);
            structure("a", "A", vec![inner])
        };
        let mut shapes = Shapes::default();
        let (first, second) = (shapes.add(&[tree()], "one"), shapes.add(&[tree()], "two"));
        // Each pair is its own, and each inner one leads back to its own outer one.
        assert_ne!(id(&first[0]), id(&second[0]));
        for outer in [&first[0], &second[0]] {
            let inner = shapes.get(id(outer)).members[0].clone();
            assert_eq!(id(&shapes.get(id(&inner)).members[0]), id(outer));
        }
    }
}
