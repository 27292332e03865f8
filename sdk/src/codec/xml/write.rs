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
