//! `cargo xtask diff`: what changed in the specs, and what that means for users.

use std::ffi::OsStr;
use std::io::{IsTerminal, Read, Write, stderr, stdout};
use std::path::Path;
use std::process::{Command, ExitCode};

use clap::{Args, ValueEnum};
use topsdk_codegen::diagnostic::{Style, count};
use topsdk_codegen::diff::{self, Class, Compared, Ends, Files, Verdict, Version};
use topsdk_codegen::import::store;
use topsdk_codegen::load::Loaded;

use crate::check::style;
use crate::root;

/// Flags of `cargo xtask diff`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The old state: a branch, a tag, a commit, such as main or v0.1.0
    rev: String,
    /// The new state; the working tree where it is left out
    rev2: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Fail where a change is of this class or a graver one
    #[arg(long, value_enum, value_name = "CLASS")]
    fail_on: Option<FailOn>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For terminals
    Text,
    /// For pull requests
    Markdown,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Any change that users see
    Patch,
    /// A minor change
    Minor,
    /// A breaking change
    Breaking,
}

/// A state of the repository.
struct State {
    /// What to call it.
    name: String,
    specs: Files,
    version: Version,
}

/// Prints what changed. Fails when it cannot tell, and when the changes are what `--fail-on` names.
pub(crate) fn run(options: &Options) -> ExitCode {
    let style = style(stdout().is_terminal());
    ExitCode::from(tell(&root(), options, style, &mut stdout(), &mut stderr()))
}

/// The same for a repository, with the code to end with: 1 for changes that `--fail-on` names, 2 where nothing can be told, so that
/// scripts can tell one from the other.
fn tell(root: &Path, options: &Options, style: Style, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let printed = diff(root, options, style).and_then(|report| {
        for warning in &report.warnings {
            // Where nobody can read them, the report still counts.
            let _ = writeln!(err, "warning: {warning}");
        }
        // Whoever reads may stop reading.
        match out.write_all(report.text.as_bytes()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
            _ => Ok(report.class),
        }
    });
    match printed {
        Ok(class) => u8::from(options.fail_on.is_some_and(|least| class >= Some(least.class()))),
        Err(message) => {
            let _ = writeln!(err, "error: {message}");
            2
        }
    }
}

/// What there is to print.
struct Report {
    text: String,
    warnings: Vec<String>,
    /// The gravest class of the changes, if there are any.
    class: Option<Class>,
}

impl FailOn {
    fn class(self) -> Class {
        match self {
            Self::Patch => Class::Patch,
            Self::Minor => Class::Minor,
            Self::Breaking => Class::Breaking,
        }
    }
}

fn diff(root: &Path, options: &Options, style: Style) -> Result<Report, String> {
    let old = revision(root, &options.rev)?;
    let new = match &options.rev2 {
        Some(rev) => revision(root, rev)?,
        None => working_tree(root)?,
    };
    let compared = diff::compare(&old.specs, &new.specs);
    if options.rev2.is_none() && !compared.new.diagnostics.is_empty() {
        let summary = compared.new.summary(&[]);
        return Err(format!("{summary} of the working tree, so nothing was compared; cargo xtask check shows them"));
    }
    let warnings = warnings(&compared, &old, &new);
    let verdict = Verdict::of(&compared.diff, old.version, new.version);
    let ends = Ends { from: old.name, to: new.name, verdict };
    let text = match options.format {
        Format::Text => diff::text(&compared.diff, &ends, style),
        Format::Markdown => diff::markdown(&compared.diff, &ends),
        Format::Json => diff::json(&compared.diff, &ends),
    };
    Ok(Report { text, warnings, class: compared.diff.class() })
}

/// The problems that states have by the rules of today.
fn warnings(compared: &Compared, old: &State, new: &State) -> Vec<String> {
    let mut warnings = Vec::new();
    for (state, Loaded { diagnostics, sources, .. }) in [(old, &compared.old), (new, &compared.new)] {
        if let Some(first) = diagnostics.first() {
            let (path, problems) = (sources.path(first.span), count(diagnostics.len(), "problem"));
            warnings.push(format!("{problems} in the specs of {}, such as {path}: {}", state.name, first.message));
        }
    }
    let left_out = compared.left_out.iter();
    warnings.extend(left_out.map(|path| format!("left out, because one state of it cannot be read: {path}")));
    warnings
}

fn working_tree(root: &Path) -> Result<State, String> {
    let specs = store::read(&root.join("specs")).map_err(|error| error.to_string())?;
    let manifest = root.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).map_err(|error| format!("{}: {error}", manifest.display()))?;
    Ok(State { name: "working tree".to_owned(), specs, version: version(&text)? })
}

/// The specs of a commit, read out of git's own store: the working tree is not touched.
fn revision(root: &Path, rev: &str) -> Result<State, String> {
    let commit = format!("{rev}^{{commit}}");
    let named = git(root, ["rev-parse", "--quiet", "--verify", "--end-of-options", &commit]);
    let id = named.map_err(|said| match said.trim() {
        "" => {
            format!("git knows no revision `{rev}`; `git fetch` may bring it, `git tag` and `git branch -a` list some")
        }
        said => format!("git: {said}"),
    })?;
    let id = String::from_utf8_lossy(&id).trim().to_owned();
    let archive = git(root, ["archive", "--format=tar", &id, "--", "specs", "Cargo.toml"])
        .map_err(|said| format!("`{rev}` has no specs to compare: git: {}", said.trim()))?;
    let mut specs = Files::new();
    let mut manifest = String::new();
    let mut unpack = || -> std::io::Result<()> {
        for entry in tar::Archive::new(archive.as_slice()).entries()? {
            let mut entry = entry?;
            let path = entry.path()?.to_string_lossy().into_owned();
            if !entry.header().entry_type().is_file() || path.split('/').any(|part| part.starts_with('.')) {
                continue;
            }
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            let Some(text) = store::text(&path, bytes).map_err(std::io::Error::other)? else { continue };
            match path.strip_prefix("specs/") {
                Some(below) => drop(specs.insert(below.to_owned(), text)),
                None => manifest = text,
            }
        }
        Ok(())
    };
    unpack().map_err(|error| format!("what git gives for `{rev}` cannot be read: {error}"))?;
    Ok(State { name: rev.to_owned(), specs, version: version(&manifest)? })
}

/// What git prints; its complaint where it fails.
fn git<const N: usize>(root: &Path, args: [&str; N]) -> Result<Vec<u8>, String> {
    let mut command = Command::new("git");
    command.args(args.map(OsStr::new)).current_dir(root).env("GIT_OPTIONAL_LOCKS", "0");
    let output = command.output().map_err(|error| format!("git does not start: {error}"))?;
    if output.status.success() { Ok(output.stdout) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// The version that all crates of the workspace carry.
fn version(manifest: &str) -> Result<Version, String> {
    let mut lines = manifest.lines().skip_while(|line| line.trim() != "[workspace.package]");
    let value = lines.find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    value.and_then(|text| text.parse().ok()).ok_or_else(|| "Cargo.toml states no version".to_owned())
}

#[cfg(test)]
mod tests;
