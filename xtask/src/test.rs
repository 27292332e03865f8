//! `cargo xtask test`: everything that CI runs.

use std::process::{Command, ExitCode};

use crate::root;

/// One step: a title and the arguments of cargo.
type Step = (&'static str, &'static [&'static str]);

const STEPS: &[Step] = &[
    ("generated code is fresh", &["xtask", "gen", "--check"]),
    ("specs", &["xtask", "check"]),
    ("SDK without features", &["check", "-p", "topsdk", "--no-default-features"]),
    ("SDK with everything", &["check", "-p", "topsdk", "--all-features"]),
    ("tests", &["test", "--workspace", "--all-features"]),
];

/// Runs every step in turn and stops at the first that fails.
pub(crate) fn run() -> ExitCode {
    for (title, args) in STEPS {
        eprintln!("== {title}: cargo {}", args.join(" "));
        let status = Command::new(env!("CARGO")).args(*args).current_dir(root()).status();
        match status {
            Ok(status) if status.success() => {}
            Ok(_) => {
                eprintln!("failed: {title}");
                return ExitCode::FAILURE;
            }
            Err(error) => {
                eprintln!("cargo: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
