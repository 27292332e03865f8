//! A domain's folder becomes a Rust module and a cargo feature: lower-case letters, digits and `_`, a letter first, no Rust keyword and no
//! module that the SDK has already.
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

    use crate::diagnostics::testing::{DOMAIN, check};

    #[test]
    fn no_module_name() {
        let named = |name: &str| DOMAIN.replace("domain: trade", &format!("domain: {name}"));
        check(
            &[
                ("Trade2/domain.yaml", &named("Trade2")),
                ("error/domain.yaml", &named("error")),
                ("type/domain.yaml", &named("type")),
            ],
            expect![[r#"
                Trade2/domain.yaml:1:9: bad-domain-name: the folder `Trade2` cannot be a Rust module and cargo feature
                    rename the folder, such as `trade2`
                error/domain.yaml:1:9: bad-domain-name: the folder `error` cannot be a Rust module and cargo feature
                    rename the folder, such as `error_api`
                type/domain.yaml:1:9: bad-domain-name: the folder `type` cannot be a Rust module and cargo feature
                    rename the folder, such as `type_`
            "#]],
        );
    }
}
