//! The wire formats. Bodies are parsed into a tree; `decode` fills structures from it; the writers walk structures.

mod debug;
mod decode;
pub(crate) mod form;
pub(crate) mod json;
#[cfg(feature = "serde")]
pub(crate) mod serde;
pub(crate) mod tree;
pub(crate) mod xml;

use std::fmt;
use std::str::Utf8Error;

pub use decode::{Decoder, Drift};
pub use tree::{Entries, Items, Kind, Node};

use crate::model::Record;

pub(crate) use debug::{debug, eq};
pub(crate) use decode::{Payload, payload, push_record, record};

/// A body that is not what its format says: what was expected, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    what: &'static str,
    offset: usize,
}

impl SyntaxError {
    pub(crate) fn new(what: &'static str, offset: usize) -> Self {
        Self { what, offset }
    }

    /// What is wrong with a character that is cut short is that the text ends.
    pub(crate) fn not_utf8(error: Utf8Error, length: usize) -> Self {
        Self::new("not UTF-8", if error.error_len().is_some() { error.valid_up_to() } else { length })
    }

    /// Bytes from the start of the body, but for a byte order mark. All of them where the body ends too early.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (byte {})", self.what, self.offset)
    }
}

impl std::error::Error for SyntaxError {}

/// The forms in which the platform answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// JSON under the method's wrapper, lists keyed by their element type: `format=json`.
    Json,
    /// JSON without a wrapper, with bare lists: `format=json` and `simplify=true`.
    Simplified,
    /// XML: `format=xml`.
    Xml,
}

/// Writes a response of this method as the platform would answer it.
#[must_use]
pub fn write(method: &str, response: &dyn Record, form: Form) -> String {
    let wrapper = wrapper(method);
    match form {
        Form::Xml => xml::document(&wrapper, response),
        Form::Simplified => {
            let mut body = String::new();
            json::record(response, json::Style::Bare, &mut body);
            body
        }
        Form::Json => {
            let mut body = String::from("{");
            json::escape(&wrapper, &mut body);
            body.push(':');
            json::record(response, json::Style::Wrapped, &mut body);
            body.push('}');
            body
        }
    }
}

/// Root key of a method's answer: only a leading `taobao.` is dropped.
#[must_use]
pub fn wrapper(method: &str) -> String {
    format!("{}_response", method.strip_prefix("taobao.").unwrap_or(method).replace('.', "_"))
}

/// Whether a parameter's name or value counts as empty: such parameters are neither sent nor signed.
///
/// Java's `Character.isWhitespace`, which the platform uses. It differs from Rust's: no-break spaces and U+0085
/// are not blank, the separators U+001C to U+001F are.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| match c {
        '\u{9}'..='\u{D}' | '\u{1C}'..='\u{1F}' => true,
        '\u{85}' | '\u{A0}' | '\u{2007}' | '\u{202F}' => false,
        _ => c.is_whitespace(),
    })
}
