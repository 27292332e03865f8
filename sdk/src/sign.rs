//! Signing, by PROTOCOL §2.
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
    let mut sorted: Vec<_> = params.into_iter().filter(|(name, value)| !is_blank(name) && !is_blank(value)).collect();
    sorted.sort_unstable_by(|(a, _), (b, _)| java_order(a, b));
    let body = body.unwrap_or_default();
    match method {
        SignMethod::HmacSha256 => match Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
            Ok(mut mac) => {
                feed(&sorted, body, &mut |part| mac.update(part));
                hex(&mac.finalize().into_bytes())
            }
            // HMAC takes keys of any length.
            Err(_) => String::new(),
        },
        SignMethod::Hmac => match Hmac::<Md5>::new_from_slice(secret.as_bytes()) {
            Ok(mut mac) => {
                feed(&sorted, body, &mut |part| mac.update(part));
                hex(&mac.finalize().into_bytes())
            }
            Err(_) => String::new(),
        },
        SignMethod::Md5 => {
            let mut digest = Md5::new_with_prefix(secret);
            feed(&sorted, body, &mut |part| digest.update(part));
            digest.update(secret);
            hex(&digest.finalize())
        }
        SignMethod::Article => {
            let timestamp = sorted.iter().find(|(name, _)| *name == "timestamp").map_or("", |(_, value)| *value);
            let mut digest = Md5::new_with_prefix(secret);
            sorted.retain(|(name, _)| *name != "timestamp");
            feed(&sorted, body, &mut |part| digest.update(part));
            digest.update(timestamp);
            hex(&digest.finalize())
        }
    }
}

fn feed(sorted: &[(&str, &str)], body: &str, update: &mut dyn FnMut(&[u8])) {
    for (name, value) in sorted {
        update(name.as_bytes());
        update(value.as_bytes());
    }
    update(body.as_bytes());
}

/// Java's string order: by UTF-16 unit. It differs from byte order only where names mix characters beyond the basic plane
/// with U+E000 to U+FFFF; names of the platform are ASCII.
fn java_order(a: &str, b: &str) -> std::cmp::Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |n: u8| char::from(DIGITS[usize::from(n & 15)]);
    bytes.iter().flat_map(|&byte| [digit(byte >> 4), digit(byte)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors computed with the official client; `null_method` is a quirk of that client that nobody should use.
    #[test]
    fn vectors_of_the_official_client() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/sign.json")).unwrap();
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
