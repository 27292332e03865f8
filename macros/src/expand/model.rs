//! `#[derive(Model)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use super::{access, allow_deprecated, record};
use crate::ast::Model;
use crate::errors::Errors;
use crate::fallback;

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
    let record = record(ident, &model.fields, false);
    let get_mut = access(&model.fields, true);
    let allow = allow_deprecated(input);
    quote! {
        #allow
        const _: () = {
            use ::topsdk::rt as __rt;

            #record

            impl __rt::RecordMut for #ident {
                #get_mut
            }

            impl __rt::Model for #ident {
                const SHAPE: &'static __rt::Shape = &__SHAPE;
            }

            impl __rt::Element for #ident {
                fn view(&self) -> __rt::View<'_> {
                    __rt::View::Record(self)
                }
                fn read(node: __rt::Node<'_>, decoder: &mut __rt::Decoder) -> ::core::option::Option<Self> {
                    __rt::read_record(node, decoder)
                }
                fn read_into(node: __rt::Node<'_>, decoder: &mut __rt::Decoder, list: &mut ::std::vec::Vec<Self>) {
                    __rt::push_record(node, decoder, list);
                }
            }

            __rt::serde_impls!(#ident);
        };
    }
}
