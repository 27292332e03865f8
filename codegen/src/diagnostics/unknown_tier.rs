//! A domain names a rate tier that `platform.yaml` does not have.
//!
//! ```yaml
//! tier: trades                        # trade
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;
use crate::suggest;

/// The diagnostic's stable name.
pub const ID: &str = "unknown-tier";

pub(crate) fn new(span: Span, tier: &str, known: &[&str]) -> Diagnostic {
    let message = format!("platform.yaml has no rate tier `{tier}`");
    Diagnostic::new(ID, span, message).help(suggest::hint(tier, known.iter().copied()))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check;

    #[test]
    fn near_and_far() {
        check(
            &[
                (
                    "trade/domain.yaml",
                    r"domain: trade
title: T
title_zh: T
doc: D.
tier: trades
",
                ),
                (
                    "item/domain.yaml",
                    r"domain: item
title: T
title_zh: T
doc: D.
tier: gold
",
                ),
            ],
            expect![[r#"
                item/domain.yaml:5:7: unknown-tier: platform.yaml has no rate tier `gold`
                    one of: trade
                trade/domain.yaml:5:7: unknown-tier: platform.yaml has no rate tier `trades`
                    did you mean `trade`?
            "#]],
        );
    }
}
