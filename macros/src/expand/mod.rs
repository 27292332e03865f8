//! Quoting: one file a derive, and here what `Model` and `Request` share.

pub(crate) mod model;
pub(crate) mod open_enum;
mod paging;
pub(crate) mod request;
mod split;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::DeriveInput;
use syn::spanned::Spanned as _;

use crate::ast::{Field, any_deprecated};
use crate::ty::{Holder, Kind};

/// The table of a structure's fields; `__rt` and `__SHAPE` stand for what the caller's block declares.
fn shape(ident: &Ident, fields: &[Field<'_>], in_request: bool) -> TokenStream {
    let name = ident.to_string();
    let entries = fields.iter().map(|f| entry(f, in_request));
    let sorted = sorted(fields);
    quote! {
        static __SHAPE: __rt::Shape = __rt::Shape { name: #name, fields: &[#(#entries),*], sorted: &[#(#sorted),*] };
    }
}

/// What every structure shows and how it compares.
fn common(ident: &Ident) -> TokenStream {
    quote! {
        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __rt::debug(self, f)
            }
        }

        impl ::core::cmp::PartialEq for #ident {
            fn eq(&self, other: &Self) -> bool {
                __rt::eq(self, other)
            }
        }
    }
}

/// The method that gives field number `slot`: `get`, or `get_mut` to write to it.
fn access(fields: &[Field<'_>], mutable: bool) -> TokenStream {
    let name = if mutable { quote!(get_mut) } else { quote!(get) };
    let mutable = mutable.then(|| quote!(mut));
    let usable = fields.iter().enumerate().filter(|(_, field)| field.parts.is_possible());
    let mut arms = usable
        .map(|(slot, field)| {
            let (slot, ident) = (Literal::usize_unsuffixed(slot), field.ident);
            // The compiler points here where a type cannot stand in a field.
            let span = field.ty.span().resolved_at(Span::call_site());
            quote_spanned!(span=> #slot => & #mutable self.#ident,)
        })
        .peekable();
    if arms.peek().is_none() {
        return quote! {
            fn #name(& #mutable self, _: usize) -> ::core::option::Option<& #mutable dyn __rt::Value> {
                ::core::option::Option::None
            }
        };
    }
    quote! {
        fn #name(& #mutable self, slot: usize) -> ::core::option::Option<& #mutable dyn __rt::Value> {
            ::core::option::Option::Some(match slot {
                #(#arms)*
                _ => return ::core::option::Option::None,
            })
        }
    }
}

/// One line of the table.
fn entry(field: &Field<'_>, in_request: bool) -> TokenStream {
    let wire = &field.wire;
    let mut entry = quote!(__rt::Field::new(#wire));
    if field.parts.holder == Holder::List {
        let key = match &field.attrs.element {
            Some(key) => key.value(),
            None => field.parts.kind.element_key(),
        };
        entry.extend(quote!(.list(#key)));
    }
    if let Some(kind) = &field.attrs.sensitive {
        entry.extend(quote!(.sensitive(__rt::Sensitive::#kind)));
    }
    if let Some(limits) = limits(field) {
        entry.extend(quote!(.limits(&#limits)));
    }
    if let Some(name) = &field.attrs.ask_as {
        entry.extend(quote!(.ask_as(#name)));
    }
    // Fields of a nested structure are optional in Rust, and yet some must be sent.
    if if in_request { field.required() } else { field.attrs.required.is_some() } {
        entry.extend(quote!(.required()));
    }
    if in_request {
        entry.extend(select(field));
    }
    entry
}

fn limits(field: &Field<'_>) -> Option<TokenStream> {
    let limits = &field.attrs.limits;
    let keys = limits.iter().map(|l| &l.key);
    let values = limits.iter().map(|l| Literal::i64_unsuffixed(l.value));
    (!limits.is_empty()).then(|| {
        quote! {
            __rt::Limits { #(#keys: ::core::option::Option::Some(#values),)* ..__rt::Limits::NONE }
        }
    })
}

/// What a parameter of type `Fields` selects from.
fn select(field: &Field<'_>) -> Option<TokenStream> {
    let select = field.attrs.select.as_ref().filter(|_| field.parts.kind == Kind::Fields)?;
    let model = &select.model;
    let list = |key: &str| {
        let names = select.choices.iter().filter(|(word, _)| word == key).flat_map(|(_, names)| names);
        let mut names: Vec<_> = names.collect();
        names.sort_by_key(|name| name.value());
        quote!(&[#(#names),*])
    };
    let (only, except) = (list("only"), list("except"));
    Some(quote! {
        .select(&__rt::Select { shape: <#model as __rt::Model>::SHAPE, only: #only, except: #except })
    })
}

/// Field numbers in the order of the wire names' bytes.
fn sorted(fields: &[Field<'_>]) -> Vec<Literal> {
    let mut slots: Vec<usize> = (0..fields.len()).collect();
    slots.sort_by(|&a, &b| fields[a].wire.cmp(&fields[b].wire));
    slots.into_iter().map(Literal::usize_unsuffixed).collect()
}

/// What the platform will withdraw is still sent and read, without a warning from our own code.
fn allow_deprecated(input: &DeriveInput) -> Option<TokenStream> {
    any_deprecated(input).then(|| quote!(#[allow(deprecated)]))
}
