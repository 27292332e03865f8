//! `mod.rs` of a domain.

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::{docs, ident};
use crate::model::Domain;
use crate::naming;

/// Modules and re-exports of a domain: requests, responses and shared types stand at its root, a method's own types in its module.
pub(super) fn items(domain: &Domain) -> Vec<TokenStream> {
    let mut items = vec![inner_docs(docs::domain(domain).into_iter())];
    if !domain.types.is_empty() {
        items.push(quote!(
            mod types;
        ));
    }
    for method in &domain.methods {
        let module = ident(&naming::method_module(&method.name.value));
        let summary = docs::lines(&docs::summary(method));
        items.push(quote!(#summary pub mod #module;));
    }
    items.extend(exports(domain));
    items
}

/// What stands at a domain's root beside its modules.
pub(super) fn exports(domain: &Domain) -> Vec<TokenStream> {
    let mut items = Vec::new();
    if !domain.types.is_empty() {
        items.push(quote!(
            pub use types::*;
        ));
    }
    for method in &domain.methods {
        let module = ident(&naming::method_module(&method.name.value));
        let rust = naming::method_type(&method.name.value);
        let (request, response) = (ident(&rust), ident(&format!("{rust}Response")));
        let error = (!method.errors.is_empty()).then(|| ident(&format!("{rust}Error"))).into_iter();
        let allow = method.deprecated.is_some().then(|| quote!(#[allow(deprecated)]));
        items.push(quote!(#allow pub use #module::{#request, #(#error,)* #response};));
    }
    items
}

/// `#[doc]` turned into `#![doc]`.
pub(super) fn inner_docs(outer: impl Iterator<Item = proc_macro2::TokenTree>) -> TokenStream {
    use proc_macro2::{Punct, Spacing, TokenTree};

    let bang = || TokenTree::Punct(Punct::new('!', Spacing::Alone));
    outer
        .flat_map(|token| match token {
            TokenTree::Punct(_) => vec![token, bang()],
            other => vec![other],
        })
        .collect()
}
