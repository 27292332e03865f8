//! A file is named after its method, so that everybody finds it.
//!
//! ```yaml
//! specs/trade/taobao.trade.get.yaml: `method: taobao.trades.get`
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "method-file-mismatch";

pub(crate) fn new(span: Span, method: &str, file: &str) -> Diagnostic {
    let message = format!("the method `{method}` stands in a file named `{file}`");
    Diagnostic::new(ID, span, message).help(format!("rename the file to `{method}.yaml`, or correct the method"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::{check, method};

    #[test]
    fn another_name() {
        check(
            &[("trade/taobao.trades.get.yaml", &method(""))],
            expect![[r#"
                trade/taobao.trades.get.yaml:1:9: method-file-mismatch: the method `taobao.trade.get` stands in a file named `taobao.trades.get.yaml`
                    rename the file to `taobao.trade.get.yaml`, or correct the method
            "#]],
        );
    }
}
