//! `#[derive(OpenEnum)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use super::allow_deprecated;
use crate::ast::OpenEnum;
use crate::errors::Errors;
use crate::fallback;

/// The whole derive.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let code = match OpenEnum::read(input, &mut errors) {
        Some(open) => expand(input, &open),
        None => fallback::open_enum(input),
    };
    errors.and(code)
}

fn expand(input: &DeriveInput, open: &OpenEnum<'_>) -> TokenStream {
    let OpenEnum { ident, integer, variants, other } = open;
    let names: Vec<_> = variants.iter().map(|v| v.ident).collect();
    let values: Vec<_> = variants.iter().map(|v| &v.value).collect();
    let allow = allow_deprecated(input);
    let conversions = conversions(ident);
    quote! {
        #allow
        const _: () = {
            use ::topsdk::rt as __rt;

            impl __rt::OpenEnum for #ident {
                fn from_wire(value: &str) -> Self {
                    match <Self as __rt::OpenEnum>::try_from_wire(value) {
                        ::core::option::Option::Some(known) => known,
                        ::core::option::Option::None => Self::#other(::std::borrow::ToOwned::to_owned(value)),
                    }
                }
                fn try_from_wire(value: &str) -> ::core::option::Option<Self> {
                    match value {
                        #(#values => ::core::option::Option::Some(Self::#names),)*
                        _ => ::core::option::Option::None,
                    }
                }
                fn as_str(&self) -> &str {
                    match self {
                        #(Self::#names => #values,)*
                        Self::#other(value) => value,
                    }
                }
            }

            impl __rt::Element for #ident {
                type Form = __rt::Listed<#integer>;
            }

            #conversions
        };
    }
}

/// What follows from `OpenEnum` alone.
pub(crate) fn conversions(ident: &syn::Ident) -> TokenStream {
    quote! {
        impl ::core::convert::From<&str> for #ident {
            fn from(value: &str) -> Self {
                __rt::OpenEnum::from_wire(value)
            }
        }

        impl ::core::convert::From<::std::string::String> for #ident {
            fn from(value: ::std::string::String) -> Self {
                __rt::OpenEnum::from_wire(&value)
            }
        }

        impl ::core::fmt::Display for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(__rt::OpenEnum::as_str(self))
            }
        }

        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(__rt::OpenEnum::as_str(self))
            }
        }
    }
}
