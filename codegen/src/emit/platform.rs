//! The platform's tables: errors, gateways, sub codes and rate tiers.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::emit::{docs, ident, tiers};
use crate::model::{Platform, PlatformError, Remedy, SubCode, Who};
use crate::naming;

/// The items of `platform_errors.rs`.
pub(super) fn errors(platform: &Platform) -> Vec<TokenStream> {
    let who = names_who(platform.errors.iter().map(|e| &e.remedy)).then(|| quote!(, Who));
    let errors = platform.errors.iter().map(error);
    vec![
        quote!(
            use crate::error::PlatformError;
        ),
        quote!(use crate::model::{Remedy #who};),
        quote! {
            /// The platform's codes, single ones before ranges.
            pub(crate) static ERRORS: &[PlatformError] = &[#(#errors),*];
        },
    ]
}

/// The items of `platform_tables.rs`.
pub(super) fn tables(platform: &Platform) -> Vec<TokenStream> {
    let who = names_who(platform.families.iter().map(|s| &s.remedy)).then(|| quote!(, Who));
    let mut items = vec![
        quote!(use crate::model::{SubCode #who};),
        quote! {
            /// The routers of an environment.
            pub(crate) struct Gateway {
                /// URL of the REST router.
                pub(crate) rest: &'static str,
                /// URL of the batch router.
                pub(crate) batch: &'static str,
            }
        },
    ];
    for environment in &platform.environments {
        let name = ident(&naming::field(&environment.name.value).to_uppercase());
        let doc = docs::lines(&docs::plain(&environment.doc));
        let (rest, batch) = (&environment.rest, &environment.batch);
        items.push(quote!(#doc pub(crate) const #name: Gateway = Gateway { rest: #rest, batch: #batch };));
    }
    let families = platform.families.iter().map(sub_code);
    items.push(quote! {
        /// Sub codes that any method may answer, and families of them.
        pub(crate) static SUB_CODES: &[SubCode] = &[#(#families),*];
    });
    items.push(tiers::table(platform));
    items
}

/// A sub code as an expression.
pub(super) fn sub_code(entry: &SubCode) -> TokenStream {
    let (code, means, fix) = (&entry.code.value, &entry.remedy.means, &entry.remedy.fix);
    let (make, who) = (constructor(&entry.remedy), who(&entry.remedy));
    let absent = entry.absent.then(|| quote!(.absent()));
    quote!(SubCode::#make(#code, #means, #fix)#who #absent)
}

fn error(entry: &PlatformError) -> TokenStream {
    let (first, last) = (number(entry.first.value), number(entry.last));
    let (name, remedy) = (&entry.name, remedy(&entry.remedy));
    let article = match &entry.article {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    };
    quote!(PlatformError::new(#first, #last, #name, #remedy, #article))
}

fn remedy(remedy: &Remedy) -> TokenStream {
    let (means, fix) = (&remedy.means, &remedy.fix);
    let (make, who) = (constructor(remedy), who(remedy));
    quote!(Remedy::#make(#means, #fix)#who)
}

fn constructor(remedy: &Remedy) -> Ident {
    ident(remedy.retry.as_str())
}

/// Whether one of them says who can mend it.
pub(super) fn names_who<'a>(mut remedies: impl Iterator<Item = &'a Remedy>) -> bool {
    remedies.any(|remedy| remedy.who.is_some())
}

fn who(remedy: &Remedy) -> Option<TokenStream> {
    remedy.who.map(|who| {
        let who = ident(match who {
            Who::App => "App",
            Who::Seller => "Seller",
            Who::Platform => "Platform",
        });
        quote!(.by(Who::#who))
    })
}

fn number(n: i64) -> proc_macro2::Literal {
    proc_macro2::Literal::i64_unsuffixed(n)
}
