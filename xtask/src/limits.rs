//! `cargo xtask limits`: processes that share a rate limit through Redis, in real time, into `docs/rate-limits.md` and its translation.

use std::process::{Command, ExitCode, Stdio};

use clap::Args;

use crate::table::LIMITS;
use crate::{cargo, redis, root};

/// Flags of the command.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How long each run takes
    #[arg(long, value_name = "SECONDS", default_value_t = 90)]
    seconds: u32,
    /// Print the table and leave the pages as they are
    #[arg(long)]
    no_write: bool,
}

/// Runs the program of the end-to-end tests, which starts Redis, and writes its table if the limit was kept.
pub(crate) fn run(options: &Options) -> ExitCode {
    match limits(options) {
        Ok(said) => {
            eprintln!("{said}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("limits: {why}");
            ExitCode::FAILURE
        }
    }
}

fn limits(options: &Options) -> Result<String, String> {
    let seconds = options.seconds.to_string();
    let args = ["run", "--quiet", "--package", "topsdk-e2e", "--bin", "limits", "--", "--seconds", &seconds];
    let mut program = Command::new(cargo::program());
    program.args(args).envs([redis::env()?]).current_dir(root()).stderr(Stdio::inherit());
    let output = program.output().map_err(|error| format!("cargo does not start: {error}"))?;
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{table}");
    if !output.status.success() {
        return Err("the pages are left as they were".to_owned());
    }
    if options.no_write {
        return Ok("all is well".to_owned());
    }
    LIMITS.write(&table)
}
