//! The address of a gateway is `http` or `https`, a host and a path, without user, query or fragment.
//!
//! ```yaml
//! rest: eco.taobao.com/router/rest    # "https://eco.taobao.com/router/rest"
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "bad-url";

pub(crate) fn new(span: Span, url: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(ID, span, format!("`{url}` is not the address of a gateway"));
    diagnostic.help("write `\"https://host/path\"`, without user, query or fragment")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check;

    #[test]
    fn in_an_environment() {
        check(
            &[(
                "platform.yaml",
                r#"environments:
  sandbox: { rest: gw.example.com/rest, batch: "https://me:pw@gw.example.com/batch", doc: For tests. }
parameters: {}
sign_methods: {}
errors: {}
families: {}
tiers: { trade: { per_minute: 200, doc: Trades. } }
"#,
            )],
            expect![[r#"
                platform.yaml:2:20: bad-url: `gw.example.com/rest` is not the address of a gateway
                    write `"https://host/path"`, without user, query or fragment
                platform.yaml:2:48: bad-url: `https://me:pw@gw.example.com/batch` is not the address of a gateway
                    write `"https://host/path"`, without user, query or fragment
            "#]],
        );
    }
}
