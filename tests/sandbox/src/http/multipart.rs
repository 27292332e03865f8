//! `multipart/form-data`, including the official Java client's sparing spelling of it.

use std::fmt;

use super::decode;

/// Most parts a body may have.
const MAX_PARTS: usize = 1_000;

/// One part of a multipart body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Form field.
    pub name: String,
    /// Present on files, even when empty.
    pub filename: Option<String>,
    /// Media type, if stated.
    pub content_type: Option<String>,
    /// The content.
    pub data: Vec<u8>,
}

/// Why a multipart body cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MultipartError {
    /// The content type names no boundary.
    NoBoundary,
    /// The boundary never comes.
    NoParts,
    /// The body ends inside a part.
    Truncated,
    /// A part without a name.
    NoName,
    /// More parts than any API takes.
    TooMany,
}

impl fmt::Display for MultipartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoBoundary => "the multipart content type has no boundary",
            Self::NoParts => "the multipart boundary does not occur in the body",
            Self::Truncated => "the multipart body ends inside a part",
            Self::NoName => "a multipart part has no name",
            Self::TooMany => "the multipart body has too many parts",
        })
    }
}

impl std::error::Error for MultipartError {}

/// Splits a multipart body into its parts.
///
/// # Errors
/// When the body is not complete or a part has no name.
pub fn parse_multipart(boundary: &str, body: &[u8]) -> Result<Vec<Part>, MultipartError> {
    if boundary.is_empty() {
        return Err(MultipartError::NoBoundary);
    }
    let delimiter = format!("\r\n--{boundary}");
    let first = delimiter.as_bytes().get(2..).unwrap_or_default();
    // The first delimiter may stand at the very start, without the line break before it.
    let mut rest = match body.strip_prefix(first) {
        Some(rest) => rest,
        None => split(body, delimiter.as_bytes()).ok_or(MultipartError::NoParts)?.1,
    };
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        let (line, after) = split(rest, b"\r\n").ok_or(MultipartError::Truncated)?;
        if !line.iter().all(u8::is_ascii_whitespace) {
            return Err(MultipartError::NoParts);
        }
        let raw = part(after, delimiter.as_bytes())?;
        parts.push(read_part(raw.head, raw.data)?);
        if parts.len() > MAX_PARTS {
            return Err(MultipartError::TooMany);
        }
        rest = raw.rest;
    }
    Ok(parts)
}

/// The boundary a content type names.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    attribute(content_type, "boundary").filter(|b| !b.is_empty())
}

/// One part as it stands in the body.
struct Raw<'a> {
    head: &'a [u8],
    data: &'a [u8],
    /// What follows the part's delimiter.
    rest: &'a [u8],
}

fn part<'a>(text: &'a [u8], delimiter: &[u8]) -> Result<Raw<'a>, MultipartError> {
    let (head, content) = match text.strip_prefix(b"\r\n") {
        Some(content) => (&text[..0], content),
        None => split(text, b"\r\n\r\n").ok_or(MultipartError::Truncated)?,
    };
    // An empty content may share its line break with the headers' blank line.
    if let Some(next) = delimiter.get(2..).and_then(|d| content.strip_prefix(d)) {
        return Ok(Raw { head, data: &content[..0], rest: next });
    }
    let (data, rest) = split(content, delimiter).ok_or(MultipartError::Truncated)?;
    Ok(Raw { head, data, rest })
}

fn read_part(head: &[u8], data: &[u8]) -> Result<Part, MultipartError> {
    let head = String::from_utf8_lossy(head);
    let header = |name: &str| {
        head.split("\r\n").find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let disposition = header("content-disposition").ok_or(MultipartError::NoName)?;
    let named = |key: &str| extended(disposition, key).or_else(|| attribute(disposition, key));
    Ok(Part {
        name: named("name").filter(|n| !n.is_empty()).ok_or(MultipartError::NoName)?,
        filename: named("filename"),
        content_type: header("content-type").map(str::to_owned),
        data: data.to_vec(),
    })
}

/// `key*=UTF-8''percent-encoded` (RFC 5987), which several HTTP libraries send for names outside ASCII.
fn extended(header: &str, key: &str) -> Option<String> {
    let value = attribute(header, &format!("{key}*"))?;
    let encoded = value.splitn(3, '\'').nth(2)?.replace('+', "%2B");
    Some(String::from_utf8_lossy(&decode(encoded.as_bytes())).into_owned())
}

/// The value of `key=value` or `key="value"` among a header's attributes.
fn attribute(header: &str, key: &str) -> Option<String> {
    let mut rest = header;
    while let Some(at) = rest.find(';') {
        rest = rest[at + 1..].trim_start();
        let (name, value) = rest.split_once('=')?;
        let (value, after) = attribute_value(value);
        if name.trim().eq_ignore_ascii_case(key) {
            return Some(value);
        }
        rest = after;
    }
    None
}

/// A quoted or plain value and what comes after it.
fn attribute_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.trim_start().strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => match chars.next() {
                Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                Some((_, other)) => value.extend(['\\', other]),
                None => {}
            },
            other => value.push(other),
        }
    }
    (value, "")
}

/// What stands before and after the first occurrence of `needle`.
fn split<'a>(text: &'a [u8], needle: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let first = needle.first()?;
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.iter().position(|b| b == first)?;
        if text[at..].starts_with(needle) {
            return Some((&text[..at], &text[at + needle.len()..]));
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn java_spelling() {
        let body = "\r\n--14\r\nContent-Disposition:form-data;name=\"title\"\r\nContent-Type:text/plain\r\n\r\n中\r\n--14\r\n\
            Content-Disposition:form-data;name=\"img\";filename=\"a中.png\"\r\nContent-Type:image/png\r\n\r\n\u{1}\r\n\u{2}\r\n--14--\r\n";
        let parts = parse_multipart("14", body.as_bytes()).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!((parts[0].name.as_str(), parts[0].data.as_slice()), ("title", "中".as_bytes()));
        assert_eq!(parts[1].filename.as_deref(), Some("a中.png"));
        assert_eq!(parts[1].data, b"\x01\r\n\x02");
    }

    #[test]
    fn common_spellings() {
        let body =
            b"--b\r\ncontent-disposition: form-data; name=\"a;b\"; filename*=UTF-8''%E4%B8%AD.png\r\n\r\n\r\n--b\r\n\
            Content-Disposition: form-data; name=plain\r\n\r\nx\r\n--b--";
        let parts = parse_multipart("b", body).unwrap();
        assert_eq!((parts[0].name.as_str(), parts[0].filename.as_deref()), ("a;b", Some("中.png")));
        assert_eq!(parts[0].data, b"");
        assert_eq!((parts[1].name.as_str(), parts[1].data.as_slice()), ("plain", b"x".as_slice()));
    }

    #[test]
    fn broken_bodies() {
        let cases: [(&str, &[u8], MultipartError); 5] = [
            ("", b"", MultipartError::NoBoundary),
            ("b", b"hello", MultipartError::NoParts),
            ("b", b"--b", MultipartError::Truncated),
            ("b", b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", MultipartError::Truncated),
            ("b", b"--b\r\nX: y\r\n\r\nx\r\n--b--", MultipartError::NoName),
        ];
        for (boundary, body, want) in cases {
            assert_eq!(parse_multipart(boundary, body), Err(want), "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn finds_the_boundary() {
        for (header, want) in [
            ("multipart/form-data;charset=UTF-8;boundary=14", Some("14")),
            ("multipart/form-data; boundary=\"a b\"; x=y", Some("a b")),
            ("multipart/form-data", None),
        ] {
            assert_eq!(boundary(header).as_deref(), want, "{header}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(boundary in "[a-c\\-]{0,3}", body in proptest::collection::vec(proptest::sample::select(b"-ab\r\n;:=\" \\xname".to_vec()), 0..200)) {
            let _ = parse_multipart(&boundary, &body);
        }

        #[test]
        fn never_panics_on_headers(header in "[;=\"\\\\a*' é]{0,40}") {
            let body = format!("--b\r\nContent-Disposition: form-data{header}\r\n\r\nx\r\n--b--");
            let _ = parse_multipart("b", body.as_bytes());
        }
    }
}
