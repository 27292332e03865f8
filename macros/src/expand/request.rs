//! `#[derive(Request)]`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::DeriveInput;

use super::{access, allow_deprecated, common, paging, shape, split};
use crate::ast::{Field, Request};
use crate::attr::RequestAttrs;
use crate::doc;
use crate::errors::Errors;
use crate::fallback;
use crate::ty::{Holder, Kind};

/// The whole derive.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let code = match Request::read(input, &mut errors) {
        Some(request) => expand(input, &request),
        None => fallback::request(input),
    };
    errors.and(code)
}

fn expand(input: &DeriveInput, request: &Request<'_>) -> TokenStream {
    let ident = request.ident;
    let shape = shape(ident, &request.fields, true);
    let get = access(&request.fields, false);
    let common = common(ident);
    let method = method(ident, &request.attrs);
    let split = split::expand(request);
    let paging = paging::expand(ident, &request.attrs);
    let builder = builder(request);
    let allow = allow_deprecated(input);
    quote! {
        #allow
        const _: () = {
            use ::topsdk::rt as __rt;

            #shape

            impl __rt::Record for #ident {
                fn shape(&self) -> &'static __rt::Shape {
                    &__SHAPE
                }
                #get
            }

            #common
            #method
            #split
            #paging

            __rt::request_impls!(#ident);
        };

        #allow
        #builder
    }
}

/// The method's facts. Nothing without a response type, which has been reported.
fn method(ident: &Ident, attrs: &RequestAttrs) -> Option<TokenStream> {
    let response = attrs.response.as_ref()?;
    let error = attrs.error.as_ref().map_or_else(|| quote!(__rt::AnySubCode), |path| quote!(#path));
    let name = attrs.method.as_ref().map_or_else(String::new, |m| m.value());
    let session = attrs.session.as_ref().map(|variant| quote!(.session(__rt::Session::#variant)));
    let effect = attrs.effect.as_ref().map(|variant| quote!(.effect(__rt::Effect::#variant)));
    let tier = attrs.tier.as_ref().map(|name| quote!(.tier(#name)));
    let errors = attrs.errors.as_ref().map(|path| quote!(.errors(#path)));
    let cache = attrs.cache.as_ref().map(|rule| {
        let (ttl, tags) = (&rule.ttl, &rule.tags);
        let tags = (!tags.is_empty()).then(|| quote!(.tags(&[#(#tags),*])));
        quote!(.cache(__rt::CacheRule::new(#ttl) #tags))
    });
    let invalidates = attrs.invalidates.as_ref().map(|(_, tags)| quote!(.invalidates(&[#(#tags),*])));
    Some(quote! {
        impl __rt::Request for #ident {
            type Response = #response;
            type Error = #error;
            const INFO: &'static __rt::MethodInfo = &__rt::MethodInfo::new(#name) #session #effect #tier #errors
                #cache #invalidates;
        }
    })
}

/// The constructor and the setters, outside the block so that the types in them mean what they mean to the user.
fn builder(request: &Request<'_>) -> TokenStream {
    let (ident, vis) = (request.ident, request.vis);
    let (required, optional): (Vec<_>, Vec<_>) = request.fields.iter().partition(|f| f.required());
    let doc = doc::constructor(request.attrs.method.as_ref(), &required);
    let arguments = required.iter().map(|f| argument(f));
    let all = request.fields.iter().map(initialiser);
    let many = (required.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    // One called `new` has been reported.
    let setters = optional.iter().filter(|f| f.ident != "new").map(|f| setter(f, request));
    quote! {
        impl #ident {
            #[doc = #doc]
            #[must_use]
            #many
            #vis fn new(#(#arguments),*) -> Self {
                Self { #(#all),* }
            }
            #(#setters)*
        }
    }
}

fn initialiser(field: &Field<'_>) -> TokenStream {
    let name = field.ident;
    let value = converted(field);
    if !field.required() {
        quote!(#name: ::core::default::Default::default())
    } else if is_list(field) || is_text(field) {
        quote!(#name: #value)
    } else {
        quote!(#name)
    }
}

fn setter(field: &Field<'_>, request: &Request<'_>) -> TokenStream {
    let (name, vis) = (field.ident, request.vis);
    let docs = doc::setter(field);
    let deprecated = field.deprecated;
    let argument = argument(field);
    let mut value = converted(field);
    if !is_list(field) {
        value = quote!(::core::option::Option::Some(#value));
    }
    quote! {
        #docs
        #deprecated
        #[must_use]
        #vis fn #name(mut self, #argument) -> Self {
            self.#name = #value;
            self
        }
    }
}

/// How a caller gives the value: text and lists in whatever form is at hand.
fn argument(field: &Field<'_>) -> TokenStream {
    let (name, inner) = (field.ident, field.parts.inner);
    let element = match field.parts.kind {
        // With `impl Into<i64>` the literals of `[2231958349]` would be taken as `i32`.
        Kind::Integer | Kind::Float | Kind::Bool => quote!(#inner),
        _ => quote!(impl ::core::convert::Into<#inner>),
    };
    if is_list(field) {
        quote!(#name: impl ::core::iter::IntoIterator<Item = #element>)
    } else if is_text(field) {
        quote!(#name: #element)
    } else {
        quote!(#name: #inner)
    }
}

/// The argument as the field holds it.
fn converted(field: &Field<'_>) -> TokenStream {
    let name = field.ident;
    if is_list(field) {
        quote!(#name.into_iter().map(::core::convert::Into::into).collect())
    } else if is_text(field) {
        quote!(#name.into())
    } else {
        quote!(#name)
    }
}

fn is_list(field: &Field<'_>) -> bool {
    field.parts.holder == Holder::List
}

fn is_text(field: &Field<'_>) -> bool {
    matches!(field.parts.kind, Kind::Text | Kind::Fields | Kind::Json)
}
