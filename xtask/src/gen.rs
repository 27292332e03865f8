//! `cargo xtask gen`: writes what the specs say.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use topsdk_codegen::model::Spec;
use topsdk_codegen::write::{self, Changes};
use topsdk_codegen::{emit, load, schema};

use crate::metrics::compile_costs;
use crate::{check, root, specs};

/// Writes the generated code, or with `check` only tells what is stale.
pub(crate) fn run(check_only: bool) -> ExitCode {
    let loaded = load::load(&specs());
    if !loaded.diagnostics.is_empty() {
        check::print(&loaded);
        eprintln!("nothing was written");
        return ExitCode::FAILURE;
    }
    match generate(&root(), &loaded.spec, check_only) {
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
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Brings everything that is generated in a repository up to date with its specs, or only compares; tells what differs.
pub(crate) fn generate(root: &Path, spec: &Spec, check_only: bool) -> Result<Changes, String> {
    let sdk = root.join("sdk");
    let mut changes = Changes::default();
    for (folder, files) in
        [(sdk.clone(), emit::emit(spec)), (root.join("tests/e2e/src/generated"), emit::samples(spec))]
    {
        let files = files.map_err(|e| e.to_string())?;
        let found = if check_only { write::compare(&folder, &files) } else { write::apply(&folder, &files) };
        changes.extend(found.map_err(|e| format!("{}: {e}", folder.display()))?);
    }

    let (manifest, workspace) = (sdk.join("Cargo.toml"), root.join("Cargo.toml"));
    let read = |path: &Path| fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()));
    let features = emit::manifest(spec, &read(&manifest)?).ok_or("sdk/Cargo.toml lost a block of generated lines")?;
    let crates = emit::workspace(spec, &read(&workspace)?).ok_or("Cargo.toml lost its block of generated lines")?;
    let costs = compile_costs(root)?;
    let single = [
        (manifest, features),
        (workspace, crates),
        (root.join("specs/schema.json"), schema::schema()),
        (root.join("docs/domains.md"), emit::pages::domains(spec, &costs)),
        (root.join("docs/methods.md"), emit::pages::methods(spec)),
    ];
    for (path, wanted) in single {
        if fs::read_to_string(&path).is_ok_and(|found| found == wanted) {
            changes.unchanged += 1;
            continue;
        }
        if !check_only {
            write::replace(&path, &wanted).map_err(|e| format!("{}: {e}", path.display()))?;
        }
        changes.changed.push(path);
    }
    Ok(changes)
}
