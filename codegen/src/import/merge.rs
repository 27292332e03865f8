//! Specs that people wrote, and metadata: what they lack is added, what stands in them stays, what disagrees is told.

use crate::model::{Domain, Field, Limits, Method, Type, TypeDef, TypeKind};

use super::edit::Text;
use super::facts::Facts;
use super::fits;
use super::rules::{Kind, Lowered, Member};
use super::types::Named;
use super::write;

/// What a spec lacks, and where it disagrees with the metadata.
#[derive(Debug, Default)]
pub struct Edits {
    /// Members to add.
    pub lacking: Vec<Lack>,
    /// Limits to add to fields that are there.
    limits: Vec<(Vec<String>, Limits)>,
    /// What is not changed and should be looked at, with its path.
    pub conflicts: Vec<String>,
}

/// A member that a spec lacks.
#[derive(Debug)]
pub struct Lack {
    /// `request`, `response`, or the name of a type of the method.
    place: Place,
    /// Where it stands in the metadata.
    path: String,
    member: Member,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Request,
    Response,
    Type(String),
}

impl Edits {
    /// What the metadata says and the spec does not, for reports.
    #[must_use]
    pub fn told_only(&self) -> Vec<String> {
        let lacking = self.lacking.iter().map(|lack| lack.path.clone());
        let limits = self.limits.iter().map(|(path, limits)| format!("{}: {}", path.join("."), shown(limits)));
        lacking.chain(limits).collect()
    }

    /// What needs types.
    #[must_use]
    pub fn needed(&self) -> Lowered {
        let of = |request: bool| {
            let wanted = self.lacking.iter().filter(move |lack| (lack.place == Place::Request) == request);
            wanted.map(|lack| lack.member.clone()).collect()
        };
        Lowered { request: of(true), response: of(false) }
    }
}

/// Compares a spec with metadata.
#[must_use]
pub fn compare(domain: &Domain, method: &Method, lowered: &Lowered) -> Edits {
    let mut comparison = Comparison { domain, method, edits: Edits::default() };
    let request = Around { place: Some(Place::Request), usage: None, def: None };
    comparison.members(&method.request, &lowered.request, "request", &request);
    let response = Around { place: Some(Place::Response), usage: None, def: None };
    comparison.members(&method.response, &lowered.response, "response", &response);
    comparison.edits
}

struct Comparison<'a> {
    domain: &'a Domain,
    method: &'a Method,
    edits: Edits,
}

/// Where fields stand: a place that the method's file can be edited at, or a shared type as a field uses it.
struct Around<'a> {
    place: Option<Place>,
    usage: Option<&'a Field>,
    def: Option<&'a TypeDef>,
}

impl<'a> Comparison<'a> {
    fn members(&mut self, fields: &'a [Field], members: &[Member], path: &str, around: &Around<'a>) {
        for member in members {
            let path = format!("{path}.{}", member.name);
            let Some(field) = fields.iter().find(|field| field.name.value == member.name) else {
                self.lacks(member, path, around);
                continue;
            };
            if around.def.is_some_and(|def| fits::member(def, around.usage, &member.name).is_none()) {
                self.edits.conflicts.push(format!("{path}: left out by `only` or `except`, and the metadata has it"));
                continue;
            }
            self.member(field, member, &path, around);
        }
    }

    fn lacks(&mut self, member: &Member, path: String, around: &Around<'a>) {
        let Some(place) = around.place.clone() else {
            let name = around.def.map_or("", |def| def.name.value.as_str());
            self.edits.conflicts.push(format!("{path}: the shared type {name} has no such field"));
            return;
        };
        let again = self.edits.lacking.iter().any(|lack| lack.place == place && lack.member.name == member.name);
        if !again {
            self.edits.lacking.push(Lack { place, path, member: member.clone() });
        }
    }

    fn member(&mut self, field: &'a Field, member: &Member, path: &str, around: &Around<'a>) {
        let ty = &field.ty.value;
        if member.required && !field.required && field.default.is_none() {
            self.edits.conflicts.push(format!("{path}: required in the metadata, optional here"));
        }
        self.limits(field, member, path, around);
        let find = |name: &str| self.method.type_def(self.domain, name);
        let structure = match &member.kind {
            Kind::Scalar(scalar) => {
                if !fits::scalar(ty, *scalar, member.list, &find) {
                    let list = if member.list { "[]" } else { "" };
                    self.edits.conflicts.push(format!("{path}: {}{list} in the metadata, {ty} here", scalar.as_str()));
                }
                return;
            }
            Kind::Again(_) => None,
            Kind::Struct { members, .. } => Some(members),
        };
        let is_list = matches!(ty, Type::List(_));
        let def = match ty.element() {
            Type::Named(name) => find(name),
            _ => None,
        };
        let Some((def, TypeKind::Struct(fields))) = def.map(|def| (def, &def.kind)) else {
            self.edits.conflicts.push(format!("{path}: a structure in the metadata, {ty} here"));
            return;
        };
        if is_list != member.list {
            self.edits.conflicts.push(format!("{path}: a list on one side only"));
        }
        let Some(members) = structure else { return };
        let own = self.method.types.iter().any(|own| std::ptr::eq(own, def));
        let place = own.then(|| Place::Type(def.name.value.clone()));
        self.members(fields, members, path, &Around { place, usage: Some(field), def: Some(def) });
    }

    fn limits(&mut self, field: &Field, member: &Member, path: &str, around: &Around<'a>) {
        let (here, told) = (&field.limits, &member.limits);
        let scalar = matches!(field.ty.value, Type::Scalar(_) | Type::List(_));
        let lacking = Limits {
            max_length: told.max_length.filter(|_| here.max_length.is_none()),
            max_items: told.max_items.filter(|_| here.max_items.is_none()),
            min: told.min.filter(|_| here.min.is_none()),
            max: told.max.filter(|_| here.max.is_none()),
            max_bytes: told.max_bytes.filter(|_| here.max_bytes.is_none()),
        };
        for ((name, told), (_, here)) in write::all_limits(told).into_iter().zip(write::all_limits(here)) {
            if let (Some(told), Some(here)) = (told, here)
                && told != here
            {
                self.edits.conflicts.push(format!("{path}: {name} {told} in the metadata, {here} here"));
            }
        }
        if lacking == Limits::default() {
            return;
        }
        let place = match &around.place {
            Some(Place::Request) if scalar => vec!["request".to_owned(), field.name.value.clone()],
            _ => {
                self.edits.conflicts.push(format!("{path}: {} in the metadata, none here", shown(&lacking)));
                return;
            }
        };
        self.edits.limits.push((place, lacking));
    }
}

/// The spec's text with what it lacks and where it comes from. `named` are the lacking members with their types, in the order of
/// [`Edits::needed`]. Second: what could not be added.
#[must_use]
pub fn apply(text: &str, method: &Method, edits: &Edits, named: &Named, facts: &Facts) -> (String, Vec<String>) {
    let mut problems = Vec::new();
    let mut file = Text::new(text);
    let body = method.source.as_ref().and_then(|source| source.body.as_deref());
    file.set_line("source", &write::source(facts, body), &["doc_id", "method"]);
    let (mut request, mut response) = (named.request.iter(), named.response.iter());
    for lack in &edits.lacking {
        let (field, path) = match &lack.place {
            Place::Request => (request.next(), vec!["request"]),
            Place::Response => (response.next(), vec!["response"]),
            Place::Type(name) => (response.next(), vec!["types", name.as_str()]),
        };
        if !field.is_some_and(|field| file.add(&path, &write::field(field))) {
            problems.push(format!("{}: cannot be added, the section is not there or not a map", lack.path));
        }
    }
    for def in &named.types {
        if !file.add_lines("types", &write::def(def)) {
            problems.push(format!("types.{}: cannot be added", def.name.value));
        }
    }
    for (path, limits) in &edits.limits {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        for (name, value) in write::limits(limits) {
            if !file.add_key(&path, name, &value) {
                problems.push(format!("{}: {name} {value} cannot be added", path.join(".")));
            }
        }
    }
    (file.into_text(), problems)
}

fn shown(limits: &Limits) -> String {
    let limits: Vec<String> = write::limits(limits).iter().map(|(name, value)| format!("{name} {value}")).collect();
    limits.join(", ")
}
