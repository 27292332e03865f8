//! What is wrong with the settings.

use std::error::Error as StdError;
use std::fmt;

/// The client is set up wrongly: in everything that is told here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    problems: Vec<ConfigProblem>,
}

impl ConfigError {
    /// Something is wrong that is no single setting's fault.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::at("", message)
    }

    /// Something is wrong with the setting of this key, such as `retry.attempts`.
    pub(crate) fn at(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { problems: vec![ConfigProblem::new(key, message)] }
    }

    /// Nothing is wrong if there is no problem.
    pub(crate) fn none_of(problems: Vec<ConfigProblem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }

    /// Everything that is wrong, in the order of the file if there is one.
    #[must_use]
    pub fn problems(&self) -> &[ConfigProblem] {
        &self.problems
    }
}

/// On one line what settings made in code are told; one line a problem for those of a file.
impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [only] => write!(f, "configuration: {only}"),
            all if all.iter().any(|problem| problem.place.is_some()) => {
                write!(f, "configuration: {} problems", all.len())?;
                all.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
            all => {
                f.write_str("configuration: ")?;
                all.iter().enumerate().try_for_each(|(at, problem)| {
                    let comma = if at == 0 { "" } else { "; " };
                    write!(f, "{comma}{problem}")
                })
            }
        }
    }
}

impl StdError for ConfigError {}

/// One thing that is wrong with the settings. It never holds the value, which may be a secret that stands where it should not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    pub(crate) key: String,
    pub(crate) message: String,
    pub(crate) place: Option<ConfigPlace>,
}

impl ConfigProblem {
    pub(crate) fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), message: message.into(), place: None }
    }

    /// The setting, as it is named in a file: `limits.tiers.trade.per_minute`. Empty if no single one is to blame.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is wrong with it, and what would be right.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it stands, if the settings come from a file.
    #[must_use]
    pub fn place(&self) -> Option<&ConfigPlace> {
        self.place.as_ref()
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigPlace {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl ConfigPlace {
    /// The file, by the name under which it was opened.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The character in the line, counted from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }
}

impl fmt::Display for ConfigPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
