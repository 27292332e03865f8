//! `cargo xtask gen`: writes what the specs say.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::UNIX_EPOCH;

use topsdk_codegen::cache::{self, Record, Records};
use topsdk_codegen::emit::Outline;
use topsdk_codegen::load::{self, Loaded};
use topsdk_codegen::model::{Domain, Spec};
use topsdk_codegen::write::{self, Changes, Files};
use topsdk_codegen::{emit, parallel, schema};

use crate::metrics::compile_costs;
use crate::{check, root};

/// Where the SDK lies, with the crates of domains.
const SDK: &str = "sdk";
/// Where the typed samples for the tests lie.
const SAMPLES: &str = "tests/e2e/src/generated";

/// Writes the generated code, or with `check` only tells what is stale.
pub(crate) fn run(check_only: bool) -> ExitCode {
    // What is asked for proof gets it: nothing is taken from a former run.
    let former = if check_only { None } else { Former::of_this_program(&root()) };
    match generate(&root(), former.as_ref(), check_only) {
        Ok(changes) if check_only && !changes.is_empty() => {
            for path in changes.added.iter().chain(&changes.changed).chain(&changes.orphans) {
                eprintln!("stale: {}", path.strip_prefix(root()).unwrap_or(path).display());
            }
            eprintln!("run `cargo xtask gen` and commit what it writes");
            ExitCode::FAILURE
        }
        Ok(changes) => {
            let (added, changed, removed) = (changes.added.len(), changes.changed.len(), changes.orphans.len());
            println!("{added} added, {changed} changed, {removed} removed, {} unchanged", changes.unchanged);
            ExitCode::SUCCESS
        }
        Err(Failure::Specs(loaded)) => {
            check::print(&loaded, &[]);
            eprintln!("nothing was written");
            ExitCode::FAILURE
        }
        Err(Failure::Other(message)) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// What a run may take from the ones before it.
pub(crate) struct Former {
    /// The file with the records.
    pub(crate) path: PathBuf,
    /// Names this very generator.
    pub(crate) build: String,
}

impl Former {
    /// The records of this program's runs in a repository. They lie among the outputs of builds, apart for debug and release,
    /// whose programs would not know each other's. Cargo links anew when anything changes, so length and time tell builds apart.
    pub(crate) fn of_this_program(root: &Path) -> Option<Self> {
        let program = std::env::current_exe().ok()?;
        let file = fs::metadata(&program).ok()?;
        let time = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let build = format!("{} {} {}", program.file_name()?.display(), file.len(), time.as_nanos());
        let profile = program.parent()?.file_name()?;
        Some(Self { path: root.join("target/gen").join(profile), build })
    }
}

/// Why nothing was generated.
pub(crate) enum Failure {
    /// The specs have problems.
    Specs(Box<Loaded>),
    /// Anything else.
    Other(String),
}

/// Brings everything that is generated in a repository up to date with its specs, or only compares; tells what differs. The
/// result is the same with and without the records of a former run.
pub(crate) fn generate(root: &Path, former: Option<&Former>, check_only: bool) -> Result<Changes, Failure> {
    let files = load::Files::read(&root.join("specs"));
    let inputs = former.map(|former| cache::inputs(&former.build, &files)).unwrap_or_default();
    let recorded = former.map(|former| cache::read(&former.path, &inputs)).unwrap_or_default();
    let (loaded, known) = load_others(files, &root.join("specs"), intact(root, recorded));
    if !loaded.diagnostics.is_empty() {
        return Err(Failure::Specs(Box::new(loaded)));
    }
    let spec = &loaded.spec;

    let made = parallel::map(&spec.domains, |domain| {
        let none = String::new();
        made(root, spec, domain, inputs.get(&domain.name.value).unwrap_or(&none))
    });
    let mut records = known;
    let mut changes =
        Changes { unchanged: records.values().map(|record| record.files.len()).sum(), ..Changes::default() };
    let mut differing = Files::new();
    for made in made {
        let made = made?;
        records.insert(made.record.outline.name.clone(), made.record);
        changes.extend(made.changes);
        differing.extend(made.differing);
    }
    let outlines: Vec<Outline> = records.values().map(|record| record.outline.clone()).collect();
    let shared = shared(root, spec, &outlines)?;
    differing.extend(changes.compare(root, shared.clone()).map_err(disk)?);

    let wanted: HashSet<&str> =
        records.values().flat_map(|record| &record.files).chain(shared.keys()).map(String::as_str).collect();
    for folder in [SDK, SAMPLES] {
        let orphans = write::orphans(&root.join(folder), &|path| wanted.contains(format!("{folder}/{path}").as_str()));
        changes.orphans.extend(orphans.map_err(|e| failed(&root.join(folder), &e))?);
    }
    if !check_only {
        write::apply(root, &differing, &changes.orphans).map_err(disk)?;
        if let Some(former) = former {
            // Without records the next run takes longer, nothing else.
            let _ = cache::write(&former.path, &records);
        }
    }
    Ok(changes)
}

/// Loads the specs but for the domains that are known, which are returned: none where a method is declared twice, so that
/// both files are there to be complained about.
pub(crate) fn load_others(files: load::Files, specs: &Path, known: Records) -> (Loaded, Records) {
    let loaded = files.load(&|domain| !known.contains_key(domain));
    let mut seen: HashSet<&str> = HashSet::new();
    let fresh = loaded.spec.domains.iter().flat_map(|domain| &domain.methods).map(|method| &method.name.value);
    let twice = known.values().flat_map(|record| &record.outline.methods).chain(fresh).any(|name| !seen.insert(name));
    if twice && !known.is_empty() { (load::load(specs), Records::new()) } else { (loaded, known) }
}

/// The records whose files are as they were written.
fn intact(root: &Path, records: Records) -> Records {
    let records: Vec<(String, Record)> = records.into_iter().collect();
    let intact = parallel::map(&records, |(_, record)| record.is_intact(root));
    records.into_iter().zip(intact).filter(|(_, intact)| *intact).map(|(record, _)| record).collect()
}

/// What was generated of a domain.
struct Made {
    record: Record,
    changes: Changes,
    /// What has to be written, by path from the root.
    differing: Files,
}

fn made(root: &Path, spec: &Spec, domain: &Domain, inputs: &str) -> Result<Made, Failure> {
    let emitted = |e: emit::EmitError| Failure::Other(e.to_string());
    let mut files = below(SDK, emit::domain(spec, domain).map_err(emitted)?);
    files.extend(below(SAMPLES, emit::domain_samples(spec, domain).map_err(emitted)?));
    files.extend(below(SDK, [emit::domain_catalog(domain)]));
    let record = Record::new(inputs, &files, Outline::of(domain));
    let mut changes = Changes::default();
    let differing = changes.compare(root, files).map_err(disk)?;
    Ok(Made { record, changes, differing })
}

/// The files that span all domains.
fn shared(root: &Path, spec: &Spec, outlines: &[Outline]) -> Result<Files, Failure> {
    let emitted = |e: emit::EmitError| Failure::Other(e.to_string());
    let mut files = below(SDK, emit::shared(spec, outlines).map_err(emitted)?);
    files.extend(below(SAMPLES, emit::shared_samples(outlines).map_err(emitted)?));
    files.extend(below(SDK, emit::shared_catalog(spec, outlines)));
    let read = |path: &str| fs::read_to_string(root.join(path)).map_err(|e| failed(&root.join(path), &e));
    let (features, crates) = (read("sdk/Cargo.toml")?, read("Cargo.toml")?);
    let lost = |file: &str| Failure::Other(format!("{file} lost a block of generated lines"));
    let costs = compile_costs(root).map_err(Failure::Other)?;
    let single = [
        ("sdk/Cargo.toml", emit::manifest(outlines, &features).ok_or_else(|| lost("sdk/Cargo.toml"))?),
        ("Cargo.toml", emit::workspace(outlines, &crates).ok_or_else(|| lost("Cargo.toml"))?),
        ("specs/schema.json", schema::schema()),
        ("docs/domains.md", emit::pages::domains(outlines, &costs)),
        ("docs/methods.md", emit::pages::methods(outlines)),
    ];
    files.extend(single.map(|(path, text)| (path.to_owned(), text.into_bytes())));
    Ok(files)
}

fn below<T: Into<Vec<u8>>>(folder: &str, files: impl IntoIterator<Item = (String, T)>) -> Files {
    files.into_iter().map(|(path, content)| (format!("{folder}/{path}"), content.into())).collect()
}

/// What the disk did not do, which names the file.
fn disk(error: std::io::Error) -> Failure {
    Failure::Other(error.to_string())
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Other(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests;
