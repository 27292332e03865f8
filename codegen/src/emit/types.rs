//! Structures and enums.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::{docs, ident};
use crate::model::{Domain, EnumDef, Field, Limits, Method, Scalar, Sensitive, Spec, Type, TypeDef, TypeKind};
use crate::naming;

/// Whose fields are being written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Parameters of a method.
    Request,
    /// Fields of a response or of a structure.
    Data,
}

/// What the fields of a domain's shared types, or of one method, may refer to.
pub(super) struct Scope<'a> {
    glossary: &'a docs::Glossary,
    /// What a method sees beside its own types.
    domain: Option<&'a Scope<'a>>,
    types: HashMap<&'a str, &'a TypeDef>,
    recursive: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Scope<'a> {
    /// The types that a domain's methods share.
    pub(super) fn of_domain(spec: &'a Spec, domain: &'a Domain) -> Self {
        Self::new(&spec.glossary, None, &domain.types)
    }

    /// The same with a method's own types.
    pub(super) fn of_method(domain: &'a Scope<'a>, method: &'a Method) -> Self {
        Self::new(domain.glossary, Some(domain), &method.types)
    }

    fn new(glossary: &'a docs::Glossary, domain: Option<&'a Scope<'a>>, types: &'a [TypeDef]) -> Self {
        let types: HashMap<&str, &TypeDef> = types.iter().map(|def| (def.name.value.as_str(), def)).collect();
        let held = types.values().flat_map(|def| values(def).map(|to| (def.name.value.as_str(), to)));
        // Shared types never lead back to a method's own: looking at these is enough.
        let recursive = held.filter(|(from, to)| holds(|name| types.get(name).copied(), to, from)).collect();
        Self { glossary, domain, types, recursive }
    }

    /// Whether a field of this structure holds the structure itself in the end, and so needs a box.
    pub(super) fn is_recursive(&self, owner: &str, held: &str) -> bool {
        self.recursive.contains(&(owner, held)) || self.domain.is_some_and(|domain| domain.is_recursive(owner, held))
    }

    fn find(&self, name: &str) -> Option<&'a TypeDef> {
        self.types.get(name).copied().or_else(|| self.domain?.find(name))
    }

    fn wire(&self, name: &str) -> &str {
        self.find(name).map_or("", |def| def.wire.as_str())
    }
}

/// Whether a structure holds another one by value, directly or not, or is that one. A field of `to` whose type is `from` then
/// needs a box.
pub(crate) fn holds<'a>(find: impl Fn(&str) -> Option<&'a TypeDef>, from: &'a str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name)
            && let Some(def) = find(name)
        {
            open.extend(values(def));
        }
    }
    false
}

/// The structures that a structure holds by value.
fn values(def: &TypeDef) -> impl Iterator<Item = &str> {
    let fields = match &def.kind {
        TypeKind::Struct(fields) => fields.as_slice(),
        TypeKind::Enum(_) => &[],
    };
    fields.iter().filter_map(|f| match &f.ty.value {
        Type::Named(name) => Some(name.as_str()),
        _ => None,
    })
}

/// `types.rs` of a domain.
pub(super) fn shared(scope: &Scope<'_>, domain: &Domain) -> Vec<TokenStream> {
    part(scope, &domain.types.iter().collect::<Vec<_>>())
}

/// The same in parts, for domains that share so many types that one file would be too long: the items of `types/mod.rs`, and those of
/// each file beside it by its name. A type stands in the file of its first letter, so that one more type changes one file.
pub(super) fn shared_in_parts(
    scope: &Scope<'_>,
    domain: &Domain,
) -> (Vec<TokenStream>, Vec<(String, Vec<TokenStream>)>) {
    let mut letters: BTreeMap<String, Vec<&TypeDef>> = BTreeMap::new();
    for def in &domain.types {
        let letter = naming::ty(&def.name.value).chars().take(1).collect::<String>().to_ascii_lowercase();
        letters.entry(letter).or_default().push(def);
    }
    let names = || letters.keys().map(|letter| ident(letter));
    let modules = names().map(|name| quote!(mod #name;)).chain(names().map(|name| quote!(pub use #name::*;))).collect();
    (modules, letters.iter().map(|(letter, types)| (letter.clone(), part(scope, types))).collect())
}

/// Some of the types that a domain's methods share.
fn part(scope: &Scope<'_>, types: &[&TypeDef]) -> Vec<TokenStream> {
    let mut items = imports(types, None, None);
    items.extend(types.iter().map(|def| declare(scope, def)));
    items
}

/// The declaration of a type.
pub(super) fn declare(scope: &Scope<'_>, def: &TypeDef) -> TokenStream {
    match &def.kind {
        TypeKind::Enum(enumeration) => open_enum(def, enumeration),
        TypeKind::Struct(fields) => {
            let doc = match &def.doc {
                Some(doc) => docs::plain(doc),
                None => format!("`{}` of the platform.", def.wire),
            };
            structure(scope, &naming::ty(&def.name.value), &def.name.value, docs::lines(&doc), fields)
        }
    }
}

/// A decodable structure.
pub(super) fn structure(scope: &Scope<'_>, rust: &str, spec: &str, doc: TokenStream, fields: &[Field]) -> TokenStream {
    let name = ident(rust);
    let fields = fields.iter().map(|f| field(scope, spec, f, Role::Data));
    quote! {
        #doc
        #[derive(Model)]
        #[non_exhaustive]
        pub struct #name { #(#fields)* }
    }
}

/// One field with its docs and attributes.
pub(super) fn field(scope: &Scope<'_>, owner: &str, field: &Field, role: Role) -> TokenStream {
    let doc = docs::field(field, scope.glossary);
    let rust = naming::field(&field.name.value);
    let name = ident(&rust);
    let ty = field_type(scope, owner, field, role);
    let mut parts: Vec<TokenStream> = Vec::new();
    if rust != field.name.value {
        let wire = &field.name.value;
        parts.push(quote!(name = #wire));
    }
    if let Some(name) = field.ask_as.as_ref().map(|n| &n.value) {
        parts.push(quote!(ask_as = #name));
    }
    if let Type::List(element) = &field.ty.value {
        element_key(scope, element, &mut parts);
        if field.required {
            parts.push(quote!(required));
        }
    } else if field.required && role == Role::Data {
        parts.push(quote!(required));
    }
    if let Some(kind) = field.sensitive {
        let kind = ident(sensitive(kind));
        parts.push(quote!(sensitive(#kind)));
    }
    limits(&field.limits, &mut parts);
    if let Type::Fields(of) = &field.ty.value {
        parts.push(selection(of, field));
    }
    let attribute = (!parts.is_empty()).then(|| quote!(#[top(#(#parts),*)]));
    let deprecated = field.deprecated.as_ref().map(|note| quote!(#[deprecated(note = #note)]));
    quote!(#doc #deprecated #attribute pub #name: #ty,)
}

/// The key of a list's elements, where the derive would not guess it from the Rust type.
fn element_key(scope: &Scope<'_>, element: &Type, parts: &mut Vec<TokenStream>) {
    if let Type::Named(name) = element {
        let key = naming::element_key(element, Some(scope.wire(name)));
        if key != naming::underscore(&naming::ty(name)) {
            parts.push(quote!(element = #key));
        }
    }
}

fn limits(limits: &Limits, parts: &mut Vec<TokenStream>) {
    let unsigned =
        [("max_length", limits.max_length), ("max_items", limits.max_items), ("max_bytes", limits.max_bytes)];
    for (key, value) in unsigned {
        if let Some(value) = value.map(proc_macro2::Literal::u64_unsuffixed) {
            let key = ident(key);
            parts.push(quote!(#key = #value));
        }
    }
    for (key, value) in [("min", limits.min), ("max", limits.max)] {
        if let Some(value) = value {
            let key = ident(key);
            let digits = proc_macro2::Literal::u64_unsuffixed(value.unsigned_abs());
            let sign = (value < 0).then(|| quote!(-));
            parts.push(quote!(#key = #sign #digits));
        }
    }
}

fn selection(of: &str, field: &Field) -> TokenStream {
    let of = ident(&naming::ty(of));
    let only = field.only.iter().map(|n| n.value.as_str());
    let except = field.except.iter().map(|n| n.value.as_str());
    if !field.only.is_empty() {
        quote!(fields(#of, only(#(#only),*)))
    } else if !field.except.is_empty() {
        quote!(fields(#of, except(#(#except),*)))
    } else {
        quote!(fields(#of))
    }
}

fn field_type(scope: &Scope<'_>, owner: &str, field: &Field, role: Role) -> TokenStream {
    match &field.ty.value {
        Type::List(element) => {
            let element = bare(element);
            quote!(Vec<#element>)
        }
        Type::Named(name) if scope.is_recursive(owner, name) => {
            let inner = bare(&field.ty.value);
            quote!(Option<Box<#inner>>)
        }
        ty if role == Role::Request && field.required => bare(ty),
        ty => {
            let inner = bare(ty);
            quote!(Option<#inner>)
        }
    }
}

/// The Rust type of one value.
pub(super) fn bare(ty: &Type) -> TokenStream {
    match ty {
        Type::Scalar(scalar) => {
            let name = ident(scalar_type(*scalar));
            quote!(#name)
        }
        Type::Named(name) => {
            let name = ident(&naming::ty(name));
            quote!(#name)
        }
        Type::Fields(_) => quote!(Fields),
        Type::List(element) => bare(element),
    }
}

/// The Rust name of a built-in type.
pub(super) fn scalar_type(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String => "String",
        Scalar::I64 => "i64",
        Scalar::F64 => "f64",
        Scalar::Bool => "bool",
        Scalar::Money => "Money",
        Scalar::Decimal => "Decimal",
        Scalar::Date => "DateTime",
        Scalar::Json => "Json",
        Scalar::Bytes => "Upload",
    }
}

fn sensitive(kind: Sensitive) -> &'static str {
    match kind {
        Sensitive::Name => "name",
        Sensitive::Phone => "phone",
        Sensitive::Address => "address",
        Sensitive::Nick => "nick",
        Sensitive::Email => "email",
        Sensitive::Id => "id",
        Sensitive::Account => "account",
        Sensitive::Secret => "secret",
        Sensitive::Text => "text",
    }
}

fn open_enum(def: &TypeDef, enumeration: &EnumDef) -> TokenStream {
    let doc = match &def.doc {
        Some(doc) => docs::plain(doc),
        None => format!("Values of `{}`.", def.wire),
    };
    let variants = enumeration.values.iter().map(|value| {
        let wire = &value.wire.value;
        let name = value.name.as_ref().map_or_else(|| naming::variant(wire), |n| naming::variant(&n.value));
        let doc = value.doc.as_ref().map_or_else(|| format!("`{wire}`."), |doc| docs::plain(doc));
        (name, wire.clone(), doc)
    });
    enumerate(&naming::ty(&def.name.value), &doc, enumeration.integer, variants)
}

/// An open enum: variants as (Rust name, value on the wire, doc).
pub(super) fn enumerate(
    name: &str,
    doc: &str,
    integer: bool,
    variants: impl Iterator<Item = (String, String, String)>,
) -> TokenStream {
    let (name, doc) = (ident(name), docs::lines(doc));
    let integer = integer.then(|| quote!(#[top(integer)]));
    let variants = variants.map(|(name, wire, doc)| {
        let (name, doc) = (ident(&name), docs::lines(&doc));
        quote!(#doc #[top(#wire)] #name,)
    });
    quote! {
        #doc
        #[derive(Clone, PartialEq, Eq, Hash, OpenEnum)]
        #integer
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// A value that this version does not know.
            Other(String),
        }
    }
}

/// The imports that these declarations need, and a method beside its own types. `item`: the type of the rows of a list.
pub(super) fn imports(declared: &[&TypeDef], method: Option<&Method>, item: Option<&str>) -> Vec<TokenStream> {
    let own: BTreeSet<&str> = declared.iter().map(|def| def.name.value.as_str()).collect();
    let mut crate_names: BTreeSet<&str> = BTreeSet::new();
    let mut shared: BTreeSet<String> = BTreeSet::new();
    if method.is_some() {
        crate_names.extend(["Model", "Request"]);
    }
    let nested = declared.iter().filter_map(|def| match &def.kind {
        TypeKind::Struct(fields) => Some(fields),
        TypeKind::Enum(_) => None,
    });
    for field in method.into_iter().flat_map(|method| [&method.request, &method.response]).chain(nested).flatten() {
        match field.ty.value.element() {
            Type::Scalar(scalar) => {
                let name = scalar_type(*scalar);
                if name.starts_with(char::is_uppercase) && name != "String" {
                    crate_names.insert(name);
                }
            }
            Type::Named(name) if !own.contains(name.as_str()) => {
                shared.insert(naming::ty(name));
            }
            Type::Fields(name) => {
                crate_names.insert("Fields");
                if !own.contains(name.as_str()) {
                    shared.insert(naming::ty(name));
                }
            }
            Type::Named(_) | Type::List(_) => {}
        }
    }
    shared.extend(item.filter(|name| !own.contains(name)).map(naming::ty));
    for def in declared {
        crate_names.insert(if matches!(def.kind, TypeKind::Enum(_)) { "OpenEnum" } else { "Model" });
    }
    let mut items = Vec::new();
    if method.is_some_and(|method| !method.errors.is_empty()) {
        crate_names.insert("OpenEnum");
    }
    if !shared.is_empty() {
        let names = shared.iter().map(|name| ident(name));
        let module = if method.is_some() { quote!(super::types) } else { quote!(super) };
        items.push(quote!(use #module::{#(#names),*};));
    }
    let crate_names: Vec<_> = crate_names.into_iter().map(ident).collect();
    if !crate_names.is_empty() {
        items.push(quote!(use topsdk::{#(#crate_names),*};));
    }
    items
}
