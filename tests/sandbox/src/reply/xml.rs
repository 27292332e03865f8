//! XML.

use super::Node;

/// A whole document: declaration, the wrapper as root, and the comment that names the serving host.
pub(crate) fn document(wrapper: &str, root: &Node) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\" ?>");
    element(&mut out, wrapper, root);
    out.push_str("<!--top-sandbox-->");
    out
}

fn element(out: &mut String, name: &str, node: &Node) {
    let mark = if matches!(node, Node::List(..)) { " list=\"true\"" } else { "" };
    out.push_str(&format!("<{name}{mark}>"));
    match node {
        Node::Object(members) => members.iter().for_each(|(name, node)| element(out, name, node)),
        Node::List(key, items) => items.iter().for_each(|item| element(out, key, item)),
        scalar => escape(out, &scalar.scalar_text().unwrap_or_default()),
    }
    out.push_str(&format!("</{name}>"));
}

/// Escapes markup and leaves out the characters that XML 1.0 cannot hold.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nests_lists_and_escapes() {
        let root = Node::Object(vec![
            (
                "trades".into(),
                Node::List("trade".into(), vec![Node::Object(vec![("title".into(), Node::Text("a<&\u{1}>".into()))])]),
            ),
            ("ok".into(), Node::Bool(true)),
        ]);
        assert_eq!(
            document("x_response", &root),
            "<?xml version=\"1.0\" encoding=\"utf-8\" ?><x_response><trades list=\"true\"><trade><title>a&lt;&amp;&gt;</title></trade></trades><ok>true</ok></x_response><!--top-sandbox-->"
        );
    }
}
