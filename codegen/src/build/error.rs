//! What stops a build, as text for people.

use std::fmt;
use std::io;
use std::path::Path;

use crate::diagnostic::Style;
use crate::emit::EmitError;
use crate::load::Loaded;
use crate::source::slashed;

/// Why no code was written. [`Display`](fmt::Display) and [`Debug`](fmt::Debug) give the same text, because Rust prints the latter
/// when a build script's `main` returns an error.
pub struct Error {
    text: String,
}

impl Error {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// A file or folder that the system refuses.
    pub(super) fn disk(path: &Path, error: &io::Error) -> Self {
        Self::new(format!("{}: {error}", slashed(path)))
    }

    /// Specs with problems: all of them, each with its place.
    pub(super) fn specs(loaded: &Loaded) -> Self {
        Self::new(format!("{}\n\n{}", loaded.summary(&[]), loaded.report(Style::Plain).trim_end()))
    }

    /// Metadata that no code can be made of. The places in what it became would tell nobody anything.
    pub(super) fn metadata(path: &Path, loaded: &Loaded) -> Self {
        let mut problems: Vec<&str> = loaded.diagnostics.iter().map(|problem| problem.message.as_str()).collect();
        problems.dedup();
        let (path, problems) = (slashed(path), problems.join("\n  "));
        Self::new(format!(
            "{path}:\n  {problems}\ntake only one of them with `methods`, or each with a `Config` and a file of its own"
        ))
    }
}

impl From<EmitError> for Error {
    fn from(error: EmitError) -> Self {
        Self::new(error.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
