//! Where in a list reading is, and which rows near there have been seen.

use std::collections::HashMap;

use crate::model::DateTime;

/// A row as far as paging is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    /// Digest of its key and its time; none if the row does not show its key.
    pub(crate) id: Option<u64>,
    /// The time that windows bound, if the row shows it.
    pub(crate) time: Option<DateTime>,
}

/// The next page to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum At {
    /// The page of this number, after so many rows on earlier pages.
    Page { number: u64, before: u64 },
    /// The page after so many rows.
    Offset(u64),
    /// The page of this name; the first has none.
    Scroll(Option<String>),
    /// The window that begins here. `done`: rows up to this very second have been read.
    Window { from: DateTime, done: bool },
    /// There is none.
    End,
}

/// What becomes of the place when all rows of a page are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// More pages of the same window follow.
    Stay,
    /// The next page, or the next window.
    To(At),
}

/// A place in a list: what a cursor holds.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) at: At,
    /// Rows taken of that page.
    pub(crate) taken: u64,
    pub(crate) seen: Seen,
    /// The latest time of the rows taken of this window.
    mark: Option<DateTime>,
    /// Whether they came in the order of time, oldest first.
    in_order: bool,
}

impl Place {
    pub(crate) fn new(at: At) -> Self {
        Self { at, taken: 0, seen: Seen::default(), mark: None, in_order: true }
    }

    /// Whether a row has not been taken, as far as its key tells.
    pub(crate) fn is_new(&self, row: &Row) -> bool {
        !row.id.is_some_and(|id| self.seen.has(id))
    }

    /// A row was taken.
    pub(crate) fn take(&mut self, row: &Row) {
        self.taken = self.taken.saturating_add(1);
        if let Some(id) = row.id {
            self.seen.here.insert(id, row.time);
        }
        self.in_order &= row.id.is_some() && row.time.is_some() && row.time >= self.mark;
        self.mark = self.mark.max(row.time);
    }

    /// The page is over.
    pub(crate) fn go(&mut self, step: &Step) {
        let Step::To(at) = step else { return };
        self.taken = 0;
        match at {
            At::Window { from, .. } => {
                self.seen.from(*from);
                (self.mark, self.in_order) = (None, true);
            }
            _ => self.seen.turn(),
        }
        self.at = at.clone();
    }

    /// The same place in the fewest words. Where rows come latest first, and have come so, all before the latest of them are behind.
    pub(crate) fn brief(&self, sorted: bool) -> Self {
        let mut brief = self.clone();
        if let (At::Window { from, done }, Some(mark)) = (&mut brief.at, self.mark)
            && sorted
            && self.in_order
        {
            (*from, *done) = (mark, false);
            brief.seen.from(mark);
        }
        brief
    }
}

/// Rows that may come once more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Those of this page or window, with their times.
    here: HashMap<u64, Option<DateTime>>,
    /// Those of the one before.
    before: HashMap<u64, Option<DateTime>>,
}

impl Seen {
    /// Those of a cursor.
    pub(crate) fn of(ids: &[u64]) -> Self {
        Self { here: ids.iter().map(|id| (*id, None)).collect(), before: HashMap::new() }
    }

    fn has(&self, id: u64) -> bool {
        self.here.contains_key(&id) || self.before.contains_key(&id)
    }

    /// The next page: rows shift by a few, so those of one page are enough.
    fn turn(&mut self) {
        self.before = std::mem::take(&mut self.here);
    }

    /// The next window: windows share a second, and nothing else.
    fn from(&mut self, from: DateTime) {
        self.turn();
        self.before.retain(|_, time| time.is_none_or(|time| time >= from));
    }

    /// All of them, in order.
    pub(crate) fn ids(&self) -> Vec<u64> {
        let mut ids: Vec<u64> = self.here.keys().chain(self.before.keys()).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
