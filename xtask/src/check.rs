//! `cargo xtask check`: everything that is wrong with the specs.

use std::io::{IsTerminal, Write, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use topsdk_codegen::cache;
use topsdk_codegen::diagnostic::{Diagnostic, Style, count};
use topsdk_codegen::load::{Files, Loaded};

use crate::r#gen::{Former, load_others};
use crate::root;

/// Prints every problem of every spec file to stderr and fails if there is one; or of some files, where some are named.
/// Domains of which code was generated as they are have none and are not looked at again.
pub(crate) fn run(specs: &Path, only: &[PathBuf]) -> ExitCode {
    let only: Vec<PathBuf> = match only.iter().map(|file| within(specs, file)).collect() {
        Ok(only) => only,
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::FAILURE;
        }
    };
    let files = Files::read(specs);
    let records = Former::of_this_program(&root())
        .map(|former| cache::read(&former.path, &cache::inputs(&former.build, &files)))
        .unwrap_or_default();
    let (mut loaded, known) = load_others(files, specs, records);
    let known: Vec<usize> = known.values().map(|record| record.outline.methods.len()).collect();
    let others = if only.is_empty() { Vec::new() } else { take_others(&mut loaded, &only) };
    if !only.is_empty() && loaded.diagnostics.is_empty() {
        eprintln!("checked {}: ok", count(only.len(), "file"));
    } else {
        print(&loaded, &known);
    }
    if !others.is_empty() {
        eprintln!("{} elsewhere: `cargo xtask check` tells all", count(others.len(), "problem"));
    }
    if loaded.diagnostics.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A file's path from the specs folder.
fn within(specs: &Path, file: &Path) -> Result<PathBuf, String> {
    let real = |path: &Path| path.canonicalize().map_err(|error| format!("{}: {error}", path.display()));
    let inside = real(file)?.strip_prefix(real(specs)?).map(Path::to_path_buf);
    inside.map_err(|_| format!("{} is not in {}", file.display(), specs.display()))
}

/// Removes and returns the problems of other files.
fn take_others(loaded: &mut Loaded, only: &[PathBuf]) -> Vec<Diagnostic> {
    let Loaded { sources, diagnostics, .. } = loaded;
    let is_here = |found: &Diagnostic| sources.get(found.span.file).is_some_and(|source| only.contains(&source.path));
    let (here, others) = std::mem::take(diagnostics).into_iter().partition(is_here);
    *diagnostics = here;
    others
}

/// Prints all problems and the summary; `known` has the number of methods of each domain that was not looked at.
pub(crate) fn print(loaded: &Loaded, known: &[usize]) {
    let mut out = stderr().lock();
    // A closed pipe is no reason to fail differently.
    let _ = out.write_all(loaded.report(style(stderr().is_terminal())).as_bytes());
    let _ = writeln!(out, "{}", loaded.summary(known));
}

/// Colours on a terminal, unless `NO_COLOR` is set to anything.
pub(crate) fn style(is_terminal: bool) -> Style {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if is_terminal && !refused { Style::Coloured } else { Style::Plain }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use topsdk_codegen::load::load_files;

    use super::*;

    #[test]
    fn problems_of_some_files() {
        let files = [("a/x.yaml", "method: ["), ("a/y.yaml", "a: ["), ("b/x.yaml", "b: [")];
        let mut loaded = load_files(files.map(|(path, text)| (PathBuf::from(path), text.to_owned())).into());
        let all = loaded.diagnostics.len();
        let others = take_others(&mut loaded, &[PathBuf::from("a/y.yaml"), PathBuf::from("b/x.yaml")]);
        let paths: Vec<String> = loaded.diagnostics.iter().map(|found| loaded.sources.path(found.span)).collect();
        assert_eq!(paths, ["a/y.yaml", "b/x.yaml"]);
        assert_eq!(others.len(), all - 2);
    }

    #[test]
    fn files_are_those_of_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let (specs, file) = (dir.path().join("specs"), dir.path().join("specs/a/../a/x.yaml"));
        std::fs::create_dir_all(specs.join("a")).unwrap();
        std::fs::write(&file, "").unwrap();
        assert_eq!(within(&specs, &file), Ok(PathBuf::from("a/x.yaml")));
        assert!(within(&specs.join("a"), &specs).unwrap_err().contains("is not in"));
        assert!(within(&specs, &specs.join("none.yaml")).unwrap_err().contains("none.yaml"));
    }
}
