//! Why an import was given up.

use std::fmt;

/// Bad input: which file, where in it, and what is wrong. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// The file; for a file inside an archive, the archive and the file.
    pub file: String,
    /// Line and column, or the path of keys that leads to the fault; empty when it is the file as a whole.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

/// Outcome of reading metadata.
pub type Result<T> = std::result::Result<T, ImportError>;

impl ImportError {
    /// A fault of the file as a whole.
    pub(crate) fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), place: String::new(), message: message.into() }
    }

    /// A fault at a place.
    pub(crate) fn at(file: impl Into<String>, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), place: place.into(), message: message.into() }
    }

    /// The same, with what to do about it.
    pub(crate) fn and(mut self, more: &str) -> Self {
        self.message = format!("{}; {more}", self.message);
        self
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => write!(f, "{}: {}", self.file, self.message),
            place => write!(f, "{}: {place}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for ImportError {}
