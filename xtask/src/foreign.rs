//! `cargo xtask foreign`: a client that nobody here wrote talks to the sandbox.
//!
//! It takes Python, and the package index the first time. What is missing is a failure, never a silent pass.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::{env, fs};

use crate::root;

/// The client, as on the package index; it brings what it needs.
const CLIENT: &str = "taobaopy==6.0.1";

/// Installs the client if need be, starts a sandbox on a free port and runs the script against it.
pub(crate) fn run() -> ExitCode {
    match try_run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("foreign: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all its tests passed.
fn try_run() -> Result<bool, String> {
    let python = installed(&root().join("target/foreign"))?;
    let sandbox = Sandbox::start()?;
    let status = Command::new(python)
        .arg(root().join("tests/foreign/taobaopy_test.py"))
        .arg(&sandbox.url)
        // GMT+8, spelt so that no zone database is needed; the sandbox is never behind a proxy.
        .env("TZ", "CST-8")
        .envs([("NO_PROXY", "127.0.0.1"), ("no_proxy", "127.0.0.1")])
        .env("PYTHONIOENCODING", "utf-8")
        .status()
        .map_err(|e| format!("python does not start: {e}"))?;
    Ok(status.success())
}

/// The interpreter of a virtual environment that has the client.
fn installed(folder: &Path) -> Result<PathBuf, String> {
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let mark = folder.join("client.txt");
    if python.exists() && fs::read_to_string(&mark).is_ok_and(|found| found == CLIENT) {
        return Ok(python);
    }
    let system = env::var_os("PYTHON").unwrap_or_else(|| OsString::from("python3"));
    quietly(Command::new(&system).args(["-m", "venv", "--clear"]).arg(folder))
        .map_err(|why| format!("no virtual environment by {}: {why}", Path::new(&system).display()))?;
    quietly(Command::new(&python).args(["-m", "pip", "install", "--disable-pip-version-check", "--quiet", CLIENT]))
        .map_err(|why| format!("cannot install {CLIENT}: {why}"))?;
    fs::write(mark, CLIENT).map_err(|e| format!("target/foreign: {e}"))?;
    Ok(python)
}

/// Runs a command; on failure the last thing it said.
fn quietly(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("it does not start: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let last = said.lines().rev().find(|line| !line.trim().is_empty());
    Err(last.map_or_else(|| output.status.to_string(), |line| line.trim().to_owned()))
}

/// A sandbox of our own, stopped when dropped.
struct Sandbox {
    process: Child,
    url: String,
}

impl Sandbox {
    fn start() -> Result<Self, String> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built =
            Command::new(cargo).args(["build", "--quiet", "--package", "topsdk-sandbox"]).current_dir(root()).status();
        if !built.is_ok_and(|status| status.success()) {
            return Err("the sandbox does not build".to_owned());
        }
        // Beside this program: both come out of the same build folder.
        let this = env::current_exe().map_err(|e| format!("where this program is: {e}"))?;
        let process = Command::new(this.with_file_name("topsdk-sandbox").with_extension(env::consts::EXE_EXTENSION))
            .args(["--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("the sandbox does not start: {e}"))?;
        let mut sandbox = Self { process, url: String::new() };
        let mut line = String::new();
        if let Some(out) = sandbox.process.stdout.take() {
            // Only the first line is ever written.
            BufReader::new(out).read_line(&mut line).map_err(|e| format!("the sandbox does not speak: {e}"))?;
        }
        let url = line.trim().strip_prefix("sandbox listening on ");
        sandbox.url = url.ok_or("the sandbox does not say where it listens")?.to_owned();
        Ok(sandbox)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told() {
        let why = quietly(&mut Command::new("no-such-program-here")).unwrap_err();
        assert!(why.starts_with("it does not start: "), "{why}");
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let why = quietly(Command::new(cargo).arg("no-such-command")).unwrap_err();
        assert!(!why.is_empty());
    }
}
