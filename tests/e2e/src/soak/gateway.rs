//! The gateway of the soak: a process of its own, so that its memory and its tasks are not the client's.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _, stdin, stdout};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use topsdk_sandbox::fixtures::{ITEM_IN_STOCK, OPEN_REFUND, SESSION};
use topsdk_sandbox::{Fault, Sandbox};

use super::Outcome;
use crate::matrix::Trouble;

/// The argument by which a program is asked to be the gateway.
pub const ARGUMENT: &str = "gateway";

/// A second session of the same seller.
pub(super) const OTHER_SESSION: &str = "soak-session";

/// The item to whose stock each queued write adds one. There is none of it at first.
pub(super) const QUEUED_ITEM: i64 = 530_000_000_000;

/// What each message of a write begins with.
pub(super) const MESSAGE: &str = "soak ";

/// The share of attempts that each fault strikes. Bans are rarer: each stops all calls of a method for two seconds.
const RATE: f64 = 0.01;
const BAN_RATE: f64 = 0.001;

/// The gateway's process.
pub(super) struct Gateway {
    child: Child,
    lines: BufReader<ChildStdout>,
    pub(super) url: String,
}

/// What the gateway has seen and done.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// Requests in all.
    pub(super) received: u64,
    /// How often each write was applied, by its number.
    pub(super) applied: BTreeMap<usize, u32>,
    /// How often queued writes were applied.
    pub(super) queued: u64,
}

impl Gateway {
    pub(super) fn start(program: &Path, seed: u64) -> Outcome<Self> {
        let mut child = Command::new(program)
            .args([ARGUMENT, &seed.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("the gateway has no output")?);
        let mut url = String::new();
        lines.read_line(&mut url)?;
        Ok(Self { child, lines, url: url.trim().to_owned() })
    }

    /// Asks for the effects, and ends the gateway.
    pub(super) fn finish(&mut self) -> Outcome<Effects> {
        // It has been waiting for the end of its input.
        drop(self.child.stdin.take());
        let mut effects = Effects::default();
        for line in self.lines.by_ref().lines() {
            match line?.split_once(' ') {
                Some(("received", count)) => effects.received = count.parse()?,
                Some(("queued", count)) => effects.queued = count.parse()?,
                Some((number, times)) => {
                    effects.applied.insert(number.parse()?, times.parse()?);
                }
                None => return Err("the gateway says something else".into()),
            }
        }
        if !self.child.wait()?.success() {
            return Err("the gateway has failed".into());
        }
        Ok(effects)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Is the gateway: tells its address, serves until its input ends, and tells what it has done.
///
/// # Errors
///
/// The sandbox does not start, or nobody reads.
pub async fn serve(seed: u64) -> Outcome<()> {
    let sandbox = Sandbox::builder().seed(seed).session(SESSION).session(OTHER_SESSION).start().await?;
    let mut faults = vec![Fault::ban(2).probability(BAN_RATE), Fault::latency(5_000).probability(RATE)];
    for trouble in [Trouble::Reset, Trouble::Isp, Trouble::Unavailable, Trouble::Truncated] {
        faults.extend(trouble.faults(RATE));
    }
    faults.into_iter().for_each(|fault| sandbox.fault(fault));
    sandbox.with_state(|world| {
        if let Some(mut item) = world.items.get(&ITEM_IN_STOCK).cloned() {
            (item.num_iid, item.num) = (QUEUED_ITEM, 0);
            item.skus.clear();
            world.items.insert(QUEUED_ITEM, item);
        }
    });
    println!("{}", sandbox.rest_url());
    stdout().flush()?;
    tokio::task::spawn_blocking(|| stdin().lines().for_each(drop)).await?;

    let state = sandbox.state();
    let messages = state.refunds.get(&OPEN_REFUND).map(|refund| refund.messages.as_slice()).unwrap_or_default();
    let mut applied: BTreeMap<usize, u32> = BTreeMap::new();
    let numbers = messages.iter().filter_map(|message| message.content.strip_prefix(MESSAGE)?.parse().ok());
    numbers.for_each(|number| *applied.entry(number).or_default() += 1);
    let received = sandbox.requests().last().map_or(0, |request| request.seq);
    println!("received {received}");
    println!("queued {}", state.items.get(&QUEUED_ITEM).map_or(0, |item| item.num));
    applied.iter().for_each(|(number, times)| println!("{number} {times}"));
    Ok(())
}
