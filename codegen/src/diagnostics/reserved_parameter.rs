//! A request lists a common parameter that the client alone sets: it says what is called, by whom, or proves it.
//!
//! ```yaml
//! request: { sign: string, tid: i64 }
//! ```
//!
//! Other common parameters (`session`, `timestamp`, `v`, `format`, `simplify`, `target_app_key`, ...) may be a method's own: then
//! the value given for the method wins and is sent once.

use crate::diagnostic::Diagnostic;
use crate::model::Span;

/// The diagnostic's stable name.
pub const ID: &str = "reserved-parameter";

/// The names. The client and the derive macro refuse them too.
const RESERVED: [&str; 4] = ["method", "app_key", "sign_method", "sign"];

/// The diagnostic, if the parameter's name is one of them.
pub(crate) fn check(span: Span, name: &str) -> Option<Diagnostic> {
    let message = format!("`{name}` is set by the client and never a method's own parameter");
    RESERVED.contains(&name).then(|| Diagnostic::new(ID, span, message).help("delete it"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::diagnostics::testing::check_method;

    #[test]
    fn what_the_client_alone_sets() {
        check_method(
            "request: { sign: string, method: string, tid: i64, app_key: string, sign_method: string }\n",
            expect![[r#"
                trade/taobao.trade.get.yaml:5:12: reserved-parameter: `sign` is set by the client and never a method's own parameter
                    delete it
                trade/taobao.trade.get.yaml:5:26: reserved-parameter: `method` is set by the client and never a method's own parameter
                    delete it
                trade/taobao.trade.get.yaml:5:52: reserved-parameter: `app_key` is set by the client and never a method's own parameter
                    delete it
                trade/taobao.trade.get.yaml:5:69: reserved-parameter: `sign_method` is set by the client and never a method's own parameter
                    delete it
            "#]],
        );
    }

    #[test]
    fn what_a_method_may_have_of_its_own() {
        let body = "request: { session: string, timestamp: date, v: string, format: string, simplify: bool, partner_id: string, target_app_key: string, Sign: string }\n";
        check_method(body, expect![[r#""#]]);
    }

    #[test]
    fn structures_and_responses_are_free() {
        check_method(
            "request: { a: Part }\nresponse: { sign: string, part: Part }\ntypes: { Part: { sign: string, method: string } }\nexample: { request: {}, response: { sign: x } }\n",
            expect![[r#""#]],
        );
    }
}
