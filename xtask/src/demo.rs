//! `cargo xtask demo`: a seller's morning.

use std::process::ExitCode;

use crate::{cargo, r#gen};

/// Generates from the specs, then plays the morning against a sandbox in process.
pub(crate) fn run() -> ExitCode {
    println!("Generating from specs/ and compiling the demo; the first time on a machine this takes some minutes.");
    if r#gen::run(false) != ExitCode::SUCCESS {
        return ExitCode::FAILURE;
    }
    cargo::run(["run", "--quiet", "--package", "topsdk-e2e", "--bin", "demo"])
}
