//! The examples of the specs as Rust: typed requests, for tests that call every method.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use serde_json::{Map, Value as Json};

use super::types::{Scope, scalar_type};
use super::{Outline, ident, marks};
use crate::model::{Domain, EnumDef, Example, Field, Method, Scalar, Type, TypeDef, TypeKind};
use crate::naming;

fn examples(domain: &Domain) -> impl Iterator<Item = (&Method, &Example)> {
    domain.methods.iter().filter_map(|method| Some((method, method.example.as_ref()?)))
}

/// `mod.rs`: all domains that have an example.
pub(super) fn root(domains: &[Outline]) -> Vec<TokenStream> {
    let names: Vec<_> = domains.iter().filter(|domain| domain.has_example).map(|domain| ident(&domain.name)).collect();
    let mut items: Vec<TokenStream> = names.iter().map(|name| quote!(mod #name;)).collect();
    items.push(quote! {
        /// Every method that has an example, one slice a domain.
        pub const DOMAINS: &[&[crate::Method]] = &[#(#names::METHODS),*];
    });
    items
}

/// A domain's file: a typed request for each example, and one more for each whose values must not be shown.
pub(super) fn items(shared: &Scope<'_>, domain: &Domain) -> Vec<TokenStream> {
    let module = ident(&domain.name.value);
    let requests: Vec<_> =
        examples(domain).map(|(method, _)| ident(&naming::method_type(&method.name.value))).collect();
    let mut items = vec![
        quote!(
            use topsdk::#module;
        ),
        quote!(
            use crate::samples::*;
        ),
        quote! {
            pub(super) const METHODS: &[Method] = &[#(Method::of::<#module::#requests>()),*];
        },
    ];
    items.extend(examples(domain).map(|(method, example)| {
        let request = ident(&naming::method_type(&method.name.value));
        let writer = Writer { domain, method, scope: Scope::of_method(shared, method) };
        let written = |values: &Json| writer.request(&quote!(#module::#request), values);
        let sample = written(&example.request.value);
        let marked = marks::marked(domain, method, &example.request.value).map(|values| {
            let marked = written(&values);
            quote!(fn marked(mark: &mut dyn Mark) -> Option<Self> { Some(#marked) })
        });
        quote! {
            impl Sample for #module::#request {
                fn sample() -> Self { #sample }
                #marked
            }
        }
    }));
    items
}

/// Writes the values of one method's example.
struct Writer<'a> {
    domain: &'a Domain,
    method: &'a Method,
    scope: Scope<'a>,
}

impl Writer<'_> {
    /// Constructor and setters, as a user would write them.
    fn request(&self, rust: &TokenStream, values: &Json) -> TokenStream {
        let (required, optional): (Vec<_>, Vec<_>) = self.method.request.iter().partition(|field| field.required);
        let arguments = required.iter().map(|field| self.argument(field, &values[&field.name.value]));
        let setters = optional.iter().filter_map(|field| {
            let value = values.get(&field.name.value).filter(|value| !is_empty_list(value))?;
            let (name, value) = (ident(&naming::field(&field.name.value)), self.argument(field, value));
            Some(quote!(.#name(#value)))
        });
        quote!(#rust::new(#(#arguments),*) #(#setters)*)
    }

    /// A value as constructors and setters take it.
    fn argument(&self, field: &Field, value: &Json) -> TokenStream {
        match &field.ty.value {
            Type::List(element) if is_empty_list(value) => {
                let element = self.bare(element);
                quote!(Vec::<#element>::new())
            }
            Type::List(element) => {
                let elements = list(value).map(|value| self.single(element, value));
                quote!([#(#elements),*])
            }
            Type::Fields(_) => {
                let names: Vec<&str> = match value {
                    Json::String(names) => vec![names.as_str()],
                    names => list(names).filter_map(Json::as_str).collect(),
                };
                names.join(",").to_token_stream()
            }
            ty => self.single(ty, value),
        }
    }

    /// One value; text as a literal.
    fn single(&self, ty: &Type, value: &Json) -> TokenStream {
        match ty {
            Type::Scalar(scalar) => scalar_value(*scalar, value),
            Type::Named(name) => match self.method.type_def(self.domain, name) {
                Some(TypeDef { kind: TypeKind::Enum(def), .. }) => self.variant(name, def, value),
                Some(TypeDef { kind: TypeKind::Struct(fields), .. }) => self.structure(name, fields, value),
                None => quote!(Default::default()),
            },
            Type::Fields(_) | Type::List(_) => quote!(Default::default()),
        }
    }

    fn variant(&self, name: &str, def: &EnumDef, value: &Json) -> TokenStream {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let path = self.path(name);
        match def.values.iter().find(|listed| listed.wire.value == text) {
            Some(listed) => {
                let name = listed.name.as_ref().unwrap_or(&listed.wire);
                let variant = ident(&naming::variant(&name.value));
                quote!(#path::#variant)
            }
            None => quote!(#path::from(#text)),
        }
    }

    /// Structures are non-exhaustive, so they are made by default and then filled.
    fn structure(&self, name: &str, fields: &[Field], value: &Json) -> TokenStream {
        let path = self.path(name);
        let empty = Map::new();
        let values = value.as_object().unwrap_or(&empty);
        let assignments = fields.iter().filter_map(|field| {
            let value = values.get(&field.name.value)?;
            let target = ident(&naming::field(&field.name.value));
            let value = match &field.ty.value {
                Type::List(element) => {
                    let elements = list(value).map(|value| owned(element, value, self.single(element, value)));
                    quote!(Vec::from([#(#elements),*]))
                }
                ty => {
                    let inner = owned(ty, value, self.single(ty, value));
                    let boxed = matches!(ty, Type::Named(inner) if self.scope.is_recursive(name, inner));
                    if boxed { quote!(Some(Box::new(#inner))) } else { quote!(Some(#inner)) }
                }
            };
            Some(quote!(value.#target = #value;))
        });
        quote!({
            let mut value = #path::default();
            #(#assignments)*
            value
        })
    }

    /// A declared type: the domain's own stand at its root, a method's in the method's module.
    fn path(&self, name: &str) -> TokenStream {
        let (domain, rust) = (ident(&self.domain.name.value), ident(&naming::ty(name)));
        if self.method.types.iter().any(|def| def.name.value == name) {
            let module = ident(&naming::method_module(&self.method.name.value));
            quote!(#domain::#module::#rust)
        } else {
            quote!(#domain::#rust)
        }
    }

    fn bare(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::Scalar(scalar) => rust_scalar(*scalar),
            Type::Named(name) => self.path(name),
            Type::Fields(_) | Type::List(_) => quote!(topsdk::Fields),
        }
    }
}

fn scalar_value(scalar: Scalar, value: &Json) -> TokenStream {
    if let Some(place) = marks::place(value) {
        return mark(scalar, place);
    }
    let text = value.as_str().unwrap_or_default();
    let rust = rust_scalar(scalar);
    match scalar {
        Scalar::String | Scalar::Json => quote!(#text),
        Scalar::I64 => {
            let number = value.as_i64().unwrap_or_default();
            let (sign, digits) = ((number < 0).then(|| quote!(-)), Literal::u64_unsuffixed(number.unsigned_abs()));
            quote!(#sign #digits)
        }
        Scalar::F64 => {
            let number = value.as_f64().unwrap_or_default();
            let (sign, digits) = ((number < 0.0).then(|| quote!(-)), Literal::f64_unsuffixed(number.abs()));
            quote!(#sign #digits)
        }
        Scalar::Bool => value.as_bool().unwrap_or_default().to_token_stream(),
        Scalar::Money | Scalar::Decimal | Scalar::Date => quote!(parsed::<#rust>(#text)),
        Scalar::Bytes => {
            let name = text.trim_start_matches('@');
            quote!(file(#name))
        }
    }
}

/// The call that makes the mark.
fn mark(scalar: Scalar, place: &str) -> TokenStream {
    let rust = rust_scalar(scalar);
    match scalar {
        Scalar::String => quote!(mark.text(#place)),
        Scalar::Json => quote!(mark.json(#place)),
        Scalar::I64 => quote!(mark.number(#place)),
        Scalar::Bytes => quote!(mark.file(#place)),
        Scalar::F64 | Scalar::Money | Scalar::Decimal | Scalar::Bool | Scalar::Date => {
            quote!(parsed::<#rust>(&mark.number(#place).to_string()))
        }
    }
}

fn rust_scalar(scalar: Scalar) -> TokenStream {
    let name = ident(scalar_type(scalar));
    match scalar {
        Scalar::String | Scalar::I64 | Scalar::F64 | Scalar::Bool => quote!(#name),
        _ => quote!(topsdk::#name),
    }
}

/// A value as a field holds it: literals of text are borrowed.
fn owned(ty: &Type, value: &Json, written: TokenStream) -> TokenStream {
    let is_literal = matches!(ty, Type::Scalar(Scalar::String | Scalar::Json)) && marks::place(value).is_none();
    if is_literal { quote!(#written.into()) } else { written }
}

fn list(value: &Json) -> impl Iterator<Item = &Json> {
    value.as_array().map(Vec::as_slice).unwrap_or_default().iter()
}

fn is_empty_list(value: &Json) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}
