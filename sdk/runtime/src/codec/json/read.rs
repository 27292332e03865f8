//! JSON text into a [`Tree`].
//!
//! A reader of our own because the platform's JSON is not always JSON: raw control characters inside strings are let through
//! and counted, numbers keep every digit, and nesting is bounded. Everything else is strict RFC 8259.

use std::borrow::Cow;

use crate::codec::SyntaxError;
use crate::codec::tree::{Builder, Token, Tree};

/// Parses one JSON document.
pub(crate) fn read(body: &[u8]) -> Result<Tree<'_>, SyntaxError> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|e| SyntaxError::not_utf8(e, body.len()))?;
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, out: Builder::with_capacity(text.len() / 12 + 8) };
    reader.document()?;
    Ok(reader.out.finish())
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    out: Builder<'a>,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<(), SyntaxError> {
        self.value()?;
        // One loop instead of recursion: after each value, the innermost container says what may come next.
        loop {
            self.blanks();
            let Some(in_map) = self.out.in_map() else { break };
            match (self.peek(), in_map) {
                (Some(b','), true) => {
                    self.at += 1;
                    self.blanks();
                    self.key()?;
                    self.value()?;
                }
                (Some(b','), false) => {
                    self.at += 1;
                    self.value()?;
                }
                (Some(b'}'), true) | (Some(b']'), false) => {
                    self.at += 1;
                    self.out.close();
                }
                (None, _) => return Err(self.error("the text ends in the middle")),
                (_, true) => return Err(self.error("expected `,` or `}`")),
                (_, false) => return Err(self.error("expected `,` or `]`")),
            }
        }
        if self.at < self.bytes.len() {
            return Err(self.error("text after the end of the document"));
        }
        Ok(())
    }

    /// One scalar, or the opening of containers down to their first scalar or empty container.
    fn value(&mut self) -> Result<(), SyntaxError> {
        loop {
            self.blanks();
            match self.peek() {
                Some(b'{') => {
                    self.open(Token::Map { end: 0 })?;
                    self.blanks();
                    if self.peek() == Some(b'}') {
                        self.at += 1;
                        self.out.close();
                        return Ok(());
                    }
                    self.key()?;
                }
                Some(b'[') => {
                    self.open(Token::List { end: 0 })?;
                    self.blanks();
                    if self.peek() == Some(b']') {
                        self.at += 1;
                        self.out.close();
                        return Ok(());
                    }
                }
                Some(b'"') => {
                    let text = self.string()?;
                    self.out.push(Token::Text(text));
                    return Ok(());
                }
                Some(b'-' | b'0'..=b'9') => return self.number(),
                Some(b't') => return self.word("true", Token::Bool(true)),
                Some(b'f') => return self.word("false", Token::Bool(false)),
                Some(b'n') => return self.word("null", Token::Null),
                Some(_) => return Err(self.error("expected a value")),
                None => return Err(self.error("the text ends where a value should be")),
            }
        }
    }

    fn open(&mut self, token: Token<'a>) -> Result<(), SyntaxError> {
        if !self.out.open(token) {
            return Err(self.error("nested too deep"));
        }
        self.at += 1;
        Ok(())
    }

    fn key(&mut self) -> Result<(), SyntaxError> {
        if self.peek() != Some(b'"') {
            return Err(self.error("expected a name in quotes"));
        }
        let key = self.string()?;
        self.out.push(Token::Text(key));
        self.blanks();
        if self.peek() != Some(b':') {
            return Err(self.error("expected `:`"));
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str, token: Token<'a>) -> Result<(), SyntaxError> {
        let rest = &self.bytes[self.at..];
        if !rest.starts_with(word.as_bytes()) {
            if word.as_bytes().starts_with(rest) {
                self.at = self.bytes.len();
                return Err(self.error("the text ends inside a value"));
            }
            return Err(self.error("expected a value"));
        }
        self.at += word.len();
        self.out.push(token);
        Ok(())
    }

    fn number(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return Err(self.error("expected a digit")),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        self.out.push(Token::Number(&self.text[start..self.at]));
        Ok(())
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { Err(self.error("expected a digit")) } else { Ok(()) }
    }

    /// A string; borrowed unless it holds escapes.
    fn string(&mut self) -> Result<Cow<'a, str>, SyntaxError> {
        self.at += 1;
        let start = self.at;
        self.plain();
        if self.peek() == Some(b'"') {
            let text = &self.text[start..self.at];
            self.at += 1;
            return Ok(Cow::Borrowed(text));
        }
        let mut owned = self.text[start..self.at].to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(owned));
                }
                Some(b'\\') => self.escape(&mut owned)?,
                // A raw control character: seen in the wild in buyers' messages; kept as it is.
                Some(control @ 0..=0x1F) => {
                    owned.push(char::from(control));
                    self.at += 1;
                    self.out.repaired();
                }
                _ => return Err(self.error("the text ends inside a string")),
            }
            let start = self.at;
            self.plain();
            owned.push_str(&self.text[start..self.at]);
        }
    }

    /// Skips to the next quote, backslash or control character.
    fn plain(&mut self) {
        // Eight bytes at a time: `special` has the high bit set in each byte that ends the run, and perhaps in some above it.
        const LOW: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        let zero = |word: u64| word.wrapping_sub(LOW) & !word;
        while let Some(chunk) = self.bytes[self.at..].first_chunk::<8>() {
            let word = u64::from_le_bytes(*chunk);
            let control = word.wrapping_sub(LOW * 0x20) & !word;
            let special = (zero(word ^ (LOW * 0x22)) | zero(word ^ (LOW * 0x5C)) | control) & HIGH;
            if special != 0 {
                // The lowest one is exact.
                self.at += (special.trailing_zeros() / 8) as usize;
                return;
            }
            self.at += 8;
        }
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|&b| b == b'"' || b == b'\\' || b < 0x20).unwrap_or(rest.len());
    }

    fn escape(&mut self, out: &mut String) -> Result<(), SyntaxError> {
        self.at += 1;
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let c = self.unicode()?;
                out.push(c);
                return Ok(());
            }
            _ => return Err(self.error("unknown escape")),
        };
        self.at += 1;
        out.push(c);
        Ok(())
    }

    /// The digits of `\uXXXX`, joined with a following low surrogate. A lone surrogate becomes U+FFFD and is counted.
    fn unicode(&mut self) -> Result<char, SyntaxError> {
        let first = self.hex4()?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        if (0xD800..0xDC00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.hex4()?;
            if (0xDC00..0xE000).contains(&second) {
                let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        self.out.repaired();
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, SyntaxError> {
        let rest = &self.bytes[self.at..];
        let (digits, mut code) = (&rest[..rest.len().min(4)], 0);
        for &digit in digits {
            let value = char::from(digit).to_digit(16).ok_or_else(|| self.error("expected four hex digits"))?;
            code = code * 16 + value;
        }
        if digits.len() < 4 {
            self.at = self.bytes.len();
            return Err(self.error("the text ends inside a string"));
        }
        self.at += 4;
        Ok(code)
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn error(&self, what: &'static str) -> SyntaxError {
        SyntaxError::new(what, self.at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::codec::tree::{Kind, MAX_DEPTH, Node};

    /// The value as strict JSON again, and the number of repairs.
    fn parse(body: impl AsRef<[u8]>) -> Result<(String, usize), String> {
        let tree = read(body.as_ref()).map_err(|e| e.to_string())?;
        Ok((crate::codec::json::from_node(tree.root()), tree.repairs))
    }

    #[test]
    fn documents() {
        for (text, shown) in [
            ("null", "null"),
            (" [ ] ", "[]"),
            ("{\n}\t", "{}"),
            (r#"{"a":{"b":[1,[],{}]},"":true}"#, r#"{"a":{"b":[1,[],{}]},"":true}"#),
            (r#""\"\\\/\b\f\n\r\t""#, r#""\"\\/\b\f\n\r\t""#),
            (r#""\u4e2d\u00E9 😀""#, "\"中é 😀\""),
            (r#""\ud83d\ude00""#, "\"😀\""),
            ("\u{feff}[false]", "[false]"),
            ("\"\u{7f}\u{2028}\"", "\"\u{7f}\u{2028}\""),
            // A run that is longer than a word, with the end at each place of a word.
            (
                r#"["1234567","12345678","123456789","1234567\n9"]"#,
                r#"["1234567","12345678","123456789","1234567\n9"]"#,
            ),
        ] {
            assert_eq!(parse(text), Ok((shown.to_owned(), 0)), "{text}");
        }
    }

    #[test]
    fn not_documents() {
        for (text, message) in [
            ("", "the text ends where a value should be (byte 0)"),
            ("[1", "the text ends in the middle (byte 2)"),
            ("[1 2]", "expected `,` or `]` (byte 3)"),
            ("[1}", "expected `,` or `]` (byte 2)"),
            ("[1,]", "expected a value (byte 3)"),
            ("{\"a\":1,}", "expected a name in quotes (byte 7)"),
            ("{\"a\" 1}", "expected `:` (byte 5)"),
            ("{\"a\":1]", "expected `,` or `}` (byte 6)"),
            ("{a:1}", "expected a name in quotes (byte 1)"),
            ("1 2", "text after the end of the document (byte 2)"),
            ("\u{feff}\u{feff}1", "expected a value (byte 0)"),
            ("nul", "the text ends inside a value (byte 3)"),
            ("truE", "expected a value (byte 0)"),
            ("nullx", "text after the end of the document (byte 4)"),
            ("01", "text after the end of the document (byte 1)"),
            ("-", "expected a digit (byte 1)"),
            ("1.", "expected a digit (byte 2)"),
            (".5", "expected a value (byte 0)"),
            ("+1", "expected a value (byte 0)"),
            ("1e+", "expected a digit (byte 3)"),
            ("NaN", "expected a value (byte 0)"),
            ("'a'", "expected a value (byte 0)"),
            ("\"a", "the text ends inside a string (byte 2)"),
            ("\"a\\", "unknown escape (byte 3)"),
            (r#""\x41""#, "unknown escape (byte 2)"),
            (r#""\u12""#, "expected four hex digits (byte 3)"),
            (r#""\u12"#, "the text ends inside a string (byte 5)"),
            (r#""\u+123""#, "expected four hex digits (byte 3)"),
            (r#""\ud800\u12""#, "expected four hex digits (byte 9)"),
            ("\u{feff}\u{feff}1", "expected a value (byte 0)"),
            ("\u{a0}1", "expected a value (byte 0)"),
            ("/* */ 1", "expected a value (byte 0)"),
        ] {
            assert_eq!(parse(text), Err(message.to_owned()), "{text}");
        }
        assert_eq!(parse(b"\"\xff\""), Err("not UTF-8 (byte 1)".to_owned()));
        assert_eq!(parse(b"\"\xe4\xb8"), Err("not UTF-8 (byte 3)".to_owned()), "the text ends there");
    }

    #[test]
    fn repairs_are_counted() {
        for (text, shown, repairs) in [
            ("\"a\tb\nc\"", r#""a\tb\nc""#, 2),
            ("\"\u{0}\u{1f}\"", r#""\u0000\u001f""#, 2),
            (r#""\ud800""#, "\"\u{fffd}\"", 1),
            (r#""\udc00x""#, "\"\u{fffd}x\"", 1),
            (r#""\ud800\n""#, "\"\u{fffd}\\n\"", 1),
            (r#""\ud800\u0041""#, "\"\u{fffd}A\"", 1),
            (r#""\ud800\ud83d\ude00""#, "\"\u{fffd}😀\"", 1),
            ("{\"a\rb\":1}", r#"{"a\rb":1}"#, 1),
        ] {
            assert_eq!(parse(text), Ok((shown.to_owned(), repairs)), "{text:?}");
        }
        assert!(parse("[1,\u{1}2]").is_err(), "outside of strings, control characters are errors");
    }

    #[test]
    fn numbers_keep_every_digit() {
        for number in [
            "0",
            "-0",
            "7104300007405429232",
            "-9223372036854775808",
            "123456789012345678901234567890",
            "0.1000000000000000000000000000000001",
            "1E+400",
            "-1.5e-7",
        ] {
            let body = format!("[{number}]");
            let tree = read(body.as_bytes()).unwrap();
            let Kind::List(mut items) = tree.root().kind() else { panic!("no list") };
            assert_eq!(items.next().unwrap().scalar(), Some(number));
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize, open: &str, close: &str| open.repeat(depth) + "1" + &close.repeat(depth);
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            assert!(read(nested(MAX_DEPTH, open, close).as_bytes()).is_ok());
            for depth in [MAX_DEPTH + 1, 1_000, 1_000_000] {
                let error = read(nested(depth, open, close).as_bytes()).unwrap_err();
                assert_eq!(error.to_string(), format!("nested too deep (byte {})", MAX_DEPTH * open.len()));
            }
        }
    }

    /// Whether both hold the same. Of a name that repeats, serde_json keeps the last.
    fn same(node: Node<'_>, value: &Value) -> bool {
        match (node.kind(), value) {
            (Kind::Null, Value::Null) => true,
            (Kind::Bool(a), Value::Bool(b)) => a == *b,
            (Kind::Number(a), Value::Number(b)) => serde_json::from_str::<serde_json::Number>(a).is_ok_and(|a| a == *b),
            (Kind::Text(a), Value::String(b)) => a == b,
            (Kind::List(a), Value::Array(b)) => a.count() == b.len() && a.zip(b).all(|(a, b)| same(a, b)),
            (Kind::Map(a), Value::Object(b)) => {
                let last = |name: &str| a.filter(|(other, _)| *other == name).last();
                let mut names = a.map(|(name, _)| name);
                names.all(|name| b.contains_key(name))
                    && b.iter().all(|(name, b)| last(name).is_some_and(|(_, a)| same(a, b)))
            }
            _ => false,
        }
    }

    /// Compares with serde_json, which refuses what is repaired here, and numbers beyond its range.
    fn judge(body: &[u8]) -> Result<(), TestCaseError> {
        // The one mark at the start is taken off here and refused there.
        let unmarked = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
        match (read(body), serde_json::from_slice::<Value>(unmarked)) {
            (Ok(tree), Ok(value)) => {
                prop_assert_eq!(tree.repairs, 0);
                prop_assert!(
                    same(tree.root(), &value),
                    "{} is not {value}",
                    crate::codec::json::from_node(tree.root())
                );
            }
            (Ok(tree), Err(error)) => {
                let allowed = tree.repairs > 0 || error.to_string().starts_with("number out of range");
                prop_assert!(allowed, "serde_json: {error}");
            }
            (Err(error), Ok(value)) => prop_assert!(false, "{error}, but serde_json reads {value}"),
            (Err(_), Err(_)) => {}
        }
        Ok(())
    }

    fn values() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        scalar.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..6).prop_map(|pairs| pairs.into_iter().collect()),
            ]
        })
    }

    /// Pieces of JSON in any order.
    fn soup() -> impl Strategy<Value = String> {
        let pieces = [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            " ",
            "\n",
            "\"",
            "\"a\"",
            "\"a\":",
            "\\",
            "\\u",
            "d800",
            "dc00",
            "0041",
            "\\n",
            "\\/",
            "0",
            "1",
            "-",
            "9999999999999999999",
            ".5",
            "e",
            "E+",
            "400",
            "true",
            "false",
            "null",
            "中",
            "\t",
            "\u{1}",
            "\u{feff}",
            "abcdefgh",
        ];
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn reads_what_serde_json_writes(value in values(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            // Read again, because serde_json's floats do not come back to the last bit.
            let value = serde_json::from_str(&text).unwrap();
            let tree = read(text.as_bytes()).unwrap();
            prop_assert!(same(tree.root(), &value), "{text}");
            prop_assert_eq!(tree.repairs, 0);
        }

        #[test]
        fn agrees_on_soup(text in soup()) {
            judge(text.as_bytes())?;
        }

        #[test]
        fn agrees_on_damaged_documents(value in values(), at: prop::sample::Index, byte: u8, keep: bool) {
            let mut body = serde_json::to_vec(&value).unwrap();
            let at = at.index(body.len());
            if keep {
                body[at] = byte;
            } else {
                body.remove(at);
            }
            judge(&body)?;
        }

        #[test]
        fn strings_end_where_they_end(text in "[ -~\u{80}-\u{ff}\u{4e00}\"\\\\\u{0}-\u{1f}]{0,40}") {
            let mut body = String::new();
            crate::codec::json::escape(&text, &mut body);
            let tree = read(body.as_bytes()).unwrap();
            prop_assert_eq!(tree.root().scalar(), Some(text.as_str()));
        }
    }
}
