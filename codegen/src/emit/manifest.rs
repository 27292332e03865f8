//! The domain features in the manifests of the SDK and of the crates that hold domains.

use crate::emit::crates;
use crate::model::{Domain, Spec};
use crate::write::MANIFEST_MARK;

const FEATURES: Block = Block {
    start: "# Domains, one for each folder of specs/: written by `cargo xtask gen`.",
    end: "# End of the domains.",
};
const CRATES: Block = Block {
    start: "# The crates of the domains that are off by default: written by `cargo xtask gen`.",
    end: "# End of the crates.",
};

/// Lines that the generator owns in a manifest that people write.
struct Block {
    start: &'static str,
    end: &'static str,
}

impl Block {
    /// The text with other lines in the block; `None` if the block is not there.
    fn fill(&self, text: &str, lines: &str) -> Option<String> {
        let (head, rest) = text.split_once(self.start)?;
        let (_, tail) = rest.split_once(self.end)?;
        Some(format!("{head}{}\n{lines}{}{tail}", self.start, self.end))
    }
}

/// The SDK's manifest with its blocks brought up to date; `None` if one is not there.
#[must_use]
pub fn manifest(spec: &Spec, text: &str) -> Option<String> {
    let list = |core: bool| -> String {
        let names = spec.domains.iter().filter(|d| d.core || !core).map(|d| format!("    \"{}\",\n", d.name.value));
        names.collect()
    };
    let mut features = format!("core = [\n{}]\nfull = [\n{}]\n", list(true), list(false));
    for domain in &spec.domains {
        let name = &domain.name.value;
        features += &match &domain.crate_name {
            None => format!("{name} = []\n"),
            Some(home) => format!("{name} = [\"dep:topsdk-{0}\", \"topsdk-{0}/{name}\"]\n", home.value),
        };
    }
    let crates: String =
        crates(spec).keys().map(|name| format!("topsdk-{name} = {{ workspace = true, optional = true }}\n")).collect();
    CRATES.fill(&FEATURES.fill(text, &features)?, &crates)
}

/// The workspace's manifest with the crates of domains brought up to date; `None` if their block is not there.
#[must_use]
pub fn workspace(spec: &Spec, text: &str) -> Option<String> {
    let line = |name: &&str| {
        format!("topsdk-{name} = {{ path = \"sdk/domains/{name}\", version = \"{}\" }}\n", env!("CARGO_PKG_VERSION"))
    };
    CRATES.fill(text, &crates(spec).keys().map(line).collect::<String>())
}

/// The whole manifest of a crate of domains.
pub(super) fn of_crate(name: &str, domains: &[&Domain]) -> String {
    let titles: Vec<&str> = domains.iter().map(|domain| domain.title.as_str()).collect();
    let features: String = domains.iter().map(|domain| format!("{} = []\n", domain.name.value)).collect();
    format!(
        r#"{MANIFEST_MARK}specs/. Do not edit: edit the specs and run it again.
# Domains: {titles}.

[package]
name = "topsdk-{name}"
description = "Domains of topsdk, the Rust SDK for the Taobao Open Platform; use them through topsdk"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
repository.workspace = true
homepage.workspace = true
authors.workspace = true
keywords = ["taobao", "top", "sdk", "ecommerce", "api"]
categories = ["api-bindings"]
readme = "../../../README.md"

[features]
{features}
[dependencies]
# Under this name, so that the code reads as in the SDK itself.
topsdk = {{ package = "topsdk-runtime", path = "../../runtime", version = "{version}" }}

[package.metadata.docs.rs]
all-features = true

[lints]
workspace = true
"#,
        titles = titles.join(", "),
        version = env!("CARGO_PKG_VERSION"),
    )
}
