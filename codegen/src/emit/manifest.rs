//! The domain features in the SDK's `Cargo.toml`.

use crate::model::Spec;

const START: &str = "# Domains, one for each folder of specs/: written by `cargo xtask gen`.";
const END: &str = "# End of the domains.";

/// The manifest with its block of domain features brought up to date; `None` if the block is not there.
#[must_use]
pub fn manifest(spec: &Spec, text: &str) -> Option<String> {
    let (head, rest) = text.split_once(START)?;
    let (_, tail) = rest.split_once(END)?;
    let list = |core: bool| -> String {
        let names = spec.domains.iter().filter(|d| d.core || !core).map(|d| format!("    \"{}\",\n", d.name.value));
        names.collect()
    };
    let mut block = format!("core = [\n{}]\nfull = [\n{}]\n", list(true), list(false));
    for domain in &spec.domains {
        block.push_str(&format!("{} = []\n", domain.name.value));
    }
    Some(format!("{head}{START}\n{block}{END}{tail}"))
}
