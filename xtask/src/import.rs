//! `cargo xtask import`: metadata of the platform into the specs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use topsdk_codegen::import::error::ImportError;
use topsdk_codegen::import::plan::plan;
use topsdk_codegen::import::read::Progress;
use topsdk_codegen::import::report::Report;
use topsdk_codegen::import::{archive, read, store};

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
    let specs = &store::real(specs).map_err(failed)?;
    // To the end of the import. A dry run needs none: it touches nothing.
    let _held = if options.dry_run { None } else { Some(store::lock(specs).map_err(failed)?) };
    if !options.dry_run {
        store::recover(specs).map_err(failed)?.iter().for_each(|told| eprintln!("{told}"));
    }
    let paths: Vec<&Path> = options.paths.iter().map(PathBuf::as_path).collect();
    let progress = Display::new(paths.iter().map(|path| archive::size(path)).sum());
    let catalogue = read::read(&paths, &mut |read| progress.reads(read)).map_err(failed)?;
    progress.works(format!("comparing {} methods with the specs", catalogue.methods.len()));
    let files = store::read(specs).map_err(failed)?;
    let plan = plan(&files, catalogue, options.with_docs).map_err(failed)?;
    if let Some(path) = &options.report {
        fs::write(path, plan.report.text(true)).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let changes = !plan.write.is_empty() || !plan.remove.is_empty();
    if changes && !options.dry_run {
        progress.works(format!("writing {} files", plan.write.len()));
        let staged = store::stage(specs, &plan).map_err(failed)?;
        if let Some(warning) = store::swap(specs, &staged).map_err(failed)? {
            progress.0.suspend(|| eprintln!("warning: {warning}"));
        }
    }
    Ok(plan.report)
}

/// A bar while files are read, then a spinner. Shown on a terminal only, and gone when the import is over.
struct Display(ProgressBar);

impl Display {
    /// A bar that is full after this many bytes.
    fn new(bytes: u64) -> Self {
        let style = ProgressStyle::with_template("reading {wide_bar} {percent:>3}% {msg}");
        // Draws to stderr, and hides itself where that is no terminal.
        Self(ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    fn reads(&self, read: Progress) {
        self.0.set_position(read.bytes);
        self.0.set_message(format!("{} files", read.files));
    }

    /// Whatever takes its time without telling how much of it.
    fn works(&self, what: String) {
        let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
        self.0.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        self.0.set_message(what);
        self.0.enable_steady_tick(Duration::from_millis(100));
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.0.finish_and_clear();
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
    fn a_spec_that_is_not_utf_8_is_not_taken_for_a_missing_one() {
        let dir = folder();
        let dir = dir.path();
        let options = options(dir, "fruit/page.json");
        import(&dir.join("specs"), &options).unwrap();
        let spec = dir.join("specs/fruit/shop.apple.get.yaml");
        let mut bytes = fs::read(&spec).unwrap();
        bytes.extend(b"# p\xeache\n");
        fs::write(&spec, &bytes).unwrap();
        let error = import(&dir.join("specs"), &options).unwrap_err();
        assert!(error.contains("shop.apple.get.yaml: not UTF-8"), "{error}");
        assert_eq!(fs::read(&spec).unwrap(), bytes);
    }

    #[test]
    fn a_second_import_at_once_is_refused_and_leaves_the_first_alone() {
        let dir = folder();
        let dir = dir.path();
        let (before, options) = (specs(dir), options(dir, "fruit/page.json"));
        let held = store::lock(&dir.join("specs")).unwrap();
        // What the first one is building.
        let staged = dir.join(".specs.import");
        fs::create_dir(&staged).unwrap();
        let error = import(&dir.join("specs"), &options).unwrap_err();
        assert!(error.ends_with(&format!("another import of {} is running", dir.join("specs").display())), "{error}");
        assert!(staged.exists() && !dir.join("report.md").exists());
        assert_eq!(specs(dir), before);
        let dry = Options { dry_run: true, ..self::options(dir, "fruit/page.json") };
        assert_eq!(import(&dir.join("specs"), &dry).unwrap().added, ["shop.apple.get"]);
        assert!(staged.exists());
        drop(held);
        assert_eq!(import(&dir.join("specs"), &options).unwrap().added, ["shop.apple.get"]);
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
        assert_eq!(left, [".specs.lock", "fruit", "specs"]);
    }
}
