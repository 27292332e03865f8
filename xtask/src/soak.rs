//! `cargo xtask soak`: minutes of mixed calls against a gateway with faults, into `docs/reliability.md` and its translation.

use std::process::{Command, ExitCode, Stdio};

use clap::Args;

use crate::table::SOAK;
use crate::{cargo, root};

/// Flags of the command.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How long the calls go on
    #[arg(long, value_name = "MINUTES", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_440))]
    minutes: u32,
    /// Print the table and leave the pages as they are
    #[arg(long)]
    no_write: bool,
}

/// Runs the program of the end-to-end tests, and writes its table if all is well.
pub(crate) fn run(options: &Options) -> ExitCode {
    match soak(options) {
        Ok(said) => {
            eprintln!("{said}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("soak: {why}");
            ExitCode::FAILURE
        }
    }
}

fn soak(options: &Options) -> Result<String, String> {
    let seconds = (options.minutes * 60).to_string();
    let args = ["run", "--quiet", "--package", "topsdk-e2e", "--bin", "soak", "--", "--seconds", &seconds];
    eprintln!("{} min of calls", options.minutes);
    let output = Command::new(cargo::program()).args(args).current_dir(root()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cargo does not start: {error}"))?;
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{table}");
    if !output.status.success() {
        return Err("the pages are left as they were".to_owned());
    }
    if options.no_write {
        return Ok("all is well".to_owned());
    }
    SOAK.write(&table)
}
