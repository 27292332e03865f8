//! `cargo xtask import`: metadata of the platform into the specs.

use std::fs;
use std::io::{IsTerminal, Write, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use topsdk_codegen::import::error::ImportError;
use topsdk_codegen::import::plan::plan;
use topsdk_codegen::import::report::Report;
use topsdk_codegen::import::{read, store};

/// Flags of `cargo xtask import`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Files, folders or archives (.tar, .tar.xz): pages of the documentation centre as JSON, ApiMetadata.xml
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Write nothing; tell what would change
    #[arg(long)]
    dry_run: bool,
    /// Keep titles and descriptions: for metadata of your own, in a private specs folder
    #[arg(long)]
    with_docs: bool,
    /// The specs folder, where it is not the project's
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
    /// Write everything that was found to this file, as Markdown; without it the start is shown
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Imports, and prints what was done and found.
pub(crate) fn run(options: &Options) -> ExitCode {
    let specs = options.specs.clone().unwrap_or_else(crate::specs);
    match import(&specs, options) {
        Ok(report) => {
            if options.report.is_none() {
                println!("{}", report.text(false));
            }
            println!("{}{}", report.summary(), if options.dry_run { " (nothing was written)" } else { "" });
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}\nnothing was written");
            ExitCode::FAILURE
        }
    }
}

fn import(specs: &Path, options: &Options) -> Result<Report, String> {
    let failed = |error: ImportError| error.to_string();
    if !options.dry_run && store::recover(specs).map_err(failed)? {
        eprintln!("an import was killed before; the specs are back as they were");
    }
    let paths: Vec<&Path> = options.paths.iter().map(PathBuf::as_path).collect();
    let mut progress = Progress::new();
    let catalogue = read::read(&paths, &mut |files| progress.files(files)).map_err(failed)?;
    progress.says(&format!("{} methods read; comparing with the specs", catalogue.methods.len()));
    let files = store::read(specs).map_err(failed)?;
    let plan = plan(&files, catalogue, options.with_docs).map_err(failed)?;
    if let Some(path) = &options.report {
        fs::write(path, plan.report.text(true)).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let changes = !plan.write.is_empty() || !plan.remove.is_empty();
    if changes && !options.dry_run {
        progress.says(&format!("writing {} files", plan.write.len()));
        let staged = store::stage(specs, &plan).map_err(failed)?;
        store::swap(specs, &staged).map_err(failed)?;
    }
    progress.done();
    Ok(plan.report)
}

/// One line that is written over, on a terminal only.
struct Progress {
    on: bool,
}

impl Progress {
    fn new() -> Self {
        Self { on: stderr().is_terminal() }
    }

    fn files(&self, files: usize) {
        // A line for each file would take longer than the files.
        if files.is_multiple_of(100) {
            self.says(&format!("{files} files read"));
        }
    }

    fn says(&self, text: &str) {
        if self.on {
            let _ = write!(stderr(), "\r\u{1b}[2K{text}");
        }
    }

    fn done(&mut self) {
        self.says("");
        self.on = false;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.done();
    }
}
