//! The crate of a domain is named in one word, of lower-case letters and digits, and is not one of the project's other crates. A core
//! domain has none: its code is in the SDK itself.
//!
//! ```yaml
//! crate: Travel-2
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "bad-crate-name";

pub(crate) fn new(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{name}` cannot be the name of a domain's crate"))
        .help("one word of lower-case letters and digits, such as `travel`, that no other crate of the project has")
}

pub(crate) fn of_core(span: Span) -> Diagnostic {
    Diagnostic::new(ID, span, "a core domain has no crate of its own").help("remove `crate`, or `core`")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{DOMAIN, check};

    #[test]
    fn no_crate_name() {
        let named = |folder: &str, name: &str| {
            let text = DOMAIN.replace("domain: trade", &format!("domain: {folder}")).replace("core: true\n", "");
            format!("{text}crate: {name}\n")
        };
        check(
            &[
                ("bus/domain.yaml", &named("bus", "Travel-2")),
                ("train/domain.yaml", &named("train", "runtime")),
                ("ship/domain.yaml", &named("ship", "travel")),
                ("metro/domain.yaml", &format!("{}core: true\n", named("metro", "travel"))),
            ],
            expect![[r#"
                bus/domain.yaml:7:8: bad-crate-name: `Travel-2` cannot be the name of a domain's crate
                    one word of lower-case letters and digits, such as `travel`, that no other crate of the project has
                metro/domain.yaml:7:8: bad-crate-name: a core domain has no crate of its own
                    remove `crate`, or `core`
                train/domain.yaml:7:8: bad-crate-name: `runtime` cannot be the name of a domain's crate
                    one word of lower-case letters and digits, such as `travel`, that no other crate of the project has
            "#]],
        );
    }
}
