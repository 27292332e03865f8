//! YAML text to a tree of nodes with byte positions. The only module that knows the YAML library.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::options::{DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy};
use serde_yaml::{DefaultMessageFormatter, Location, MessageFormatter, Options, Spanned};

/// A value and the bytes it was written in.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub kind: Kind,
    /// First byte in the file's text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A YAML 1.2 value.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`; `yes` and `NO` are texts.
    Bool(bool),
    /// A whole number that fits 64 bits; a larger one is a text of its digits.
    Int(i64),
    /// A number with a point or exponent, always finite.
    Float(f64),
    /// Text.
    Str(String),
    /// A list.
    Seq(Vec<Node>),
    /// Entries in file order, repeated keys included.
    Map(Vec<(Node, Node)>),
}

/// What is wrong with a text that is not YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// Byte at which it was noticed.
    pub offset: usize,
}

/// Parses one document. An empty text is [`Kind::Null`].
///
/// # Errors
///
/// Text that is not one YAML document, or one that exceeds the limits on depth, size and aliases.
pub fn parse(text: &str) -> Result<Node, SyntaxError> {
    serde_yaml::from_str_with_options::<Node>(text, options()).map_err(|error| {
        SyntaxError {
            // The library's text for people, without its own position and excerpt.
            message: DefaultMessageFormatter.format_message(error.without_snippet()).into_owned(),
            offset: error.location().map_or(0, |place| offset(text, place)),
        }
    })
}

impl Node {
    /// What kind of value this is, for messages.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "true/false",
            Kind::Int(_) => "a whole number",
            Kind::Float(_) => "a number with decimals",
            Kind::Str(_) => "text",
            Kind::Seq(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }

    /// The text as it stands in the file, quotes included.
    #[must_use]
    pub fn raw<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// A key, or an enum's value, as text: a plain scalar keeps the spelling it has in the file.
    #[must_use]
    pub fn scalar_text(&self, text: &str) -> Option<String> {
        match &self.kind {
            Kind::Str(value) => Some(value.clone()),
            Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => Some(self.raw(text).trim().to_owned()),
            Kind::Null | Kind::Seq(_) | Kind::Map(_) => None,
        }
    }
}

fn options() -> Options {
    // A level of nesting costs the library up to 36 KB of stack in a debug build: its own limit of 64 levels exceeds the
    // 2 MB of a thread. Specs nest less than 12 deep. Its other limits (nodes, aliases, bytes) stay as they are.
    let budget = serde_yaml::budget! { max_depth: 24 };
    serde_yaml::options! {
        budget: budget,
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Kind>::deserialize(deserializer)?;
        let (start, mut end) = bytes(spanned.referenced);
        // A collection's own span is its first token: reach to its last child.
        let last = match &spanned.value {
            Kind::Seq(items) => items.last(),
            Kind::Map(entries) => entries.last().map(|(_, value)| value),
            _ => None,
        };
        if let Some(last) = last {
            end = end.max(last.end);
        }
        Ok(Node { kind: spanned.value, start, end })
    }
}

/// Errors know their line and column (in characters, from 1), but not always their byte.
fn offset(text: &str, place: Location) -> usize {
    let line = usize::try_from(place.line()).unwrap_or(usize::MAX).max(1);
    let column = usize::try_from(place.column()).unwrap_or(usize::MAX).max(1);
    let Some(content) = text.split_inclusive('\n').nth(line - 1) else {
        return text.len();
    };
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let inner = content.char_indices().nth(column - 1).map_or(content.trim_end().len(), |(at, _)| at);
    start + inner
}

fn bytes(place: Location) -> (usize, usize) {
    let span = place.span();
    let offset = span.byte_offset().and_then(|v| usize::try_from(v).ok()).unwrap_or(0);
    let len = span.byte_len().and_then(|v| usize::try_from(v).ok()).unwrap_or(0);
    (offset, offset.saturating_add(len))
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Kind, E> {
        Ok(Kind::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Kind, E> {
        Ok(i64::try_from(value).map_or_else(|_| Kind::Str(value.to_string()), Kind::Int))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Kind, E> {
        Ok(Kind::Str(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Kind, E> {
        Ok(Kind::Str(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Kind, E> {
        Ok(Kind::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Kind, E> {
        Ok(Kind::Str(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Kind, E> {
        Ok(Kind::Str(value))
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_none<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Kind, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Kind::Seq(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kind, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Kind::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> (Node, Node) {
        match parse(text).unwrap().kind {
            Kind::Map(mut entries) => entries.remove(0),
            other => panic!("not a map: {other:?}"),
        }
    }

    #[test]
    fn scalars() {
        let table: &[(&str, Kind)] = &[
            ("k: NO", Kind::Str("NO".into())),
            ("k: yes", Kind::Str("yes".into())),
            ("k: true", Kind::Bool(true)),
            ("k: 7", Kind::Int(7)),
            ("k: 007", Kind::Str("007".into())),
            ("k: 1_000", Kind::Str("1_000".into())),
            ("k: 9223372036854775807", Kind::Int(i64::MAX)),
            ("k: 18446744073709551615", Kind::Str("18446744073709551615".into())),
            ("k: 2.50", Kind::Float(2.5)),
            ("k: .inf", Kind::Str(".inf".into())),
            ("k: 2026-01-05 10:00:00", Kind::Str("2026-01-05 10:00:00".into())),
            ("k: \"7\"", Kind::Str("7".into())),
            ("k:", Kind::Null),
            ("k: ~", Kind::Null),
            ("k: []", Kind::Seq(vec![])),
            ("k: {}", Kind::Map(vec![])),
        ];
        for (text, expected) in table {
            assert_eq!(&entry(text).1.kind, expected, "{text}");
        }
    }

    #[test]
    fn positions_are_bytes() {
        let text = "标: { a: \"x\", b: [1, 2.50] }\n";
        let (key, value) = entry(text);
        assert_eq!(key.raw(text), "标");
        let Kind::Map(entries) = &value.kind else { panic!("{value:?}") };
        assert_eq!(entries[0].1.raw(text), "\"x\"");
        let Kind::Seq(items) = &entries[1].1.kind else { panic!("{entries:?}") };
        assert_eq!(items[1].raw(text), "2.50");
        assert!(value.raw(text).starts_with("{ a:"), "{}", value.raw(text));
    }

    #[test]
    fn repeated_keys_and_merge_keys_stay() {
        let Kind::Map(entries) = parse("a: 1\na: 2\n<<: {b: 1}\n").unwrap().kind else { panic!("no map") };
        let keys: Vec<_> = entries.iter().map(|(key, _)| key.kind.clone()).collect();
        assert_eq!(keys, ["a", "a", "<<"].map(|key| Kind::Str(key.into())));
    }

    #[test]
    fn broken_texts() {
        let deep = "[".repeat(10_000);
        let bomb = format!(
            "a: &a [x, x, x, x]\n{}",
            (0..26)
                .map(|i| {
                    let (new, old) = (char::from(b'b' + i), char::from(b'a' + i));
                    format!("{new}: &{new} [*{old}, *{old}, *{old}, *{old}, *{old}, *{old}]\n")
                })
                .take(24)
                .collect::<String>()
        );
        for text in
            ["a: [", "a: 'x", "a: b: c", "a:\n\tb: 1", "a: 1\n---\nb: 2\n", "*nowhere", deep.as_str(), bomb.as_str()]
        {
            let shown: String = text.chars().take(20).collect();
            let error = parse(text).expect_err(&shown);
            assert!(!error.message.is_empty() && error.offset <= text.len(), "{shown}: {error:?}");
        }
    }
}
