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
    let exported = domain.methods.iter().flat_map(|method| {
        let rust = naming::method_type(&method.name.value);
        SUFFIXES.map(|suffix| (&method.name, format!("{rust}{suffix}")))
    });
    distinct("types of the methods", exported, out);
    distinct("types", domain.types.iter().map(rust_type), out);
    for def in &domain.types {
        members(def, out);
        for method in &domain.methods {
            generated(def, method, out);
        }
    }
    for method in &domain.methods {
        distinct("parameters", method.request.iter().map(|field| (&field.name, naming::field(&field.name.value))), out);
        distinct("fields", method.response.iter().map(|field| (&field.name, naming::field(&field.name.value))), out);
        distinct("errors", method.errors.iter().map(|error| (&error.code, naming::variant(&error.code.value))), out);
        distinct("types", method.types.iter().map(rust_type), out);
        for def in &method.types {
            members(def, out);
            generated(def, method, out);
            let shared = domain
                .types
                .iter()
                .find(|shared| shared.name.value != def.name.value && rust_type(shared).1 == rust_type(def).1);
            if let Some(shared) = shared {
                let (name, rust) = rust_type(def);
                out.push(rust_name_clash::new(name.span, "types", &shared.name.value, &name.value, &rust));
            }
        }
    }
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

fn generated(def: &TypeDef, method: &Method, out: &mut Vec<Diagnostic>) {
    let (name, rust) = rust_type(def);
    let stem = naming::method_type(&method.name.value);
    if SUFFIXES.iter().any(|suffix| rust.strip_prefix(stem.as_str()) == Some(suffix)) {
        out.push(rust_name_clash::generated(name.span, &name.value, &rust, &method.name.value));
    }
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
