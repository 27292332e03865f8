//! Every response carries `request_id`; the runtime reads it, so no spec lists it.
//!
//! ```yaml
//! response: { request_id: string, trade: Trade }
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "implied-field";

pub(crate) fn new(span: Span) -> Diagnostic {
    Diagnostic::new(ID, span, "`request_id` is part of every response and never listed").help("delete it")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn request_id() {
        check_method(
            "response: { ok: bool, request_id: string }\n",
            expect![[r#"
                trade/taobao.trade.get.yaml:5:23: implied-field: `request_id` is part of every response and never listed
                    delete it
            "#]],
        );
    }
}
