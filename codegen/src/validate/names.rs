//! Names that differ on the wire and are one in Rust.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::diagnostics::rust_name_clash;
use crate::model::{At, Domain, Method, TypeDef, TypeKind};
use crate::naming;

/// What is generated for a method beside the request, which has the method's own name.
pub(super) const SUFFIXES: [&str; 3] = ["", "Response", "Error"];

pub(super) fn check(domain: &Domain, out: &mut Vec<Diagnostic>) {
    distinct(
        "methods",
        domain.methods.iter().map(|method| (&method.name, naming::method_module(&method.name.value))),
        out,
    );
    let exported: Vec<(&At<String>, String)> = domain.methods.iter().flat_map(exported).collect();
    distinct("types of the methods", exported.iter().cloned(), out);
    distinct("types", domain.types.iter().map(rust_type), out);
    let exported = by_rust_name(exported.into_iter());
    let shared = by_rust_name(domain.types.iter().map(rust_type));
    for def in &domain.types {
        members(def, out);
        let (name, rust) = rust_type(def);
        for method in exported.get(&rust).into_iter().flatten() {
            out.push(rust_name_clash::generated(name.span, &name.value, &rust, &method.value));
        }
    }
    for method in &domain.methods {
        distinct("parameters", method.request.iter().map(|field| (&field.name, naming::field(&field.name.value))), out);
        distinct("fields", method.response.iter().map(|field| (&field.name, naming::field(&field.name.value))), out);
        distinct("errors", method.errors.iter().map(|error| (&error.code, naming::variant(&error.code.value))), out);
        distinct("types", method.types.iter().map(rust_type), out);
        for def in &method.types {
            members(def, out);
            let (name, rust) = rust_type(def);
            if exported.get(&rust).into_iter().flatten().any(|clash| **clash == method.name) {
                out.push(rust_name_clash::generated(name.span, &name.value, &rust, &method.name.value));
            }
            let shared = shared.get(&rust).into_iter().flatten().find(|shared| shared.value != name.value);
            if let Some(shared) = shared {
                out.push(rust_name_clash::new(name.span, "types", &shared.value, &name.value, &rust));
            }
        }
    }
}

/// The types that are generated for a method.
fn exported(method: &Method) -> impl Iterator<Item = (&At<String>, String)> {
    let rust = naming::method_type(&method.name.value);
    SUFFIXES.map(|suffix| (&method.name, format!("{rust}{suffix}"))).into_iter()
}

fn rust_type(def: &TypeDef) -> (&At<String>, String) {
    (&def.name, naming::ty(&def.name.value))
}

fn members(def: &TypeDef, out: &mut Vec<Diagnostic>) {
    match &def.kind {
        TypeKind::Struct(fields) => {
            distinct("fields", fields.iter().map(|field| (&field.name, naming::field(&field.name.value))), out);
        }
        TypeKind::Enum(values) => {
            let named = values.values.iter().map(|value| {
                let name = value.name.as_ref().unwrap_or(&value.wire);
                (name, naming::variant(&name.value))
            });
            distinct("enum values", named, out);
        }
    }
}

/// The names on the wire that become one in Rust, in the order given.
fn by_rust_name<'a>(names: impl Iterator<Item = (&'a At<String>, String)>) -> HashMap<String, Vec<&'a At<String>>> {
    let mut found: HashMap<String, Vec<&At<String>>> = HashMap::new();
    for (name, rust) in names {
        found.entry(rust).or_default().push(name);
    }
    found
}

fn distinct<'a>(what: &str, names: impl Iterator<Item = (&'a At<String>, String)>, out: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for (name, rust) in names {
        match seen.get(&rust) {
            // The same name twice is a duplicate, not a clash.
            Some(first) if *first == name.value => {}
            Some(first) => out.push(rust_name_clash::new(name.span, what, first, &name.value, &rust)),
            None => {
                seen.insert(rust, &name.value);
            }
        }
    }
}
