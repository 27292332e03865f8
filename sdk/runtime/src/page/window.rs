//! Lists read in windows of time, each from its last page to the first.
//!
//! A row that changes while a window is read gets a later time and leaves it; the rows behind it move up by one place. Who reads from
//! the last page to the first meets such rows twice at most, and who reads the other way misses them. No row enters a window that
//! ended before now, but for those that the platform shows late: the margin is for them.

use crate::error::{Error, PageReason};
use crate::model::{DateTime, PageBy, Record, TimeWindow};
use crate::page::look::{self, Facts};
use crate::page::place::{At, Step};
use crate::page::walk::{Set, Then, Walk};

/// Seconds between the end of the last window and now.
const MARGIN: u64 = 60;

/// What is read, and in which slices.
pub(crate) struct Bounds {
    pub(super) window: &'static TimeWindow,
    pub(super) from: DateTime,
    /// None: up to now.
    to: Option<DateTime>,
    /// Seconds of a window; none: all at once.
    step: Option<u64>,
    /// Fewer seconds, where windows have more rows than the platform shows.
    short: Option<u64>,
    /// Seconds.
    pub(super) margin: u64,
}

impl Bounds {
    /// None where the request names no beginning: such a list is read as it is.
    pub(super) fn new(window: &'static TimeWindow, request: &dyn Record) -> Option<Self> {
        let time = |name| look::text(request, name)?.parse().ok();
        let step = [window.step, window.max].into_iter().find(|seconds| *seconds > 0);
        Some(Self { window, from: time(window.from)?, to: time(window.to), step, short: None, margin: MARGIN })
    }

    /// Windows of this length, or as long as the platform takes them.
    pub(super) fn set_step(&mut self, seconds: u64) {
        self.step = Some(if self.window.max > 0 { seconds.min(self.window.max) } else { seconds });
    }

    /// The end of all windows.
    fn end(&self, now: DateTime) -> DateTime {
        let safe = plus(now, -i64::try_from(self.margin).unwrap_or(i64::MAX)).unwrap_or(now);
        self.to.map_or(safe, |to| to.min(safe))
    }

    /// The end of the window that begins here.
    fn window_end(&self, from: DateTime, now: DateTime) -> DateTime {
        let end = self.end(now);
        let step = [self.step, self.short].into_iter().flatten().min();
        let step = step.and_then(|seconds| plus(from, i64::try_from(seconds).unwrap_or(i64::MAX)));
        step.map_or(end, |step| step.min(end))
    }
}

fn plus(time: DateTime, seconds: i64) -> Option<DateTime> {
    time.checked_add_seconds(seconds)
}

/// What has been read of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing.
    Open,
    /// Its first page is asked for, which tells how many there are.
    Count { to: DateTime },
    /// This page is asked for, which should be the last one.
    Last { to: DateTime, page: u64 },
    /// This page is asked for on the way back.
    Back { to: DateTime, page: u64 },
}

impl Walk {
    /// What to ask for in windows; `None` where the next one would end too late.
    pub(super) fn ask_window(&mut self, by: PageBy, now: DateTime) -> Result<Option<Set>, Error> {
        // Windows need page numbers, which the specs are checked for.
        let (At::Window { from, done }, Some(bounds), PageBy::Number { parameter, first: Some(first) }) =
            (&self.place.at, &self.bounds, by)
        else {
            return Err(self.fail(PageReason::CursorPlace));
        };
        let from = *from;
        if self.stage == Stage::Open {
            let to = bounds.window_end(from, now);
            if to < from || (to == from && *done) {
                return Ok(None);
            }
            self.stage = Stage::Count { to };
        }
        let (to, page) = match self.stage {
            Stage::Last { to, page } | Stage::Back { to, page } => (to, page),
            Stage::Count { to } => (to, first),
            Stage::Open => return Ok(None),
        };
        // The end has to be after the beginning.
        let begin = if from == to { plus(from, -1).unwrap_or(from) } else { from };
        self.earlier = (begin < from).then_some(from);
        let mut set = vec![
            (bounds.window.from, begin.to_string()),
            (bounds.window.to, to.to_string()),
            (parameter, self.within(page)?.to_string()),
        ];
        if !self.paging.use_has_next.is_empty() {
            let counts = matches!(self.stage, Stage::Count { .. });
            set.push((self.paging.use_has_next, (!counts).to_string()));
        }
        Ok(Some(set))
    }

    /// Takes a page of a window. `again`: it holds the rows of the one before.
    pub(super) fn take_window(&mut self, facts: &Facts, again: bool) -> Result<Then, Error> {
        let PageBy::Number { first: Some(first), .. } = self.paging.by else {
            return Err(self.fail(PageReason::CursorPlace));
        };
        let rows = facts.rows.len() as u64;
        match self.stage {
            Stage::Open => Err(self.fail(PageReason::CursorPlace)),
            Stage::Count { to } => {
                // A gateway that gives fewer rows than asked for has more pages.
                let size =
                    if rows > 0 { self.size.map_or(rows, |size| size.min(rows)) } else { self.size.unwrap_or(1) };
                let full = self.size.is_none_or(|size| rows >= size);
                match facts.total {
                    Some(total) if total.div_ceil(size) > 1 => {
                        self.begin(to, first.saturating_add(total.div_ceil(size) - 1))
                    }
                    None if facts.has_next == Some(true) || (rows > 0 && full) => Err(self.fail(PageReason::NoTotal)),
                    _ => Ok(self.finish(facts, to)),
                }
            }
            // Rows move towards the first page only, so a gateway that does so does not heed the number.
            Stage::Last { .. } if again => Err(self.fail(PageReason::SamePage)),
            // More rows than were counted.
            Stage::Last { to, page } if facts.has_next == Some(true) && rows > 0 => {
                self.begin(to, page.saturating_add(1))
            }
            Stage::Last { to, page } | Stage::Back { to, page } if page > first => {
                self.stage = Stage::Back { to, page: page - 1 };
                Ok(self.show(facts, true, Step::Stay))
            }
            Stage::Last { to, .. } | Stage::Back { to, .. } => Ok(self.finish(facts, to)),
        }
    }

    /// Begins with this page, or with a shorter window where the platform shows no page so late. Nothing of the window was shown yet.
    fn begin(&mut self, to: DateTime, page: u64) -> Result<Then, Error> {
        self.stage = match self.within(page) {
            Ok(page) => Stage::Last { to, page },
            Err(error) => Stage::Count { to: self.halved(to).ok_or(error)? },
        };
        Ok(Then::Ask)
    }

    /// The middle of the window that ends here, unless it is as short as can be. The next ones are no longer than a half of it.
    fn halved(&mut self, to: DateTime) -> Option<DateTime> {
        let (At::Window { from, .. }, Some(bounds)) = (&self.place.at, &mut self.bounds) else { return None };
        let seconds = to.unix_millis().checked_sub(from.unix_millis())? / 2_000;
        bounds.short = Some(u64::try_from(seconds).ok().filter(|seconds| *seconds > 0)?);
        plus(*from, seconds)
    }

    /// The first page is the last one to be read.
    fn finish(&mut self, facts: &Facts, to: DateTime) -> Then {
        if let Some(bounds) = &mut self.bounds {
            // Behind a dense stretch, windows grow again.
            bounds.short = bounds.short.map(|seconds| seconds.saturating_mul(2));
        }
        self.stage = Stage::Open;
        self.show(facts, true, Step::To(At::Window { from: to, done: true }))
    }
}
