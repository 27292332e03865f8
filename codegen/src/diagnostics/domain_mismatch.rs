//! A domain is named after its folder.
//!
//! ```yaml
//! specs/trade/domain.yaml: `domain: trades`
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "domain-mismatch";

pub(crate) fn new(span: Span, domain: &str, folder: &str) -> Diagnostic {
    let message = format!("the domain `{domain}` stands in the folder `{folder}`");
    Diagnostic::new(ID, span, message).help(format!("write `domain: {folder}`, or rename the folder"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check;

    #[test]
    fn another_folder() {
        check(
            &[(
                "trade/domain.yaml",
                r"domain: trades
title: T
title_zh: T
doc: D.
tier: trade
",
            )],
            expect![[r#"
                trade/domain.yaml:1:9: domain-mismatch: the domain `trades` stands in the folder `trade`
                    write `domain: trade`, or rename the folder
            "#]],
        );
    }
}
