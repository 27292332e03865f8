//! Structures into JSON text.

use std::fmt::Write as _;

use crate::codec::tree::{Kind, Node};
use crate::model::{Record, View};

/// How lists are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// As the platform answers by default: `"trades": {"trade": […]}`.
    Wrapped,
    /// As requests and simplified answers have it: `"trades": […]`.
    Bare,
}

/// One structure as a JSON object; fields that are not set are left out.
pub(crate) fn record(record: &dyn Record, style: Style, out: &mut String) {
    out.push('{');
    let mut first = true;
    for (slot, field) in record.shape().fields.iter().enumerate() {
        let Some(value) = record.get(slot).map(|v| v.view()) else { continue };
        if matches!(value, View::Absent | View::Upload(_)) {
            continue;
        }
        if !first {
            out.push(',');
        }
        first = false;
        escape(field.name, out);
        out.push(':');
        match (&value, style) {
            (View::List(_), Style::Wrapped) => {
                out.push('{');
                escape(field.element, out);
                out.push(':');
                view(&value, style, out);
                out.push('}');
            }
            _ => view(&value, style, out),
        }
    }
    out.push('}');
}

/// One value.
pub(crate) fn view(value: &View<'_>, style: Style, out: &mut String) {
    match value {
        View::Bool(_) | View::Int(_) => out.push_str(&value.scalar().unwrap_or_default()),
        View::Float(n) if n.is_finite() => {
            let _ = write!(out, "{n}");
        }
        View::Record(nested) => record(*nested, style, out),
        View::List(list) => {
            out.push('[');
            for index in 0..list.len() {
                if index > 0 {
                    out.push(',');
                }
                view(&list.at(index), style, out);
            }
            out.push(']');
        }
        View::Fields(fields) => escape(&fields.names(None).join(","), out),
        View::Absent | View::Float(_) | View::Upload(_) => out.push_str("null"),
        View::Decimal(_) | View::Date(_) | View::Text(_) => escape(&value.scalar().unwrap_or_default(), out),
    }
}

/// Text in quotes. Non-ASCII stays raw, as the official client does.
pub(crate) fn escape(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A parsed node as JSON text again.
pub(crate) fn from_node(node: Node<'_>) -> String {
    value(node, Repeated::Joined).to_string()
}

/// What names that come more than once mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeated {
    /// The last one counts, as everywhere in JSON.
    Last,
    /// They are the elements of a list, as in XML.
    Joined,
}

/// A parsed node as a JSON value.
pub(crate) fn value(node: Node<'_>, repeated: Repeated) -> serde_json::Value {
    use serde_json::Value;
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Bool(b) => Value::Bool(b),
        Kind::Number(n) => serde_json::from_str(n).unwrap_or_else(|_| Value::String(n.to_owned())),
        Kind::Text(s) => Value::String(s.to_owned()),
        Kind::List(items) => items.map(|item| value(item, repeated)).collect(),
        Kind::Map(entries) => {
            let mut map = serde_json::Map::new();
            for (name, node) in entries {
                let value = value(node, repeated);
                match map.get_mut(name) {
                    Some(Value::Array(items)) if repeated == Repeated::Joined => items.push(value),
                    Some(one) if repeated == Repeated::Joined => *one = Value::Array(vec![one.take(), value]),
                    _ => {
                        map.insert(name.to_owned(), value);
                    }
                }
            }
            Value::Object(map)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::client::RawReply;
    use crate::codec::{Form, write};
    use crate::{DateTime, Decimal, Json, Model, Money, OpenEnum, Request};

    #[test]
    fn text_in_quotes() {
        for (text, quoted) in [
            ("", r#""""#),
            ("a/b", r#""a/b""#),
            ("\"\\", r#""\"\\""#),
            ("\n\r\t", r#""\n\r\t""#),
            ("\u{0}\u{8}\u{1f}", r#""\u0000\u0008\u001F""#),
            ("中😀\u{7f}\u{2028}", "\"中😀\u{7f}\u{2028}\""),
        ] {
            let mut out = String::new();
            escape(text, &mut out);
            assert_eq!(out, quoted, "{text:?}");
            assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }

    #[derive(Clone, Request)]
    #[top(method = "taobao.notes.get", response = Note)]
    struct NotesGet {}

    #[derive(Model)]
    struct Note {
        #[top(name = "theText")]
        text: Option<String>,
        number: Option<i64>,
        float: Option<f64>,
        flag: Option<bool>,
        yuan: Option<Money>,
        weight: Option<Decimal>,
        date: Option<DateTime>,
        json: Option<Json>,
        colour: Option<Colour>,
        level: Option<Level>,
        texts: Vec<String>,
        numbers: Vec<i64>,
        notes: Vec<Note>,
        note: Option<Box<Note>>,
    }

    #[derive(Clone, PartialEq, Eq, Hash, OpenEnum)]
    enum Colour {
        #[top("RED")]
        Red,
        Other(String),
    }

    #[derive(Clone, PartialEq, Eq, Hash, OpenEnum)]
    #[top(integer)]
    enum Level {
        #[top("1")]
        One,
        Other(String),
    }

    fn full() -> Note {
        let inner = Note { text: Some("x".into()), ..Note::default() };
        Note {
            text: Some("a\"b".into()),
            number: Some(i64::MIN),
            float: Some(0.5),
            flag: Some(false),
            yuan: "1.50".parse().ok(),
            weight: Some(Decimal::new(25, 1)),
            date: "2026-01-05 10:00:00".parse().ok(),
            json: Some(Json::from(r#"{"a":1}"#)),
            colour: Some(Colour::Red),
            level: Some(Level::One),
            texts: vec!["p".into(), "q".into()],
            numbers: vec![1, 2],
            notes: vec![inner.clone(), Note::default()],
            note: Some(Box::new(inner)),
        }
    }

    #[test]
    fn every_kind_of_field() {
        let written = |form| write("taobao.notes.get", &full(), form);
        assert_eq!(
            written(Form::Simplified),
            r#"{"theText":"a\"b","number":-9223372036854775808,"float":0.5,"flag":false,"yuan":"1.50","weight":"2.5","#
                .to_owned()
                + r#""date":"2026-01-05 10:00:00","json":"{\"a\":1}","colour":"RED","level":1,"texts":["p","q"],"#
                + r#""numbers":[1,2],"notes":[{"theText":"x"},{}],"note":{"theText":"x"}}"#
        );
        assert_eq!(
            written(Form::Json),
            r#"{"notes_get_response":{"theText":"a\"b","number":-9223372036854775808,"float":0.5,"flag":false,"yuan":"1.50","#.to_owned()
                + r#""weight":"2.5","date":"2026-01-05 10:00:00","json":"{\"a\":1}","colour":"RED","level":1,"#
                + r#""texts":{"string":["p","q"]},"numbers":{"number":[1,2]},"#
                + r#""notes":{"note":[{"theText":"x"},{}]},"note":{"theText":"x"}}}"#
        );
        assert_eq!(write("taobao.notes.get", &Note::default(), Form::Json), r#"{"notes_get_response":{}}"#);
    }

    #[test]
    fn floats_that_json_has_not() {
        for float in [f64::NAN, f64::INFINITY] {
            let note = Note { float: Some(float), ..Note::default() };
            assert_eq!(write("taobao.notes.get", &note, Form::Simplified), r#"{"float":null}"#);
        }
    }

    #[test]
    fn nodes_as_values() {
        for (body, last, joined) in [
            (r#"{"a":1,"a":[2],"a":3}"#, r#"{"a":3}"#, r#"{"a":[1,[2],3]}"#),
            (r#"{"a":[{"b":1,"b":2}]}"#, r#"{"a":[{"b":2}]}"#, r#"{"a":[{"b":[1,2]}]}"#),
            (r#"[7104300007405429232,1e999,"x",null,true]"#, "", r#"[7104300007405429232,"1e999","x",null,true]"#),
        ] {
            let tree = super::super::read(body.as_bytes()).unwrap();
            assert_eq!(value(tree.root(), Repeated::Joined).to_string(), joined, "{body}");
            let last = if last.is_empty() { joined } else { last };
            assert_eq!(value(tree.root(), Repeated::Last).to_string(), last, "{body}");
        }
    }

    fn notes() -> impl Strategy<Value = Note> {
        let leaf = (
            (
                any::<Option<String>>(),
                any::<Option<i64>>(),
                any::<Option<f64>>(),
                any::<Option<bool>>(),
                any::<Option<i64>>(),
            ),
            (
                any::<Option<i64>>(),
                any::<Option<u32>>(),
                prop::option::of("RED|[A-Z]{1,3}"),
                prop::option::of("1|-?[2-9]{1,3}|x"),
            ),
            (prop::collection::vec(any::<String>(), 0..3), prop::collection::vec(any::<i64>(), 0..3)),
        );
        let leaf =
            leaf.prop_map(|((text, number, float, flag, fen), (weight, seconds, colour, level), (texts, numbers))| {
                Note {
                    json: text.clone().map(Json::from),
                    text,
                    number,
                    float: float.filter(|float| float.is_finite()),
                    flag,
                    yuan: fen.map(Money::from_fen),
                    weight: weight.map(|weight| Decimal::new(weight, 9)),
                    date: seconds.and_then(|seconds| DateTime::from_unix_millis(i64::from(seconds) * 1000)),
                    colour: colour.map(|colour| Colour::from_wire(&colour)),
                    level: level.map(|level| Level::from_wire(&level)),
                    texts,
                    numbers,
                    ..Note::default()
                }
            });
        leaf.prop_recursive(3, 8, 3, |inner| {
            (inner.clone(), prop::collection::vec(inner.clone(), 0..3), prop::option::of(inner))
                .prop_map(|(outer, notes, note)| Note { notes, note: note.map(Box::new), ..outer })
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(note in notes()) {
            for form in [Form::Json, Form::Simplified] {
                let body = write("taobao.notes.get", &note, form);
                prop_assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok(), "{body}");
                let reply = RawReply::stored("taobao.notes.get", body.as_str()).decode::<NotesGet>(true).unwrap();
                prop_assert_eq!(&reply.response, &note, "{}", body);
                prop_assert_eq!(reply.unknown_fields().len(), 0);
            }
        }

        #[test]
        fn what_xml_can_hold_is_read_back(note in notes()) {
            let mut note = note;
            strip(&mut note);
            let body = write("taobao.notes.get", &note, Form::Xml);
            let reply = RawReply::stored("taobao.notes.get", body.as_str()).decode::<NotesGet>(true).unwrap();
            prop_assert_eq!(&reply.response, &note, "{}", body);
            prop_assert_eq!(reply.unknown_fields().len(), 0);
        }
    }

    /// Leaves out what XML cannot hold: empty texts and structures, and most control characters.
    fn strip(note: &mut Note) {
        let held = |text: &String| {
            let control = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r');
            !text.is_empty() && !text.contains(|c| control(c) || matches!(c, '\u{fffe}' | '\u{ffff}'))
        };
        note.text = note.text.take().filter(held);
        note.json = note.text.clone().map(Json::from);
        note.texts.retain(held);
        note.notes.iter_mut().chain(note.note.as_deref_mut()).for_each(strip);
        note.notes.retain(|note| *note != Note::default());
        note.note = note.note.take().filter(|note| **note != Note::default());
    }
}
