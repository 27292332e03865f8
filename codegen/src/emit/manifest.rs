//! The domain features in the manifests of the SDK and of the crates that hold domains.

use crate::emit::outline::{Outline, crates};
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
pub fn manifest(domains: &[Outline], text: &str) -> Option<String> {
    let list = |core: bool| -> String {
        let names = domains.iter().filter(|d| d.core || !core).map(|d| format!("    \"{}\",\n", d.name));
        names.collect()
    };
    let mut features = format!("core = [\n{}]\nfull = [\n{}]\n", list(true), list(false));
    for domain in domains {
        let name = &domain.name;
        features += &match &domain.crate_name {
            None => format!("{name} = []\n"),
            Some(home) => format!("{name} = [\"dep:topsdk-{home}\", \"topsdk-{home}/{name}\"]\n"),
        };
    }
    let crates: String = crates(domains)
        .keys()
        .map(|name| format!("topsdk-{name} = {{ workspace = true, optional = true }}\n"))
        .collect();
    CRATES.fill(&FEATURES.fill(text, &features)?, &crates)
}

/// The workspace's manifest with the crates of domains brought up to date; `None` if their block is not there.
#[must_use]
pub fn workspace(domains: &[Outline], text: &str) -> Option<String> {
    let line = |name: &&str| {
        format!("topsdk-{name} = {{ path = \"sdk/domains/{name}\", version = \"{}\" }}\n", env!("CARGO_PKG_VERSION"))
    };
    CRATES.fill(text, &crates(domains).keys().map(line).collect::<String>())
}

/// The whole manifest of a crate of domains.
pub(super) fn of_crate(name: &str, domains: &[&Outline]) -> String {
    let titles: Vec<&str> = domains.iter().map(|domain| domain.title.as_str()).collect();
    let features: String = domains.iter().map(|domain| format!("{} = []\n", domain.name)).collect();
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
topsdk-runtime.workspace = true

[package.metadata.docs.rs]
all-features = true

[lints]
workspace = true
"#,
        titles = titles.join(", "),
    )
}
