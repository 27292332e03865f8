//! Documentation of what `Request` writes.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

use crate::ast::Field;

/// The constructor's: the method, then one line for each argument.
pub(crate) fn constructor(method: Option<&LitStr>, required: &[&Field<'_>]) -> String {
    let name = method.map(LitStr::value).unwrap_or_default();
    if required.is_empty() {
        return format!("A call of `{name}`.");
    }
    let mut text = format!("A call of `{name}` with what it must have.\n");
    for field in required {
        text.push_str(&format!("\n- `{}`", field.ident.unraw()));
        let lines: Vec<String> = field.docs.iter().filter_map(|a| line(a)).take_while(|l| !l.is_empty()).collect();
        if !lines.is_empty() {
            text.push_str(&format!(": {}", lines.join(" ")));
        }
    }
    text
}

/// A setter's: the field's.
pub(crate) fn setter(field: &Field<'_>) -> TokenStream {
    let docs = &field.docs;
    if docs.is_empty() {
        let text = format!("Sets `{}`.", field.wire);
        quote!(#[doc = #text])
    } else {
        quote!(#(#docs)*)
    }
}

fn line(attr: &Attribute) -> Option<String> {
    match &attr.meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    }
}
