//! Stubs beside an error, so that uses of the type do not fail for want of the trait: one mistake, one message.
//!
//! Only for input whose form is wrong. A structure with a wrong attribute is expanded as if the attribute were not there.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput};

use crate::attr;
use crate::errors::Errors;
use crate::expand::open_enum::conversions;

/// An empty record.
pub(crate) fn model(input: &DeriveInput) -> TokenStream {
    let Some(common) = common(input) else {
        return TokenStream::new();
    };
    let ident = &input.ident;
    let none = quote!(::core::option::Option::None);
    quote! {
        const _: () = {
            use ::topsdk::rt as __rt;
            static __SHAPE: __rt::Shape = __rt::Shape { name: "", fields: &[], sorted: &[] };
            impl __rt::Model for #ident {
                const SHAPE: &'static __rt::Shape = &__SHAPE;
                fn get(&self, _: usize) -> ::core::option::Option<&dyn __rt::Value> {
                    #none
                }
                fn get_mut(&mut self, _: usize) -> ::core::option::Option<&mut dyn __rt::Value> {
                    #none
                }
            }
            impl __rt::Element for #ident {
                type Form = __rt::Structure;
            }
            impl ::core::default::Default for #ident {
                fn default() -> Self {
                    ::core::unreachable!()
                }
            }
            impl ::core::clone::Clone for #ident {
                fn clone(&self) -> Self {
                    ::core::unreachable!()
                }
            }
            #common
        };
    }
}

/// An empty record; a request if its response can be told.
pub(crate) fn request(input: &DeriveInput) -> TokenStream {
    let Some(common) = common(input) else {
        return TokenStream::new();
    };
    let ident = &input.ident;
    let request = attr::request(&input.attrs, &mut Errors::default()).response.map(|response| {
        quote! {
            impl __rt::Request for #ident {
                type Response = #response;
                type Error = __rt::AnySubCode;
                const INFO: &'static __rt::MethodInfo = &__rt::MethodInfo::new("");
            }
        }
    });
    quote! {
        const _: () = {
            use ::topsdk::rt as __rt;
            static __SHAPE: __rt::Shape = __rt::Shape { name: "", fields: &[], sorted: &[] };
            impl __rt::Record for #ident {
                fn shape(&self) -> &'static __rt::Shape {
                    &__SHAPE
                }
                fn get(&self, _: usize) -> ::core::option::Option<&dyn __rt::Value> {
                    ::core::option::Option::None
                }
            }
            #common
            #request
        };
    }
}

/// An enum without values.
pub(crate) fn open_enum(input: &DeriveInput) -> TokenStream {
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let ident = &input.ident;
    let conversions = conversions(ident);
    quote! {
        const _: () = {
            use ::topsdk::rt as __rt;
            impl __rt::OpenEnum for #ident {
                fn from_wire(_: &str) -> Self {
                    ::core::unreachable!()
                }
                fn try_from_wire(_: &str) -> ::core::option::Option<Self> {
                    ::core::option::Option::None
                }
                fn as_str(&self) -> &str {
                    ""
                }
            }
            impl __rt::Element for #ident {
                type Form = __rt::Listed<false>;
            }
            #conversions
        };
    }
}

/// Generic items and enums get none: what a stub would need of them is not known.
fn common(input: &DeriveInput) -> Option<TokenStream> {
    if !matches!(input.data, Data::Struct(_)) || !input.generics.params.is_empty() {
        return None;
    }
    let ident = &input.ident;
    Some(quote! {
        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::result::Result::Ok(())
            }
        }
        impl ::core::cmp::PartialEq for #ident {
            fn eq(&self, _: &Self) -> bool {
                true
            }
        }
    })
}
