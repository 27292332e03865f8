//! A spec file that cannot be read, or whose bytes are not UTF-8.

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "unreadable-file";

pub(crate) fn new(span: Span, reason: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("this file cannot be read: {reason}"))
}

/// The bytes are not UTF-8.
pub(crate) fn not_utf8(span: Span) -> Diagnostic {
    Diagnostic::new(ID, span, "this file is not UTF-8").help("save it as UTF-8")
}
