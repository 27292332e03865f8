//! Signing, as the platform and its official client do it.
//!
//! The text that is signed is every text parameter (no files, no `sign`), sorted by name, name and value joined without
//! separators, followed by the raw body where one is signed. Blank names and values are skipped. The result is upper-case hex.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;

use crate::codec::is_blank;

/// How requests are signed: the value of the `sign_method` parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SignMethod {
    /// `hmac-sha256`: HMAC-SHA256 keyed with the secret; 64 hex digits. What the current official client uses.
    #[default]
    HmacSha256,
    /// `hmac`: HMAC-MD5 keyed with the secret.
    Hmac,
    /// `md5`: MD5 over secret, text, secret.
    Md5,
    /// `article`: MD5 over secret, parameters without the timestamp, timestamp. The platform does not know it; gateways built
    /// after the article that describes it do.
    Article,
}

impl SignMethod {
    /// The value on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha256 => "hmac-sha256",
            Self::Hmac => "hmac",
            Self::Md5 => "md5",
            Self::Article => "article",
        }
    }
}

impl fmt::Display for SignMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name is not one of a sign method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownSignMethod;

impl fmt::Display for UnknownSignMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown sign method: expected hmac-sha256, hmac, md5 or article")
    }
}

impl std::error::Error for UnknownSignMethod {}

impl FromStr for SignMethod {
    type Err = UnknownSignMethod;

    fn from_str(name: &str) -> Result<Self, UnknownSignMethod> {
        let all = [Self::HmacSha256, Self::Hmac, Self::Md5, Self::Article];
        all.into_iter().find(|m| m.as_str() == name).ok_or(UnknownSignMethod)
    }
}

/// Signs parameters, in any order, and the raw body if there is one. Returns upper-case hex.
///
/// ```
/// use topsdk::SignMethod;
/// use topsdk::sign::sign;
///
/// let params = [("method", "taobao.time.get"), ("app_key", "12345678"), ("empty", " ")];
/// let signature = sign(SignMethod::Md5, "helloworld", params, None);
/// assert_eq!(signature.len(), 32);
/// assert_eq!(signature, sign(SignMethod::Md5, "helloworld", [params[1], params[0]], None));
/// ```
#[must_use]
pub fn sign<'a>(
    method: SignMethod,
    secret: &str,
    params: impl IntoIterator<Item = (&'a str, &'a str)>,
    body: Option<&str>,
) -> String {
    let mut sorted = sorted(params);
    // One buffer and one pass of the digest are faster than many small updates.
    let length = sorted.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    let body = body.unwrap_or_default();
    let mut text = Vec::with_capacity(length + body.len() + 2 * secret.len());
    match method {
        SignMethod::HmacSha256 | SignMethod::Hmac => {
            join(&sorted, &mut text);
            text.extend_from_slice(body.as_bytes());
            match method {
                SignMethod::Hmac => mac::<Hmac<Md5>>(secret, &text),
                _ => mac::<Hmac<Sha256>>(secret, &text),
            }
        }
        SignMethod::Md5 => {
            text.extend_from_slice(secret.as_bytes());
            join(&sorted, &mut text);
            text.extend_from_slice(body.as_bytes());
            text.extend_from_slice(secret.as_bytes());
            hex(&Md5::digest(&text))
        }
        SignMethod::Article => {
            let timestamp = sorted.iter().find(|(name, _)| *name == "timestamp").map_or("", |(_, value)| *value);
            text.extend_from_slice(secret.as_bytes());
            sorted.retain(|(name, _)| *name != "timestamp");
            join(&sorted, &mut text);
            text.extend_from_slice(body.as_bytes());
            text.extend_from_slice(timestamp.as_bytes());
            hex(&Md5::digest(&text))
        }
    }
}

/// The parameters that count, in the order in which they are signed: those with a blank name or value are left out, the others
/// sorted by name. Joined without separators and followed by the raw body, they are the text that is signed.
///
/// ```
/// use topsdk::sign::sorted;
///
/// assert_eq!(sorted([("v", "2.0"), ("empty", " "), ("app_key", "1")]), [("app_key", "1"), ("v", "2.0")]);
/// ```
#[must_use]
pub fn sorted<'a>(params: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<(&'a str, &'a str)> {
    // Filtered afterwards, so that the vector knows its length from the start.
    let mut sorted: Vec<_> = params.into_iter().collect();
    sorted.retain(|(name, value)| !is_blank(name) && !is_blank(value));
    sorted.sort_unstable_by(|(a, _), (b, _)| java_order(a, b));
    sorted
}

fn mac<M: KeyInit + Mac>(secret: &str, text: &[u8]) -> String {
    // HMAC takes keys of any length, so there is always a result.
    <M as KeyInit>::new_from_slice(secret.as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(text);
            hex(&mac.finalize().into_bytes())
        },
    )
}

fn join(sorted: &[(&str, &str)], text: &mut Vec<u8>) {
    for (name, value) in sorted {
        text.extend_from_slice(name.as_bytes());
        text.extend_from_slice(value.as_bytes());
    }
}

/// Java's string order: by UTF-16 unit. It differs from byte order only where the first difference is between characters beyond
/// ASCII; names of the platform are ASCII.
fn java_order(a: &str, b: &str) -> std::cmp::Ordering {
    let differs = a.bytes().zip(b.bytes()).find(|(a, b)| a != b);
    match differs {
        Some((x, y)) if x >= 0x80 && y >= 0x80 => a.encode_utf16().cmp(b.encode_utf16()),
        Some((x, y)) => x.cmp(&y),
        None => a.len().cmp(&b.len()),
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(bytes.len() * 2);
    for &byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors computed with the official client; `null_method` is a quirk of that client that nobody should use.
    #[test]
    fn vectors_of_the_official_client() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/sign.json")).unwrap();
        let mut checked = 0;
        for vector in vectors.as_array().unwrap() {
            let params = vector["params"].as_object().unwrap();
            let pairs = || params.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
            for method in [SignMethod::Md5, SignMethod::Hmac, SignMethod::HmacSha256] {
                let Some(expected) = vector[method.as_str()].as_str() else { continue };
                let got = sign(method, vector["secret"].as_str().unwrap(), pairs(), vector["body"].as_str());
                assert_eq!(got, expected, "{} {method}", vector["name"]);
                checked += 1;
            }
        }
        assert!(checked >= 60, "only {checked} vectors were checked");
    }

    #[test]
    fn the_articles_formula() {
        // MD5("s" + "a1b2" + "2016-01-01 12:00:00")
        let params = [("b", "2"), ("timestamp", "2016-01-01 12:00:00"), ("a", "1")];
        let expected = hex(&Md5::digest("sa1b22016-01-01 12:00:00"));
        assert_eq!(sign(SignMethod::Article, "s", params, None), expected);
    }
}
