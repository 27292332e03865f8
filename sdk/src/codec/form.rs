//! Requests into parameters, and parameters into a form body.

use std::borrow::Cow;

use crate::codec::is_blank;
use crate::codec::json::{self, Style};
use crate::model::{Record, Select, Upload, View};

/// The parameters of a call: text by name, and files. Text borrows from the request where it can.
#[derive(Default)]
pub(crate) struct Params<'a> {
    pub(crate) text: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub(crate) files: Vec<(Cow<'a, str>, &'a Upload)>,
}

impl<'a> Params<'a> {
    /// Adds a parameter unless its name or value is blank: such a parameter is neither sent nor signed (PROTOCOL §1.4).
    pub(crate) fn push(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        let (name, value) = (name.into(), value.into());
        if !is_blank(&name) && !is_blank(&value) {
            self.text.push((name, value));
        }
    }

    /// Adds a request's fields, encoded by PROTOCOL §1.5.
    pub(crate) fn record(&mut self, record: &'a dyn Record) {
        for (slot, field) in record.shape().fields.iter().enumerate() {
            let Some(value) = record.get(slot) else { continue };
            match value.view() {
                View::Absent => {}
                View::Upload(file) => self.files.push((Cow::Borrowed(field.name), file)),
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

/// A form body: `name=value` joined by `&`.
pub(crate) fn encode(pairs: &[(&str, &str)]) -> String {
    let length: usize = pairs.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    // A third of the bytes may grow by two.
    let mut out = String::with_capacity(length + length / 2);
    for (name, value) in pairs {
        pair(name, value, &mut out);
    }
    out
}

/// Appends `name=value` to pairs joined by `&`.
pub(crate) fn pair(name: &str, value: &str, out: &mut String) {
    if !out.is_empty() && !out.ends_with(['?', '&']) {
        out.push('&');
    }
    percent(name, out);
    out.push('=');
    percent(value, out);
}

/// Java's `URLEncoder` over UTF-8: a blank becomes `+`, `A-Z a-z 0-9 . * _ -` stay, all else is `%XX` in upper case.
fn percent(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut rest = text;
    while !rest.is_empty() {
        let plain = rest.bytes().position(|b| !PLAIN[usize::from(b)]).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(plain);
        out.push_str(head);
        let Some(c) = tail.chars().next() else { break };
        let (special, after) = tail.split_at(c.len_utf8());
        for byte in special.bytes() {
            if byte == b' ' {
                out.push('+');
            } else {
                out.push('%');
                out.push(char::from(HEX[usize::from(byte >> 4)]));
                out.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
        rest = after;
    }
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

    #[test]
    fn encodes_like_the_official_client() {
        // The pair is taken from a capture of the official client.
        let mut out = String::new();
        pair("t", "中 a+b*c~d-e_f.g\n😀", &mut out);
        pair("x", "", &mut out);
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
}
