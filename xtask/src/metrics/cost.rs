//! What a process costs.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use wait4::Wait4;

/// What a process, and the children that it waited for, cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cost {
    /// User and system time.
    pub(super) cpu: Duration,
    /// Most memory resident at a time, in bytes.
    pub(super) peak: u64,
}

/// Runs a command to its end. Another way of counting, such as instructions, would be measured here too.
pub(super) fn measure(command: &mut Command) -> io::Result<(ExitStatus, Cost)> {
    finish(command.spawn()?)
}

/// Waits for a process that runs already.
pub(super) fn finish(mut child: Child) -> io::Result<(ExitStatus, Cost)> {
    let ended = child.wait4()?;
    Ok((ended.status, Cost { cpu: ended.rusage.utime + ended.rusage.stime, peak: ended.rusage.maxrss }))
}

/// The middle of what several runs cost, each part by itself; nothing for no run.
pub(super) fn median(costs: &[Cost]) -> Option<Cost> {
    Some(Cost { cpu: middle(costs.iter().map(|c| c.cpu))?, peak: middle(costs.iter().map(|c| c.peak))? })
}

/// The middle value; the upper one of two.
pub(super) fn middle<T: Ord>(values: impl IntoIterator<Item = T>) -> Option<T> {
    let mut sorted: Vec<T> = values.into_iter().collect();
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    sorted.into_iter().nth(middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middles() {
        for (values, wanted) in [(vec![], None), (vec![7], Some(7)), (vec![9, 1], Some(9)), (vec![3, 9, 1], Some(3))] {
            assert_eq!(middle(values.clone()), wanted, "{values:?}");
        }
        let cost = |cpu, peak| Cost { cpu: Duration::from_secs(cpu), peak };
        assert_eq!(median(&[cost(1, 30), cost(3, 10), cost(2, 20)]), Some(cost(2, 20)));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn a_process_needs_memory() {
        let (status, cost) =
            measure(Command::new("rustc").arg("--version").stdout(std::process::Stdio::null())).unwrap();
        assert!(status.success());
        assert!((1 << 20..1 << 32).contains(&cost.peak), "{} bytes", cost.peak);
    }
}
