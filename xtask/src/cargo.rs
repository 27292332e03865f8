//! Other cargo commands.

use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitCode};

use crate::root;

/// The cargo that runs this program.
pub(crate) fn program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Runs cargo in the repository, and ends as it does.
pub(crate) fn run<'a>(args: impl IntoIterator<Item = &'a str>) -> ExitCode {
    end_as(Command::new(program()).args(args).current_dir(root())).unwrap_or_else(|error| {
        eprintln!("error: cargo does not start: {error}");
        ExitCode::FAILURE
    })
}

/// Becomes the command, so that a signal to this process stops what it started.
#[cfg(unix)]
fn end_as(command: &mut Command) -> io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

/// Waits for the command.
#[cfg(not(unix))]
fn end_as(command: &mut Command) -> io::Result<ExitCode> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}
