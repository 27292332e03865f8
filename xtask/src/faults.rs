//! `cargo xtask faults`: what the client makes of each fault, into `docs/reliability.md`.

use std::fs;
use std::io;
use std::process::{Command, ExitCode, Stdio};

use clap::Args;

use crate::{cargo, root};

/// Flags of the command.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Write nothing; fail if the page is stale
    #[arg(long)]
    check: bool,
}

pub(crate) const PAGE: &str = "docs/reliability.md";

/// What the table stands between.
const MARKERS: (&str, &str) = ("<!-- faults -->\n", "<!-- end of faults -->");

/// Runs the matrix and writes its table between the markers.
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
    let page = fs::read_to_string(root().join(PAGE)).map_err(|e| format!("{PAGE}: {e}"))?;
    let new = between(&page, MARKERS, &table).ok_or_else(|| format!("{PAGE} has no `{}`", MARKERS.0.trim_end()))?;
    if new == page {
        return Ok(format!("{PAGE} is up to date"));
    }
    if check {
        return Err(format!("{PAGE} is stale: run `cargo xtask faults`"));
    }
    fs::write(root().join(PAGE), new).map_err(|e| format!("{PAGE}: {e}"))?;
    Ok(format!("{PAGE} is written"))
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

/// The page with another text between two markers.
pub(crate) fn between(page: &str, (start, end): (&str, &str), text: &str) -> Option<String> {
    let (before, rest) = page.split_once(start)?;
    let (_, after) = rest.split_once(end)?;
    Some([before, start, text, end, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_is_replaced() {
        let page = "a\n<!-- faults -->\nold\n<!-- end of faults -->\nb\n";
        assert_eq!(between(page, MARKERS, "new\n").unwrap(), page.replace("old", "new"));
        assert_eq!(between("a\n<!-- faults -->\nno end", MARKERS, "new"), None);
        assert_eq!(between("a", MARKERS, "new"), None);
    }
}
