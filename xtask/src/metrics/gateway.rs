//! What the start of the sandbox costs.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::cost::{self, Cost};
use super::table::{Row, Unit};
use crate::{cargo, root};

/// CPU time and memory from the start to the line that says where the sandbox listens, and the shortest wait for that line.
pub(super) fn rows(runs: u32) -> Result<Vec<Row>, String> {
    eprintln!("building and starting the sandbox");
    let built = Command::new(cargo::program())
        .args(["build", "--release", "--quiet", "--package", "topsdk-sandbox"])
        .current_dir(root())
        .status();
    if !built.is_ok_and(|status| status.success()) {
        return Err("the sandbox cannot be built".to_owned());
    }
    let (mut costs, mut waits) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let (cost, wait) = start()?;
        costs.push(cost);
        waits.push(wait);
    }
    let (Some(cost), Some(wait)) = (cost::median(&costs), waits.into_iter().min()) else { return Ok(Vec::new()) };
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    Ok(vec![
        Row::new("sandbox start, CPU", milliseconds(cost.cpu), Unit::Milliseconds).at_most(300.0),
        Row::new("sandbox start, shortest wait", milliseconds(wait), Unit::Milliseconds).at_most(300.0),
        Row::new("sandbox start: peak", cost.peak as f64 / 1e6, Unit::Megabytes).at_most(100.0),
    ])
}

/// Starts the sandbox, waits for its first line and ends it. It lies beside this program, which is a release build too.
fn start() -> Result<(Cost, Duration), String> {
    let this = std::env::current_exe().map_err(|e| e.to_string())?;
    let program = this.with_file_name(format!("topsdk-sandbox{}", std::env::consts::EXE_SUFFIX));
    let started = Instant::now();
    let child = Command::new(program).args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn();
    let mut child = child.map_err(|e| format!("the sandbox does not start: {e}"))?;
    let mut line = String::new();
    // Both ends are awaited, whatever was read, so that no process is left behind.
    let read = child.stdout.take().map(|out| BufReader::new(out).read_line(&mut line));
    let wait = started.elapsed();
    let ended = child.kill().and_then(|()| cost::finish(child));
    let (_, cost) = ended.map_err(|e| format!("the sandbox does not end: {e}"))?;
    match read {
        Some(Ok(_)) if line.starts_with("sandbox listening on ") => Ok((cost, wait)),
        _ => Err("the sandbox did not say where it listens".to_owned()),
    }
}
