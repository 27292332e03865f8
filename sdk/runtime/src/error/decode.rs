//! Answers that cannot be read.

use std::error::Error as StdError;
use std::fmt;

use crate::codec::{Drift, SyntaxError};
use crate::layer::retry::Attempts;

/// The platform answered something that cannot be read. A write may have been applied.
#[derive(Clone)]
pub struct DecodeError {
    pub(crate) method: String,
    pub(crate) problem: Problem,
    pub(crate) body: Vec<u8>,
    pub(crate) request_id: Option<String>,
    pub(crate) attempts: Attempts,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// There is no body.
    Empty,
    /// The body is a web page: a proxy, a firewall or a wrong URL answered.
    Html,
    /// The body is not what its format says.
    Syntax(SyntaxError),
    /// The body is well-formed, but its root is no object.
    NotAnObject,
    /// The answer to a batch has not one piece for each call.
    Pieces {
        /// The calls that were sent together.
        calls: usize,
        /// The pieces that came back.
        pieces: usize,
    },
    /// In strict mode: fields that could not be read.
    Drift(Vec<Drift>),
}

impl DecodeError {
    /// What is wrong.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The body as it came. It may hold personal data: do not log it.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The platform's id of the call, if it could be read.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Whether the answer is not the gateway's, or not all of it.
    pub(crate) fn is_passing(&self) -> bool {
        match &self.problem {
            Problem::Empty | Problem::Html => true,
            Problem::Syntax(e) => {
                let body = self.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.body);
                e.offset() >= body.trim_ascii_end().len()
            }
            // Cut short; too many pieces would come again.
            Problem::Pieces { calls, pieces } => pieces < calls,
            Problem::NotAnObject | Problem::Drift(_) => false,
        }
    }

    pub(crate) fn source_error(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.problem {
            Problem::Syntax(e) => Some(e),
            _ => None,
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the platform answered, but the answer cannot be read: ", self.method)?;
        match &self.problem {
            Problem::Empty => f.write_str("it is empty")?,
            Problem::Html => {
                f.write_str("it is a web page; is the URL that of a gateway, and is there a proxy between?")?
            }
            Problem::Syntax(e) => write!(f, "{e}")?,
            Problem::NotAnObject => f.write_str("its root is not an object")?,
            Problem::Pieces { calls, pieces } => {
                write!(f, "{calls} calls were sent together, and {pieces} pieces came back")?;
            }
            Problem::Drift(drift) => {
                write!(f, "{} fields differ from the spec", drift.len())?;
                for entry in drift.iter().take(3) {
                    write!(f, "; {entry}")?;
                }
            }
        }
        write!(f, " ({} bytes). A write may have been applied", self.body.len())
    }
}

/// The body is left out: it may hold personal data.
impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("method", &self.method)
            .field("problem", &self.problem)
            .field("request_id", &self.request_id)
            .field("body_bytes", &self.body.len())
            .field("attempts", &self.attempts)
            .finish()
    }
}

impl StdError for DecodeError {}
