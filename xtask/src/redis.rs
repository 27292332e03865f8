//! A Redis for the tests: a program that is found, or installed where that is possible. The tests start servers of their own.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Names the program to the tests, and to us.
const PROGRAM: &str = "TOPSDK_REDIS_SERVER";

/// The variable that tells the tests where the server's program is: the one that the environment names already, else one on the path,
/// else one that is installed now.
pub(crate) fn env() -> Result<(&'static str, PathBuf), String> {
    if let Some(named) = env::var_os(PROGRAM) {
        let named = PathBuf::from(named);
        return if named.is_file() {
            Ok((PROGRAM, named))
        } else {
            Err(format!("{PROGRAM}: {} is no file", named.display()))
        };
    }
    if let Some(found) = on_path() {
        return Ok((PROGRAM, found));
    }
    eprintln!("installing redis-server");
    let install = "apt-get update -qq && apt-get install -qq -y --no-install-recommends redis-server";
    let installed = Command::new("sh").args(["-c", install]).stdin(Stdio::null()).stdout(Stdio::null()).output();
    let found = installed.ok().filter(|output| output.status.success()).and_then(|_| on_path());
    found.map(|found| (PROGRAM, found)).ok_or_else(|| {
        format!("there is no redis-server, and it cannot be installed here: install it, or name it in {PROGRAM}")
    })
}

fn on_path() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let name = format!("redis-server{}", env::consts::EXE_SUFFIX);
    env::split_paths(&path).map(|folder| folder.join(&name)).find(|file| file.is_file())
}
