//! Clients sign with the default method unless told otherwise, so exactly one sign method is it.
//!
//! ```yaml
//! sign_methods:
//!   md5: { doc: .., default: true }
//!   hmac: { doc: .., default: true }
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "default-sign-method";

/// A second default.
pub(crate) fn second(span: Span, name: &str, first: &str) -> Diagnostic {
    let message = format!("`{name}` and `{first}` cannot both be the default sign method");
    Diagnostic::new(ID, span, message).help("delete `default: true` from one of the two")
}

/// No default.
pub(crate) fn none(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(ID, span, "no sign method is the default")
        .help(format!("write `default: true` where it belongs, such as in `{name}`"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{PLATFORM, check};

    #[test]
    fn two_and_none() {
        let two = "sign_methods: { md5: { doc: Plain., default: true }, hmac: { doc: Keyed., default: true } }";
        let none = "sign_methods: { md5: { doc: Plain. }, hmac: { doc: Keyed. } }";
        check(
            &[("platform.yaml", &PLATFORM.replace("sign_methods: {}", two))],
            expect![[r#"
                platform.yaml:4:54: default-sign-method: `hmac` and `md5` cannot both be the default sign method
                    delete `default: true` from one of the two
            "#]],
        );
        check(
            &[("platform.yaml", &PLATFORM.replace("sign_methods: {}", none))],
            expect![[r#"
                platform.yaml:4:17: default-sign-method: no sign method is the default
                    write `default: true` where it belongs, such as in `md5`
            "#]],
        );
    }
}
