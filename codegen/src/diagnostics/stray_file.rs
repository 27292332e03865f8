//! A file or folder that the spec language has no place for; it would be ignored without a word.
//!
//! ```yaml
//! specs/trade/notes.txt
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "stray-file";

pub(crate) fn new(span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(ID, span, "this is not a spec file");
    diagnostic
        .help("specs are `platform.yaml` and, in a domain's folder, `domain.yaml`, `types.yaml` and `<method>.yaml`")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check;

    #[test]
    fn texts_and_deep_folders() {
        check(
            &[
                ("trade/notes.txt", "x"),
                ("trade/old/taobao.trade.get.yaml", "x"),
                ("other.yaml", "x"),
                ("README.md", "x"),
                ("schema.json", "x"),
            ],
            expect![[r#"
                other.yaml:1:1: stray-file: this is not a spec file
                    specs are `platform.yaml` and, in a domain's folder, `domain.yaml`, `types.yaml` and `<method>.yaml`
                trade/notes.txt:1:1: stray-file: this is not a spec file
                    specs are `platform.yaml` and, in a domain's folder, `domain.yaml`, `types.yaml` and `<method>.yaml`
                trade/old/taobao.trade.get.yaml:1:1: stray-file: this is not a spec file
                    specs are `platform.yaml` and, in a domain's folder, `domain.yaml`, `types.yaml` and `<method>.yaml`
            "#]],
        );
    }
}
