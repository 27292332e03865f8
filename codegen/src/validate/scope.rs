//! Which declared types a field can name, and which it leads to.

use crate::model::{Domain, Field, Method, Type, TypeDef, TypeKind};

/// The types that a method's fields, or a domain's shared types, can name.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    own: &'a [TypeDef],
    shared: &'a [TypeDef],
}

impl<'a> Scope<'a> {
    /// What the fields of a method see.
    pub(crate) fn of_method(domain: &'a Domain, method: &'a Method) -> Self {
        Self { own: &method.types, shared: &domain.types }
    }

    /// What the fields of a domain's shared types see.
    pub(crate) fn of_domain(domain: &'a Domain) -> Self {
        Self { own: &[], shared: &domain.types }
    }

    /// What nothing declares.
    pub(crate) fn empty() -> Self {
        Self { own: &[], shared: &[] }
    }

    pub(crate) fn find(&self, name: &str) -> Option<&'a TypeDef> {
        self.own.iter().chain(self.shared).find(|def| def.name.value == name)
    }

    /// The fields of a declared structure.
    pub(crate) fn fields(&self, name: &str) -> Option<&'a [Field]> {
        match &self.find(name)?.kind {
            TypeKind::Struct(fields) => Some(fields),
            TypeKind::Enum(_) => None,
        }
    }

    pub(crate) fn names(&self) -> Vec<&'a str> {
        self.own.iter().chain(self.shared).map(|def| def.name.value.as_str()).collect()
    }

    /// The declared types that these fields lead to, directly or through other types.
    pub(crate) fn reachable(&self, fields: &'a [Field]) -> Vec<&'a TypeDef> {
        let mut found: Vec<&TypeDef> = Vec::new();
        let mut todo: Vec<&Field> = fields.iter().rev().collect();
        while let Some(field) = todo.pop() {
            let (Type::Named(name) | Type::Fields(name)) = field.ty.value.innermost() else {
                continue;
            };
            let Some(def) = self.find(name) else { continue };
            if found.iter().any(|seen| std::ptr::eq(*seen, def)) {
                continue;
            }
            found.push(def);
            if let TypeKind::Struct(fields) = &def.kind {
                todo.extend(fields.iter().rev());
            }
        }
        found
    }
}
