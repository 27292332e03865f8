//! Uses of types: every named type is declared, every declared type is used, and each type stands where it can.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::diagnostics::{
    bad_type_name, bytes_in_response, duplicate_type, empty_enum, enum_value_needs_name, fields_outside_request,
    fields_type_mismatch, list_of_list, unknown_type, unused_type,
};
use crate::load::Broken;
use crate::model::{Domain, EnumDef, Field, Method, Scalar, Type, TypeDef, TypeKind};
use crate::naming;

use super::scope::Scope;

pub(super) fn check(domain: &Domain, broken: Broken, out: &mut Vec<Diagnostic>) {
    let shared = Scope::of_domain(domain);
    let mut check = Check { types_known: !broken.types, unresolved: false, out };
    check.declarations(&domain.types, shared);
    let mut unresolved = check.unresolved;
    let mut used: HashSet<&str> = HashSet::new();
    for method in &domain.methods {
        check.unresolved = false;
        check.method(domain, method, &mut used);
        unresolved |= check.unresolved;
    }
    if !unresolved && !broken.methods {
        check.unused(&domain.types, shared, &used, "method of the domain");
    }
}

struct Check<'o> {
    /// Whether the domain's `types.yaml` is understood.
    types_known: bool,
    /// Whether a field names a type that is not there: it may have meant one that seems unused.
    unresolved: bool,
    out: &'o mut Vec<Diagnostic>,
}

impl Check<'_> {
    fn method<'a>(&mut self, domain: &'a Domain, method: &'a Method, used: &mut HashSet<&'a str>) {
        let scope = Scope::of_method(domain, method);
        for def in &method.types {
            if domain.types.iter().any(|shared| shared.name.value == def.name.value) {
                self.out.push(duplicate_type::new(def.name.span, &def.name.value));
            }
        }
        self.declarations(&method.types, scope);
        for field in &method.request {
            self.reference(field, scope);
            match &field.ty.value {
                Type::Fields(name) => self.selection(field, name, method, scope),
                Type::List(inner) if **inner == Type::Scalar(Scalar::Bytes) => {
                    self.out.push(bytes_in_response::new(field.ty.span));
                }
                _ => {}
            }
        }
        for field in &method.response {
            self.reference(field, scope);
            self.misplaced(field);
        }
        let reached = scope.reachable(&method.request).into_iter().chain(scope.reachable(&method.response));
        let reached: HashSet<&str> = reached.map(|def| def.name.value.as_str()).collect();
        if !self.unresolved {
            self.unused(&method.types, scope, &reached, "field of the method");
        }
        used.extend(reached);
    }

    /// Declared types that nothing uses. What only an unused type uses goes with it and is not mentioned.
    fn unused(&mut self, types: &[TypeDef], scope: Scope<'_>, used: &HashSet<&str>, user: &str) {
        let unused: Vec<&TypeDef> = types.iter().filter(|def| !used.contains(def.name.value.as_str())).collect();
        let mut covered: HashSet<&str> = HashSet::new();
        // Those that no other unused type uses come first; a circle is mentioned once.
        let is_used =
            |def: &TypeDef| unused.iter().any(|other| !std::ptr::eq(*other, def) && names(other, &def.name.value));
        let (inner, outer): (Vec<&TypeDef>, Vec<&TypeDef>) = unused.iter().partition(|def| is_used(def));
        for def in outer.into_iter().chain(inner) {
            if covered.insert(&def.name.value) {
                self.out.push(unused_type::new(def.name.span, &def.name.value, user));
                if let TypeKind::Struct(fields) = &def.kind {
                    covered.extend(scope.reachable(fields).iter().map(|def| def.name.value.as_str()));
                }
            }
        }
    }

    fn declarations(&mut self, types: &[TypeDef], scope: Scope<'_>) {
        for def in types {
            let name = &def.name;
            let legal = name.value.starts_with(|c: char| c.is_ascii_uppercase())
                && name.value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !legal {
                self.out.push(bad_type_name::new(name.span, &name.value, &naming::ty(&name.value)));
            }
            match &def.kind {
                TypeKind::Struct(fields) => {
                    for field in fields {
                        self.reference(field, scope);
                        self.misplaced(field);
                    }
                }
                TypeKind::Enum(values) => self.enumeration(def, values),
            }
        }
    }

    fn enumeration(&mut self, def: &TypeDef, values: &EnumDef) {
        if values.values.is_empty() {
            self.out.push(empty_enum::new(def.name.span, &def.name.value));
        }
        for value in values.values.iter().filter(|value| value.name.is_none()) {
            if !value.wire.value.starts_with(|c: char| c.is_ascii_alphabetic()) {
                self.out.push(enum_value_needs_name::new(value.wire.span, &value.wire.value, value.doc.as_deref()));
            }
        }
    }

    /// The type that a field names exists.
    fn reference(&mut self, field: &Field, scope: Scope<'_>) {
        let ty = &field.ty;
        if let Type::List(inner) = &ty.value {
            match &**inner {
                Type::List(_) => self.out.push(list_of_list::new(ty.span, &ty.value.innermost().to_string())),
                Type::Fields(name) => self.out.push(list_of_list::of_fields(ty.span, name)),
                Type::Scalar(_) | Type::Named(_) => {}
            }
        }
        let (Type::Named(name) | Type::Fields(name)) = ty.value.innermost() else { return };
        if scope.find(name).is_some() {
            return;
        }
        self.unresolved = true;
        // A bare empty name is a type that has been complained about.
        let complained = ty.value == Type::Named(String::new());
        if self.types_known && !complained {
            self.out.push(unknown_type::new(ty.span, name, &scope.names()));
        }
    }

    /// `fields(T)` chooses from what the response holds.
    fn selection(&mut self, field: &Field, name: &str, method: &Method, scope: Scope<'_>) {
        let Some(def) = scope.find(name) else { return };
        if matches!(def.kind, TypeKind::Enum(_)) {
            self.out.push(fields_type_mismatch::not_a_struct(field.ty.span, name));
            return;
        }
        let reachable = scope.reachable(&method.response);
        if !reachable.iter().any(|reached| std::ptr::eq(*reached, def)) && self.types_known {
            let structs = reachable.iter().filter(|def| matches!(def.kind, TypeKind::Struct(_)));
            let names: Vec<&str> = structs.map(|def| def.name.value.as_str()).collect();
            self.out.push(fields_type_mismatch::new(field.ty.span, name, &names));
        }
    }

    /// Types that only a parameter can have.
    fn misplaced(&mut self, field: &Field) {
        match field.ty.value.innermost() {
            Type::Scalar(Scalar::Bytes) => self.out.push(bytes_in_response::new(field.ty.span)),
            Type::Fields(_) => self.out.push(fields_outside_request::new(field.ty.span)),
            _ => {}
        }
    }
}

/// Whether a structure has a field of this type.
fn names(def: &TypeDef, name: &str) -> bool {
    let TypeKind::Struct(fields) = &def.kind else { return false };
    fields
        .iter()
        .any(|field| matches!(field.ty.value.innermost(), Type::Named(other) | Type::Fields(other) if other == name))
}
