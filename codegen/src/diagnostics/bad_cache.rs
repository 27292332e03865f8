//! `cache` says for how many seconds the answer of a read may be used again, and what it shows; `invalidates` says of a write what it
//! changes. A tag is a name, or a name and the parameter that tells which one: `item:num_iid`; the parameter `session` is the user.
//!
//! ```yaml
//! effect: read
//! cache: { ttl: 60, tags: ["item:num_id"] }
//! request: { num_iid: i64 }
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;
use crate::suggest;

/// The diagnostic's stable name.
pub const ID: &str = "bad-cache";

/// A write of which the answer would be used again.
pub(crate) fn write(span: Span) -> Diagnostic {
    Diagnostic::new(ID, span, "only the answer of a read can be used again").help("delete `cache`")
}

/// A time that is none.
pub(crate) fn ttl(span: Span) -> Diagnostic {
    Diagnostic::new(ID, span, "`ttl` is a number of seconds, above 0").help("such as `ttl: 60`")
}

/// A read that changes something.
pub(crate) fn read(span: Span) -> Diagnostic {
    Diagnostic::new(ID, span, "a read makes no answer old").help("delete `invalidates`")
}

/// A tag of another form.
pub(crate) fn tag(span: Span, tag: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("`{tag}` is no tag"))
        .help("write `name` or `name:parameter`, in lower case, such as `item:num_iid`")
}

/// A parameter that the method does not have.
pub(crate) fn parameter(span: Span, name: &str, parameters: &[&str]) -> Diagnostic {
    let message = format!("there is no parameter `{name}` for the tag");
    Diagnostic::new(ID, span, message).help(suggest::hint(name, parameters.iter().copied()))
}

/// A tag that no read of the domain has, and no other that `platform.yaml` tells.
pub(crate) fn unknown(span: Span, name: &str, tags: &[&str]) -> Diagnostic {
    let message = format!(
        "no read of this domain has the tag `{name}` in its `cache`, nor is it one of the `tags` in platform.yaml: nothing becomes old"
    );
    Diagnostic::new(ID, span, message).help(suggest::hint(name, tags.iter().copied()))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{PLATFORM, check, method};

    /// What reads of another domain show.
    #[test]
    fn a_tag_of_all_domains() {
        let platform = format!("{PLATFORM}tags: [item]\n");
        for (tag, expected) in [
            ("item:num_iid", expect![[""]]),
            (
                "itm",
                expect![[r#"
                trade/taobao.trade.get.yaml:5:15: bad-cache: no read of this domain has the tag `itm` in its `cache`, nor is it one of the `tags` in platform.yaml: nothing becomes old
                    did you mean `item`?
            "#]],
            ),
        ] {
            let text = method(&format!("invalidates: [\"{tag}\"]\nrequest: {{ num_iid: i64 }}\n"));
            let text = text.replace("effect: read", "effect: write");
            check(&[("platform.yaml", &platform), ("trade/taobao.trade.get.yaml", &text)], expected);
        }
    }

    #[test]
    fn each() {
        for (effect, said, expected) in [
            ("read", r#"cache: { ttl: 60, tags: ["item:num_iid", items, "all:session"] }"#, expect![[""]]),
            (
                "write",
                "cache: { ttl: 60 }",
                expect![[r#"
                trade/taobao.trade.get.yaml:5:15: bad-cache: only the answer of a read can be used again
                    delete `cache`
            "#]],
            ),
            (
                "read",
                "cache: { ttl: 0 }",
                expect![[r#"
                trade/taobao.trade.get.yaml:5:15: bad-cache: `ttl` is a number of seconds, above 0
                    such as `ttl: 60`
            "#]],
            ),
            (
                "read",
                r#"cache: { ttl: 60, tags: ["item:num_id", "A b"] }"#,
                expect![[r#"
                trade/taobao.trade.get.yaml:5:26: bad-cache: there is no parameter `num_id` for the tag
                    did you mean `num_iid`?
                trade/taobao.trade.get.yaml:5:41: bad-cache: `A b` is no tag
                    write `name` or `name:parameter`, in lower case, such as `item:num_iid`
            "#]],
            ),
            (
                "read",
                "invalidates: [items]",
                expect![[r#"
                trade/taobao.trade.get.yaml:5:15: bad-cache: a read makes no answer old
                    delete `invalidates`
            "#]],
            ),
            (
                "write",
                "invalidates: [items]",
                expect![[r#"
                trade/taobao.trade.get.yaml:5:15: bad-cache: no read of this domain has the tag `items` in its `cache`, nor is it one of the `tags` in platform.yaml: nothing becomes old
                    there is nothing to choose from
            "#]],
            ),
        ] {
            let text = method(&format!("{said}\nrequest: {{ num_iid: i64 }}\n"));
            let text = text.replace("effect: read", &format!("effect: {effect}"));
            check(&[("trade/taobao.trade.get.yaml", &text)], expected);
        }
    }
}
