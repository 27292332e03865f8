//! Structures of a domain to named types: which methods share one, where it is declared and what it is called.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::{At, Field, Type, TypeDef, TypeKind};

use super::adopt::{self, Adopted, Declared};
use super::lock::{Entry, Lock, SHARED};
use super::names::{self, Taken};
use super::rules::Lowered;
use super::shapes::{ShapeId, Shapes, Slot, SlotKind};

/// What naming needs to know of a domain.
#[derive(Debug, Default)]
pub struct Input<'a> {
    /// The methods to name types for, by name.
    pub methods: Vec<(&'a str, &'a Lowered)>,
    /// Names of shared types that people wrote.
    pub taken: Taken,
    /// More names that may not be given to shared types: of methods, and of the types of methods that are not written anew.
    pub blocked: Taken,
    /// Names that may not be given to types of a method, beside those of shared types.
    pub taken_in: HashMap<&'a str, Taken>,
    /// Methods whose types are not shared with others.
    pub alone: BTreeSet<&'a str>,
    /// Shared types that are there: what fits one that people wrote is of that type.
    pub declared: Declared<'a>,
    /// Names of shared types that methods outside this import use: they mean the shape they have.
    pub kept: BTreeSet<String>,
    /// The names given so far.
    pub lock: Lock,
}

/// A domain's types.
#[derive(Debug, Default)]
pub struct Output {
    /// Declared for all methods of the domain, sorted by name.
    pub shared: Vec<TypeDef>,
    /// Per method.
    pub methods: BTreeMap<String, Named>,
    /// All names that were given.
    pub lock: Vec<Entry>,
    /// What shared types that people wrote lack of the structures that are of them.
    pub lacking: BTreeSet<String>,
}

/// A method whose structures have names.
#[derive(Debug, Default, Clone)]
pub struct Named {
    /// Parameters.
    pub request: Vec<Field>,
    /// Response fields.
    pub response: Vec<Field>,
    /// Types of this method alone, in the order in which they are met.
    pub types: Vec<TypeDef>,
}

/// Names all structures of a domain.
#[must_use]
pub fn name(input: Input<'_>) -> Output {
    let Input { methods, mut taken, blocked, taken_in, alone, declared, kept, lock } = input;
    let mut shapes = Shapes::default();
    let mut methods: Vec<Method<'_>> =
        methods.into_iter().map(|(name, lowered)| Method::new(name, lowered, &mut shapes)).collect();
    let sent = methods.iter().flat_map(|method| &method.request);
    let (adopted, lacking) = adopt::adopt(&declared, &shapes, sent, &lock);
    methods.iter_mut().for_each(|method| method.meet(&shapes, &adopted));
    kept.iter().for_each(|name| taken.add(name));
    let users = users(&methods, &shapes, &alone);
    let shared_ids = shared(&methods, &users, &shapes, &lock, &alone);

    let mut out = Output { lacking, ..Output::default() };
    let mut givers = Giver { shapes: &shapes, lock: &lock, kept: &kept, entries: Vec::new() };
    let mut unshareable = taken.clone();
    unshareable.extend(&blocked);
    let shared_names = name_shared(&shared_ids, &methods, &users, &mut givers, &mut unshareable);
    shared_names.values().for_each(|name| taken.add(name));
    for method in &methods {
        let mut taken = taken.clone();
        if let Some(more) = taken_in.get(method.name) {
            taken.extend(more);
        }
        taken.add_method(method.name);
        let own_names = name_own(method, &shared_names, &mut givers, &mut taken);
        let type_of = |id: ShapeId| {
            let named = own_names.get(&id).or_else(|| shared_names.get(&id));
            named.map(|name| (name.clone(), Vec::new())).or_else(|| adopted.get(&id).cloned()).unwrap_or_default()
        };
        let own = method.met.iter().filter(|(id, _)| own_names.contains_key(id));
        let named = Named {
            request: fields(&method.request, &type_of),
            response: fields(&method.response, &type_of),
            types: own.map(|(id, _)| declare(*id, &shapes, &type_of)).collect(),
        };
        out.methods.insert(method.name.to_owned(), named);
    }
    let type_of = |id: ShapeId| {
        let named = shared_names.get(&id).map(|name| (name.clone(), Vec::new()));
        named.or_else(|| adopted.get(&id).cloned()).unwrap_or_default()
    };
    out.shared = shared_names.keys().map(|id| declare(*id, &shapes, &type_of)).collect();
    out.shared.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    out.lock = givers.entries;
    out
}

/// A method and the structures in it.
struct Method<'a> {
    name: &'a str,
    request: Vec<Slot>,
    response: Vec<Slot>,
    /// Each structure with the path at which it is first met, outer ones before inner ones.
    met: Vec<(ShapeId, String)>,
}

impl<'a> Method<'a> {
    fn new(name: &'a str, lowered: &Lowered, shapes: &mut Shapes) -> Self {
        let request = shapes.add(&lowered.request, &format!("{name}:request"));
        let response = shapes.add(&lowered.response, &format!("{name}:response"));
        Self { name, request, response, met: Vec::new() }
    }

    fn meet(&mut self, shapes: &Shapes, adopted: &Adopted) {
        meet(&self.request, "request", shapes, adopted, &mut self.met);
        meet(&self.response, "response", shapes, adopted, &mut self.met);
    }

    fn place(&self, id: ShapeId) -> &str {
        self.met.iter().find(|(met, _)| *met == id).map_or("", |(_, path)| path)
    }
}

/// Level by level, so that a structure's path is the shortest one. What is of a type that people wrote is not met.
fn meet(slots: &[Slot], path: &str, shapes: &Shapes, adopted: &Adopted, met: &mut Vec<(ShapeId, String)>) {
    let mut level: Vec<(&[Slot], String)> = vec![(slots, path.to_owned())];
    while !level.is_empty() {
        let mut next: Vec<(&[Slot], String)> = Vec::new();
        for (slots, path) in level {
            for slot in slots {
                let SlotKind::Struct(id) = slot.kind else { continue };
                if !adopted.contains_key(&id) && met.iter().all(|(seen, _)| *seen != id) {
                    let path = format!("{path}.{}", slot.name.replace(char::is_whitespace, "_"));
                    met.push((id, path.clone()));
                    next.push((&shapes.get(id).members, path));
                }
            }
        }
        level = next;
    }
}

/// Which methods, by index, use a structure.
fn users(methods: &[Method<'_>], shapes: &Shapes, alone: &BTreeSet<&str>) -> Users {
    let mut users = Users::default();
    for (i, method) in methods.iter().enumerate() {
        for (id, _) in &method.met {
            users.of_shape.entry(*id).or_default().push(i);
            if !alone.contains(method.name) {
                *users.of_wire.entry(shapes.get(*id).wire.clone()).or_default() += 1;
            }
        }
    }
    users
}

#[derive(Default)]
struct Users {
    of_shape: BTreeMap<ShapeId, Vec<usize>>,
    /// How often an official name is used, whatever the shape.
    of_wire: HashMap<String, usize>,
}

/// The structures to declare for the whole domain: what several methods use and none of them had for itself so far, what was
/// shared before, and what those hold.
fn shared(
    methods: &[Method<'_>],
    users: &Users,
    shapes: &Shapes,
    lock: &Lock,
    alone: &BTreeSet<&str>,
) -> BTreeSet<ShapeId> {
    let mut shared = BTreeSet::new();
    for (id, using) in &users.of_shape {
        let hash = &shapes.get(*id).hash;
        let sharing: Vec<&str> = using.iter().map(|i| methods[*i].name).filter(|name| !alone.contains(name)).collect();
        let was_shared = lock.of_shape(SHARED, hash).is_some();
        let was_own = sharing.iter().any(|name| lock.of_shape(name, hash).is_some());
        if !sharing.is_empty() && (was_shared || (sharing.len() > 1 && !was_own)) {
            shared.insert(*id);
        }
    }
    let mut todo: Vec<ShapeId> = shared.iter().copied().collect();
    while let Some(id) = todo.pop() {
        for slot in &shapes.get(id).members {
            if let SlotKind::Struct(inner) = slot.kind
                && users.of_shape.contains_key(&inner)
                && shared.insert(inner)
            {
                todo.push(inner);
            }
        }
    }
    shared
}

fn name_shared(
    ids: &BTreeSet<ShapeId>,
    methods: &[Method<'_>],
    users: &Users,
    giver: &mut Giver<'_>,
    taken: &mut Taken,
) -> BTreeMap<ShapeId, String> {
    let shapes = giver.shapes;
    let nobody = Vec::new();
    let using = |id: ShapeId| users.of_shape.get(&id).unwrap_or(&nobody);
    let place = |id: ShapeId| {
        let first = using(id).first().map(|i| &methods[*i]);
        first.map(|method| format!("{}:{}", method.name, method.place(id))).unwrap_or_default()
    };
    let mut wanted: Vec<Wanted<'_>> = ids
        .iter()
        .map(|&id| {
            let shape = shapes.get(id);
            let names: Vec<&str> = using(id).iter().map(|i| methods[*i].name).collect();
            // Most of what has this official name has this shape.
            let usual = names.len() * 3 >= users.of_wire.get(&shape.wire).copied().unwrap_or(0) * 2;
            let place = place(id);
            let path = place.split_once(':').map_or("", |(_, path)| path);
            let candidates = names::shared(&shape.wire, usual, &names, path);
            Wanted { id, scope: SHARED, candidates, place }
        })
        .collect();
    wanted.sort_by(|a, b| a.place.cmp(&b.place));
    giver.give(&wanted, taken)
}

fn name_own(
    method: &Method<'_>,
    shared: &BTreeMap<ShapeId, String>,
    giver: &mut Giver<'_>,
    taken: &mut Taken,
) -> BTreeMap<ShapeId, String> {
    let shapes = giver.shapes;
    let own: Vec<&(ShapeId, String)> = method.met.iter().filter(|(id, _)| !shared.contains_key(id)).collect();
    let wanted: Vec<Wanted<'_>> = own
        .iter()
        .map(|(id, path)| {
            let wire = &shapes.get(*id).wire;
            let alone = own.iter().filter(|(other, _)| shapes.get(*other).wire == *wire).count() == 1;
            let candidates = names::own(wire, alone, method.name, path);
            Wanted { id: *id, scope: method.name, candidates, place: format!("{}:{path}", method.name) }
        })
        .collect();
    giver.give(&wanted, taken)
}

/// A structure that needs a name.
struct Wanted<'a> {
    id: ShapeId,
    scope: &'a str,
    candidates: Vec<String>,
    place: String,
}

/// Gives names and writes down which.
struct Giver<'a> {
    shapes: &'a Shapes,
    lock: &'a Lock,
    kept: &'a BTreeSet<String>,
    entries: Vec<Entry>,
}

impl Giver<'_> {
    /// Names that were given before go first, then those of structures whose shape changed, then new ones.
    fn give(&mut self, wanted: &[Wanted<'_>], taken: &mut Taken) -> BTreeMap<ShapeId, String> {
        let mut names: BTreeMap<ShapeId, String> = BTreeMap::new();
        for wanted in wanted {
            let name = self.lock.of_shape(wanted.scope, &self.shapes.get(wanted.id).hash);
            let is_free = |name: &str| taken.is_free(name) || (wanted.scope == SHARED && self.kept.contains(name));
            if let Some(name) = name.filter(|name| is_free(name)) {
                taken.add(name);
                names.insert(wanted.id, name.to_owned());
            }
        }
        for wanted in wanted {
            let name = self.lock.at_place(wanted.scope, &wanted.place);
            if let Some(name) = name.filter(|name| !names.contains_key(&wanted.id) && taken.is_free(name)) {
                taken.add(name);
                names.insert(wanted.id, name.to_owned());
            }
        }
        for wanted in wanted {
            let name = names.entry(wanted.id).or_insert_with(|| taken.choose(&wanted.candidates)).clone();
            let shape = self.shapes.get(wanted.id);
            self.entries.push(Entry {
                scope: wanted.scope.to_owned(),
                name,
                wire: shape.wire.clone(),
                hash: shape.hash.clone(),
                // The place stays with the shape, so that an import of a part of the methods changes no line.
                place: self.lock.place(wanted.scope, &shape.hash).unwrap_or(&wanted.place).to_owned(),
            });
        }
        names
    }
}

/// The type of a structure, and the members that are filled if not all are.
type TypeOf = (String, Vec<String>);

fn declare(id: ShapeId, shapes: &Shapes, type_of: &impl Fn(ShapeId) -> TypeOf) -> TypeDef {
    let shape = shapes.get(id);
    TypeDef {
        name: at(type_of(id).0),
        wire: shape.wire.clone(),
        doc: None,
        kind: TypeKind::Struct(fields(&shape.members, type_of)),
    }
}

fn fields(slots: &[Slot], type_of: &impl Fn(ShapeId) -> TypeOf) -> Vec<Field> {
    let field = |slot: &Slot| {
        let (ty, only) = match slot.kind {
            SlotKind::Scalar(scalar) => (Type::Scalar(scalar), Vec::new()),
            SlotKind::Struct(id) => {
                let (name, only) = type_of(id);
                (Type::Named(name), only)
            }
        };
        let ty = if slot.list { Type::List(Box::new(ty)) } else { ty };
        Field {
            name: at(slot.name.clone()),
            ty: at(ty),
            doc: slot.doc.clone(),
            required: slot.required,
            limits: slot.limits.clone(),
            only: only.into_iter().map(at).collect(),
            ..Field::default()
        }
    };
    slots.iter().map(field).collect()
}

/// A value that stands nowhere yet.
fn at<T>(value: T) -> At<T> {
    At { value, span: crate::model::Span::default() }
}
