//! `cargo xtask faults`: what the client makes of each fault, into `docs/reliability.md` and its translation.

use std::io;
use std::process::{Command, ExitCode, Stdio};

use clap::Args;

use crate::table::FAULTS;
use crate::{cargo, root};

/// Flags of the command.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Write nothing; fail if the page is stale
    #[arg(long)]
    check: bool,
}

/// Runs the matrix and writes its table.
pub(crate) fn run(options: &Options) -> ExitCode {
    match renew(options.check) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn renew(check: bool) -> Result<String, String> {
    let table = table().map_err(|e| format!("the matrix does not run: {e}"))?;
    if check {
        return FAULTS.check(&table).map_err(|why| format!("{why}: run `cargo xtask faults`"));
    }
    FAULTS.write(&table)
}

/// The table, from the program that makes it.
fn table() -> io::Result<String> {
    let run = ["run", "--quiet", "--package", "topsdk-e2e", "--bin", "faults"];
    let output = Command::new(cargo::program()).args(run).current_dir(root()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("it ended with {}", output.status)));
    }
    String::from_utf8(output.stdout).map_err(io::Error::other)
}
