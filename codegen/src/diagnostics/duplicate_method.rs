//! A method has one spec. Two files, mostly in two domains, that declare the same one would generate it twice.
//!
//! ```yaml
//! specs/trade/taobao.trade.get.yaml and specs/item/taobao.trade.get.yaml
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "duplicate-method";

pub(crate) fn new(span: Span, method: &str, first: &str) -> Diagnostic {
    Diagnostic::new(ID, span, format!("the method `{method}` is already declared in {first}"))
        .help("delete one of the two files")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{check, method};

    #[test]
    fn in_two_domains() {
        check(
            &[
                (
                    "item/domain.yaml",
                    r"domain: item
title: T
title_zh: T
doc: D.
tier: trade
",
                ),
                ("item/taobao.trade.get.yaml", &method("")),
                ("trade/taobao.trade.get.yaml", &method("")),
            ],
            expect![[r#"
                trade/taobao.trade.get.yaml:1:9: duplicate-method: the method `taobao.trade.get` is already declared in item/taobao.trade.get.yaml
                    delete one of the two files
            "#]],
        );
    }
}
