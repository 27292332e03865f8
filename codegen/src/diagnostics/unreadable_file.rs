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

#[cfg(test)]
mod tests {
    use crate::load::load;

    #[test]
    fn a_file_that_is_not_utf8_and_a_folder_that_is_not_there() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("platform.yaml"), b"tiers: \xff").unwrap();
        let ids = |path| load(path).diagnostics.iter().map(|d| (d.id, d.message.clone())).collect::<Vec<_>>();
        assert_eq!(ids(dir.path()), [(super::ID, "this file is not UTF-8".to_owned())]);
        let nowhere = ids(&dir.path().join("nowhere"));
        assert_eq!(nowhere, [(super::ID, "this file cannot be read: entity not found".to_owned())]);
    }
}
