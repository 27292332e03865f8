//! Structures into an XML document, as the platform answers.

use crate::model::{Record, View};

/// A whole document under this root element.
pub(crate) fn document(root: &str, record: &dyn Record) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\" ?>");
    element(root, &View::Record(record), "", &mut out);
    out
}

fn element(name: &str, value: &View<'_>, key: &str, out: &mut String) {
    out.push('<');
    out.push_str(name);
    if matches!(value, View::List(_)) {
        out.push_str(" list=\"true\"");
    }
    out.push('>');
    match value {
        View::Record(record) => {
            for (slot, field) in record.shape().fields.iter().enumerate() {
                match record.get(slot).map(|v| v.view()) {
                    None | Some(View::Absent | View::Upload(_)) => {}
                    Some(value) => element(field.name, &value, field.element, out),
                }
            }
        }
        View::List(list) => {
            for index in 0..list.len() {
                element(key, &list.at(index), "", out);
            }
        }
        scalar => escape(&scalar.scalar().unwrap_or_default(), out),
    }
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// Character data. What XML 1.0 cannot hold is left out.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A raw carriage return would come back as a line feed.
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Model;

    #[derive(Model)]
    struct Page {
        title: Option<String>,
        tags: Vec<String>,
        pages: Vec<Page>,
    }

    #[test]
    fn documents() {
        let page = Page {
            title: Some("<a> & \"b\" ]]>".into()),
            tags: vec!["x".into(), String::new()],
            pages: vec![Page { title: Some("中😀".into()), ..Page::default() }, Page::default()],
        };
        assert_eq!(
            document("page_get_response", &page),
            r#"<?xml version="1.0" encoding="utf-8" ?><page_get_response><title>&lt;a&gt; &amp; "b" ]]&gt;</title>"#
                .to_owned()
                + r#"<tags list="true"><string>x</string><string></string></tags>"#
                + r#"<pages list="true"><page><title>中😀</title></page><page></page></pages></page_get_response>"#
        );
    }

    #[test]
    fn texts() {
        for (text, written, read) in [
            ("a\r\nb\tc", "a&#13;\nb\tc", "a\r\nb\tc"),
            (" a ", " a ", " a "),
            ("\u{0}a\u{1f}\u{fffe}\u{ffff}b", "ab", "ab"),
            ("\u{7f}\u{85}\u{2028}", "\u{7f}\u{85}\u{2028}", "\u{7f}\u{85}\u{2028}"),
            ("&amp;<![CDATA[x]]>", "&amp;amp;&lt;![CDATA[x]]&gt;", "&amp;<![CDATA[x]]>"),
        ] {
            let mut out = String::new();
            escape(text, &mut out);
            assert_eq!(out, written, "{text:?}");
            let body = format!("<a>{out}</a>");
            let tree = crate::codec::xml::read(body.as_bytes()).unwrap();
            assert_eq!(tree.root().get("a").and_then(|node| node.scalar()), Some(read), "{text:?}");
        }
    }
}
