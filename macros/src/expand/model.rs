//! `#[derive(Model)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use super::{access, allow_deprecated, common, shape};
use crate::ast::{Field, Model};
use crate::errors::Errors;
use crate::fallback;
use crate::ty::Holder;

/// The whole derive.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let code = match Model::read(input, &mut errors) {
        Some(model) => expand(input, &model),
        None => fallback::model(input),
    };
    errors.and(code)
}

fn expand(input: &DeriveInput, model: &Model<'_>) -> TokenStream {
    let ident = model.ident;
    let shape = shape(ident, &model.fields, false);
    let (get, get_mut) = (access(&model.fields, false), access(&model.fields, true));
    let common = common(ident);
    let initial = model.fields.iter().map(initial);
    let allow = allow_deprecated(input);
    quote! {
        #allow
        const _: () = {
            use ::topsdk::rt as __rt;

            #shape

            impl __rt::Model for #ident {
                const SHAPE: &'static __rt::Shape = &__SHAPE;
                #get
                #get_mut
            }

            impl __rt::Element for #ident {
                type Form = __rt::Structure;
            }

            impl ::core::default::Default for #ident {
                fn default() -> Self {
                    Self { #(#initial),* }
                }
            }

            impl ::core::clone::Clone for #ident {
                fn clone(&self) -> Self {
                    __rt::clone(self)
                }
            }

            #common

            __rt::serde_impls!(#ident);
        };
    }
}

/// What a field holds before anything was decoded. Spelt out where it can be: the compiler then need not look for a trait.
fn initial(field: &Field<'_>) -> TokenStream {
    let name = field.ident;
    match field.parts.holder {
        Holder::Optional => quote!(#name: ::core::option::Option::None),
        Holder::List => quote!(#name: ::std::vec::Vec::new()),
        Holder::Bare => quote!(#name: ::core::default::Default::default()),
    }
}
