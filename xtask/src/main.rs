//! The project's own commands: `cargo xtask --help`. One file each.

mod check;
mod r#gen;
mod new;

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
    /// Tell everything that is wrong with the specs
    Check,
    /// Write the generated code
    Gen {
        /// Write nothing; name what is stale and fail if anything is
        #[arg(long)]
        check: bool,
    },
    /// Write a commented spec to start a method from
    New {
        /// Name of the method: taobao.trade.get
        method: String,
        /// Folder under specs/, where the name does not tell it
        #[arg(long)]
        domain: Option<String>,
    },
}

fn main() -> ExitCode {
    match Flags::parse().command {
        Command::Check => check::run(),
        Command::Gen { check } => r#gen::run(check),
        Command::New { method, domain } => new::run(&method, domain.as_deref()),
    }
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}

/// The specs folder.
pub(crate) fn specs() -> PathBuf {
    root().join("specs")
}
