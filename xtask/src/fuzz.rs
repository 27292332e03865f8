//! `cargo xtask fuzz`: runs the fuzz targets of `tests/fuzz`, on the stable toolchain.
//!
//! libFuzzer is built by a C++ compiler; the coverage counters that guide it come from stable compiler flags, which is all that
//! `cargo fuzz` needs the nightly toolchain for, apart from sanitizers: those find little in code without `unsafe`.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Mutex, PoisonError};
use std::{env, fs, io, thread};

use clap::Args;

/// Flags of the command.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How long to run each target
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Succeed where there is no C++ compiler
    #[arg(long)]
    allow_missing: bool,
    /// Targets to run: file names in tests/fuzz/targets; all by default
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
}

/// Counters at every edge, and comparisons with their operands.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";

/// Targets that run at a time.
const PARALLEL: usize = 2;

/// Builds and runs the targets; fails if one of them finds something.
pub(crate) fn run(options: &Options) -> ExitCode {
    if !has_cpp_compiler() {
        eprintln!("fuzz: no C++ compiler (c++, or what CXX names), which libFuzzer is built by; nothing was run");
        return if options.allow_missing { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    match fuzz(options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("fuzz: {why}");
            ExitCode::FAILURE
        }
    }
}

fn has_cpp_compiler() -> bool {
    let compiler = env::var_os("CXX").filter(|c| !c.is_empty()).unwrap_or_else(|| OsString::from("c++"));
    let version = Command::new(compiler).arg("--version").stdin(Stdio::null()).output();
    version.is_ok_and(|output| output.status.success())
}

/// Whether no target found anything.
fn fuzz(options: &Options) -> Result<bool, String> {
    let folder = crate::root().join("tests/fuzz");
    let targets = chosen(&options.targets, known(&folder).map_err(|e| format!("tests/fuzz/targets: {e}"))?)?;
    let binaries = build(&folder)?;
    let queue = Mutex::new(targets.iter());
    let good = Mutex::new(true);
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..PARALLEL {
            scope.spawn(|| {
                while let Some(target) = next() {
                    let outcome = run_target(&folder, &binaries, target, options.seconds);
                    if !matches!(&outcome, Ok(outcome) if outcome.finding.is_none()) {
                        *good.lock().unwrap_or_else(PoisonError::into_inner) = false;
                    }
                    match outcome {
                        Ok(outcome) => println!("{target:<18} {outcome}"),
                        Err(why) => println!("{target:<18} not run: {why}"),
                    }
                }
            });
        }
    });
    Ok(good.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// The names of all targets.
fn known(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.join("targets"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "rs") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

/// The wanted ones, in the order given; all if none is.
fn chosen(wanted: &[String], known: Vec<String>) -> Result<Vec<String>, String> {
    match wanted.iter().find(|name| !known.contains(name)) {
        Some(name) => Err(format!("there is no target {name}; known: {}", known.join(", "))),
        None if wanted.is_empty() => Ok(known),
        None => Ok(wanted.to_vec()),
    }
}

/// Builds all targets and tells where they are. With `--target` the flags stay away from build scripts and derives.
fn build(folder: &Path) -> Result<PathBuf, String> {
    let target_dir = folder.join("target");
    let host = host()?;
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--release", "--bins", "--target", &host])
        .arg("--manifest-path")
        .arg(folder.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target_dir)
        .env("RUSTFLAGS", FLAGS)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .status()
        .map_err(|e| format!("cargo: {e}"))?;
    if status.success() {
        Ok(target_dir.join(host).join("release"))
    } else {
        Err("the targets do not build".to_owned())
    }
}

/// The triple of this machine.
fn host() -> Result<String, String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output().map_err(|e| format!("rustc: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc -vV names no host".to_owned())
}

fn run_target(folder: &Path, binaries: &Path, target: &str, seconds: u32) -> Result<Outcome, String> {
    let (corpus, artifacts) = (folder.join("corpus").join(target), folder.join("artifacts").join(target));
    for dir in [&corpus, &artifacts] {
        fs::create_dir_all(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    }
    let output = Command::new(binaries.join(target).with_extension(env::consts::EXE_EXTENSION))
        .args([corpus, folder.join("seeds").join(target)])
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args(["-max_len=8192", "-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1"])
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("cannot start: {e}"))?;
    let mut outcome = Outcome::read(&String::from_utf8_lossy(&output.stderr));
    if !output.status.success() && outcome.finding.is_none() {
        outcome.finding = Some(format!("ended with {}", output.status));
    }
    Ok(outcome)
}

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    executions: u64,
    edges: u64,
    corpus: u64,
    /// What it found and where the input is kept.
    finding: Option<String>,
}

impl Outcome {
    /// Reads what libFuzzer prints.
    fn read(log: &str) -> Self {
        // `#1024 NEW cov: 10 ft: 12 corp: 3/40b ...`
        let number = |name: &str| {
            let text = log.lines().rev().filter(|line| line.starts_with('#')).find_map(|line| line.split_once(name))?.1;
            text.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())?.parse().ok()
        };
        let executions = log.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
        let kept = log.lines().find_map(|line| line.split_once("Test unit written to ")).map(|(_, path)| path.trim());
        // A slow input is kept too, and is no finding.
        let kept = kept.filter(|path| !path.contains("slow-unit-"));
        let said = log.lines().position(|line| line.contains(" panicked at "));
        let said = said.map(|at| log.lines().skip(at).take(2).collect::<Vec<_>>().join(" "));
        let error = log.lines().find_map(|line| line.split_once("ERROR: ")).map(|(_, error)| error.to_owned());
        Self {
            executions: executions.and_then(|text| text.trim().parse().ok()).unwrap_or_default(),
            edges: number(" cov: ").unwrap_or_default(),
            corpus: number(" corp: ").unwrap_or_default(),
            finding: kept.map(|path| format!("{path}: {}", said.or(error).unwrap_or_default())),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { executions, edges, corpus, finding } = self;
        write!(f, "{executions:>9} executions, {edges:>6} edges, {corpus:>5} inputs: ")?;
        f.write_str(finding.as_deref().map_or("ok", |_| "CRASH "))?;
        f.write_str(finding.as_deref().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_libfuzzer_prints() {
        let good = "INFO: Seed: 1\n#2\tINITED cov: 3 ft: 4 corp: 1/1b exec/s: 0\n#9\tDONE   cov: 41 ft: 50 corp: 7/1Kb lim: 4\n\
            stat::number_of_executed_units: 900\n";
        let outcome = Outcome { executions: 900, edges: 41, corpus: 7, finding: None };
        assert_eq!(Outcome::read(good), outcome);
        assert_eq!(outcome.to_string(), "      900 executions,     41 edges,     7 inputs: ok");

        let bad = "#9\tNEW    cov: 41 ft: 50 corp: 7/1Kb\nthread '<unnamed>' (7) panicked at src/lib.rs:1:2:\nat most 3\n\
            ==5== ERROR: libFuzzer: deadly signal\nartifact_prefix='a/'; Test unit written to a/crash-00\n";
        let finding = "a/crash-00: thread '<unnamed>' (7) panicked at src/lib.rs:1:2: at most 3";
        assert_eq!(Outcome::read(bad).finding.as_deref(), Some(finding));

        let memory = "==5== ERROR: libFuzzer: out-of-memory (used: 1025Mb)\nTest unit written to a/oom-00\n";
        assert_eq!(Outcome::read(memory).finding.as_deref(), Some("a/oom-00: libFuzzer: out-of-memory (used: 1025Mb)"));
        assert_eq!(Outcome::read("Test unit written to a/slow-unit-00\n").finding, None);
    }

    #[test]
    fn targets_by_name() {
        let known = || vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(chosen(&[], known()), Ok(known()));
        assert_eq!(chosen(&["b".to_owned()], known()), Ok(vec!["b".to_owned()]));
        assert_eq!(chosen(&["c".to_owned()], known()), Err("there is no target c; known: a, b".to_owned()));
    }

    #[test]
    fn every_target_is_built_and_seeded() {
        let folder = crate::root().join("tests/fuzz");
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let targets = known(&folder).unwrap();
        assert!(targets.len() >= 6);
        for target in targets {
            assert!(manifest.contains(&format!("path = \"targets/{target}.rs\"")), "{target} is not in Cargo.toml");
            assert!(fs::read_dir(folder.join("seeds").join(&target)).unwrap().count() > 0, "{target} has no seeds");
        }
    }
}
