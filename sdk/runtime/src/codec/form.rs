//! Requests into parameters, and parameters into a form body.

use std::borrow::Cow;

use crate::codec::is_blank;
use crate::codec::json::{self, Style};
use crate::model::{Record, Select, Upload, View};

/// The parameters of a call: text by name, and files. Text borrows from the request where it can.
#[derive(Clone, Default)]
pub(crate) struct Params<'a> {
    pub(crate) text: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub(crate) files: Vec<(Cow<'a, str>, Cow<'a, Upload>)>,
}

impl<'a> Params<'a> {
    /// Adds a parameter unless its name or value is blank: such a parameter is neither sent nor signed, as in the official client.
    pub(crate) fn push(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        let (name, value) = (name.into(), value.into());
        if !is_blank(&name) && !is_blank(&value) {
            self.text.push((name, value));
        }
    }

    /// Gives a parameter another value, or adds it.
    pub(crate) fn set(&mut self, name: &'a str, value: impl Into<Cow<'a, str>>) {
        self.text.retain(|(other, _)| other != name);
        self.push(name, value);
    }

    /// The names, of texts and files.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.text.iter().map(|(name, _)| name.as_ref()).chain(self.files.iter().map(|(name, _)| name.as_ref()))
    }

    /// The same parameters without borrowing from anybody.
    pub(crate) fn into_owned(self) -> Params<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Params {
            text: self.text.into_iter().map(|(name, value)| (owned(name), owned(value))).collect(),
            files: self.files.into_iter().map(|(name, file)| (owned(name), Cow::Owned(file.into_owned()))).collect(),
        }
    }

    /// Adds a request's fields, encoded as the official client does it.
    pub(crate) fn record(&mut self, record: &'a dyn Record) {
        let fields = record.shape().fields;
        self.text.reserve(fields.len());
        for (slot, field) in fields.iter().enumerate() {
            let Some(value) = record.get(slot) else { continue };
            match value.view() {
                View::Absent => {}
                View::Upload(file) => self.files.push((Cow::Borrowed(field.name), Cow::Borrowed(file))),
                other => self.push(field.name, text(&other, field.select)),
            }
        }
    }
}

/// One value as a parameter: scalars as text, lists of scalars joined by commas, everything else as JSON.
fn text<'a>(value: &View<'a>, select: Option<&Select>) -> Cow<'a, str> {
    if let Some(text) = value.scalar() {
        return text;
    }
    Cow::Owned(match value {
        View::Fields(fields) => fields.names(select).join(","),
        View::List(list) => {
            let scalars: Option<Vec<_>> = (0..list.len()).map(|i| list.at(i).scalar()).collect();
            scalars.map_or_else(|| to_json(value), |s| s.join(","))
        }
        _ => to_json(value),
    })
}

fn to_json(value: &View<'_>) -> String {
    let mut out = String::new();
    json::view(value, Style::Bare, &mut out);
    out
}

/// A form body or a query: `name=value` joined by `&`.
pub(crate) fn encode(pairs: &[(&str, &str)]) -> String {
    let length: usize = pairs.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    // A third of the bytes may grow by two.
    let mut out = Vec::with_capacity(length + length / 2);
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push(b'&');
        }
        percent(name, &mut out);
        out.push(b'=');
        percent(value, &mut out);
    }
    // All of it is ASCII, so nothing is lost here.
    String::from_utf8(out).unwrap_or_default()
}

/// A URL with these pairs added to its query.
pub(crate) fn url(base: &str, pairs: &[(&str, &str)]) -> String {
    let separator = match base {
        _ if base.ends_with(['?', '&']) => "",
        _ if base.contains('?') => "&",
        _ => "?",
    };
    [base, separator, &encode(pairs)].concat()
}

/// Java's `URLEncoder` over UTF-8: a blank becomes `+`, `A-Z a-z 0-9 . * _ -` stay, all else is `%XX` in upper case.
fn percent(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let text = text.as_bytes();
    let mut done = 0;
    for (at, &byte) in text.iter().enumerate() {
        if PLAIN[usize::from(byte)] {
            continue;
        }
        out.extend_from_slice(&text[done..at]);
        match byte {
            b' ' => out.push(b'+'),
            _ => out.extend_from_slice(&[b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]),
        }
        done = at + 1;
    }
    out.extend_from_slice(&text[done..]);
}

/// Bytes that stay as they are.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        plain[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'.' | b'*' | b'_' | b'-');
        byte += 1;
    }
    plain
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DateTime, Fields, Json, Model, Money, Request};

    #[test]
    fn encodes_like_the_official_client() {
        // The pair is taken from a capture of the official client.
        let out = encode(&[("t", "中 a+b*c~d-e_f.g\n😀"), ("x", "")]);
        assert_eq!(out, "t=%E4%B8%AD+a%2Bb*c%7Ed-e_f.g%0A%F0%9F%98%80&x=");
    }

    #[test]
    fn blanks_are_dropped() {
        let mut params = Params::default();
        for (name, value) in [("a", ""), ("b", " \t"), ("c", "\u{3000}"), ("", "x"), (" ", "x"), ("d", "\u{1c}")] {
            params.push(name, value);
        }
        assert!(params.text.is_empty());
        params.push("kept", "\u{a0}");
        assert_eq!(params.text.len(), 1);
    }

    #[derive(Clone, Request)]
    #[top(method = "taobao.forms.get", response = Part)]
    struct FormsGet {
        #[top(fields(Part, except("noise")))]
        fields: Fields,
        #[top(name = "theText")]
        text: Option<String>,
        number: Option<i64>,
        float: Option<f64>,
        flag: Option<bool>,
        yuan: Option<Money>,
        date: Option<DateTime>,
        json: Option<Json>,
        texts: Vec<String>,
        numbers: Vec<i64>,
        yuans: Vec<Money>,
        part: Option<Part>,
        parts: Vec<Part>,
        file: Option<Upload>,
    }

    #[derive(Model)]
    struct Part {
        name: Option<String>,
        #[top(ask_as = "inner")]
        inners: Vec<Part>,
        noise: Option<i64>,
    }

    /// The text parameters of a request, but for `fields`.
    fn sent(request: &FormsGet) -> Vec<(String, String)> {
        let mut params = Params::default();
        params.record(request);
        let owned = params.text.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        owned.filter(|(name, _)| name != "fields").collect()
    }

    #[test]
    fn every_kind_of_parameter() {
        let new = || FormsGet::new("name");
        let part = || Part { name: Some("a\"/中".into()), inners: vec![Part::default()], noise: Some(1) };
        let json = r#"{"name":"a\"/中","inners":[{}],"noise":1}"#;
        for (request, name, value) in [
            (new().text(" a b "), "theText", " a b "),
            (new().number(i64::MIN), "number", "-9223372036854775808"),
            (new().float(0.1), "float", "0.1"),
            (new().flag(false), "flag", "false"),
            (new().yuan(Money::from_fen(20_010)), "yuan", "200.10"),
            (new().date("2026-01-05".parse().unwrap()), "date", "2026-01-05 00:00:00"),
            (new().json("{ \"a\" : 1 }"), "json", "{ \"a\" : 1 }"),
            (new().texts(["a", "b c"]), "texts", "a,b c"),
            (new().numbers([1, -2]), "numbers", "1,-2"),
            (new().yuans([Money::from_fen(1), Money::from_fen(250)]), "yuans", "0.01,2.50"),
            (new().part(part()), "part", json),
            (new().part(Part::default()), "part", "{}"),
            (new().parts([part(), Part::default()]), "parts", &format!("[{json},{{}}]")),
        ] {
            assert_eq!(sent(&request), [(name.to_owned(), value.to_owned())], "{name}");
        }
        assert_eq!(sent(&new()), []);
        for blank in [new().text(" "), new().json(""), new().texts([""; 1]), new().texts([""; 0])] {
            assert_eq!(sent(&blank), [], "blank values are not sent");
        }
    }

    #[test]
    fn files_stay_apart() {
        let request = FormsGet::new("name").file(Upload::new("a.png", [1]));
        let mut params = Params::default();
        params.record(&request);
        assert_eq!(params.files.len(), 1);
        assert_eq!((params.files[0].0.as_ref(), params.files[0].1.bytes()), ("file", [1].as_slice()));
    }

    #[test]
    fn fields_to_ask_for() {
        for (fields, value) in [
            (Fields::all(), "name,inner"),
            (Fields::of(["inner.name", "name"]), "inner.name,name"),
            (Fields::from(" name , inner "), "name,inner"),
        ] {
            let request = FormsGet::new(fields);
            let mut params = Params::default();
            params.record(&request);
            assert_eq!(params.text[0], ("fields".into(), value.into()));
        }
    }

    proptest::proptest! {
        #[test]
        fn bodies_are_read_back(pairs: Vec<(String, String)>) {
            let borrowed: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let body = encode(&borrowed);
            proptest::prop_assert!(body.bytes().all(|b| b.is_ascii_alphanumeric() || b".*_-%+=&".contains(&b)), "{body}");
            // Undone by hand: `+`, then `%XX`.
            let undo = |text: &str| {
                let text = text.replace('+', " ");
                let mut pieces = text.split('%');
                let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
                for piece in pieces {
                    bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
                    bytes.extend(piece[2..].bytes());
                }
                String::from_utf8(bytes).unwrap()
            };
            let read: Vec<_> = if pairs.is_empty() { Vec::new() } else { body.split('&').collect() };
            let read = read.into_iter().map(|pair| pair.split_once('=').unwrap());
            let read: Vec<_> = read.map(|(name, value)| (undo(name), undo(value))).collect();
            proptest::prop_assert_eq!(read, pairs);
        }
    }
}
