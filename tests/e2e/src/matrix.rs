//! The fault matrix: what a client makes of each fault, at each rate, for each effect.
//!
//! Each cell is a sandbox of its own behind a socket, a client with its default settings, and some hundred calls one after the
//! other. Time is the sandbox's, which stands still until somebody waits; chance is seeded: the same sources give the same table.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::Semaphore;
use topsdk::client::{Random as _, SplitMix, Timer};
use topsdk::error::TimeoutError;
use topsdk::layer::{CallInfo, Failed, Layer, Next, Outcome};
use topsdk::model::Effect;
use topsdk::refund::RefundMessageAdd;
use topsdk::trade::{TradeFullinfoGet, TradeMemoUpdate};
use topsdk::transport::BoxFuture;
use topsdk::{Client, Clock, Credentials, Environment, Error};
use topsdk_sandbox::fixtures::{APP_KEY, APP_SECRET, OPEN_REFUND, PAID_TRADE, SESSION};
use topsdk_sandbox::{Fault, Sandbox, Time, What};

use crate::file;

/// Calls in a cell.
const CALLS: u32 = 200;

/// Cells that are worked on at once. More of them would let each wait for the others, and begin none sooner.
const AT_ONCE: usize = 8;

/// The limit of an attempt, which is the client's default.
const LIMIT: Duration = Duration::from_secs(30);

/// Shares of calls that the fault strikes, in percent.
const RATES: [u32; 4] = [1, 10, 50, 100];

const EFFECTS: [Effect; 3] = [Effect::Read, Effect::Idempotent, Effect::Write];

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The answer takes longer than an attempt may.
    Latency,
    /// The connection closes, half of the time after the call took effect.
    Reset,
    /// Code 7, and the method is banned for two seconds.
    Ban,
    /// A service behind the gateway does not answer in time, half of the time after the call took effect.
    Isp,
    /// HTTP status 503, half of the time after the call took effect.
    Unavailable,
    /// The answer ends too early; the call took effect.
    Truncated,
    /// The client's clock jumps by three hours, and by as much back the next time.
    Skew,
    /// The answer lacks its last bracket, and its length says that this is all; the call took effect.
    Shortened,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Latency,
        Self::Reset,
        Self::Ban,
        Self::Isp,
        Self::Unavailable,
        Self::Truncated,
        Self::Skew,
        Self::Shortened,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::Latency => "answer later than the limit",
            Self::Reset => "connection reset",
            Self::Ban => "code 7, ban of 2 s",
            Self::Isp => "`isp.remote-service-timeout`",
            Self::Unavailable => "HTTP 503",
            Self::Truncated => "truncated answer",
            Self::Skew => "clock jumps by 3 h",
            Self::Shortened => "answer without its end",
        }
    }

    /// The rules by which the sandbox spoils this share of the calls.
    pub(crate) fn faults(self, rate: f64) -> Vec<Fault> {
        let halves = |fault: Fault| {
            // The second rule is asked only where the first did not strike.
            let (first, second) = (rate / 2.0, rate / 2.0 / (1.0 - rate / 2.0));
            vec![fault.clone().probability(first), fault.after_effect().probability(second)]
        };
        match self {
            Self::Latency => vec![Fault::latency(60_000).probability(rate)],
            Self::Reset => halves(Fault::new(What::Reset)),
            Self::Ban => vec![Fault::ban(2).probability(rate)],
            Self::Isp => halves(Fault::error(15, "isp.remote-service-timeout")),
            Self::Unavailable => halves(Fault::new(What::HttpStatus { status: 503 })),
            Self::Truncated => vec![Fault::new(What::Truncate).after_effect().probability(rate)],
            Self::Shortened => vec![Fault::new(What::Shorten).after_effect().probability(rate)],
            Self::Skew => Vec::new(),
        }
    }
}

/// What became of the calls of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    /// Calls that got an answer.
    pub answered: u32,
    /// Attempts of all calls.
    pub attempts: u32,
    /// Writes that were applied more than once, each time but the first.
    pub duplicates: u32,
    /// Writes, idempotent ones too, that were applied though their error says that they certainly were not, or not applied though they
    /// were answered.
    pub wrongly_told: u32,
}

/// Makes the calls of one cell, and counts. `effect` is that of the method; `as_effect` is what the client is told about it.
///
/// # Errors
///
/// The sandbox does not start, or the client refuses its settings.
pub async fn cell(
    trouble: Trouble,
    percent: u32,
    effect: Effect,
    as_effect: Effect,
) -> Result<Cell, Box<dyn std::error::Error + Send + Sync>> {
    let seed = u64::from(percent) * 100 + trouble as u64 * 10 + effect as u64;
    let rate = f64::from(percent) / 100.0;
    let start = Time::from_millis(1_767_578_400_000);
    let sandbox = Arc::new(Sandbox::builder().seed(seed).frozen_at(start).start().await?);
    let time = VirtualTime { sandbox: Arc::clone(&sandbox), start, origin: Instant::now(), skewed: Arc::default() };
    let client = Client::builder(Environment::custom(sandbox.rest_url()), Credentials::new(APP_KEY, APP_SECRET))
        .session(SESSION)
        .clock(time.clone())
        .timer(time.clone())
        .random(SplitMix::seeded(seed))
        .attempt_layer(time.clone())
        // These are in real time, which here tells how busy the machine is. `LIMIT` holds in the sandbox's.
        .connect_timeout(None)
        .total_timeout(None)
        .build()?;
    trouble.faults(rate).into_iter().for_each(|fault| sandbox.fault(fault));

    let chance = SplitMix::seeded(seed);
    let (mut cell, mut told) = (Cell::default(), Vec::new());
    for number in 0..CALLS {
        sandbox.advance(Duration::from_millis(100));
        if trouble == Trouble::Skew && chance.next() % 100 < u64::from(percent) {
            time.skewed.fetch_xor(true, Ordering::Relaxed);
        }
        let text = format!("message {number}");
        let outcome: Result<u32, Error> = match effect {
            Effect::Read => {
                let call = client.call(TradeFullinfoGet::new("tid,status", PAID_TRADE)).with_effect(as_effect);
                call.await.map(|reply| reply.attempts().count())
            }
            Effect::Idempotent => {
                let call = client.call(TradeMemoUpdate::new(PAID_TRADE).memo(text.as_str())).with_effect(as_effect);
                call.await.map(|reply| reply.attempts().count())
            }
            _ => {
                let request = RefundMessageAdd::new(OPEN_REFUND, text.as_str(), file("a.gif"));
                client.call(request).with_effect(as_effect).await.map(|reply| reply.attempts().count())
            }
        };
        cell.answered += u32::from(outcome.is_ok());
        cell.attempts += outcome.as_ref().map_or_else(|error| error.attempts().count(), |count| *count);
        if effect == Effect::Idempotent {
            let trade = sandbox.state().trades.get(&PAID_TRADE).map(|trade| trade.seller_memo == text);
            cell.wrongly_told += u32::from(is_wrong(&outcome, trade == Some(true)));
        }
        told.push((text, outcome));
    }
    if effect == Effect::Write {
        let mut applied: BTreeMap<&str, u32> = BTreeMap::new();
        let state = sandbox.state();
        let messages = state.refunds.get(&OPEN_REFUND).map(|refund| refund.messages.as_slice()).unwrap_or_default();
        messages.iter().for_each(|message| *applied.entry(message.content.as_str()).or_default() += 1);
        for (text, outcome) in &told {
            let times = applied.get(text.as_str()).copied().unwrap_or_default();
            cell.duplicates += times.saturating_sub(1);
            cell.wrongly_told += u32::from(is_wrong(outcome, times > 0));
        }
    }
    Ok(cell)
}

/// Whether what a client says of a write is not what became of it.
fn is_wrong(outcome: &Result<u32, Error>, applied: bool) -> bool {
    match outcome {
        Ok(_) => !applied,
        Err(error) => applied && !error.may_have_reached_platform(),
    }
}

/// The whole matrix as a table in Markdown.
///
/// # Errors
///
/// Those of [`cell`].
pub async fn table() -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let mut cells = Vec::new();
    let room = Arc::new(Semaphore::new(AT_ONCE));
    for trouble in Trouble::ALL {
        for percent in RATES {
            let row = EFFECTS.map(|effect| {
                let room = Arc::clone(&room);
                tokio::spawn(async move {
                    let _place = room.acquire().await?;
                    cell(trouble, percent, effect, effect).await
                })
            });
            cells.push((trouble, percent, row));
        }
    }
    let mut out = String::from(
        "| fault | strikes | read | idempotent | write | attempts per call: read | idempotent | write | extra load | duplicated writes |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    let mut all = Cell::default();
    for (trouble, percent, row) in cells {
        let mut columns = Vec::new();
        for task in row {
            let cell = task.await??;
            all.attempts += cell.attempts;
            all.duplicates += cell.duplicates;
            all.wrongly_told += cell.wrongly_told;
            columns.push(cell);
        }
        let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole);
        write!(out, "| {} | {percent} % |", trouble.title())?;
        columns.iter().try_for_each(|cell| write!(out, " {:.1} % |", share(cell.answered, CALLS) * 100.0))?;
        columns.iter().try_for_each(|cell| write!(out, " {:.2} |", share(cell.attempts, CALLS)))?;
        let attempts: u32 = columns.iter().map(|cell| cell.attempts).sum();
        let extra = (share(attempts, CALLS * 3) - 1.0) * 100.0;
        let duplicates: u32 = columns.iter().map(|cell| cell.duplicates).sum();
        writeln!(out, " {extra:.0} % | {duplicates} |")?;
    }
    writeln!(
        out,
        "\n{CALLS} calls a cell, {} attempts in all. Duplicated writes: {}. Writes whose outcome was told wrongly: {}.",
        all.attempts, all.duplicates, all.wrongly_told
    )?;
    Ok(out)
}

/// The sandbox's time as the client's.
#[derive(Clone)]
struct VirtualTime {
    sandbox: Arc<Sandbox>,
    start: Time,
    origin: Instant,
    /// Whether the client's clock is wrong.
    skewed: Arc<AtomicBool>,
}

impl VirtualTime {
    fn passed(&self) -> Duration {
        let millis = self.sandbox.now().millis() - self.start.millis();
        Duration::from_millis(millis.unsigned_abs())
    }
}

impl Timer for VirtualTime {
    fn now(&self) -> Instant {
        self.origin + self.passed()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move { self.sandbox.advance(time) })
    }
}

impl Clock for VirtualTime {
    fn now(&self) -> SystemTime {
        let start = SystemTime::UNIX_EPOCH + Duration::from_millis(self.start.millis().unsigned_abs());
        let skew = if self.skewed.load(Ordering::Relaxed) { Duration::from_secs(3 * 3600) } else { Duration::ZERO };
        start + self.passed() + skew
    }
}

/// An attempt during which more virtual time has passed than it may take has run out of time: the HTTP client, whose time is real,
/// cannot know.
impl Layer for VirtualTime {
    fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let start = Timer::now(self);
            let outcome = next.run(call).await;
            if Timer::now(self) - start > LIMIT {
                return Err(Failed::from(Error::Timeout(TimeoutError::new("total", Some(LIMIT), true))));
            }
            outcome
        })
    }
}
