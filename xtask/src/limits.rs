//! `cargo xtask limits`: processes that share a rate limit through Redis, in real time.

use std::process::{Command, ExitCode};

use clap::Args;

use crate::{cargo, redis, root};

/// Flags of the command.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How long each run takes
    #[arg(long, value_name = "SECONDS", default_value_t = 90)]
    seconds: u32,
}

/// Runs the program of the end-to-end tests, which starts Redis.
pub(crate) fn run(options: &Options) -> ExitCode {
    let redis = match redis::env() {
        Ok(redis) => redis,
        Err(why) => {
            eprintln!("limits: {why}");
            return ExitCode::FAILURE;
        }
    };
    let seconds = options.seconds.to_string();
    let args = ["run", "--quiet", "--package", "topsdk-e2e", "--bin", "limits", "--", "--seconds", &seconds];
    let status = Command::new(cargo::program()).args(args).envs([redis]).current_dir(root()).status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("limits: cargo does not start: {error}");
            ExitCode::FAILURE
        }
    }
}
