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
    let text = std::str::from_utf8(body).map_err(|e| SyntaxError::new("not UTF-8", e.valid_up_to()))?;
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
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
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
        let digits = self.bytes.get(self.at..self.at + 4).ok_or_else(|| self.error("expected four hex digits"))?;
        let mut code = 0;
        for &digit in digits {
            let value = char::from(digit).to_digit(16).ok_or_else(|| self.error("expected four hex digits"))?;
            code = code * 16 + value;
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
