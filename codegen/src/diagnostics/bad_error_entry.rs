//! An error entry that no answer of the platform can match, or that does not help.
//!
//! ```yaml
//! errors:
//!   "isv.invalid-parameter:tid": { means: .., fix: .., retry: never }    # without `:tid`
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "bad-error-entry";

/// The code is written with what the platform adds to it.
pub(crate) fn suffix(span: Span, code: &str, stem: &str) -> Diagnostic {
    let message = format!("the sub code `{code}` is listed with what the platform adds after `:`");
    Diagnostic::new(ID, span, message).help(format!("write `{stem}`"))
}

/// The code is not one.
pub(crate) fn code(span: Span, code: &str, expected: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{code}` is not {expected}"))
}

/// The code is covered by an earlier entry.
pub(crate) fn overlap(span: Span, code: &str, earlier: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("the code `{code}` is already covered by `{earlier}`"))
        .help("let each code stand in one entry")
}

/// A text that helps nobody.
pub(crate) fn empty(span: Span, key: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(ID, span, format!("`{key}` says nothing"));
    diagnostic.help("say in one sentence what went wrong (`means`) and what the caller does about it (`fix`)")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{check, check_method};

    #[test]
    fn in_a_method() {
        check_method(
            r#"errors:
  "isv.invalid-parameter:tid": { means: Bad tid., fix: Mend it., retry: never }
  "isp.*": { means: Down., fix: Wait., retry: backoff }
  isv.x: { means: "", fix: , retry: never }
  isv.y: { retry: never }
  "a b": { means: Odd., fix: Mend it., retry: never }
"#,
            expect![[r#"
                trade/taobao.trade.get.yaml:6:3: bad-error-entry: the sub code `isv.invalid-parameter:tid` is listed with what the platform adds after `:`
                    write `isv.invalid-parameter`
                trade/taobao.trade.get.yaml:7:3: bad-error-entry: `isp.*` is not one sub code; prefixes ending in `*` belong to `families` of platform.yaml
                trade/taobao.trade.get.yaml:8:19: bad-error-entry: `means` says nothing
                    say in one sentence what went wrong (`means`) and what the caller does about it (`fix`)
                trade/taobao.trade.get.yaml:8:23: bad-error-entry: `fix` says nothing
                    say in one sentence what went wrong (`means`) and what the caller does about it (`fix`)
                trade/taobao.trade.get.yaml:9:12: bad-error-entry: `means` says nothing
                    say in one sentence what went wrong (`means`) and what the caller does about it (`fix`)
                trade/taobao.trade.get.yaml:9:12: bad-error-entry: `fix` says nothing
                    say in one sentence what went wrong (`means`) and what the caller does about it (`fix`)
                trade/taobao.trade.get.yaml:10:3: bad-error-entry: `a b` is not a sub code
            "#]],
        );
    }

    #[test]
    fn in_the_platform() {
        check(
            &[(
                "platform.yaml",
                r#"environments: {}
parameters: {}
sign_methods: {}
errors:
  7: { name: Limited, means: Too many calls., fix: Wait., retry: after_ban }
  "007": { name: Limited, means: Too many calls., fix: Wait., retry: after_ban }
  x: { name: Odd, means: Odd., fix: Wait., retry: never }
  1-9: { name: Range, means: A range., fix: Wait., retry: never }
  5-20: { name: Range, means: A range., fix: Wait., retry: never }
families:
  "isp.*": { means: Down., fix: Wait., retry: backoff }
  "isp.**": { means: Down., fix: Wait., retry: backoff }
tiers: { trade: { per_minute: 200, doc: Trades. } }
"#,
            )],
            expect![[r#"
                platform.yaml:6:3: bad-error-entry: the code `7` is already covered by `7`
                    let each code stand in one entry
                platform.yaml:7:3: bad-error-entry: `x` is not a platform code such as `7`, or a range such as `100-199`
                platform.yaml:9:3: bad-error-entry: the code `5-20` is already covered by `1-9`
                    let each code stand in one entry
                platform.yaml:12:3: bad-error-entry: `isp.**` is not one sub code; prefixes ending in `*` belong to `families` of platform.yaml
            "#]],
        );
    }
}
