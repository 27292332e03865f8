//! The key `paging(..)` of a request.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::{ident, types};
use crate::model::{At, Domain, Method, PageBy, Paging, TimeWindow};
use crate::naming;

/// What the derive has to know of a list; nothing where a method is none.
pub(super) fn attribute(domain: &Domain, method: &Method) -> Option<TokenStream> {
    let paging = method.paging.as_ref()?;
    let path: Vec<_> = paging.items.value.split('.').map(|name| ident(&naming::field(name))).collect();
    let item = types::bare(method.response_field(domain, &paging.items.value)?.ty.value.element());
    let mut parts = by(&paging.by);
    parts.extend(text("size", paging.size.as_ref()));
    parts.extend(number("max_size", paging.max_size));
    parts.extend(text("total", paging.total.as_ref()));
    parts.extend(text("has_next", paging.has_next.as_ref()));
    parts.extend(text("use_has_next", paging.use_has_next.as_ref()));
    parts.push(quote!(items = #(#path).*));
    parts.push(quote!(item = #item));
    if !paging.key.is_empty() {
        let names = paging.key.iter().map(|name| &name.value);
        parts.push(quote!(key(#(#names),*)));
    }
    parts.extend(paging.window.as_ref().map(window));
    Some(quote!(paging(#(#parts),*)))
}

/// The name of the rows' type, if it is a declared one.
pub(super) fn item<'a>(domain: &'a Domain, method: &'a Method) -> Option<&'a str> {
    let Paging { items, .. } = method.paging.as_ref()?;
    match method.response_field(domain, &items.value)?.ty.value.element() {
        crate::model::Type::Named(name) => Some(name),
        _ => None,
    }
}

fn by(by: &PageBy) -> Vec<TokenStream> {
    let name = |key, name: &At<String>| text(key, Some(name));
    let parts = match by {
        PageBy::Number { parameter, first } => {
            let first = match first {
                None => Some(quote!(first = given)),
                Some(1) => None,
                first => number("first", *first),
            };
            [name("page", parameter), first]
        }
        PageBy::Offset { parameter } => [name("offset", parameter), None],
        PageBy::Scroll { parameter, next } => [name("scroll", parameter), name("next", next)],
    };
    parts.into_iter().flatten().collect()
}

fn window(window: &TimeWindow) -> TokenStream {
    let sorted = window.sorted.then(|| quote!(sorted));
    let parts = [
        text("from", Some(&window.from)),
        text("to", Some(&window.to)),
        text("by", window.by.as_ref()),
        sorted,
        number("max", window.max),
        number("step", window.step),
    ];
    let parts = parts.into_iter().flatten();
    quote!(window(#(#parts),*))
}

fn text(key: &str, value: Option<&At<String>>) -> Option<TokenStream> {
    let (key, value) = (ident(key), &value?.value);
    Some(quote!(#key = #value))
}

fn number(key: &str, value: Option<u64>) -> Option<TokenStream> {
    let (key, value) = (ident(key), Literal::u64_unsuffixed(value?));
    Some(quote!(#key = #value))
}
