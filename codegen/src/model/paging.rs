//! Lists that come in pages.

use super::{At, Span};

/// What `first` says where the request has to tell the first page.
pub const GIVEN: &str = "given";

/// How the answers of a method make one list. Response fields are named by their path, with dots between, and so are numbers in
/// structures of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// Where it stands.
    pub span: Span,
    /// How a page is named.
    pub by: PageBy,
    /// Parameter: rows of a page.
    pub size: Option<At<String>>,
    /// The rows that a page can have.
    pub max_size: Option<u64>,
    /// Response field: rows on all pages.
    pub total: Option<At<String>>,
    /// Response field: whether another page follows.
    pub has_next: Option<At<String>>,
    /// Parameter that asks for `has_next` in place of the total.
    pub use_has_next: Option<At<String>>,
    /// Response field: the rows.
    pub items: At<String>,
    /// Fields of a row by which it is known again.
    pub key: Vec<At<String>>,
    /// The parameters that bound the list in time.
    pub window: Option<TimeWindow>,
}

impl Paging {
    /// Whether two say the same, wherever they stand.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.words() == other.words()
    }

    /// All that it says, as keys and values in the order of a spec.
    #[must_use]
    pub fn words(&self) -> Vec<(&'static str, String)> {
        let name = |key, name: &At<String>| Some((key, name.value.clone()));
        let (way, more) = match &self.by {
            PageBy::Number { parameter, first } => {
                let first = first.map_or_else(|| GIVEN.to_owned(), |first| first.to_string());
                (name("page", parameter), (first != "1").then_some(("first", first)))
            }
            PageBy::Offset { parameter } => (name("offset", parameter), None),
            PageBy::Scroll { parameter, next } => (
                name("scroll", parameter),
                Some(next).filter(|next| next.value != parameter.value).and_then(|next| name("next", next)),
            ),
        };
        let mut words: Vec<_> = [
            way,
            more,
            self.size.as_ref().and_then(|size| name("size", size)),
            self.max_size.map(|rows| ("max_size", rows.to_string())),
            self.total.as_ref().and_then(|path| name("total", path)),
            self.has_next.as_ref().and_then(|path| name("has_next", path)),
            self.use_has_next.as_ref().and_then(|parameter| name("use_has_next", parameter)),
            name("items", &self.items),
        ]
        .into_iter()
        .flatten()
        .collect();
        words.extend(self.key.iter().map(|field| ("key", field.value.clone())));
        if let Some(window) = &self.window {
            let by = window.by.as_ref().and_then(|field| name("by", field));
            let seconds = |key, seconds: Option<u64>| seconds.map(|seconds| (key, seconds.to_string()));
            let sorted = window.sorted.then(|| ("sorted", "true".to_owned()));
            let parts = [name("from", &window.from), name("to", &window.to), by, sorted];
            words.extend(parts.into_iter().chain([seconds("max", window.max), seconds("step", window.step)]).flatten());
        }
        words
    }
}

/// How a page is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageBy {
    /// By number.
    Number {
        /// The parameter.
        parameter: At<String>,
        /// Number of the first page; none where the platform does not tell, so that the request has to.
        first: Option<u64>,
    },
    /// By the rows before it.
    Offset {
        /// The parameter.
        parameter: At<String>,
    },
    /// By a text that the page before tells.
    Scroll {
        /// The parameter.
        parameter: At<String>,
        /// The response field with its next value.
        next: At<String>,
    },
}

/// The parameters that bound a list in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeWindow {
    /// Parameter: from this time on.
    pub from: At<String>,
    /// Parameter: up to this time.
    pub to: At<String>,
    /// Field of a row with the time that is bounded.
    pub by: Option<At<String>>,
    /// Whether rows stand latest first by that time.
    pub sorted: bool,
    /// Seconds of the longest window.
    pub max: Option<u64>,
    /// Seconds of the window that works best.
    pub step: Option<u64>,
}
