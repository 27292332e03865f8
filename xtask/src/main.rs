//! The project's own commands: `cargo xtask --help`. One file each.

mod audit;
mod cargo;
mod check;
mod demo;
mod diff;
mod faults;
mod foreign;
mod fuzz;
mod r#gen;
mod import;
mod limits;
mod metrics;
mod new;
mod readme;
mod redis;
mod sandbox;
mod soak;
mod table;
mod test;
#[cfg(test)]
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
struct Flags {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compare metadata with the specs, parameter by parameter
    Audit(audit::Options),
    /// Tell everything that is wrong with the specs
    Check {
        /// Tell only the problems of these files
        files: Vec<PathBuf>,
        /// The specs folder, where it is not the project's
        #[arg(long, value_name = "DIR")]
        specs: Option<PathBuf>,
    },
    /// Play a seller's morning against a sandbox in process
    Demo,
    /// Tell what changed in the specs since a revision, and which version that asks for
    Diff(diff::Options),
    /// Measure what the client makes of each fault, and write docs/reliability.md
    Faults(faults::Options),
    /// Let a client that is not ours talk to the sandbox: taobaopy from PyPI
    Foreign,
    /// Run the fuzz targets
    Fuzz(fuzz::Options),
    /// Write the generated code
    Gen {
        /// Write nothing; name what is stale and fail if anything is
        #[arg(long)]
        check: bool,
    },
    /// Let processes share a rate limit for a minute, and print how many calls passed
    Limits(limits::Options),
    /// Measure what the budgets are about, and print a table
    Metrics(metrics::Options),
    /// Bring metadata of the platform into the specs; what people wrote in them stays
    Import(import::Options),
    /// Write a commented spec to start a method from
    New {
        /// Name of the method: taobao.trade.get
        method: String,
        /// Folder under specs/, where the name does not tell it
        #[arg(long)]
        domain: Option<String>,
    },
    /// Run the gateway: cargo xtask sandbox --help tells its flags
    #[command(disable_help_flag = true)]
    Sandbox {
        /// Flags of the gateway
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Let mixed calls go on for minutes against a gateway with faults, and write docs/reliability.md
    Soak(soak::Options),
    /// Run everything that CI runs, or some of it
    Test(test::Options),
}

fn main() -> ExitCode {
    if let Some(code) = metrics::as_rustc() {
        return code;
    }
    match Flags::parse().command {
        Command::Audit(options) => audit::run(&options),
        Command::Check { files, specs } => check::run(&specs.unwrap_or_else(self::specs), &files),
        Command::Test(options) => test::run(&options),
        Command::Demo => demo::run(),
        Command::Diff(options) => diff::run(&options),
        Command::Faults(options) => faults::run(&options),
        Command::Foreign => foreign::run(),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Gen { check } => r#gen::run(check),
        Command::Limits(options) => limits::run(&options),
        Command::Metrics(options) => metrics::run(&options),
        Command::Import(options) => import::run(&options),
        Command::New { method, domain } => new::run(&method, domain.as_deref()),
        Command::Sandbox { args } => sandbox::run(&args),
        Command::Soak(options) => soak::run(&options),
    }
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    // Set by `cargo run`: where the sources lie now, wherever they lay when this was compiled.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let package = Path::new(&package);
    package.parent().unwrap_or(package).to_path_buf()
}

/// The specs folder.
pub(crate) fn specs() -> PathBuf {
    root().join("specs")
}
