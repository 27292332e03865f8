//! What the compiler needs to check the SDK's crates alone, for each set of features.
//!
//! Cargo is told to call this program in place of the compiler for the workspace's own crates. Asked for one of the SDK, it runs the
//! real compiler several times, measures each run and notes the costs in a file; everything else it passes on. So nothing of
//! cargo or of the dependencies is in the figures.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use topsdk_codegen::model::Spec;

use super::cost::{self, Cost};
use super::table::{Row, Unit};
use crate::{cargo, root};

/// Where the costs are noted. Set only while cargo runs this program in place of the compiler.
const REPORT: &str = "TOPSDK_METRICS_REPORT";
/// How often the compiler is run.
const RUNS: &str = "TOPSDK_METRICS_RUNS";

/// Sets of features that are measured, beside the domains one by one: title, arguments, and the budget in seconds and megabytes.
type Set = (&'static str, &'static [&'static str], Option<(f64, f64)>);

/// Without any domain: what the others stand on.
pub(super) const BARE: Set = ("no features", &["--no-default-features"], None);
/// What most people have. Without the network, so that no other crate's state is in it.
pub(super) const CORE: Set =
    ("core without network", &["--no-default-features", "--features", "core"], Some((5.0, 800.0)));
/// Everything.
pub(super) const ALL: Set = ("all features", &["--all-features"], Some((90.0, 4000.0)));
const DEFAULT: Set = ("default features", &[], Some((5.0, 800.0)));

/// CPU seconds and peak memory of checking the SDK, two rows for each set of features.
pub(super) fn rows(spec: &Spec, runs: u32) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    let mut measure = |title: &str, args: &[&str], budget: Option<(f64, f64)>| {
        eprintln!("checking topsdk: {title}");
        let cost = check(args, runs).map_err(|e| format!("cargo check of the SDK, {title}: {e}"))?;
        let figures = [
            (format!("check, {title}"), cost.cpu.as_secs_f64(), Unit::Seconds),
            (format!("check, {title}: peak of the largest crate"), cost.peak as f64 / 1e6, Unit::Megabytes),
        ];
        for ((what, figure, unit), most) in figures.into_iter().zip([budget.map(|b| b.0), budget.map(|b| b.1)]) {
            let row = Row::new(what, figure, unit);
            rows.push(match most {
                Some(most) => row.at_most(most),
                None => row,
            });
        }
        Ok::<(), String>(())
    };
    let largest = spec.domains.iter().max_by_key(|domain| domain.methods.len());
    measure(BARE.0, BARE.1, BARE.2)?;
    for domain in spec.domains.iter().filter(|domain| domain.core).chain(largest) {
        let name = &domain.name.value;
        measure(name, &["--no-default-features", "--features", name], None)?;
    }
    for (title, args, budget) in [CORE, DEFAULT, ALL] {
        measure(title, args, budget)?;
    }
    Ok(rows)
}

/// The cost of checking the SDK's crates with these features: the sum of their median times, and the largest median peak. Nothing
/// is incremental, and the target folder is one of its own, so that no other build is disturbed.
pub(super) fn check(features: &[&str], runs: u32) -> Result<Cost, String> {
    let target = root().join("target/metrics");
    let report = target.join("report.txt");
    fs::create_dir_all(&target).and_then(|()| fs::write(&report, "")).map_err(|e| e.to_string())?;
    let this = std::env::current_exe().map_err(|e| e.to_string())?;

    let cargo = |args: &[&str]| {
        let mut command = Command::new(cargo::program());
        command.args(args).arg("--target-dir").arg(&target).current_dir(root());
        let ended = command
            .env("RUSTC_WORKSPACE_WRAPPER", &this)
            .env(REPORT, &report)
            .env(RUNS, runs.to_string())
            .env("CARGO_INCREMENTAL", "0")
            .status();
        match ended {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("cargo {} failed: {status}", args.join(" "))),
            Err(e) => Err(format!("cargo does not start: {e}")),
        }
    };
    // All crates of domains follow from the one that all of them use.
    cargo(&["clean", "--quiet", "--package", "topsdk-runtime"])?;
    cargo(&[&["check", "--quiet", "--package", "topsdk"], features].concat())?;

    let text = fs::read_to_string(&report).map_err(|e| e.to_string())?;
    let mut crates: BTreeMap<&str, Vec<Cost>> = BTreeMap::new();
    for (name, cost) in text.lines().filter_map(parse) {
        crates.entry(name).or_default().push(cost);
    }
    let medians: Vec<Cost> = crates.values().filter_map(|costs| cost::median(costs)).collect();
    let peak = medians.iter().map(|cost| cost.peak).max().ok_or("the compiler was not run")?;
    Ok(Cost { cpu: medians.iter().map(|cost| cost.cpu).sum(), peak })
}

/// Acts as the compiler where cargo called this program in its place; else nothing.
pub(crate) fn as_rustc() -> Option<ExitCode> {
    let report = std::env::var_os(REPORT)?;
    let runs = std::env::var(RUNS).ok().and_then(|runs| runs.parse().ok()).unwrap_or(1);
    let mut args = std::env::args_os().skip(1);
    let rustc = args.next()?;
    let code = compile(&rustc, &args.collect::<Vec<_>>(), runs, Path::new(&report)).unwrap_or_else(|e| {
        eprintln!("error: cannot measure the compiler: {e}");
        1
    });
    Some(ExitCode::from(code))
}

/// Runs the compiler, and where it is asked for the SDK, several times. Only the last run is heard.
fn compile(rustc: &OsString, args: &[OsString], runs: u32, report: &Path) -> io::Result<u8> {
    let name = sdk_crate(args);
    let runs = if name.is_some() { runs } else { 0 };
    let name = name.unwrap_or_default();
    let mut report = OpenOptions::new().append(true).open(report)?;
    for _ in 1..runs {
        let quiet = &mut Command::new(rustc);
        let (_, cost) = cost::measure(quiet.args(args).stdout(Stdio::null()).stderr(Stdio::null()))?;
        writeln!(report, "{}", note(&name, cost))?;
    }
    let (status, cost) = cost::measure(Command::new(rustc).args(args))?;
    if runs > 0 {
        writeln!(report, "{}", note(&name, cost))?;
    }
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// The name of the crate, if it is one of the SDK's that hold generated code or what it stands on.
fn sdk_crate(args: &[OsString]) -> Option<String> {
    let name = args.windows(2).find(|pair| pair[0] == "--crate-name")?[1].to_str()?;
    (name.starts_with("topsdk") && name != "topsdk_macros").then(|| name.to_owned())
}

/// A cost as a line: the crate, microseconds and bytes.
fn note(name: &str, cost: Cost) -> String {
    format!("{name} {} {}", cost.cpu.as_micros(), cost.peak)
}

fn parse(line: &str) -> Option<(&str, Cost)> {
    let mut words = line.split(' ');
    let (name, cpu, peak) = (words.next()?, words.next()?, words.next()?);
    Some((name, Cost { cpu: Duration::from_micros(cpu.parse().ok()?), peak: peak.parse().ok()? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_back() {
        let cost = Cost { cpu: Duration::from_micros(1_234_567), peak: 890 };
        assert_eq!(parse(&note("topsdk", cost)), Some(("topsdk", cost)));
        assert_eq!(parse("topsdk 1"), None);
        assert_eq!(parse("topsdk 1 x"), None);
    }

    #[test]
    fn only_the_sdk_is_measured() {
        let args = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        let table = [
            ("--crate-name topsdk --edition=2024", Some("topsdk")),
            ("--crate-name topsdk_travel --edition=2024", Some("topsdk_travel")),
            ("--crate-name topsdk_macros --edition=2024", None),
            ("--crate-name build_script_build", None),
            ("-vV", None),
        ];
        for (line, expected) in table {
            assert_eq!(sdk_crate(&args(line)).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn the_compiler_is_run_as_often_as_asked_and_its_failure_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let report = dir.path().join("report.txt");
        fs::write(&report, "").unwrap();
        let args = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        let rustc = OsString::from("rustc");
        assert_eq!(compile(&rustc, &args("--version"), 3, &report).unwrap(), 0);
        assert_eq!(fs::read_to_string(&report).unwrap(), "", "nothing but the SDK is measured");
        assert_eq!(compile(&rustc, &args("--crate-name topsdk --version"), 3, &report).unwrap(), 0);
        assert_eq!(fs::read_to_string(&report).unwrap().lines().filter_map(parse).count(), 3);
        assert_ne!(compile(&rustc, &args("--no-such-flag"), 3, &report).unwrap(), 0);
    }
}
