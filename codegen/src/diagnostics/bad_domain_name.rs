//! A domain's folder becomes a Rust module and a cargo feature: lower-case letters, digits and `_`, a letter first, no Rust keyword.
//!
//! ```yaml
//! specs/Trade/domain.yaml
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "bad-domain-name";

pub(crate) fn new(span: Span, folder: &str, legal: &str) -> Diagnostic {
    let message = format!("the folder `{folder}` cannot be a Rust module and cargo feature");
    Diagnostic::new(ID, span, message).help(format!("rename the folder, such as `{legal}`"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check;

    #[test]
    fn no_module_name() {
        check(
            &[
                (
                    "Trade2/domain.yaml",
                    r"domain: Trade2
title: T
title_zh: T
doc: D.
tier: trade
",
                ),
                (
                    "type/domain.yaml",
                    r"domain: type
title: T
title_zh: T
doc: D.
tier: trade
",
                ),
            ],
            expect![[r#"
    Trade2/domain.yaml:1:9: bad-domain-name: the folder `Trade2` cannot be a Rust module and cargo feature
        rename the folder, such as `trade2`
    type/domain.yaml:1:9: bad-domain-name: the folder `type` cannot be a Rust module and cargo feature
        rename the folder, such as `type_`
"#]],
        );
    }
}
