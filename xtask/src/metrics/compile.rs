//! What the compiler needs to check the SDK alone, for each set of features.
//!
//! Cargo is told to call this program in place of the compiler for the workspace's own crates. Asked for the SDK, it runs the
//! real compiler several times, measures each run and notes the costs in a file; everything else it passes on. So nothing of
//! cargo or of the dependencies is in the figures.

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

/// CPU seconds and peak memory of checking the SDK, two rows for each set of features.
pub(super) fn rows(spec: &Spec, runs: u32) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    let mut measure = |title: &str, args: &[&str], budget: Option<(f64, f64)>| {
        eprintln!("checking topsdk: {title}");
        let cost = check(args, runs).map_err(|e| format!("cargo check of the SDK, {title}: {e}"))?;
        let figures = [
            (format!("check, {title}"), cost.cpu.as_secs_f64(), Unit::Seconds),
            (format!("check, {title}: peak"), cost.peak as f64 / 1e6, Unit::Megabytes),
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
    measure("no features", &["--no-default-features"], None)?;
    let largest = spec.domains.iter().max_by_key(|domain| domain.methods.len());
    for domain in spec.domains.iter().filter(|domain| domain.core).chain(largest) {
        let name = &domain.name.value;
        measure(name, &["--no-default-features", "--features", name], None)?;
    }
    measure("core without network", &["--no-default-features", "--features", "core"], Some((5.0, 800.0)))?;
    measure("default features", &[], Some((5.0, 800.0)))?;
    measure("all features", &["--all-features"], Some((90.0, 4000.0)))?;
    Ok(rows)
}

/// The median cost of checking the SDK with these features. Nothing is incremental, and the target folder is one of its own,
/// so that no other build is disturbed.
fn check(features: &[&str], runs: u32) -> Result<Cost, String> {
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
    cargo(&["clean", "--quiet", "--package", "topsdk"])?;
    cargo(&[&["check", "--quiet", "--package", "topsdk"], features].concat())?;

    let text = fs::read_to_string(&report).map_err(|e| e.to_string())?;
    let costs: Vec<Cost> = text.lines().filter_map(parse).collect();
    cost::median(&costs).ok_or_else(|| "the compiler was not run".to_owned())
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
    let runs = if is_sdk(args) { runs } else { 0 };
    let mut report = OpenOptions::new().append(true).open(report)?;
    for _ in 1..runs {
        let quiet = &mut Command::new(rustc);
        let (_, cost) = cost::measure(quiet.args(args).stdout(Stdio::null()).stderr(Stdio::null()))?;
        writeln!(report, "{}", note(cost))?;
    }
    let (status, cost) = cost::measure(Command::new(rustc).args(args))?;
    if runs > 0 {
        writeln!(report, "{}", note(cost))?;
    }
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

fn is_sdk(args: &[OsString]) -> bool {
    args.windows(2).any(|pair| pair[0] == "--crate-name" && pair[1] == "topsdk")
}

/// A cost as a line: microseconds and bytes.
fn note(cost: Cost) -> String {
    format!("{} {}", cost.cpu.as_micros(), cost.peak)
}

fn parse(line: &str) -> Option<Cost> {
    let (cpu, peak) = line.split_once(' ')?;
    Some(Cost { cpu: Duration::from_micros(cpu.parse().ok()?), peak: peak.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_back() {
        let cost = Cost { cpu: Duration::from_micros(1_234_567), peak: 890 };
        assert_eq!(parse(&note(cost)), Some(cost));
        assert_eq!(parse("1"), None);
        assert_eq!(parse("1 x"), None);
    }

    #[test]
    fn only_the_sdk_is_measured() {
        let args = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert!(is_sdk(&args("--crate-name topsdk --edition=2024")));
        assert!(!is_sdk(&args("--crate-name topsdk_macros --edition=2024")));
        assert!(!is_sdk(&args("-vV")));
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
