//! What the SDK cost the compiler when it was last measured and committed: `docs/compile-cost.csv`.
//!
//! Seconds depend on the machine and its mood, so the file holds multiples of what a fixed program costs (`reference.rs`),
//! measured in the same run, and the seconds only for people. [`guard`] holds the code of today against it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use topsdk_codegen::model::Spec;

use super::compile::{ALL, BARE, CORE, check};
use super::cost::{self, Cost};
use crate::root;

const FILE: &str = "docs/compile-cost.csv";
/// How much a cost may grow before CI says no: a fifth.
const GROWTH: f64 = 1.2;
const HEAD: &str = "# Checking the SDK's crates alone, written by `cargo xtask metrics --write`; a domain's CPU time is what it adds to no features, its memory that of the largest crate.\n\
                    what,times the reference,CPU seconds,peak MB\n";

/// One line of the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figure {
    /// CPU time as a multiple of that of the reference.
    relative: f64,
    /// CPU time where it was measured.
    seconds: f64,
    /// Peak memory of the largest crate, in millions of bytes.
    megabytes: f64,
}

impl Figure {
    fn new(cost: Cost, reference: Cost) -> Self {
        let seconds = cost.cpu.as_secs_f64();
        let relative = seconds / reference.cpu.as_secs_f64().max(f64::EPSILON);
        Self { relative, seconds, megabytes: cost.peak as f64 / 1e6 }
    }
}

/// Measures everything anew, each domain too, and writes the file.
pub(super) fn write(spec: &Spec, runs: u32) -> Result<(), String> {
    let before = reference(runs)?;
    let bare = check(BARE.1, runs)?;
    let mut costs = vec![(BARE.0, bare), (CORE.0, check(CORE.1, runs)?), (ALL.0, check(ALL.1, 1)?)];
    for domain in &spec.domains {
        let name = domain.name.value.as_str();
        eprintln!("checking {name}");
        let cost = check(&["--no-default-features", "--features", name], runs)?;
        costs.push((name, Cost { cpu: cost.cpu.saturating_sub(bare.cpu), peak: cost.peak }));
    }
    let after = reference(runs)?;
    let reference = Cost { cpu: (before.cpu + after.cpu) / 2, ..before };
    let figures = costs.into_iter().map(|(what, cost)| (what.to_owned(), Figure::new(cost, reference)));
    fs::write(root().join(FILE), render(&figures.collect::<Vec<_>>())).map_err(|e| format!("{FILE}: {e}"))
}

/// What each domain costs, by name, for the page of domains. Nothing for a domain that came after the last measurement.
pub(crate) fn domains(root: &Path) -> Result<BTreeMap<String, f64>, String> {
    let figures = parse(&read(root)?)?.into_iter();
    Ok(figures.map(|(name, f)| (name, f.seconds)).collect())
}

/// Fails where the default domains or the whole catalogue have become dearer than they may.
pub(crate) fn guard() -> Result<(), String> {
    let committed = parse(&read(&root())?)?;
    let mut problems = Vec::new();
    for (what, args, runs) in [(CORE.0, CORE.1, 3), (ALL.0, ALL.1, 1)] {
        let old = committed.get(what).ok_or_else(|| format!("{FILE}: no row `{what}`"))?;
        let before = reference(3)?;
        let cost = check(args, runs)?;
        // The slower of the two, so that a machine that is busy with something else is not taken for a costly change.
        let reference = std::cmp::max_by_key(before, reference(3)?, |cost| cost.cpu);
        let new = Figure::new(cost, reference);
        eprintln!(
            "{what}: {:.1} times the reference (committed {:.1}), {:.0} MB (committed {:.0})",
            new.relative, old.relative, new.megabytes, old.megabytes
        );
        problems.extend(grown(what, old, &new));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("; ")) }
}

/// What has grown too much.
fn grown(what: &str, old: &Figure, new: &Figure) -> Option<String> {
    let grown = new.relative > old.relative * GROWTH || new.megabytes > old.megabytes * GROWTH;
    grown.then(|| {
        format!(
            "checking {what} costs {:.1} times the reference and {:.0} MB, more than a fifth over the committed {:.1} and {:.0}; \
             if that is worth it, run `cargo xtask metrics --write` and say why in the commit",
            new.relative, new.megabytes, old.relative, old.megabytes
        )
    })
}

/// What the fixed program costs: the middle of several runs.
fn reference(runs: u32) -> Result<Cost, String> {
    let source = root().join("xtask/src/metrics/reference.rs");
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let mut costs = Vec::new();
    for _ in 0..runs {
        let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        rustc.args(["--crate-type", "lib", "--edition", "2024", "--emit", "metadata", "--out-dir"]);
        let (status, cost) =
            cost::measure(rustc.arg(folder.path()).arg(&source).stderr(Stdio::null())).map_err(|e| e.to_string())?;
        if !status.success() {
            return Err(format!("{} does not compile", source.display()));
        }
        costs.push(cost);
    }
    cost::median(&costs).ok_or_else(|| "the reference was not measured".to_owned())
}

fn read(root: &Path) -> Result<String, String> {
    fs::read_to_string(root.join(FILE)).map_err(|e| format!("{FILE}: {e}"))
}

fn render(figures: &[(String, Figure)]) -> String {
    let line = |(what, f): &(String, Figure)| format!("{what},{:.2},{:.2},{:.0}\n", f.relative, f.seconds, f.megabytes);
    figures.iter().map(line).fold(HEAD.to_owned(), |text, line| text + &line)
}

fn parse(text: &str) -> Result<BTreeMap<String, Figure>, String> {
    let figure = |line: &str| {
        let (what, rest) = line.split_once(',')?;
        let mut numbers = rest.split(',').map(|number| number.parse().ok());
        let figure = Figure { relative: numbers.next()??, seconds: numbers.next()??, megabytes: numbers.next()?? };
        Some((what.to_owned(), figure))
    };
    let lines = text.strip_prefix(HEAD).ok_or_else(|| format!("{FILE}: another first line"))?;
    lines.lines().map(|line| figure(line).ok_or_else(|| format!("{FILE}: {line}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Figure = Figure { relative: 7.0, seconds: 4.5, megabytes: 600.0 };

    #[test]
    fn the_file_is_read_back() {
        let figures = vec![("core".to_owned(), OLD)];
        assert_eq!(parse(&render(&figures)).unwrap(), figures.into_iter().collect());
        for wrong in ["", &format!("{HEAD}core,1\n"), &format!("{HEAD}core,1,2,x\n")] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_fifth_more_is_too_much() {
        for (relative, megabytes, says) in
            [(8.3, 700.0, false), (8.5, 600.0, true), (7.0, 730.0, true), (3.0, 1.0, false)]
        {
            let new = Figure { relative, seconds: 100.0, megabytes };
            assert_eq!(grown("core", &OLD, &new).is_some(), says, "{new:?}");
        }
    }

    #[test]
    fn the_committed_file_has_what_the_guard_needs() {
        let committed = parse(&read(&root()).unwrap()).unwrap();
        for what in [BARE.0, CORE.0, ALL.0] {
            assert!(committed.contains_key(what), "{what}");
        }
    }
}
