//! A key takes one of a few words, and this is none of them.
//!
//! ```yaml
//! session: yes                        # required, optional or none
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;
use crate::suggest;

/// The diagnostic's stable name.
pub const ID: &str = "unknown-value";

pub(crate) fn new(span: Span, key: &str, value: &str, known: &[&str]) -> Diagnostic {
    let message = format!("`{key}` cannot be `{value}`");
    Diagnostic::new(ID, span, message).help(suggest::hint(value, known.iter().copied()))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{check, check_method};

    #[test]
    fn each_closed_list() {
        check_method(
            r"origin: catalog
errors: { isv.x: { means: It broke., fix: Mend it., retry: always, who: me } }
request: { a: { type: string, sensitive: mobile } }
",
            expect![[r#"
                trade/taobao.trade.get.yaml:5:9: unknown-value: `origin` cannot be `catalog`
                    did you mean `catalogue`?
                trade/taobao.trade.get.yaml:6:60: unknown-value: `retry` cannot be `always`
                    one of: never, once, backoff, after_ban
                trade/taobao.trade.get.yaml:6:73: unknown-value: `who` cannot be `me`
                    one of: app, seller, platform
                trade/taobao.trade.get.yaml:7:42: unknown-value: `sensitive` cannot be `mobile`
                    one of: name, phone, address, nick, email, id, account, secret, text
            "#]],
        );
    }

    #[test]
    fn session_and_effect() {
        check(
            &[(
                "trade/taobao.trade.get.yaml",
                r"method: taobao.trade.get
summary: Reads one trade.
session: yes
effect: reads
response: { ok: bool }
example: { request: {}, response: { ok: true } }
",
            )],
            expect![[r#"
                trade/taobao.trade.get.yaml:3:10: unknown-value: `session` cannot be `yes`
                    one of: required, optional, none
                trade/taobao.trade.get.yaml:4:9: unknown-value: `effect` cannot be `reads`
                    did you mean `read`?
            "#]],
        );
    }
}
