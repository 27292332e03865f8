//! What `cargo xtask gen` costs.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use cpu_time::ProcessTime;
use topsdk_codegen::load::load;
use topsdk_codegen::model::Spec;

use super::cost::middle;
use super::table::{Row, Unit};
use crate::r#gen::generate;
use crate::root;

/// What the generator reads and writes.
const PARTS: [&str; 5] = ["specs", "docs", "sdk", "Cargo.toml", "tests/e2e/src/generated"];

/// CPU time of a run that changes nothing, and of one after a spec was edited. Both work on a copy.
pub(super) fn rows(spec: &Spec, runs: u32) -> Result<Vec<Row>, String> {
    eprintln!("generating");
    let mut methods = spec.domains.iter().flat_map(|domain| &domain.methods);
    let method = methods.find(|method| !method.summary.is_empty()).ok_or("no method has a summary")?;
    let copy = tempfile::tempdir().map_err(|e| e.to_string())?;
    for part in PARTS {
        copy_all(&root().join(part), &copy.path().join(part)).map_err(|e| format!("{part}: {e}"))?;
    }
    let edited = copy.path().join("specs").join(&method.file);
    let text = fs::read_to_string(&edited).map_err(|e| e.to_string())?;

    once(copy.path())?;
    let (mut unchanged, mut changed) = (Vec::new(), Vec::new());
    for run in 0..runs {
        unchanged.push(expect(once(copy.path())?, false)?);
        fs::write(&edited, with_summary(&text, &format!("Edited, run {run}."))).map_err(|e| e.to_string())?;
        changed.push(expect(once(copy.path())?, true)?);
    }
    let row = |what, times: Vec<Duration>, most| {
        let time = middle(times).unwrap_or_default();
        Row::new(what, time.as_secs_f64(), Unit::Seconds).at_most(most)
    };
    Ok(vec![row("gen, nothing changed", unchanged, 3.0), row("gen, one spec changed", changed, 0.5)])
}

/// One run: what it cost, and whether it wrote anything.
fn once(root: &Path) -> Result<(Duration, bool), String> {
    let start = ProcessTime::try_now().map_err(|e| e.to_string())?;
    let changes = generate(root, &load(&root.join("specs")).spec, false)?;
    let cpu = start.try_elapsed().map_err(|e| e.to_string())?;
    Ok((cpu, !changes.is_empty()))
}

/// The time, if the run did what it was to do.
fn expect((cpu, wrote): (Duration, bool), wanted: bool) -> Result<Duration, String> {
    let what = if wanted { "wrote nothing for an edited spec" } else { "wrote files without a change" };
    if wrote == wanted { Ok(cpu) } else { Err(format!("the generator {what}")) }
}

/// The text of a spec with another summary.
fn with_summary(text: &str, summary: &str) -> String {
    let line =
        |line: &str| if line.starts_with("summary:") { format!("summary: {summary}\n") } else { format!("{line}\n") };
    text.lines().map(line).collect()
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy_all(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_run_are_measured() {
        let rows = rows(&load(&crate::specs()).spec, 1).unwrap();
        assert_eq!(rows.len(), 2);
    }
}
