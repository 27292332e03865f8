//! `cargo xtask check`: everything that is wrong with the specs.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write, stderr};
use std::path::Path;
use std::process::ExitCode;

use topsdk_codegen::diagnostic::Style;
use topsdk_codegen::load::{Loaded, load};

/// Prints every problem of every spec file to stderr and fails if there is one.
pub(crate) fn run(specs: &Path) -> ExitCode {
    let loaded = load(specs);
    print(&loaded);
    if loaded.diagnostics.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints all problems and the summary.
pub(crate) fn print(loaded: &Loaded) {
    let mut out = stderr().lock();
    // A closed pipe is no reason to fail differently.
    let _ = out.write_all(report(loaded, style()).as_bytes());
    let _ = writeln!(out, "{}", summary(loaded));
}

/// Colours on a terminal, unless `NO_COLOR` is set to anything.
pub(crate) fn style() -> Style {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if stderr().is_terminal() && !refused { Style::Coloured } else { Style::Plain }
}

/// All problems, an empty line after each.
pub(crate) fn report(loaded: &Loaded, style: Style) -> String {
    loaded.diagnostics.iter().map(|diagnostic| diagnostic.render(&loaded.sources, style) + "\n\n").collect()
}

/// One line: how much was checked, or how much is wrong.
pub(crate) fn summary(loaded: &Loaded) -> String {
    let Loaded { spec, sources, diagnostics } = loaded;
    if diagnostics.is_empty() {
        let methods = spec.domains.iter().map(|domain| domain.methods.len()).sum();
        return format!("checked {} in {}: ok", count(methods, "method"), count(spec.domains.len(), "domain"));
    }
    let files: BTreeSet<String> = diagnostics.iter().map(|diagnostic| sources.path(diagnostic.span)).collect();
    format!("{} in {}", count(diagnostics.len(), "problem"), count(files.len(), "file"))
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use topsdk_codegen::load::load_files;

    use super::*;

    #[test]
    fn summaries_count() {
        let nothing = load_files(Vec::new());
        assert_eq!(summary(&nothing), "1 problem in 1 file");
        assert!(report(&nothing, Style::Plain).contains("missing-file"));
        let platform = "environments: {}\nparameters: {}\nsign_methods: {}\nerrors: {}\nfamilies: {}\ntiers: {}\n";
        let empty = load_files(vec![(PathBuf::from("platform.yaml"), platform.to_owned())]);
        assert_eq!(summary(&empty), "checked 0 methods in 0 domains: ok");
    }
}
