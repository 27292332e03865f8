//! One method: its request, response, types and errors, in this order.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::types::{Role, Scope};
use crate::emit::{docs, ident, paging, platform, tiers, types};
use crate::model::{At, Domain, Field, Method};
use crate::naming;

/// The items of a method's file.
pub(super) fn items(shared: &Scope<'_>, domain: &Domain, method: &Method) -> Vec<TokenStream> {
    let scope = Scope::of_method(shared, method);
    let own: Vec<_> = method.types.iter().collect();
    let mut items = Vec::new();
    if method.deprecated.is_some() {
        // The file itself has to name what it deprecates.
        items.push(quote!(#![allow(deprecated)]));
    }
    items.extend(types::imports(&own, Some(method), paging::item(domain, method)));
    if !method.errors.is_empty() {
        items.push(match platform::names_who(method.errors.iter().map(|entry| &entry.remedy)) {
            true => quote!(
                use topsdk::model::{SubCode, Who};
            ),
            false => quote!(
                use topsdk::model::SubCode;
            ),
        });
    }
    items.push(request(&scope, domain, method));
    items.push(response(&scope, method));
    items.extend(method.types.iter().map(|def| types::declare(&scope, def)));
    if !method.errors.is_empty() {
        items.push(errors(method));
        let entries = method.errors.iter().map(platform::sub_code);
        items.push(quote!(const ERRORS: &[SubCode] = &[#(#entries),*];));
    }
    items
}

fn request(scope: &Scope<'_>, domain: &Domain, method: &Method) -> TokenStream {
    let rust = naming::method_type(&method.name.value);
    let (name, response) = (ident(&rust), ident(&format!("{rust}Response")));
    let (wire, doc) = (&method.name.value, docs::method(domain, method));
    let (session, effect) = (ident(method.session.as_str()), ident(method.effect.as_str()));
    let tier = &domain.tier.value;
    // Methods of one's own need not have one.
    let tier = (!tier.is_empty() && tier != tiers::DEFAULT).then(|| quote!(, tier = #tier));
    let errors = (!method.errors.is_empty()).then(|| {
        let error = ident(&format!("{rust}Error"));
        quote!(error = #error, errors = ERRORS,)
    });
    let split = method.split.as_ref().map(|by| {
        let merged = method.lists().map(|list| ident(&naming::field(&list.name.value)));
        let by = ident(&naming::field(&by.value));
        quote!(, split(#by #(, #merged)*))
    });
    let texts = |tags: &[At<String>]| tags.iter().map(|tag| tag.value.clone()).collect::<Vec<_>>();
    let cache = method.cache.as_ref().map(|rule| {
        let (ttl, tags) = (Literal::i64_unsuffixed(rule.ttl.value), texts(&rule.tags));
        let tags = (!tags.is_empty()).then(|| quote!(, tags(#(#tags),*)));
        quote!(, cache(ttl = #ttl #tags))
    });
    let invalidates = (!method.invalidates.is_empty()).then(|| {
        let tags = texts(&method.invalidates);
        quote!(, invalidates(#(#tags),*))
    });
    let paging = paging::attribute(domain, method).map(|paging| quote!(, #paging));
    let deprecated = method.deprecated.as_ref().map(|note| quote!(#[deprecated(note = #note)]));
    let fields = method.request.iter().map(|f| types::field(scope, "", &with_selection(f, method), Role::Request));
    quote! {
        #doc
        #[derive(Clone, Request)]
        #[top(method = #wire, response = #response, #errors session = #session, effect = #effect #tier #split #cache #invalidates #paging)]
        #deprecated
        #[non_exhaustive]
        pub struct #name { #(#fields)* }
    }
}

/// A `fields` parameter with the `only` or `except` of the response field that it selects from.
fn with_selection(field: &Field, method: &Method) -> Field {
    let mut field = field.clone();
    if let Some(from) = method.selected_by(&field) {
        field.only.clone_from(&from.only);
        field.except.clone_from(&from.except);
    }
    field
}

fn response(scope: &Scope<'_>, method: &Method) -> TokenStream {
    let rust = naming::method_type(&method.name.value);
    let doc = docs::lines(&format!("The answer to [`{rust}`]."));
    types::structure(scope, &format!("{rust}Response"), "", doc, &method.response)
}

fn errors(method: &Method) -> TokenStream {
    let rust = naming::method_type(&method.name.value);
    let doc = format!("Sub codes of [`{rust}`].");
    let variants = method.errors.iter().map(|entry| {
        let code = &entry.code.value;
        (naming::sub_code(code, &method.errors), code.clone(), docs::plain(&entry.remedy.means))
    });
    types::enumerate(&format!("{rust}Error"), &doc, false, variants)
}
