//! `platform.yaml` and every folder's `domain.yaml` must be there: nothing can be generated without them.

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "missing-file";

pub(crate) fn new(span: Span, what: &str, sample: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("{what} is missing")).help(format!("create it, such as:\n{sample}"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{ABSENT, check};

    #[test]
    fn platform_and_domain() {
        check(
            &[("platform.yaml", ABSENT), ("item/types.yaml", "types: {}\n")],
            expect![[r#"
                item/domain.yaml:1:1: missing-file: domain.yaml is missing
                    create it, such as:
                    domain: item
                    title: ..
                    title_zh: ..
                    doc: One sentence on what the domain covers.
                    tier: basic
                    session: required
                platform.yaml:1:1: missing-file: platform.yaml is missing
                    create it, such as:
                    environments: {}
                    parameters: {}
                    sign_methods: {}
                    errors: {}
                    families: {}
                    tiers: {}
            "#]],
        );
    }
}
