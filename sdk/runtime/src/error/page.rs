//! A list that cannot be read to its end, or a cursor that does not belong to it.

use std::fmt;

/// Reading a list page by page cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageError {
    pub(crate) method: String,
    pub(crate) reason: PageReason,
}

/// Why reading page by page cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageReason {
    /// The text is no cursor, or only a part of one.
    NoCursor,
    /// The cursor was made by a version of the SDK that writes them in another way.
    CursorVersion(u32),
    /// The cursor was made by another method.
    CursorMethod(String),
    /// The cursor was made with other parameters.
    CursorParameters,
    /// The cursor names a place that this list does not have, such as a page of a list that is now read in windows of time.
    CursorPlace,
    /// A page holds the same rows as the one before, though it is said to be another.
    SamePage,
    /// So many pages in a row were empty, though more were said to follow.
    EmptyPages(u64),
    /// So many pages were read as the settings allow.
    TooManyPages(u64),
    /// More rows follow than the platform shows: this is the last page that may be asked for.
    LastPage(u64),
    /// The answer does not tell how many rows there are, without which a window cannot be read from its end.
    NoTotal,
}

impl PageError {
    pub(crate) fn new(method: &str, reason: PageReason) -> Self {
        Self { method: method.to_owned(), reason }
    }

    /// The method that lists.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Why it cannot go on.
    #[must_use]
    pub fn reason(&self) -> &PageReason {
        &self.reason
    }

    /// Whether the cursor is the reason, so that nothing was sent.
    pub(crate) fn is_cursor(&self) -> bool {
        use PageReason as R;
        matches!(
            self.reason,
            R::NoCursor | R::CursorVersion(_) | R::CursorMethod(_) | R::CursorParameters | R::CursorPlace
        )
    }
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.method.is_empty() {
            write!(f, "{}: ", self.method)?;
        }
        match &self.reason {
            PageReason::NoCursor => f.write_str("not a cursor: give the whole text of one, as it was saved"),
            PageReason::CursorVersion(version) => write!(
                f,
                "the cursor is of version {version}, and this SDK reads version {}; begin anew",
                crate::page::CURSOR_VERSION
            ),
            PageReason::CursorMethod(other) => write!(f, "the cursor is one of {other}"),
            PageReason::CursorParameters => {
                f.write_str("the cursor was made with other parameters; give the same ones, or begin anew")
            }
            PageReason::CursorPlace => f.write_str("the cursor names a place that this list does not have; begin anew"),
            PageReason::SamePage => f.write_str("two pages hold the same rows, so the list would never end"),
            PageReason::EmptyPages(many) => write!(f, "{many} pages in a row were empty though more should follow"),
            PageReason::TooManyPages(most) => {
                write!(f, "{most} pages were read; go on from the cursor, or allow more with with_max_pages()")
            }
            PageReason::LastPage(last) => {
                write!(f, "the platform shows no page after {last}, and more rows follow; narrow the list")
            }
            PageReason::NoTotal => f.write_str("the answer does not tell how many rows there are in the window"),
        }
    }
}

impl std::error::Error for PageError {}

impl From<PageError> for super::Error {
    fn from(error: PageError) -> Self {
        Self::Page(Box::new(error))
    }
}
