//! The commands that README.md shows, run as a reader would run them.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::{fs, iter};

use crate::{cargo, root};

/// Commands that are not run here, and why.
const ELSEWHERE: [(&str, &str); 2] = [
    ("cargo xtask test", "this run is a part of it"),
    ("cargo xtask new ", "writes into specs/; the end-to-end tests do it in a copy"),
];

/// How the sandbox is started.
const SANDBOX: &str = "cargo xtask sandbox";

/// Runs all of them in turn; what a `text` block after a command shows must be what it prints.
pub(crate) fn run() -> Result<(), String> {
    let text = fs::read_to_string(root().join("README.md")).map_err(|e| format!("README.md: {e}"))?;
    let mut sandbox = None;
    for shown in commands(&text) {
        let elsewhere = ELSEWHERE.iter().find(|(start, _)| shown.line.starts_with(start));
        if let Some((_, why)) = elsewhere {
            eprintln!("$ {} # not run here: {why}", shown.line);
            continue;
        }
        eprintln!("$ {}", shown.line);
        if shown.line == SANDBOX {
            sandbox = Some(Sandbox::start(&shown)?);
        } else {
            let printed = output(&shown)?;
            if shown.prints.as_ref().is_some_and(|expected| expected.trim() != printed.trim()) {
                return Err(format!("`{}` does not print what README.md shows, but\n{printed}", shown.line));
            }
        }
    }
    drop(sandbox);
    Ok(())
}

/// A command and what it is said to print.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    line: String,
    prints: Option<String>,
}

impl Shown {
    fn command(&self) -> Result<Command, String> {
        let mut words = self.line.split_whitespace();
        match words.next() {
            Some("cargo") => {
                let mut command = Command::new(cargo::program());
                command.args(words).current_dir(root()).stdin(Stdio::null());
                Ok(command)
            }
            _ => Err(format!("`{}` is not a cargo command; xtask/src/readme.rs knows no other", self.line)),
        }
    }
}

/// The lines of all `sh` blocks; a `text` block belongs to the line before it.
fn commands(markdown: &str) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.trim_start().strip_prefix("```") else { continue };
        let inside = iter::from_fn(|| lines.next().filter(|line| !line.trim_start().starts_with("```")));
        let block: Vec<&str> = inside.collect();
        match (language, found.last_mut()) {
            ("sh", _) => {
                let lines = block.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
                found.extend(lines.map(|line| Shown { line: line.to_owned(), prints: None }));
            }
            ("text", Some(last)) => last.prints = Some(block.join("\n")),
            _ => {}
        }
    }
    found
}

fn output(shown: &Shown) -> Result<String, String> {
    let output = shown.command()?.stderr(Stdio::inherit()).output().map_err(|e| format!("{}: {e}", shown.line))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(printed)
    } else {
        Err(format!("`{}` ended with {}\n{printed}", shown.line, output.status))
    }
}

/// The gateway, stopped when dropped.
struct Sandbox(Child);

impl Sandbox {
    fn start(shown: &Shown) -> Result<Self, String> {
        let child = shown.command()?.stdout(Stdio::piped()).spawn().map_err(|e| format!("{}: {e}", shown.line))?;
        let mut sandbox = Self(child);
        let mut line = String::new();
        if let Some(out) = sandbox.0.stdout.take() {
            BufReader::new(out).read_line(&mut line).map_err(|e| format!("{}: {e}", shown.line))?;
        }
        match line.starts_with("sandbox listening on http://") {
            true => Ok(sandbox),
            false => Err(format!("`{}` begins with {line:?}", shown.line)),
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_what_they_print() {
        let text = "a\n```sh\ncargo one\n\ncargo two\n```\nthen\n```rust\nfn x() {}\n```\n   ```text\n   out\n   ```\n   ```sh\n   cargo three\n   ```\n";
        let shown = |line: &str, prints: Option<&str>| Shown { line: line.into(), prints: prints.map(str::to_owned) };
        assert_eq!(
            commands(text),
            [shown("cargo one", None), shown("cargo two", Some("   out")), shown("cargo three", None)]
        );
    }

    #[test]
    fn the_readme_starts_with_the_two_commands() {
        let text = fs::read_to_string(root().join("README.md")).unwrap();
        let lines: Vec<String> = commands(&text).into_iter().map(|shown| shown.line).collect();
        assert_eq!(lines[..2], ["cargo xtask demo", "cargo xtask test"]);
        assert!(lines.iter().any(|line| line == SANDBOX));
    }

    #[test]
    fn only_cargo_is_run() {
        let shown = Shown { line: "rm -r x".to_owned(), prints: None };
        assert!(output(&shown).unwrap_err().contains("not a cargo command"));
    }
}
