//! `cargo xtask test`: everything that CI runs. The tests come last, so that the runner's result lines end the output.

use std::fs;
use std::io::{IsTerminal as _, stderr};
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::{cargo, metrics, readme, redis, root, specs};

/// Flags of the command.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Steps to run; all by default
    #[arg(value_name = "STEP")]
    steps: Vec<Step>,
    /// How long each fuzz target runs
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    fuzz: u32,
}

/// What is run, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// All code is formatted
    Fmt,
    /// The specs have no problem
    Specs,
    /// The generated code is fresh
    Gen,
    /// No lint says anything
    Clippy,
    /// Each feature of the SDK compiles alone, and none and all of them
    Features,
    /// Checking the SDK costs the compiler no more than a fifth over what is committed
    Cost,
    /// The documentation has no warning
    Docs,
    /// The README's commands do what it says
    Readme,
    /// A crate with methods of its own builds, passes its lints and tests, and runs
    Private,
    /// A crate that sends spans and metrics to a collector builds, passes its lints and tests
    Telemetry,
    /// A client that is not ours talks to the sandbox
    Foreign,
    /// The fuzz targets find nothing
    Fuzz,
    /// All tests, those in the documentation too
    Tests,
}

/// Runs the steps and stops at the first that fails.
pub(crate) fn run(options: &Options) -> ExitCode {
    let chosen = |step: &&Step| options.steps.is_empty() || options.steps.contains(step);
    let mut times = Vec::new();
    for step in Step::value_variants().iter().filter(chosen) {
        let name = step.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
        title(&name);
        let start = Instant::now();
        let result = step.run(options);
        times.push(format!("{name} {} s", start.elapsed().as_secs()));
        // The tests' own result lines come last.
        if *step != Step::Tests || result.is_err() {
            eprintln!("{}", times.join(", "));
        }
        if let Err(why) = result {
            eprintln!("failed: {name}: {why}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

impl Step {
    fn run(self, options: &Options) -> Result<(), String> {
        match self {
            Self::Fmt => cargo(["fmt", "--all", "--check"]),
            Self::Specs => cargo(["xtask", "check"]),
            Self::Gen => cargo(["xtask", "gen", "--check"]),
            Self::Clippy => clippy(&["--workspace", "--all-targets", "--features", &tested()?]),
            Self::Features => features(),
            Self::Cost => metrics::guard(),
            Self::Docs => docs(),
            Self::Readme => readme::run(),
            Self::Private => alone("codegen/examples/private_methods", &[FMT, CLIPPY, DOC, &["run", "--quiet"], TEST]),
            Self::Telemetry => alone("sdk/examples/telemetry", &[FMT, CLIPPY, DOC, TEST]),
            Self::Foreign => cargo(["xtask", "foreign"]),
            Self::Fuzz => cargo(["xtask", "fuzz", "--seconds", &options.fuzz.to_string()]),
            Self::Tests => tests(),
        }
    }
}

/// With a Redis, for the parts that share something between machines.
fn tests() -> Result<(), String> {
    let redis = redis::env()?;
    let args = ["test", "--workspace", "--no-fail-fast", "--features", &tested()?];
    succeed(Command::new(cargo::program()).args(args).envs([redis]), &args)
}

fn title(name: &str) {
    if stderr().is_terminal() {
        eprintln!("\n\x1b[1m== {name}\x1b[0m");
    } else {
        eprintln!("\n== {name}");
    }
}

fn cargo<'a>(args: impl IntoIterator<Item = &'a str>) -> Result<(), String> {
    let args: Vec<&str> = args.into_iter().collect();
    succeed(Command::new(cargo::program()).args(&args).current_dir(root()), &args)
}

fn succeed(command: &mut Command, args: &[&str]) -> Result<(), String> {
    let status = command.status().map_err(|e| format!("cargo does not start: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("cargo {} ended with {status}", args.join(" "))) }
}

fn clippy(args: &[&str]) -> Result<(), String> {
    cargo(["clippy", "--quiet"].iter().chain(args).chain(&["--", "--deny", "warnings"]).copied())
}

const FMT: &[&str] = &["fmt", "--check"];
const CLIPPY: &[&str] = &["clippy", "--quiet", "--all-targets", "--", "--deny", "warnings"];
const DOC: &[&str] = &["doc", "--quiet", "--no-deps"];
const TEST: &[&str] = &["test", "--quiet"];

/// An example crate that is a workspace of its own, as that of a user.
fn alone(crate_folder: &str, commands: &[&[&str]]) -> Result<(), String> {
    let folder = root().join(crate_folder);
    let name = folder.file_name().unwrap_or_default();
    for args in commands {
        let mut command = Command::new(cargo::program());
        command.args(*args).env("CARGO_TARGET_DIR", root().join("target").join(name)).current_dir(&folder);
        succeed(&mut command, args)?;
    }
    Ok(())
}

/// Clippy and not only check, so that code which one feature leaves unused is found; but not for each of the many domains that
/// are off by default, which are alike.
fn features() -> Result<(), String> {
    let (optional, usual): (Vec<String>, Vec<String>) = sdk_features()?.into_iter().partition(|name| is_optional(name));
    for feature in usual.iter().map(String::as_str).chain([""]) {
        eprintln!("topsdk with {}", if feature.is_empty() { "no feature" } else { feature });
        clippy(&only(feature))?;
    }
    for feature in &optional {
        eprintln!("topsdk with {feature}");
        cargo(["check", "--quiet"].into_iter().chain(only(feature)))?;
    }
    // All of them at once is the step `cost`.
    Ok(())
}

/// The SDK with one feature.
fn only(feature: &str) -> [&str; 5] {
    ["-p", "topsdk", "--no-default-features", "--features", feature]
}

/// Whether a feature is a domain that is off by default, or all of them.
fn is_optional(feature: &str) -> bool {
    let domain = fs::read_to_string(specs().join(feature).join("domain.yaml"));
    feature == "full" || domain.is_ok_and(|text| !text.lines().any(|line| line.starts_with("core: true")))
}

/// What the tests have of the SDK: everything but the domains that no test needs. The machine code of all domains together is
/// four minutes and ten gigabytes for one test run; that they compile is the step `features`.
fn tested() -> Result<String, String> {
    let is_domain = |name: &String| specs().join(name).join("domain.yaml").exists();
    let features = sdk_features()?.into_iter().filter(|name| !is_domain(name) && name != "full");
    let features: Vec<String> = features.map(|name| format!("topsdk/{name}")).collect();
    Ok(features.join(","))
}

/// The names of the SDK's features, but for `default`.
fn sdk_features() -> Result<Vec<String>, String> {
    let output = Command::new(cargo::program())
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .map_err(|e| format!("cargo does not start: {e}"))?;
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata: {e}"))?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let sdk = packages.iter().find(|package| package["name"] == "topsdk");
    let features = sdk.and_then(|sdk| sdk["features"].as_object()).ok_or("cargo metadata: no features of topsdk")?;
    Ok(features.keys().filter(|name| *name != "default").cloned().collect())
}

fn docs() -> Result<(), String> {
    let args = ["doc", "--quiet", "--workspace", "--no-deps", "--features", &tested()?];
    succeed(Command::new(cargo::program()).args(args).env("RUSTDOCFLAGS", "--deny warnings").current_dir(root()), &args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_domain_is_tried_alone() {
        let features = sdk_features().unwrap();
        for expected in ["trade", "full", "blocking", "serde", "socks"] {
            assert!(features.iter().any(|name| name == expected), "{expected} is not in {features:?}");
        }
        assert!(!features.contains(&"default".to_owned()));
        let tested = tested().unwrap();
        assert!(tested.contains("topsdk/core,") && !tested.contains("trade") && !tested.contains("full"), "{tested}");
    }

    #[test]
    fn a_failing_command_is_an_error() {
        let why = cargo(["no-such-command"]).unwrap_err();
        assert!(why.starts_with("cargo no-such-command ended with"), "{why}");
    }
}
