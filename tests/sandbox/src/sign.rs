//! Signatures as the platform computes them, written apart from the SDK's so that each checks the other.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;

/// How a text is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignMethod {
    /// MD5(secret + text + secret).
    Md5,
    /// HMAC-MD5.
    Hmac,
    /// HMAC-SHA256.
    HmacSha256,
    /// The starting article's MD5(secret + text + timestamp), for gateways that speak it.
    Article,
}

impl SignMethod {
    /// Every method, the platform's first.
    pub const ALL: [Self; 4] = [Self::Md5, Self::Hmac, Self::HmacSha256, Self::Article];

    /// Value of the `sign_method` parameter.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Hmac => "hmac",
            Self::HmacSha256 => "hmac-sha256",
            Self::Article => "article",
        }
    }

    /// The method of a `sign_method` parameter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == text)
    }

    /// Upper-case hex digest of a text. `timestamp` matters to the article's formula only.
    #[must_use]
    pub fn sign(self, secret: &[u8], text: &[u8], timestamp: &str) -> String {
        match self {
            Self::Md5 => hex(&Md5::new().chain_update(secret).chain_update(text).chain_update(secret).finalize()),
            Self::Article => {
                hex(&Md5::new().chain_update(secret).chain_update(text).chain_update(timestamp).finalize())
            }
            // HMAC takes keys of any length; the error arm cannot be reached and would only fail the comparison.
            Self::Hmac => Hmac::<Md5>::new_from_slice(secret)
                .map_or_else(|_| String::new(), |mac| hex(&mac.chain_update(text).finalize().into_bytes())),
            Self::HmacSha256 => Hmac::<Sha256>::new_from_slice(secret)
                .map_or_else(|_| String::new(), |mac| hex(&mac.chain_update(text).finalize().into_bytes())),
        }
    }
}

/// The text that is signed: sorted names and values without separators, then the body. Blank names and values are left out;
/// `sign` itself must not be among the parameters.
#[must_use]
pub fn signed_text(params: &BTreeMap<String, String>, body: Option<&str>) -> String {
    let mut text = String::new();
    for (name, value) in sorted(params) {
        text.push_str(name);
        text.push_str(value);
    }
    text.push_str(body.unwrap_or_default());
    text
}

/// The parameters that are signed, in the platform's order (UTF-16 code units).
#[must_use]
pub fn sorted(params: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    let mut pairs: Vec<(&str, &str)> =
        params.iter().map(|(k, v)| (k.as_str(), v.as_str())).filter(|(k, v)| !is_blank(k) && !is_blank(v)).collect();
    pairs.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
    pairs
}

/// The official client's idea of blank: empty, or nothing but what Java calls white space.
///
/// That is not Rust's idea: U+00A0, U+0085, U+2007 and U+202F are text, U+001C to U+001F are blank.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        matches!(c,
            '\u{9}'..='\u{d}' | '\u{1c}'..='\u{20}' | '\u{1680}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200a}'
            | '\u{2028}' | '\u{2029}' | '\u{205f}' | '\u{3000}')
    })
}

/// Upper-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_is_what_java_says() {
        for text in ["", " ", "\t\r\n", "\u{3000} ", "\u{1c}\u{1f}", "\u{2028}"] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["\u{a0}", "\u{85}", "\u{2007}", "\u{202f}", "\u{200b}", " x "] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn documentation_sample() {
        let params = [
            ("method", "taobao.item.seller.get"),
            ("app_key", "12345678"),
            ("session", "test"),
            ("timestamp", "2016-01-01 12:00:00"),
            ("format", "json"),
            ("v", "2.0"),
            ("sign_method", "md5"),
            ("fields", "num_iid,title,nick,price,num"),
            ("num_iid", "11223344"),
        ];
        let params = params.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let text = signed_text(&params, None);
        assert_eq!(SignMethod::Md5.sign(b"helloworld", text.as_bytes(), ""), "66987CB115214E59E6EC978214934FB8");
    }
}
