//! From the model to Rust text. Pure: the same specs give the same bytes, and nothing here touches the disk.

mod docs;
mod domain;
mod manifest;
mod marks;
mod method;
pub mod pages;
mod platform;
mod samples;
mod types;

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Spec;
use crate::write::MARK;

pub use manifest::manifest;
pub use samples::samples;

/// The files of `sdk/src/generated/`, by path relative to it.
///
/// # Errors
///
/// A spec that was not validated can ask for Rust that does not parse; the message names the file.
pub fn emit(spec: &Spec) -> Result<BTreeMap<String, String>, EmitError> {
    let mut files = BTreeMap::new();
    let mut put = |path: String, source: &str, items: Vec<TokenStream>| {
        let text = print(source, items).map_err(|error| EmitError { path: path.clone(), error })?;
        files.insert(path, text);
        Ok(())
    };
    put("mod.rs".into(), "specs/", root(spec))?;
    put("platform_tables.rs".into(), "specs/platform.yaml", platform::items(&spec.platform))?;
    for domain in &spec.domains {
        let name = &domain.name.value;
        put(format!("{name}/mod.rs"), &format!("specs/{name}/"), domain::items(domain))?;
        if !domain.types.is_empty() {
            let items = types::shared(spec, domain);
            put(format!("{name}/types.rs"), &format!("specs/{name}/types.yaml"), items)?;
        }
        for method in &domain.methods {
            let path = format!("{name}/{}.rs", crate::naming::method_module(&method.name.value));
            let source = format!("specs/{}", method.file.display()).replace('\\', "/");
            put(path, &source, method::items(spec, domain, method))?;
        }
    }
    Ok(files)
}

/// Generated text that is not Rust.
#[derive(Debug)]
pub struct EmitError {
    path: String,
    error: syn::Error,
}

impl std::fmt::Display for EmitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the code for {} would not parse: {}", self.path, self.error)
    }
}

impl std::error::Error for EmitError {}

/// `mod.rs` of the generated folder: one module a domain.
fn root(spec: &Spec) -> Vec<TokenStream> {
    let mut items: Vec<TokenStream> = vec![quote!(
        pub(crate) mod platform_tables;
    )];
    items.extend(spec.domains.iter().map(|domain| {
        let name = ident(&domain.name.value);
        let feature = &domain.name.value;
        quote!(#[cfg(feature = #feature)] pub mod #name;)
    }));
    items
}

/// An identifier that naming has already made legal.
fn ident(name: &str) -> proc_macro2::Ident {
    proc_macro2::Ident::new(name, proc_macro2::Span::call_site())
}

/// Items as text: each formatted by itself, with a blank line between, below the line that says where they come from.
fn print(source: &str, items: Vec<TokenStream>) -> syn::Result<String> {
    let mut text = format!("{MARK}{source}. Do not edit: edit the spec and run it again.\n");
    let mut run = false;
    for tokens in items {
        let file: syn::File = syn::parse2(tokens)?;
        let single = matches!(file.items.as_slice(), [syn::Item::Use(_) | syn::Item::Mod(_)]);
        // Modules and imports stand line below line; everything else apart.
        if !(run && single) {
            text.push('\n');
        }
        run = single;
        text.push_str(&wrap(&prettyplease::unparse(&file)));
    }
    Ok(text)
}

/// Breaks the one kind of line that the formatter leaves long: lists of names in attributes.
fn wrap(text: &str) -> String {
    const MOST: usize = 110;
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        if line.len() <= MOST || !line.trim_start().starts_with("#[top(") {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let mut width = 0;
        for (at, word) in line.split(' ').enumerate() {
            if width > indent && width + word.len() >= MOST {
                out.push('\n');
                out.push_str(&" ".repeat(indent + 4));
                width = indent + 4;
            } else if at > 0 {
                out.push(' ');
                width += 1;
            }
            out.push_str(word);
            width += word.len();
        }
        out.push('\n');
    }
    out
}
