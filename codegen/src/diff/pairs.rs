//! Which type of the old state is which of the new one.

use std::collections::HashSet;

use crate::model::{Field, Type, TypeDef};

use super::scope::{Home, Scope};

/// What became of a type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Name and path are what they were.
    Stayed,
    /// The name is what it was, the path is not.
    Moved,
    /// The old name is gone, and the new one was not there before.
    Renamed,
}

/// A type in both states.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) old: Home<'a>,
    pub(super) new: Home<'a>,
    pub(super) fate: Fate,
}

/// The types that fields lead to in both states, each pair once.
#[derive(Default)]
pub(super) struct Pairs<'a> {
    pub(super) list: Vec<Pair<'a>>,
    /// Paths of the old types that are in a pair.
    pub(super) old: HashSet<String>,
    /// Paths of the new ones.
    pub(super) new: HashSet<String>,
    seen: HashSet<(String, String)>,
}

impl<'a> Pairs<'a> {
    /// Adds the types that fields of the same name lead to.
    pub(super) fn walk(&mut self, old: (Scope<'a>, &'a [Field]), new: (Scope<'a>, &'a [Field])) {
        for before in old.1 {
            let Some(after) = new.1.iter().find(|field| field.name.value == before.name.value) else { continue };
            if let (Some(a), Some(b)) = (named(&before.ty.value), named(&after.ty.value))
                && let Some(pair) = pair((old.0, a), (new.0, b))
            {
                self.add(pair);
            }
        }
    }

    /// Adds types that both scopes declare under one name, whether a field leads to them or not.
    pub(super) fn declared(&mut self, old: (Scope<'a>, &'a [TypeDef]), new: (Scope<'a>, &'a [TypeDef])) {
        for before in old.1 {
            if let Some(after) = new.1.iter().find(|def| def.name.value == before.name.value) {
                let (old, new) = (Home { def: before, scope: old.0 }, Home { def: after, scope: new.0 });
                let fate = if old.path() == new.path() { Fate::Stayed } else { Fate::Moved };
                self.add(Pair { old, new, fate });
            }
        }
    }

    /// Adds a type, and those that it leads to.
    fn add(&mut self, pair: Pair<'a>) {
        let (old, new) = (pair.old.path(), pair.new.path());
        if self.seen.insert((old.clone(), new.clone())) {
            self.old.insert(old);
            self.new.insert(new);
            self.list.push(pair);
            self.walk((pair.old.scope, pair.old.fields()), (pair.new.scope, pair.new.fields()));
        }
    }
}

fn named(ty: &Type) -> Option<&str> {
    match ty.innermost() {
        Type::Named(name) | Type::Fields(name) => Some(name),
        _ => None,
    }
}

/// The two types as one, if they are: of the same name, or of a name that took the place of the other.
fn pair<'a>(old: (Scope<'a>, &str), new: (Scope<'a>, &str)) -> Option<Pair<'a>> {
    let (before, after) = (old.0.find(old.1)?, new.0.find(new.1)?);
    // Names that differ in letters alone may be one name in Rust.
    let fate = if before.path() == after.path() {
        Fate::Stayed
    } else if old.1 == new.1 {
        Fate::Moved
    } else if new.0.find(old.1).is_none() && old.0.find(new.1).is_none() {
        Fate::Renamed
    } else {
        return None;
    };
    Some(Pair { old: before, new: after, fate })
}

/// Whether two fields are of the same type, told by [`pair`] where the type has a name.
pub(super) fn is_same(old: (Scope<'_>, &Type), new: (Scope<'_>, &Type)) -> bool {
    match (old.1, new.1) {
        (Type::List(a), Type::List(b)) => is_same((old.0, a), (new.0, b)),
        (Type::Named(a), Type::Named(b)) | (Type::Fields(a), Type::Fields(b)) => {
            a == b || pair((old.0, a), (new.0, b)).is_some()
        }
        (a, b) => a == b,
    }
}
