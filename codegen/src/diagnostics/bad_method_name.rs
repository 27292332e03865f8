//! A method's name is at least two parts of lower-case letters, digits, `_` and `-`, joined by dots: `taobao.trade.get`.
//!
//! ```yaml
//! method: Taobao.Trade.Get
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "bad-method-name";

pub(crate) fn new(span: Span, method: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(ID, span, format!("`{method}` is not the name of a method"));
    diagnostic.help("write it as the platform does: lower-case parts joined by dots, such as `taobao.trade.get`")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{check, method};

    #[test]
    fn upper_case_and_one_part() {
        check(
            &[
                ("trade/Taobao.Trade.Get.yaml", &method("").replace("taobao.trade.get", "Taobao.Trade.Get")),
                ("trade/taobao.yaml", &method("").replace("taobao.trade.get", "taobao")),
            ],
            expect![[r#"
                trade/Taobao.Trade.Get.yaml:1:9: bad-method-name: `Taobao.Trade.Get` is not the name of a method
                    write it as the platform does: lower-case parts joined by dots, such as `taobao.trade.get`
                trade/taobao.yaml:1:9: bad-method-name: `taobao` is not the name of a method
                    write it as the platform does: lower-case parts joined by dots, such as `taobao.trade.get`
            "#]],
        );
    }
}
