//! A file is a part of a multipart request: it stands directly under `request`, never in a response, a structure or a list.
//!
//! ```yaml
//! response: { picture: bytes }
//! ```

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "bytes-in-response";

pub(crate) fn new(span: Span) -> Diagnostic {
    let message = "`bytes` is a file part and can only be a parameter of a request";
    Diagnostic::new(ID, span, message).help("write `string`, whose text is what the platform sends or takes here")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn anywhere_but_in_a_request() {
        check_method(
            r#"request: { image: bytes, images: "bytes[]", sku: Sku }
response: { picture: bytes }
types: { Sku: { picture: bytes } }
example: { request: { image: "@a.png" }, response: { picture: x } }
"#,
            expect![[r#"
                trade/taobao.trade.get.yaml:5:34: bytes-in-response: `bytes` is a file part and can only be a parameter of a request
                    write `string`, whose text is what the platform sends or takes here
                trade/taobao.trade.get.yaml:6:22: bytes-in-response: `bytes` is a file part and can only be a parameter of a request
                    write `string`, whose text is what the platform sends or takes here
                trade/taobao.trade.get.yaml:7:26: bytes-in-response: `bytes` is a file part and can only be a parameter of a request
                    write `string`, whose text is what the platform sends or takes here
            "#]],
        );
    }
}
