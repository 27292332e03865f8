//! `cargo xtask soak`: minutes of mixed calls against a gateway with faults, into `docs/reliability.md`.

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use clap::Args;

use crate::faults::{PAGE, between};
use crate::{cargo, root};

/// Flags of the command.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How long the calls go on
    #[arg(long, value_name = "MINUTES", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_440))]
    minutes: u32,
    /// Print the table and leave the page as it is
    #[arg(long)]
    no_write: bool,
}

/// What the table stands between.
const MARKERS: (&str, &str) = ("<!-- soak -->\n", "<!-- end of soak -->");

/// Runs the program of the end-to-end tests, and writes its table between the markers if all is well.
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
        return Err(format!("{PAGE} is left as it was"));
    }
    if options.no_write {
        return Ok("all is well".to_owned());
    }
    let page = fs::read_to_string(root().join(PAGE)).map_err(|e| format!("{PAGE}: {e}"))?;
    let new = between(&page, MARKERS, &table).ok_or_else(|| format!("{PAGE} has no `{}`", MARKERS.0.trim_end()))?;
    fs::write(root().join(PAGE), new).map_err(|e| format!("{PAGE}: {e}"))?;
    Ok(format!("{PAGE} is written"))
}
