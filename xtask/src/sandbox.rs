//! `cargo xtask sandbox`: the gateway as a program.

use std::process::ExitCode;

use crate::cargo;

/// Runs the gateway until it is stopped. Its first line on stdout says where it listens.
pub(crate) fn run(args: &[String]) -> ExitCode {
    let fixed = ["run", "--quiet", "--package", "topsdk-sandbox", "--"];
    cargo::run(fixed.into_iter().chain(args.iter().map(String::as_str)))
}
