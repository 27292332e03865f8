//! `cargo xtask audit`: whether the specs say all that metadata says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use topsdk_codegen::audit::{EXCEPTIONS, Exceptions, audit};
use topsdk_codegen::load::load;

/// Flags of `cargo xtask audit`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Files, folders or archives of metadata
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The specs folder, where it is not the project's
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
}

/// Prints every difference that audit-exceptions.yaml does not name, and fails if there is one.
pub(crate) fn run(options: &Options) -> ExitCode {
    match compare(options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn compare(options: &Options) -> Result<bool, String> {
    let specs = options.specs.clone().unwrap_or_else(crate::specs);
    let loaded = load(&specs);
    if !loaded.diagnostics.is_empty() {
        return Err("the specs are not valid; run cargo xtask check".to_owned());
    }
    let text = fs::read_to_string(specs.join(EXCEPTIONS)).unwrap_or_default();
    let exceptions = Exceptions::parse(&text).map_err(|error| error.to_string())?;
    let paths: Vec<&Path> = options.paths.iter().map(PathBuf::as_path).collect();
    let audit = audit(&paths, &loaded.spec).map_err(|error| error.to_string())?;
    let (left, idle) = exceptions.apply(audit.differences.iter());
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for difference in &left {
        println!("{} {} {}: {}", difference.kind, difference.method, difference.path, difference.message);
        *kinds.entry(difference.kind).or_default() += 1;
    }
    // Metadata of one application does not meet every exception of the whole catalogue.
    for why in &idle {
        eprintln!("note: no difference is left to this exception: {why}");
    }
    let kinds: Vec<String> = kinds.iter().map(|(kind, number)| format!("{number} {kind}")).collect();
    let excepted = audit.differences.len() - left.len();
    println!(
        "{} methods, {} parameters: {} differences{}{}, {excepted} by exception",
        audit.methods,
        audit.parameters,
        left.len(),
        if kinds.is_empty() { "" } else { ": " },
        kinds.join(", ")
    );
    Ok(left.is_empty())
}
