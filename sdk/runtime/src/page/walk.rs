//! Which page is asked for next, and what of an answer is new. Nothing here makes a call.

use std::time::Duration;

use crate::error::{Error, InvalidArgument, PageError, PageReason};
use crate::model::{DateTime, Fields, PageBy, Paging, Record, View};
use crate::page::cursor::Cursor;
use crate::page::look::{self, Facts};
use crate::page::place::{At, Place, Step};
use crate::page::window::{Bounds, Stage};

/// Parameters of the next call, by name.
pub(crate) type Set = Vec<(&'static str, String)>;

/// Empty pages in a row after which more are not believed in.
const MOST_EMPTY: u64 = 10;
/// Pages that are read unless more are allowed: with a hundred rows each, ten million rows.
const MOST_PAGES: u64 = 100_000;

/// Reads a list from one end to the other.
pub(crate) struct Walk {
    pub(super) method: &'static str,
    pub(super) paging: &'static Paging,
    pub(super) place: Place,
    /// Digest of the parameters.
    parameters: u64,
    /// Rows of a page, if known.
    pub(super) size: Option<u64>,
    /// Number of the first page: where the platform does not tell it, the one that the request names.
    first: u64,
    /// The last page that may be asked for, if there is one.
    last: Option<u64>,
    /// Whether the request leaves it to us to ask for `has_next`.
    is_free: bool,
    /// Whether equal rows mean equal pages: not where the request asks for some fields only.
    is_whole: bool,
    pub(super) bounds: Option<Bounds>,
    pub(super) stage: Stage,
    /// The beginning of the window, where it had to be asked for with the second before.
    pub(super) earlier: Option<DateTime>,
    pub(crate) most: u64,
    asked: u64,
    empty: u64,
    content: Option<u64>,
    /// The parameters of the cursor that was resumed from.
    resumed: Option<u64>,
    /// What is wrong with the request or the settings.
    wrong: Option<InvalidArgument>,
}

/// What is to be done with an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing: it only told how to go on.
    Ask,
    /// Show the rows that are new. `reversed`: from the last one to the first.
    Show { new: Vec<bool>, reversed: bool, step: Step },
}

impl Walk {
    pub(crate) fn new(method: &'static str, paging: &'static Paging, request: &dyn Record) -> Self {
        let number = |name: &str| look::text(request, name).and_then(|text| text.parse().ok());
        let given = number(paging.size);
        let size = given.or((paging.max_size > 0).then_some(paging.max_size));
        let bounds = paging.window.and_then(|window| Bounds::new(window, request));
        let at = match (&bounds, paging.by) {
            (Some(bounds), _) => At::Window { from: bounds.from, done: false },
            (None, PageBy::Number { parameter, first }) => {
                let page = number(parameter).or(first).unwrap_or_default();
                let earlier = page.saturating_sub(first.unwrap_or(page));
                At::Page { number: page, before: earlier.saturating_mul(size.unwrap_or(0)) }
            }
            (None, PageBy::Offset { parameter }) => At::Offset(number(parameter).unwrap_or(0)),
            (None, PageBy::Scroll { parameter, .. }) => At::Scroll(look::text(request, parameter)),
        };
        let last = match paging.by {
            PageBy::Number { parameter, .. } => look::limits(request, parameter).and_then(|limits| limits.max),
            _ => None,
        };
        let first = match paging.by {
            PageBy::Number { parameter, first } => first.or_else(|| number(parameter)),
            _ => Some(0),
        };
        let mut walk = Self {
            method,
            paging,
            place: Place::new(at),
            parameters: 0,
            size,
            first: first.unwrap_or_default(),
            last: last.and_then(|last| u64::try_from(last).ok()),
            is_free: !paging.has_next.is_empty() && look::text(request, paging.use_has_next).is_none(),
            is_whole: fields(request).is_none(),
            bounds,
            stage: Stage::Open,
            earlier: None,
            most: MOST_PAGES,
            asked: 0,
            empty: 0,
            content: None,
            resumed: None,
            wrong: None,
        };
        walk.parameters = look::parameters(request, paging, walk.bounds.is_some(), size);
        walk.wrong = walk.not_told_apart(request);
        if let (None, PageBy::Number { parameter, .. }) = (first, paging.by) {
            let reason = "must name the first page, 0 or 1: the platform does not tell which it is".to_owned();
            walk.wrong = Some(walk.invalid(parameter, reason));
        }
        walk
    }

    /// Rows of a page, in place of what the request and the spec say.
    pub(crate) fn set_size(&mut self, size: u64, request: &dyn Record) {
        let limits = look::limits(request, self.paging.size);
        let (min, max) = limits.map_or((None, None), |limits| (limits.min, limits.max));
        let outside = |bound: Option<i64>, beyond: fn(&u64, &u64) -> bool| {
            bound.and_then(|bound| u64::try_from(bound).ok()).filter(|bound| beyond(&size, bound))
        };
        let reason = match (outside(min, u64::lt), outside(max, u64::gt)) {
            _ if self.paging.size.is_empty() => Some("does not exist: this list has pages of one size".to_owned()),
            (Some(min), _) => Some(format!("is below its minimum of {min}")),
            (_, Some(max)) => Some(format!("is above its maximum of {max}")),
            _ if size == 0 => Some("is below its minimum of 1".to_owned()),
            _ => None,
        };
        if let Some(reason) = reason {
            let name = if self.paging.size.is_empty() { "page_size" } else { self.paging.size };
            self.wrong = Some(self.invalid(name, reason));
        }
        self.size = Some(size);
        self.parameters = look::parameters(request, self.paging, self.bounds.is_some(), self.size);
        let is_told = self.has_begun() || self.resumed.is_some();
        if let (At::Page { number, before }, false) = (&mut self.place.at, is_told) {
            *before = number.saturating_sub(self.first).saturating_mul(size);
        }
    }

    /// Whether anything was asked for.
    pub(crate) fn has_begun(&self) -> bool {
        self.asked > 0
    }

    /// Reads windows of this length.
    pub(crate) fn set_step(&mut self, step: Duration) {
        let seconds = step.as_secs();
        match &mut self.bounds {
            Some(bounds) if seconds > 0 => bounds.set_step(seconds),
            Some(bounds) => {
                let name = bounds.window.to;
                self.wrong = Some(self.invalid(name, "cannot be reached: a window has a second at least".to_owned()));
            }
            None => {}
        }
    }

    /// Ends windows so long before now.
    pub(crate) fn set_margin(&mut self, margin: Duration) {
        if let Some(bounds) = &mut self.bounds {
            bounds.margin = margin.as_secs();
        }
    }

    /// Goes to the place of a cursor.
    pub(crate) fn resume(&mut self, cursor: &Cursor) -> Result<(), PageError> {
        let problem = if cursor.method != self.method {
            Some(PageReason::CursorMethod(cursor.method.clone()))
        } else if cursor.parameters != self.parameters {
            Some(PageReason::CursorParameters)
        } else if !self.has(&cursor.at) {
            Some(PageReason::CursorPlace)
        } else {
            None
        };
        if let Some(reason) = problem {
            return Err(PageError::new(self.method, reason));
        }
        self.place = cursor.place();
        self.resumed = Some(cursor.parameters);
        Ok(())
    }

    /// A cursor to a place of this list.
    pub(crate) fn cursor(&self, place: &Place) -> Cursor {
        let sorted = self.paging.window.is_some_and(|window| window.sorted);
        Cursor::new(self.method, self.parameters, &place.brief(sorted))
    }

    /// What to ask for; `None` at the end.
    ///
    /// # Errors
    ///
    /// The request cannot be read in pages, or the pages do not end.
    pub(crate) fn next(&mut self, now: DateTime) -> Result<Option<Set>, Error> {
        if let Some(wrong) = &self.wrong {
            return Err(wrong.clone().into());
        }
        // Another size of pages since then: the place would be another one.
        if self.resumed.is_some_and(|parameters| parameters != self.parameters) {
            return Err(PageError::new(self.method, PageReason::CursorParameters).into());
        }
        let mut set = Set::new();
        match (&self.place.at, self.paging.by) {
            (At::End, _) => return Ok(None),
            (At::Window { .. }, by) => match self.ask_window(by, now)? {
                Some(window) => set = window,
                None => return Ok(None),
            },
            (At::Page { number, .. }, PageBy::Number { parameter, .. }) => {
                set.push((parameter, self.within(*number)?.to_string()));
                self.ask_has_next(&mut set);
            }
            (At::Offset(rows), PageBy::Offset { parameter }) => set.push((parameter, rows.to_string())),
            (At::Scroll(name), PageBy::Scroll { parameter, .. }) => {
                set.extend(name.as_ref().map(|name| (parameter, name.clone())));
            }
            // A place of another kind is refused when it is resumed from.
            _ => return Err(self.fail(PageReason::CursorPlace)),
        }
        if self.asked >= self.most {
            return Err(self.fail(PageReason::TooManyPages(self.most)));
        }
        self.asked += 1;
        if let (false, Some(size)) = (self.paging.size.is_empty(), self.size) {
            set.push((self.paging.size, size.to_string()));
        }
        Ok(Some(set))
    }

    /// Takes an answer.
    ///
    /// # Errors
    ///
    /// The pages do not end.
    pub(crate) fn take(&mut self, facts: &Facts) -> Result<Then, Error> {
        let again = self.content.replace(facts.content) == Some(facts.content) && !facts.rows.is_empty();
        let again = again && (self.is_whole || facts.rows.iter().all(|row| row.id.is_some()));
        if matches!(self.place.at, At::Window { .. }) {
            return self.take_window(facts, again);
        }
        let more = self.has_more(facts);
        if again {
            // Some lists show their last page whatever later one is asked for, and tell no end.
            let before = match self.place.at {
                At::Page { before, .. } | At::Offset(before) => before,
                _ => 0,
            };
            let is_short = facts.total.is_some_and(|total| before < total);
            return match facts.has_next.is_some() || is_short || facts.next.is_some() {
                true => Err(self.fail(PageReason::SamePage)),
                false => Ok(self.end_without(facts)),
            };
        }
        self.empty = if facts.rows.is_empty() { self.empty + 1 } else { 0 };
        if more && self.empty >= MOST_EMPTY {
            return Err(self.fail(PageReason::EmptyPages(self.empty)));
        }
        let rows = facts.rows.len() as u64;
        let next = match &self.place.at {
            At::Page { number, before } if more => {
                At::Page { number: number.saturating_add(1), before: before.saturating_add(rows) }
            }
            At::Offset(before) if more => At::Offset(before.saturating_add(rows)),
            At::Scroll(_) if more => At::Scroll(facts.next.clone()),
            _ => At::End,
        };
        Ok(self.show(facts, false, Step::To(next)))
    }

    /// Whether another page follows. What the platform says goes before what can be counted.
    fn has_more(&self, facts: &Facts) -> bool {
        let rows = facts.rows.len() as u64;
        if let At::Scroll(_) = self.place.at {
            return facts.next.is_some() && facts.has_next.unwrap_or(rows > 0);
        }
        if let At::Offset(_) = self.place.at
            && rows == 0
        {
            return false;
        }
        match (facts.has_next, facts.total, &self.place.at) {
            (Some(has_next), ..) => has_next,
            (None, Some(total), At::Page { number, before }) => self.has_more_of(total, *number, *before, rows),
            (None, Some(total), At::Offset(before)) => before.saturating_add(rows) < total,
            // Nothing is told: until a page is empty.
            _ => rows > 0,
        }
    }

    /// Whether a total tells of more rows than those before this page and those of it. In doubt one page more is asked for.
    fn has_more_of(&self, total: u64, number: u64, before: u64, rows: u64) -> bool {
        let pages = number.saturating_add(1).saturating_sub(self.first);
        // So many pages have room for the total; they may hold fewer rows, where some are not shown.
        let covered = self.size.is_none_or(|size| pages.saturating_mul(size) >= total);
        if rows == 0 {
            return before < total && !covered;
        }
        // Some count other things than their rows, such as orders where each line of one is a row, and some only the rows of the page.
        let is_of_page = before == 0 && self.size == Some(rows);
        let counted = before.saturating_add(rows);
        let is_in_doubt = counted > total || !covered || is_of_page;
        counted < total || (is_in_doubt && self.last.is_none_or(|last| number < last))
    }

    /// Shows what is new of a page.
    pub(super) fn show(&mut self, facts: &Facts, reversed: bool, step: Step) -> Then {
        let mut new = vec![false; facts.rows.len()];
        // Rows without a key are known by their number alone; a window begins anew when it is resumed.
        let taken = if matches!(self.place.at, At::Window { .. }) { 0 } else { self.place.taken };
        let least = self.earlier;
        for index in (0..facts.rows.len()).map(|at| if reversed { facts.rows.len() - 1 - at } else { at }) {
            let (row, Some(slot)) = (&facts.rows[index], new.get_mut(index)) else { continue };
            let is_here = row.time.is_none() || row.time >= least;
            *slot = is_here && self.place.is_new(row) && (row.id.is_some() || index as u64 >= taken);
            if *slot {
                self.place.take(row);
            }
        }
        self.place.go(&step);
        Then::Show { new, reversed, step }
    }

    /// Ends with a page of which nothing is new, whether its rows have keys or not.
    fn end_without(&mut self, facts: &Facts) -> Then {
        let step = Step::To(At::End);
        self.place.go(&step);
        Then::Show { new: vec![false; facts.rows.len()], reversed: false, step }
    }

    /// The number of a page that may be asked for.
    pub(super) fn within(&self, number: u64) -> Result<u64, Error> {
        match self.last {
            Some(last) if number > last => Err(self.fail(PageReason::LastPage(last))),
            _ => Ok(number),
        }
    }

    /// Asks for `has_next`, unless the request says otherwise.
    pub(super) fn ask_has_next(&self, set: &mut Set) {
        if self.is_free && !self.paging.use_has_next.is_empty() {
            set.push((self.paging.use_has_next, "true".to_owned()));
        }
    }

    pub(super) fn fail(&self, reason: PageReason) -> Error {
        PageError::new(self.method, reason).into()
    }

    fn invalid(&self, parameter: &str, reason: String) -> InvalidArgument {
        InvalidArgument::new(self.method, parameter, reason)
    }

    /// Whether the list has places of this kind.
    fn has(&self, at: &At) -> bool {
        match (at, self.paging.by) {
            (At::Window { .. }, _) => self.bounds.is_some(),
            (At::End, _) => self.bounds.is_none(),
            (At::Page { .. }, PageBy::Number { .. })
            | (At::Offset(_), PageBy::Offset { .. })
            | (At::Scroll(_), PageBy::Scroll { .. }) => self.bounds.is_none(),
            _ => false,
        }
    }

    /// In windows, rows that come twice are told apart by fields that the request must then ask for.
    fn not_told_apart(&self, request: &dyn Record) -> Option<InvalidArgument> {
        let window = self.bounds.as_ref()?.window;
        let (parameter, names) = fields(request)?;
        let needed = self.paging.key.iter().chain([&window.by]).filter(|name| !name.is_empty());
        let missing = needed.into_iter().find(|needed| !names.iter().any(|name| name == *needed))?;
        Some(self.invalid(parameter, format!("must name `{missing}`, by which rows that come twice are told apart")))
    }
}

/// The parameter that selects fields, and the names that it selects.
fn fields(request: &dyn Record) -> Option<(&'static str, Vec<String>)> {
    request.shape().fields.iter().enumerate().find_map(|(slot, field)| match request.get(slot)?.view() {
        View::Fields(fields) => {
            let names = Fields::names(fields, field.select);
            Some((field.name, names.into_iter().map(str::to_owned).collect()))
        }
        _ => None,
    })
}
