//! JSON, standard and simplified.

use super::Node;

/// `{"<wrapper>": {...}}` with lists as `{"<element>": [...]}`.
pub(crate) fn standard(wrapper: &str, root: &Node) -> String {
    let mut out = String::from("{");
    quote(&mut out, wrapper);
    out.push(':');
    write(&mut out, root, true);
    out.push('}');
    out
}

/// The answer's members at the root, lists bare.
pub(crate) fn simplified(root: &Node) -> String {
    let mut out = String::new();
    write(&mut out, root, false);
    out
}

fn write(out: &mut String, node: &Node, keyed: bool) {
    match node {
        Node::Text(text) => quote(out, text),
        Node::Number(number) => out.push_str(&number.to_string()),
        Node::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Node::Object(members) => {
            separated(out, '{', members, '}', |out, (name, node)| {
                quote(out, name);
                out.push(':');
                write(out, node, keyed);
            });
        }
        // The platform writes an empty list as an empty object.
        Node::List(_, items) if keyed && items.is_empty() => out.push_str("{}"),
        Node::List(key, items) => {
            if keyed {
                out.push('{');
                quote(out, key);
                out.push(':');
            }
            separated(out, '[', items, ']', |out, item| write(out, item, keyed));
            if keyed {
                out.push('}');
            }
        }
    }
}

fn separated<T>(out: &mut String, open: char, items: &[T], close: char, each: impl Fn(&mut String, &T)) {
    out.push(open);
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        each(out, item);
    }
    out.push(close);
}

fn quote(out: &mut String, text: &str) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_by_element_or_bare() {
        let list = |items| {
            Node::Object(vec![
                ("trades".into(), Node::List("trade".into(), items)),
                ("n".into(), Node::Number(7_104_300_007_405_429_232_i64.into())),
            ])
        };
        let one = list(vec![Node::Text("a\"\n".into())]);
        assert_eq!(
            standard("x_response", &one),
            r#"{"x_response":{"trades":{"trade":["a\"\n"]},"n":7104300007405429232}}"#
        );
        assert_eq!(simplified(&one), r#"{"trades":["a\"\n"],"n":7104300007405429232}"#);
        assert_eq!(standard("x", &list(vec![])), r#"{"x":{"trades":{},"n":7104300007405429232}}"#);
    }
}
