//! What is known about the lists that come in pages.

use crate::model::{Element, Request};

/// A request whose answer is one page of a list.
///
/// The key `paging(..)` of [`derive@crate::Request`] writes it. [`Call::pages`](crate::Call::pages) and
/// [`Call::items`](crate::Call::items) are there for such requests.
pub trait Paged: Request {
    /// One row of the list.
    type Item: Element;

    /// What is known about its pages.
    const PAGING: &'static Paging;

    /// The rows of one answer; `None` if the structure that holds them is not there.
    fn items(response: &mut Self::Response) -> Option<&mut Vec<Self::Item>>;
}

/// How a list is read page by page: names of parameters, and paths of response fields with dots between them. Of a parameter that is
/// a structure, a path names a number in it: `query.page_no`. Empty names stand for what a method does not have.
#[derive(Debug)]
#[non_exhaustive]
pub struct Paging {
    /// How a page is named.
    pub by: PageBy,
    /// Parameter: how many rows a page has at most.
    pub size: &'static str,
    /// The size that is asked for unless the request has one; 0: the platform's own.
    pub max_size: u64,
    /// Response field: how many rows there are on all pages.
    pub total: &'static str,
    /// Response field: whether another page follows.
    pub has_next: &'static str,
    /// Parameter that asks for `has_next` in place of `total`.
    pub use_has_next: &'static str,
    /// Fields of a row by which it is known again.
    pub key: &'static [&'static str],
    /// The parameters that bound the list in time, where it can be read in slices of time.
    pub window: Option<&'static TimeWindow>,
}

/// How a page is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageBy {
    /// By number.
    Number {
        /// The parameter.
        parameter: &'static str,
        /// Number of the first page; `None` where the platform does not tell, so that the request has to.
        first: Option<u64>,
    },
    /// By the number of rows before it.
    Offset {
        /// The parameter.
        parameter: &'static str,
    },
    /// By a text that the page before tells.
    Scroll {
        /// The parameter.
        parameter: &'static str,
        /// The response field that names the next page.
        next: &'static str,
    },
}

/// The parameters that bound a list in time.
#[derive(Debug)]
#[non_exhaustive]
pub struct TimeWindow {
    /// Parameter: from this time on.
    pub from: &'static str,
    /// Parameter: up to this time.
    pub to: &'static str,
    /// Field of a row with the time that is bounded; empty where rows do not show it.
    pub by: &'static str,
    /// Whether the rows of a page stand latest first by that time.
    pub sorted: bool,
    /// Seconds of the longest window that the platform takes; 0: any.
    pub max: u64,
    /// Seconds of the window that works best; 0: the longest.
    pub step: u64,
}

impl Paging {
    /// Pages of which nothing is known but how they are named.
    #[must_use]
    pub const fn new(by: PageBy) -> Self {
        Self { by, size: "", max_size: 0, total: "", has_next: "", use_has_next: "", key: &[], window: None }
    }

    /// The same with the parameter of the size.
    #[must_use]
    pub const fn size(mut self, parameter: &'static str) -> Self {
        self.size = parameter;
        self
    }

    /// The same with the size that is asked for.
    #[must_use]
    pub const fn max_size(mut self, rows: u64) -> Self {
        self.max_size = rows;
        self
    }

    /// The same with the response field of the total.
    #[must_use]
    pub const fn total(mut self, path: &'static str) -> Self {
        self.total = path;
        self
    }

    /// The same with the response field that tells whether another page follows.
    #[must_use]
    pub const fn has_next(mut self, path: &'static str) -> Self {
        self.has_next = path;
        self
    }

    /// The same with the parameter that asks for that field.
    #[must_use]
    pub const fn use_has_next(mut self, parameter: &'static str) -> Self {
        self.use_has_next = parameter;
        self
    }

    /// The same with the fields by which a row is known again.
    #[must_use]
    pub const fn key(mut self, fields: &'static [&'static str]) -> Self {
        self.key = fields;
        self
    }

    /// The same with bounds in time.
    #[must_use]
    pub const fn window(mut self, window: &'static TimeWindow) -> Self {
        self.window = Some(window);
        self
    }
}

impl TimeWindow {
    /// A window between these parameters.
    #[must_use]
    pub const fn new(from: &'static str, to: &'static str) -> Self {
        Self { from, to, by: "", sorted: false, max: 0, step: 0 }
    }

    /// The same with the field of a row that has the time.
    #[must_use]
    pub const fn by(mut self, field: &'static str) -> Self {
        self.by = field;
        self
    }

    /// The same, with rows that stand latest first.
    #[must_use]
    pub const fn sorted(mut self) -> Self {
        self.sorted = true;
        self
    }

    /// The same with the longest window, in seconds.
    #[must_use]
    pub const fn max(mut self, seconds: u64) -> Self {
        self.max = seconds;
        self
    }

    /// The same with the window that works best, in seconds.
    #[must_use]
    pub const fn step(mut self, seconds: u64) -> Self {
        self.step = seconds;
        self
    }
}
