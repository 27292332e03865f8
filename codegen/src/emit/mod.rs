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

use crate::model::{Domain, Spec};
use crate::write::MARK;

pub use manifest::{manifest, workspace};
pub use samples::samples;

/// The generated files of `sdk/`, by path relative to it: the SDK's own domains, the crates of the others, the platform's tables.
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
    put("src/generated/mod.rs".into(), "specs/", root(spec))?;
    put(
        "runtime/src/generated/mod.rs".into(),
        "specs/",
        vec![quote!(
            pub(crate) mod platform_tables;
        )],
    )?;
    let tables = platform::items(&spec.platform);
    put("runtime/src/generated/platform_tables.rs".into(), "specs/platform.yaml", tables)?;
    for (name, domains) in crates(spec) {
        put(format!("domains/{name}/src/lib.rs"), "specs/", crate_root(name, &domains))?;
    }
    for domain in &spec.domains {
        let name = &format!("{}/{}", home(domain), domain.name.value);
        put(format!("{name}/mod.rs"), &format!("specs/{}/", domain.name.value), domain::items(domain))?;
        if !domain.types.is_empty() {
            let items = types::shared(spec, domain);
            put(format!("{name}/types.rs"), &format!("specs/{}/types.yaml", domain.name.value), items)?;
        }
        for method in &domain.methods {
            let path = format!("{name}/{}.rs", crate::naming::method_module(&method.name.value));
            let source = format!("specs/{}", method.file.display()).replace('\\', "/");
            put(path, &source, method::items(spec, domain, method))?;
        }
    }
    let manifests = crates(spec)
        .into_iter()
        .map(|(name, domains)| (format!("domains/{name}/Cargo.toml"), manifest::of_crate(name, &domains)));
    files.extend(manifests);
    Ok(files)
}

/// The folder of a domain's module, relative to `sdk/`.
fn home(domain: &Domain) -> String {
    match &domain.crate_name {
        Some(name) => format!("domains/{}/src", name.value),
        None => "src/generated".to_owned(),
    }
}

/// The crates that hold domains, with their domains, by name.
pub(crate) fn crates(spec: &Spec) -> BTreeMap<&str, Vec<&Domain>> {
    let mut crates: BTreeMap<&str, Vec<&Domain>> = BTreeMap::new();
    for domain in &spec.domains {
        if let Some(name) = &domain.crate_name {
            crates.entry(&name.value).or_default().push(domain);
        }
    }
    crates
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
fn root(spec: &Spec) -> Vec<TokenStream> {
    let domains = spec.domains.iter().map(|domain| {
        let (name, feature) = (ident(&domain.name.value), &domain.name.value);
        match &domain.crate_name {
            None => quote!(#[cfg(feature = #feature)] pub mod #name;),
            Some(home) => {
                let home = ident(&format!("topsdk_{}", home.value));
                // Its pages stand in the documentation of its own crate: all of them here again would be gigabytes.
                quote!(#[cfg(feature = #feature)] #[doc(no_inline)] pub use #home::#name;)
            }
        }
    });
    domains.collect()
}

/// `lib.rs` of a crate of domains.
fn crate_root(name: &str, domains: &[&Domain]) -> Vec<TokenStream> {
    let doc = format!(
        "Domains of `topsdk`: its features switch on those of this crate, `{name}`, and re-export their modules. Depend on `topsdk`."
    );
    let mut items = vec![domain::inner_docs(docs::lines(&doc).into_iter())];
    items.extend(domains.iter().map(|domain| {
        let (name, feature) = (ident(&domain.name.value), &domain.name.value);
        quote!(#[cfg(feature = #feature)] #[rustfmt::skip] pub mod #name;)
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
