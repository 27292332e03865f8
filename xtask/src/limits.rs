//! `cargo xtask limits`: processes that share a rate limit through Redis, in real time, into `docs/rate-limits.md` and its translation.

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use clap::Args;

use crate::faults::between;
use crate::{cargo, redis, root};

/// Flags of the command.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How long each run takes
    #[arg(long, value_name = "SECONDS", default_value_t = 90)]
    seconds: u32,
    /// Print the table and leave the pages as they are
    #[arg(long)]
    no_write: bool,
}

const PAGE: &str = "docs/rate-limits.md";
const TRANSLATION: &str = "docs/rate-limits.zh-CN.md";

/// What the table stands between.
const MARKERS: (&str, &str) = ("<!-- limits -->\n", "<!-- end of limits -->");

/// The table's words in Chinese, in the order in which they are replaced.
const CHINESE: [(&str, &str); 10] = [
    ("Redis killed, started again", "Redis 被杀掉再启动"),
    ("Redis stays", "Redis 一直在"),
    (" processes, ", " 个进程，每分钟 "),
    (" calls a minute with bursts of ", " 次、突发 "),
    (", ", "，每轮 "),
    (" s each:", " 秒："),
    ("| run | when unreachable | calls |", "| 这一轮 | 连不上时 | 调用次数 |"),
    ("| most in ", "| "),
    (" s |", " 秒内最多 |"),
    ("| allowed | over |", "| 允许 | 超出 |"),
];

/// Runs the program of the end-to-end tests, which starts Redis, and writes its table between the markers if the limit was kept.
pub(crate) fn run(options: &Options) -> ExitCode {
    match limits(options) {
        Ok(said) => {
            eprintln!("{said}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("limits: {why}");
            ExitCode::FAILURE
        }
    }
}

fn limits(options: &Options) -> Result<String, String> {
    let seconds = options.seconds.to_string();
    let args = ["run", "--quiet", "--package", "topsdk-e2e", "--bin", "limits", "--", "--seconds", &seconds];
    let mut program = Command::new(cargo::program());
    program.args(args).envs([redis::env()?]).current_dir(root()).stderr(Stdio::inherit());
    let output = program.output().map_err(|error| format!("cargo does not start: {error}"))?;
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{table}");
    if !output.status.success() {
        return Err("the pages are left as they were".to_owned());
    }
    if options.no_write {
        return Ok("all is well".to_owned());
    }
    for (page, table) in [(PAGE, &table), (TRANSLATION, &chinese(&table))] {
        let path = root().join(page);
        let old = fs::read_to_string(&path).map_err(|e| format!("{page}: {e}"))?;
        let new = between(&old, MARKERS, table).ok_or_else(|| format!("{page} has no `{}`", MARKERS.0.trim_end()))?;
        fs::write(path, new).map_err(|e| format!("{page}: {e}"))?;
    }
    Ok(format!("{PAGE} and its translation are written"))
}

fn chinese(table: &str) -> String {
    CHINESE.iter().fold(table.to_owned(), |table, (english, chinese)| table.replace(english, chinese))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands between the markers of a page.
    fn table(page: &str) -> String {
        let page = fs::read_to_string(root().join(page)).unwrap();
        let (_, rest) = page.split_once(MARKERS.0).unwrap();
        rest.split_once(MARKERS.1).unwrap().0.to_owned()
    }

    #[test]
    fn the_translation_has_the_same_table() {
        assert_eq!(table(TRANSLATION), chinese(&table(PAGE)));
    }
}
