//! Types as a place in the specs sees them.

use std::collections::HashSet;

use crate::emit::types::holds;
use crate::model::{Domain, Field, Method, Spec, Type, TypeDef, TypeKind};
use crate::naming;

/// The types that a method's fields, or a domain's shared types, can name.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    domain: &'a Domain,
    method: Option<&'a Method>,
}

/// A declared type and the scope that its own fields see.
#[derive(Clone, Copy)]
pub(super) struct Home<'a> {
    pub(super) def: &'a TypeDef,
    pub(super) scope: Scope<'a>,
}

impl<'a> Scope<'a> {
    pub(super) fn of_domain(domain: &'a Domain) -> Self {
        Self { domain, method: None }
    }

    pub(super) fn of_method(domain: &'a Domain, method: &'a Method) -> Self {
        Self { domain, method: Some(method) }
    }

    /// The declaration that a name means here.
    pub(super) fn find(self, name: &str) -> Option<Home<'a>> {
        let named = |types: &'a [TypeDef]| types.iter().find(|def| def.name.value == name);
        let own = self.method.and_then(|method| named(&method.types));
        match own {
            Some(def) => Some(Home { def, scope: self }),
            None => named(&self.domain.types).map(|def| Home { def, scope: Self::of_domain(self.domain) }),
        }
    }

    /// Whether the field of a structure is boxed, because the structure would hold itself.
    pub(super) fn is_boxed(self, owner: &str, field: &'a Field) -> bool {
        match &field.ty.value {
            Type::Named(held) => holds(|name| self.find(name).map(|home| home.def), held, owner),
            _ => false,
        }
    }
}

impl<'a> Home<'a> {
    /// The type's path in Rust, below the crate: `trade::Trade`, `trade::trade_get::Line`.
    pub(super) fn path(self) -> String {
        let (domain, rust) = (&self.scope.domain.name.value, naming::ty(&self.def.name.value));
        match self.scope.method {
            Some(method) => format!("{domain}::{}::{rust}", naming::method_module(&method.name.value)),
            None => format!("{domain}::{rust}"),
        }
    }

    /// Domain and method that the type belongs to; no method where it is shared.
    pub(super) fn heading(self) -> (&'a str, &'a str) {
        (&self.scope.domain.name.value, self.scope.method.map_or("", |method| &method.name.value))
    }

    pub(super) fn name(self) -> &'a str {
        &self.def.name.value
    }

    /// The fields of a structure; none of an enum.
    pub(super) fn fields(self) -> &'a [Field] {
        match &self.def.kind {
            TypeKind::Struct(fields) => fields,
            TypeKind::Enum(_) => &[],
        }
    }
}

/// How the types of one state are used, by path.
#[derive(Default)]
pub(super) struct Uses {
    /// Those that a request can hold.
    pub(super) sent: HashSet<String>,
    /// Those that are elements of a list.
    pub(super) listed: HashSet<String>,
}

impl Uses {
    pub(super) fn of(spec: &Spec) -> Self {
        let mut uses = Self::default();
        let mut seen = HashSet::new();
        let methods = spec.domains.iter().flat_map(|domain| domain.methods.iter().map(move |method| (domain, method)));
        for (domain, method) in methods {
            let scope = Scope::of_method(domain, method);
            uses.walk(scope, &method.response, &mut seen);
            let mut sent = std::mem::take(&mut uses.sent);
            uses.walk(scope, &method.request, &mut sent);
            uses.sent = sent;
        }
        uses
    }

    fn walk(&mut self, scope: Scope<'_>, fields: &[Field], seen: &mut HashSet<String>) {
        for field in fields {
            // A `fields` parameter only names what a type has.
            let Type::Named(name) = field.ty.value.innermost() else { continue };
            let Some(home) = scope.find(name) else { continue };
            let path = home.path();
            if matches!(field.ty.value, Type::List(_)) {
                self.listed.insert(path.clone());
            }
            if seen.insert(path) {
                self.walk(home.scope, home.fields(), seen);
            }
        }
    }
}
