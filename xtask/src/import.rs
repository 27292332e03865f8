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

#[cfg(test)]
mod tests {
    use topsdk_codegen::import::plan::Files;

    use super::*;

    const PAGE: &str = r#"{"name":"shop.apple.get","id":1,"requestParams":[{"name":"id","type":"Number"}]}"#;

    /// A specs folder and, beside it, a page to import.
    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("specs")).unwrap();
        let platform = "environments: {}\nparameters: {}\nsign_methods: {}\nerrors: {}\nfamilies: {}\n\
            tiers: { basic: { per_minute: 1, doc: X. } }\n";
        fs::write(dir.path().join("specs/platform.yaml"), platform).unwrap();
        fs::create_dir(dir.path().join("fruit")).unwrap();
        fs::write(dir.path().join("fruit/page.json"), PAGE).unwrap();
        dir
    }

    fn options(dir: &Path, page: &str) -> Options {
        let report = Some(dir.join("report.md"));
        Options { paths: vec![dir.join(page)], dry_run: false, with_docs: false, specs: None, report }
    }

    fn specs(dir: &Path) -> Files {
        store::read(&dir.join("specs")).unwrap()
    }

    #[test]
    fn a_dry_run_writes_nothing_and_a_second_run_neither() {
        let dir = folder();
        let dir = dir.path();
        let before = specs(dir);
        let dry = Options { dry_run: true, ..options(dir, "fruit/page.json") };
        let options = options(dir, "fruit/page.json");
        assert_eq!(import(&dir.join("specs"), &dry).unwrap().added, ["shop.apple.get"]);
        assert_eq!(specs(dir), before);
        assert_eq!(import(&dir.join("specs"), &options).unwrap().added, ["shop.apple.get"]);
        let first = specs(dir);
        assert!(first.contains_key("fruit/shop.apple.get.yaml"), "{first:#?}");
        assert_eq!(import(&dir.join("specs"), &options).unwrap().unchanged, 1);
        assert_eq!(specs(dir), first);
        assert!(fs::read_to_string(dir.join("report.md")).unwrap().contains("0 added, 0 changed, 1 unchanged"));
    }

    #[test]
    fn bad_input_leaves_the_specs_alone() {
        let dir = folder();
        let dir = dir.path();
        let before = specs(dir);
        for text in [
            &PAGE[..40],
            "",
            &PAGE.replace("shop.apple.get", "../../x.y"),
            &PAGE.replace("Number", &"x".repeat(10 << 20)),
        ] {
            fs::write(dir.join("fruit/bad.json"), text).unwrap();
            let error = import(&dir.join("specs"), &options(dir, "fruit")).unwrap_err();
            assert!(error.contains("bad.json"), "{error}");
            assert_eq!(specs(dir), before);
        }
        let mut left: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["fruit", "specs"]);
    }
}
