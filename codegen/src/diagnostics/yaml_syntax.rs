//! The file is not YAML, or exceeds the limits on depth, size and aliases.
//!
//! ```yaml
//! summary: Reads: one trade.      # `: ` inside a plain text; put the text in quotes
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "yaml-syntax";

pub(crate) fn new(span: Span, detail: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(ID, span, format!("this is not valid YAML: {detail}"));
    diagnostic.help("put texts that hold `: `, ` #` or start with a sign in \"quotes\"; indent with spaces")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{check, check_method};

    #[test]
    fn broken_yaml() {
        check_method(
            "request: { tid: i64\n",
            expect![[r#"
                trade/taobao.trade.get.yaml:6:9: yaml-syntax: this is not valid YAML: while parsing a flow mapping, did not find expected ',' or '}'
                    put texts that hold `: `, ` #` or start with a sign in "quotes"; indent with spaces
            "#]],
        );
    }

    #[test]
    fn one_broken_file_hides_nothing_else() {
        check(
            &[
                ("trade/taobao.trade.get.yaml", "summary: Reads: one trade.\n"),
                ("trade/types.yaml", "types: { Trade: { tid: i64, x: int64 } }\n"),
            ],
            expect![[r#"
                trade/taobao.trade.get.yaml:1:15: yaml-syntax: this is not valid YAML: mapping values are not allowed in this context
                    put texts that hold `: `, ` #` or start with a sign in "quotes"; indent with spaces
                trade/types.yaml:1:32: unknown-type: there is no type `int64`
                    write `i64`
            "#]],
        );
    }
}
