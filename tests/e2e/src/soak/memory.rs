//! How much memory the process has.

use std::fs;
use std::time::{Duration, Instant};

/// What the process takes of the machine's memory each second until the end, in kilobytes, without the first fifth, in which pools and
/// buffers grow to their size. Nothing on systems that do not tell it in `/proc`.
pub(super) async fn samples(end: Instant) -> Vec<u64> {
    let start = Instant::now() + end.saturating_duration_since(Instant::now()) / 5;
    // All memory of its own at once, so that it does not measure itself.
    let mut samples = Vec::with_capacity(100_000);
    while Instant::now() < end && samples.len() < samples.capacity() {
        if Instant::now() >= start {
            samples.extend(resident());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    samples
}

fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// The medians of the first and of the last quarter.
pub(super) fn quarters(samples: &[u64]) -> Option<(u64, u64)> {
    let quarter = samples.len().div_ceil(4);
    let (first, last) = (samples.get(..quarter)?, samples.get(samples.len().checked_sub(quarter)?..)?);
    Some((median(first)?, median(last)?))
}

fn median(samples: &[u64]) -> Option<u64> {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}
