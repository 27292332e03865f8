//! Reading requests: parameters wherever the client put them.

mod batch;
mod form;
mod multipart;

pub(crate) use batch::DEFAULT_SEPARATOR;
pub use batch::{Batch, BatchError, parse_batch};
pub(crate) use form::{decode, parse_pairs};
pub use multipart::{MultipartError, Part, parse_multipart};

use std::collections::BTreeMap;

/// The shape of a request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// No body; everything is in the query.
    Query,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// A JSON, XML or plain text body, which is signed as it stands.
    Raw,
}

impl Shape {
    /// For the request log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Form => "form",
            Self::Multipart => "multipart",
            Self::Raw => "raw",
        }
    }
}

/// A request as it came, before any judgement.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    /// Text parameters in the order they came; a later one replaces an earlier one of the same name.
    pub(crate) params: Vec<(String, String)>,
    /// File parts.
    pub(crate) files: Vec<Part>,
    /// The body that is signed, if it is neither a form nor multipart.
    pub(crate) body: Option<String>,
    /// Where the application parameters were.
    pub(crate) shape: Shape,
    /// Things worth telling in the request log.
    pub(crate) notes: Vec<String>,
    /// A parameter (or the body) whose bytes are not UTF-8.
    pub(crate) not_utf8: Option<String>,
    /// Why the body could not be read.
    pub(crate) broken: Option<String>,
}

impl Incoming {
    /// Takes a request apart. Total: whatever cannot be read is told in the result.
    pub(crate) fn read(query: &str, content_type: &str, body: &[u8]) -> Self {
        let mut out = Self {
            params: Vec::new(),
            files: Vec::new(),
            body: None,
            shape: Shape::Query,
            notes: Vec::new(),
            not_utf8: None,
            broken: None,
        };
        out.take_pairs(query.as_bytes());
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "multipart/form-data" => out.take_multipart(content_type, body),
            "application/json" | "text/json" | "text/xml" | "application/xml" | "text/plain" => out.take_raw(body),
            _ if body.is_empty() => {}
            _ => {
                out.shape = Shape::Form;
                out.take_pairs(body);
            }
        }
        out
    }

    /// Effective parameters by name: the last one wins, application over system.
    pub(crate) fn map(&self) -> BTreeMap<String, String> {
        self.params.iter().cloned().collect()
    }

    fn take_pairs(&mut self, text: &[u8]) {
        for pair in parse_pairs(text) {
            if !pair.utf8 {
                self.not_utf8.get_or_insert(pair.name.clone());
            }
            self.take(pair.name, pair.value);
        }
    }

    fn take(&mut self, name: String, value: String) {
        if self.params.iter().any(|(n, v)| *n == name && *v != value) {
            self.notes.push(format!("parameter {name} came twice with different values; the last one counts"));
        }
        self.params.push((name, value));
    }

    fn take_multipart(&mut self, content_type: &str, body: &[u8]) {
        self.shape = Shape::Multipart;
        let parts =
            multipart::boundary(content_type).ok_or(MultipartError::NoBoundary).and_then(|b| parse_multipart(&b, body));
        let parts = match parts {
            Ok(parts) => parts,
            Err(error) => {
                self.broken = Some(error.to_string());
                return;
            }
        };
        for part in parts {
            if part.filename.is_some() {
                self.files.push(part);
                continue;
            }
            match String::from_utf8(part.data) {
                Ok(value) => self.take(part.name, value),
                Err(_) => self.not_utf8 = Some(part.name),
            }
        }
    }

    fn take_raw(&mut self, body: &[u8]) {
        self.shape = Shape::Raw;
        let Ok(text) = std::str::from_utf8(body) else {
            self.not_utf8 = Some("body".into());
            return;
        };
        if !text.is_empty() {
            self.body = Some(text.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_and_form_mix() {
        let got = Incoming::read(
            "method=taobao.time.get&a=%E4%B8%AD",
            "application/x-www-form-urlencoded;charset=UTF-8",
            b"b=1+2&a=x",
        );
        assert_eq!(got.map().get("a").map(String::as_str), Some("x"));
        assert_eq!(got.map().get("b").map(String::as_str), Some("1 2"));
        assert_eq!(got.notes.len(), 1);
        assert_eq!(got.shape, Shape::Form);
    }

    #[test]
    fn a_raw_body_is_kept() {
        let got = Incoming::read("", "application/json;charset=utf-8", br#"{"tid":12}"#);
        assert_eq!(got.body.as_deref(), Some(r#"{"tid":12}"#));
        assert!(got.params.is_empty());
    }

    #[test]
    fn gbk_is_noticed() {
        assert_eq!(Incoming::read("a=%D6%D0", "", b"").not_utf8.as_deref(), Some("a"));
    }
}
