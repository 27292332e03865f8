//! How a request with a list is cut, and its answers put together.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::Request;

/// Nothing where the request is not split, or where what is wrong with it has been reported.
pub(super) fn expand(request: &Request<'_>) -> Option<TokenStream> {
    let (split, response) = (request.attrs.split.as_ref()?, request.attrs.response.as_ref()?);
    let field = request.fields.iter().find(|field| *field.ident == split.by)?;
    let most = usize::try_from(field.max_items()?).ok()?;
    let (ident, by, wire, item, merged) = (request.ident, &split.by, &field.wire, field.parts.inner, &split.merged);
    Some(quote! {
        impl __rt::Split for #ident {
            type Item = #item;
            const PARAMETER: &'static str = #wire;
            const MOST: usize = #most;
            fn list(&mut self) -> &mut ::std::vec::Vec<Self::Item> {
                &mut self.#by
            }
            fn merge(all: &mut #response, part: #response) {
                #(all.#merged.extend(part.#merged);)*
            }
        }
    })
}
