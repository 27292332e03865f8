//! The trait `Paged` of a request.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::attr::RequestAttrs;
use crate::paging::{Paging, Window};

/// The implementation, where the request has `paging(..)` and it is whole.
pub(super) fn expand(ident: &Ident, attrs: &RequestAttrs) -> Option<TokenStream> {
    let (paging, response) = (attrs.paging.as_ref()?, attrs.response.as_ref()?);
    let (by, item, items) = (by(paging)?, paging.item.as_ref()?, items(&paging.items)?);
    let Paging { size, max_size, total, has_next, use_has_next, key, window, .. } = paging;
    let size = size.as_ref().map(|name| quote!(.size(#name)));
    let max_size = max_size.as_ref().map(|rows| quote!(.max_size(#rows)));
    let total = total.as_ref().map(|path| quote!(.total(#path)));
    let has_next = has_next.as_ref().map(|path| quote!(.has_next(#path)));
    let use_has_next = use_has_next.as_ref().map(|name| quote!(.use_has_next(#name)));
    let key = (!key.is_empty()).then(|| quote!(.key(&[#(#key),*])));
    let window = window.as_ref().and_then(self::window).map(|window| quote!(.window(&#window)));
    Some(quote! {
        impl __rt::Paged for #ident {
            type Item = #item;
            const PAGING: &'static __rt::Paging =
                &__rt::Paging::new(#by) #size #max_size #total #has_next #use_has_next #key #window;
            fn items(response: &mut #response) -> ::core::option::Option<&mut ::std::vec::Vec<#item>> {
                #items
            }
        }
    })
}

fn by(paging: &Paging) -> Option<TokenStream> {
    if let Some(parameter) = &paging.page {
        let first = match (&paging.first, paging.is_first_given) {
            (_, true) => quote!(::core::option::Option::None),
            (Some(first), _) => quote!(::core::option::Option::Some(#first)),
            (None, _) => quote!(::core::option::Option::Some(1)),
        };
        return Some(quote!(__rt::PageBy::Number { parameter: #parameter, first: #first }));
    }
    if let Some(parameter) = &paging.offset {
        return Some(quote!(__rt::PageBy::Offset { parameter: #parameter }));
    }
    let (parameter, next) = (paging.scroll.as_ref()?, paging.next.as_ref()?);
    Some(quote!(__rt::PageBy::Scroll { parameter: #parameter, next: #next }))
}

fn window(window: &Window) -> Option<TokenStream> {
    let (from, to) = (window.from.as_ref()?, window.to.as_ref()?);
    let by = window.by.as_ref().map(|field| quote!(.by(#field)));
    let sorted = window.sorted.then(|| quote!(.sorted()));
    let max = window.max.as_ref().map(|seconds| quote!(.max(#seconds)));
    let step = window.step.as_ref().map(|seconds| quote!(.step(#seconds)));
    Some(quote!(__rt::TimeWindow::new(#from, #to) #by #sorted #max #step))
}

/// The way to the list: every structure on it may be missing.
fn items(path: &[Ident]) -> Option<TokenStream> {
    let (list, structures) = path.split_last()?;
    let steps = structures.iter().map(|field| quote!(let response = response.#field.as_mut()?;));
    Some(quote!(#(#steps)* ::core::option::Option::Some(&mut response.#list)))
}
