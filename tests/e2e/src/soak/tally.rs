//! What became of the calls of the soak, and whether that is good.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use topsdk::Error;
use topsdk::queue::{Job, QueueError, Reason};

use super::gateway::Effects;
use super::{LAYERS, memory};

/// Most writes of a run, so that their record does not grow while memory is measured. An hour makes about a fifth of it.
const MOST_WRITES: usize = 1 << 18;

/// Most errors that are kept to be shown.
const SHOWN: usize = 10;

/// What kind of call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    ByName,
    Idempotent,
    Write,
    Refused,
    Queued,
    Cancelled,
}

impl Kind {
    const ALL: [Self; 7] =
        [Self::Read, Self::ByName, Self::Idempotent, Self::Write, Self::Refused, Self::Queued, Self::Cancelled];

    fn title(self) -> &'static str {
        match self {
            Self::Read => "reads",
            Self::ByName => "by name, raw",
            Self::Idempotent => "idempotent",
            Self::Write => "writes",
            Self::Refused => "refused on purpose",
            Self::Queued => "writes by the queue",
            Self::Cancelled => "cancelled by the caller",
        }
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// As it had to.
    Well,
    /// Nobody can know whether the write was applied, and the error says so.
    InDoubt,
    /// In another way.
    Badly,
}

/// What the caller of a write was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Write {
    Done = 1,
    InDoubt = 2,
    NotDone = 3,
}

/// The counts of one kind.
#[derive(Debug, Default)]
struct Counts {
    well: AtomicU64,
    in_doubt: AtomicU64,
    badly: AtomicU64,
    attempts: AtomicU64,
}

/// Counts of all calls.
pub(super) struct Tally {
    counts: [Counts; Kind::ALL.len()],
    /// What was told of each write, by its number.
    writes: Vec<AtomicU8>,
    next: AtomicUsize,
    errors: Mutex<Vec<String>>,
}

impl Tally {
    pub(super) fn new() -> Self {
        let writes = (0..MOST_WRITES).map(|_| AtomicU8::new(0)).collect();
        Self { counts: Default::default(), writes, next: AtomicUsize::new(0), errors: Mutex::default() }
    }

    /// The number of a write that is to be made.
    pub(super) fn new_write(&self) -> usize {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// What the caller of a write was told.
    pub(super) fn write(&self, number: usize, told: Write) {
        if let Some(write) = self.writes.get(number) {
            write.store(told as u8, Ordering::Relaxed);
        }
    }

    pub(super) fn count(&self, kind: Kind, ended: Ended, attempts: u32) {
        let counts = &self.counts[kind as usize];
        let of = match ended {
            Ended::Well => &counts.well,
            Ended::InDoubt => &counts.in_doubt,
            Ended::Badly => &counts.badly,
        };
        of.fetch_add(1, Ordering::Relaxed);
        counts.attempts.fetch_add(u64::from(attempts), Ordering::Relaxed);
    }

    /// A call that should have succeeded did not.
    pub(super) fn failed(&self, kind: Kind, error: &Error) {
        self.count(kind, Ended::Badly, error.attempts().count());
        self.note(format!("{}: {error}", kind.title()));
    }

    /// A job was not taken by the queue.
    pub(super) fn not_enqueued(&self, error: &QueueError) {
        self.count(Kind::Queued, Ended::Badly, 0);
        self.note(format!("{}: not enqueued: {error}", Kind::Queued.title()));
    }

    /// What became of the jobs of the queue.
    pub(super) fn jobs(&self, done: u64, dead: &[Job]) {
        self.counts[Kind::Queued as usize].well.fetch_add(done, Ordering::Relaxed);
        for job in dead {
            match &job.failure {
                Some(failure) if failure.reason == Reason::InDoubt => self.count(Kind::Queued, Ended::InDoubt, 0),
                failure => {
                    self.count(Kind::Queued, Ended::Badly, 0);
                    self.note(format!("{}: {failure:?}", Kind::Queued.title()));
                }
            }
        }
    }

    /// The answer is not that of the question.
    pub(super) fn wrong(&self, kind: Kind) {
        self.count(kind, Ended::Badly, 0);
        self.note(format!("{}: a wrong answer", kind.title()));
    }

    fn note(&self, error: String) {
        if let Ok(mut errors) = self.errors.lock()
            && errors.len() < SHOWN
        {
            errors.push(error);
        }
    }

    pub(super) fn rows(&self) -> Vec<Row> {
        let get = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let rows = Kind::ALL.into_iter().zip(&self.counts);
        rows.map(|(kind, counts)| Row {
            kind,
            well: get(&counts.well),
            in_doubt: get(&counts.in_doubt),
            badly: get(&counts.badly),
            attempts: get(&counts.attempts),
        })
        .collect()
    }

    /// Compares what was told of the writes with what the gateway did.
    pub(super) fn judge(&self, effects: &Effects) -> Writes {
        let mut writes =
            Writes { errors: self.errors.lock().map_or_else(|_| Vec::new(), |e| e.clone()), ..Writes::default() };
        for (number, told) in self.writes.iter().take(self.next.load(Ordering::Relaxed)).enumerate() {
            let times = effects.applied.get(&number).copied().unwrap_or_default();
            let told = told.load(Ordering::Relaxed);
            writes.applied += u64::from(times > 0);
            writes.duplicated += u64::from(times.saturating_sub(1));
            let wrongly = (told == Write::Done as u8 && times == 0) || (told == Write::NotDone as u8 && times > 0);
            writes.wrongly_told += u64::from(wrongly);
        }
        // Which of the jobs in doubt were applied, nobody can tell: one stock counts them all.
        let [done, in_doubt] = {
            let jobs = &self.counts[Kind::Queued as usize];
            [&jobs.well, &jobs.in_doubt].map(|count| count.load(Ordering::Relaxed))
        };
        writes.applied += effects.queued.min(done + in_doubt);
        writes.duplicated += effects.queued.saturating_sub(done + in_doubt);
        writes.wrongly_told += done.saturating_sub(effects.queued);
        writes
    }
}

/// The calls of one kind.
#[derive(Debug)]
pub(super) struct Row {
    kind: Kind,
    well: u64,
    in_doubt: u64,
    badly: u64,
    attempts: u64,
}

/// What became of the writes, and the first errors of all calls.
#[derive(Debug, Default)]
pub(super) struct Writes {
    applied: u64,
    duplicated: u64,
    wrongly_told: u64,
    errors: Vec<String>,
}

/// What a soak has shown.
#[derive(Debug)]
pub struct Report {
    pub(super) time: Duration,
    pub(super) rows: Vec<Row>,
    pub(super) writes: Writes,
    pub(super) received: u64,
    /// Calls that the cache has answered.
    pub(super) cached: u64,
    /// Calls that the service levels counted last.
    pub(super) watched: u64,
    pub(super) memory: Vec<u64>,
    /// Tasks before, after the load, and when the client was gone.
    pub(super) tasks: [usize; 3],
}

impl Report {
    /// Which share of the calls that can succeed did: not those that the caller took back, and not the writes of which nobody can know.
    #[must_use]
    pub fn success(&self) -> f64 {
        let counted = || self.rows.iter().filter(|row| row.kind != Kind::Cancelled);
        let (well, badly) = (counted().map(|r| r.well).sum::<u64>(), counted().map(|r| r.badly).sum::<u64>());
        well as f64 / (well + badly).max(1) as f64
    }

    /// What is not as it must be. Memory only means something after minutes.
    #[must_use]
    pub fn problems(&self, with_memory: bool) -> Vec<String> {
        let mut problems = Vec::new();
        let success = self.success() * 100.0;
        if success < 99.9 {
            problems.push(format!("{success:.3} % of what can succeed did; first errors: {:#?}", self.writes.errors));
        }
        if let Some(idle) = self.rows.iter().find(|row| row.well == 0) {
            problems.push(format!("{}: none ended well", idle.kind.title()));
        }
        if self.writes.duplicated > 0 {
            problems.push(format!("{} writes applied twice", self.writes.duplicated));
        }
        if self.writes.wrongly_told > 0 {
            problems.push(format!("{} writes told wrongly", self.writes.wrongly_told));
        }
        if self.cached == 0 || self.watched == 0 {
            problems.push(format!("layers without work: {} calls cached, {} watched", self.cached, self.watched));
        }
        let [before, _, after] = self.tasks;
        if after > before {
            problems.push(format!("{} tasks left behind", after - before));
        }
        if with_memory {
            match memory::quarters(&self.memory) {
                // Allocators keep what threads have freed: some hundred kilobytes come and go.
                Some((first, last)) if last > first + first / 20 + 512 => {
                    problems.push(format!("memory has grown from {first} kB to {last} kB"));
                }
                Some(_) => {}
                None => problems.push("this system does not tell how much memory there is".to_owned()),
            }
        }
        problems
    }

    /// The table for `docs/reliability.md`.
    #[must_use]
    pub fn table(&self) -> String {
        let mut out = String::from(
            "| calls | made | as they had to end | nobody can know | otherwise | attempts per call |\n|---|---:|---:|---:|---:|---:|\n",
        );
        for row in &self.rows {
            let made = row.well + row.in_doubt + row.badly;
            let attempts = match row.kind {
                Kind::Queued | Kind::Cancelled => "-".to_owned(),
                _ => format!("{:.2}", row.attempts as f64 / made.max(1) as f64),
            };
            let (title, well, in_doubt, badly) = (row.kind.title(), row.well, row.in_doubt, row.badly);
            // Text cannot fail to be written.
            let _ = writeln!(out, "| {title} | {made} | {well} | {in_doubt} | {badly} | {attempts} |");
        }
        let memory = memory::quarters(&self.memory).map_or_else(
            || "not told by this system".to_owned(),
            |(first, last)| {
                format!(
                    "{:.1} MB in the first quarter, {:.1} MB in the last (medians, after warming up)",
                    first as f64 / 1024.0,
                    last as f64 / 1024.0
                )
            },
        );
        let [before, idle, after] = self.tasks;
        let _ = writeln!(
            out,
            "\n{} s, {} requests at the gateway; layers: {}.\n\n\
             | | |\n|---|---|\n\
             | success of what can succeed | {:.3} % |\n\
             | writes applied, twice, told wrongly | {}, {}, {} |\n\
             | answered from the cache | {} |\n\
             | memory | {memory} |\n\
             | tasks before, with idle connections, after | {before}, {idle}, {after} |",
            self.time.as_secs(),
            self.received,
            LAYERS.join(", "),
            self.success() * 100.0,
            self.writes.applied,
            self.writes.duplicated,
            self.writes.wrongly_told,
            self.cached,
        );
        out
    }
}
