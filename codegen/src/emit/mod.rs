//! From the model to Rust text. Pure: the same specs give the same bytes, and nothing here touches the disk.

mod cache_rules;
mod catalog;
mod docs;
mod domain;
mod foreign;
mod manifest;
mod marks;
mod method;
mod outline;
pub mod pages;
mod paging;
mod platform;
mod samples;
mod tiers;
pub(crate) mod types;

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Domain, Spec};
use crate::write::MARK;
use crate::{naming, parallel};
use types::Scope;

pub use catalog::{catalog, domain_catalog, shared_catalog};
pub use foreign::foreign;
pub use manifest::{manifest, workspace};
pub use outline::Outline;

/// Beyond so many lines, the shared types of a domain get more than one file.
const MOST_LINES: usize = 1_500;

/// Generated files by path, with `/`.
pub type Files = BTreeMap<String, String>;

/// The generated files of `sdk/`, by path relative to it: the SDK's own domains, the crates of the others, the platform's tables.
///
/// # Errors
///
/// A spec that was not validated can ask for Rust that does not parse; the message names the file.
pub fn emit(spec: &Spec) -> Result<Files, EmitError> {
    let mut files = shared(spec, &Outline::all(spec))?;
    for of_domain in parallel::map(&spec.domains, |of| domain(spec, of)) {
        files.extend(of_domain?);
    }
    Ok(files)
}

/// Those of one domain: they follow from the domain and the glossary alone.
///
/// # Errors
///
/// As [`emit`].
pub fn domain(spec: &Spec, domain: &Domain) -> Result<Files, EmitError> {
    let (name, home, scope) = (&domain.name.value, home(domain), Scope::of_domain(spec, domain));
    let mut files = Files::new();
    put(&mut files, format!("{home}/{name}/mod.rs"), &format!("specs/{name}/"), domain::items(domain))?;
    if !domain.types.is_empty() {
        let (path, source) = (format!("{home}/{name}/types.rs"), format!("specs/{name}/types.yaml"));
        put(&mut files, path.clone(), &source, types::shared(&scope, domain))?;
        if files.get(&path).is_some_and(|text| text.lines().count() > MOST_LINES) {
            files.remove(&path);
            let (modules, parts) = types::shared_in_parts(&scope, domain);
            put(&mut files, format!("{home}/{name}/types/mod.rs"), &source, modules)?;
            for (part, items) in parts {
                put(&mut files, format!("{home}/{name}/types/{part}.rs"), &source, items)?;
            }
        }
    }
    for method in &domain.methods {
        let path = format!("{home}/{name}/{}.rs", naming::method_module(&method.name.value));
        let source = format!("specs/{}", method.file.display()).replace('\\', "/");
        put(&mut files, path, &source, method::items(&scope, domain, method))?;
    }
    Ok(files)
}

/// Those that no single domain has: they follow from the platform and the outlines of all domains.
///
/// # Errors
///
/// As [`emit`].
pub fn shared(spec: &Spec, domains: &[Outline]) -> Result<Files, EmitError> {
    let mut files = Files::new();
    put(&mut files, "src/generated/mod.rs".to_owned(), "specs/", root(domains))?;
    let runtime = vec![
        quote!(
            #[cfg(any(feature = "cache", feature = "catalog"))]
            pub(crate) mod cache_rules;
        ),
        quote!(
            #[cfg(feature = "catalog")]
            pub(crate) mod catalog;
        ),
        quote!(
            pub(crate) mod platform_errors;
        ),
        quote!(
            pub(crate) mod platform_tables;
        ),
    ];
    put(&mut files, "runtime/src/generated/mod.rs".to_owned(), "specs/", runtime)?;
    for (name, items) in [("errors", platform::errors(&spec.platform)), ("tables", platform::tables(&spec.platform))] {
        put(&mut files, format!("runtime/src/generated/platform_{name}.rs"), "specs/platform.yaml", items)?;
    }
    let rules = cache_rules::items(domains);
    put(&mut files, "runtime/src/generated/cache_rules.rs".to_owned(), "specs/", rules)?;
    for (name, domains) in outline::crates(domains) {
        put(&mut files, format!("domains/{name}/src/lib.rs"), "specs/", crate_root(name, &domains))?;
        files.insert(format!("domains/{name}/Cargo.toml"), manifest::of_crate(name, &domains));
    }
    files.insert("runtime/src/generated/methods.txt".to_owned(), tiers::methods(domains));
    Ok(files)
}

/// The folder of a domain's module, relative to `sdk/`.
fn home(domain: &Domain) -> String {
    match &domain.crate_name {
        Some(name) => format!("domains/{}/src", name.value),
        None => "src/generated".to_owned(),
    }
}

/// The files of `tests/e2e/src/generated/`, by path relative to it: one a domain, with a typed request for each example and
/// one more for each whose values must not be shown.
///
/// # Errors
///
/// As [`emit`].
pub fn samples(spec: &Spec) -> Result<Files, EmitError> {
    let mut files = shared_samples(&Outline::all(spec))?;
    for domain in &spec.domains {
        files.extend(domain_samples(spec, domain)?);
    }
    Ok(files)
}

/// That of one domain; none where nothing has an example.
///
/// # Errors
///
/// As [`emit`].
pub fn domain_samples(spec: &Spec, domain: &Domain) -> Result<Files, EmitError> {
    let mut files = Files::new();
    if domain.methods.iter().any(|method| method.example.is_some()) {
        let (name, scope) = (&domain.name.value, Scope::of_domain(spec, domain));
        put(&mut files, format!("{name}.rs"), &format!("specs/{name}/"), samples::items(&scope, domain))?;
    }
    Ok(files)
}

/// The one that names those of the domains.
///
/// # Errors
///
/// As [`emit`].
pub fn shared_samples(domains: &[Outline]) -> Result<Files, EmitError> {
    let mut files = Files::new();
    put(&mut files, "mod.rs".to_owned(), "specs/", samples::root(domains))?;
    Ok(files)
}

fn put(files: &mut Files, path: String, source: &str, items: Vec<TokenStream>) -> Result<(), EmitError> {
    match headed(source, items) {
        Ok(text) => {
            files.insert(path, text);
            Ok(())
        }
        Err(error) => Err(EmitError { path, error }),
    }
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

/// `mod.rs` of the SDK's generated folder: one module a domain, its own or that of another crate.
fn root(domains: &[Outline]) -> Vec<TokenStream> {
    let modules = domains.iter().map(|domain| {
        let (name, feature) = (ident(&domain.name), &domain.name);
        match &domain.crate_name {
            None => quote!(#[cfg(feature = #feature)] pub mod #name;),
            Some(home) => {
                let home = ident(&format!("topsdk_{home}"));
                // Its pages stand in the documentation of its own crate: all of them here again would be gigabytes.
                quote!(#[cfg(feature = #feature)] #[doc(no_inline)] pub use #home::#name;)
            }
        }
    });
    modules.collect()
}

/// `lib.rs` of a crate of domains.
fn crate_root(name: &str, domains: &[&Outline]) -> Vec<TokenStream> {
    let doc = format!(
        "Domains of `topsdk`: its features switch on those of this crate, `{name}`, and re-export their modules. Depend on `topsdk`."
    );
    let mut items = vec![domain::inner_docs(docs::lines(&doc).into_iter())];
    // Under the name that users know, so that the code reads as in the SDK itself.
    items.push(quote!(
        #[allow(unused_extern_crates)]
        extern crate topsdk_runtime as topsdk;
    ));
    items.extend(domains.iter().map(|domain| {
        let (name, feature) = (ident(&domain.name), &domain.name);
        quote!(#[cfg(feature = #feature)] #[rustfmt::skip] pub mod #name;)
    }));
    items
}

/// An identifier that naming has already made legal.
fn ident(name: &str) -> proc_macro2::Ident {
    proc_macro2::Ident::new(name, proc_macro2::Span::call_site())
}

/// A file of these items, below the line that says where they come from.
fn headed(source: &str, items: Vec<TokenStream>) -> syn::Result<String> {
    Ok(format!("{MARK}{source}. Do not edit: edit the spec and run it again.\n{}", print(items)?))
}

/// Items as text: each formatted by itself, after a blank line.
fn print(items: Vec<TokenStream>) -> syn::Result<String> {
    let mut text = String::new();
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
