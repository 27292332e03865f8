//! Why a signature is wrong: tries the mistakes people make until one of them gives the caller's sign.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::http::Part;
use crate::sign::{SignMethod, is_blank, sorted};

/// Longer texts are not searched for mistakes, which would sign them a hundred times over.
const MAX_SEARCHED: usize = 256 * 1024;

/// Longest text that is shown.
const MAX_SHOWN: usize = 16 * 1024;

/// What the gateway signed, what the caller sent, and why they differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The text the gateway signed; sessions and personal data are masked, the secret is not part of it.
    pub signed_text: String,
    /// The gateway's sign.
    pub expected: String,
    /// The caller's sign.
    pub received: String,
    /// The first parameter (or `body`) whose treatment differs, where a known mistake explains the sign.
    pub first_difference: Option<String>,
    /// The likely cause in one sentence.
    pub cause: String,
}

/// A call whose sign did not match.
pub(crate) struct Case<'a> {
    /// Effective parameters without `sign`.
    pub(crate) params: &'a BTreeMap<String, String>,
    /// Parameters in the order they came.
    pub(crate) order: &'a [(String, String)],
    /// File parts.
    pub(crate) files: &'a [Part],
    /// Signed body.
    pub(crate) body: Option<&'a str>,
    /// The method the call names.
    pub(crate) method: SignMethod,
    /// The secret of the call's app.
    pub(crate) secret: &'a str,
    /// What the caller sent.
    pub(crate) received: &'a str,
    /// The gateway's sign.
    pub(crate) expected: String,
}

/// A text that a mistaken client would have signed.
struct Guess {
    text: Vec<u8>,
    first: Option<String>,
    cause: String,
}

impl Guess {
    fn new(text: impl Into<Vec<u8>>, first: Option<&str>, cause: impl Into<String>) -> Self {
        Self { text: text.into(), first: first.map(str::to_owned), cause: cause.into() }
    }
}

/// Explains a mismatch. `mask` hides the values that must not be shown.
pub(crate) fn explain(case: &Case<'_>, mask: impl Fn(&str, &str) -> String) -> Explanation {
    let pairs = sorted(case.params);
    let body = case.body.unwrap_or_default();
    let shown: String = pairs
        .iter()
        .flat_map(|(k, v)| [(*k).to_owned(), mask(k, v)])
        .chain([mask_sessions(body)])
        .take(MAX_SHOWN)
        .collect();
    let shown = shown.chars().take(MAX_SHOWN).collect();
    let long = pairs.iter().map(|(k, v)| k.len() + v.len()).sum::<usize>() + body.len() > MAX_SEARCHED;
    let (first_difference, cause) = if long { nothing_fits() } else { find(case, &pairs, body) };
    Explanation {
        signed_text: shown,
        expected: case.expected.clone(),
        received: case.received.to_owned(),
        first_difference,
        cause,
    }
}

fn find(case: &Case<'_>, pairs: &[(&str, &str)], body: &str) -> (Option<String>, String) {
    let timestamp = case.params.get("timestamp").map(String::as_str).unwrap_or_default();
    let fits = |method: SignMethod, secret: &str, text: &[u8]| {
        method.sign(secret.as_bytes(), text, timestamp).eq_ignore_ascii_case(case.received)
    };
    if case.received.eq_ignore_ascii_case(&case.expected) {
        return (None, "The sign is right but not in upper-case hex.".into());
    }
    for guess in guesses(case, pairs, body) {
        if fits(case.method, case.secret, &guess.text) {
            return (guess.first, guess.cause);
        }
        for method in SignMethod::ALL.into_iter().filter(|m| *m != case.method) {
            if fits(method, case.secret, &guess.text) {
                let also = if guess.cause.is_empty() { String::new() } else { format!(" Besides: {}", guess.cause) };
                let cause = format!(
                    "The call says sign_method={} but was signed with {}.{also}",
                    case.method.as_str(),
                    method.as_str()
                );
                return (Some("sign_method".into()), cause);
            }
        }
    }
    let text = join(pairs) + body;
    for (secret, what) in [
        ("", "an empty secret"),
        (case.params.get("app_key").map_or("", String::as_str), "the app key instead of the secret"),
    ] {
        if fits(case.method, secret, text.as_bytes()) {
            return (None, format!("The text is right, but it was signed with {what}."));
        }
    }
    nothing_fits()
}

fn nothing_fits() -> (Option<String>, String) {
    (None, "No known mistake gives this sign: most likely the secret is wrong for this app key, or a value was changed after signing.".into())
}

/// Every text worth trying; the first is the right one, for the wrong methods.
fn guesses(case: &Case<'_>, pairs: &[(&str, &str)], body: &str) -> Vec<Guess> {
    let mut out = vec![Guess::new(join(pairs) + body, None, "")];
    if !body.is_empty() {
        out.push(Guess::new(join(pairs), Some("body"), "The body was not appended to the signed text."));
    }
    out.extend(without_a_key(pairs, body));
    out.extend(other_values(pairs, body));
    out.extend(other_layouts(case, pairs, body));
    if !case.files.is_empty() {
        out.extend(with_files(case, pairs));
    }
    out
}

fn without_a_key(pairs: &[(&str, &str)], body: &str) -> Vec<Guess> {
    pairs
        .iter()
        .map(|(left_out, _)| {
            let rest: Vec<_> = pairs.iter().copied().filter(|(k, _)| k != left_out).collect();
            let cause = match *left_out {
                "session" => {
                    "The session was added after signing; it must be signed like any other parameter.".to_owned()
                }
                "sign_method" => {
                    "sign_method was added after signing; its value is part of the signed text.".to_owned()
                }
                key => format!("Parameter {key} was sent but not signed."),
            };
            Guess::new(join(&rest) + body, Some(left_out), cause)
        })
        .collect()
}

fn other_values(pairs: &[(&str, &str)], body: &str) -> Vec<Guess> {
    let rewritten = |write: &dyn Fn(&str) -> Vec<u8>, cause: &str| {
        let first = pairs.iter().find(|(_, v)| write(v) != v.as_bytes()).map(|(k, _)| *k)?;
        let mut text: Vec<u8> = pairs.iter().flat_map(|(k, v)| [k.as_bytes().to_vec(), write(v)]).flatten().collect();
        text.extend(body.as_bytes());
        Some(Guess::new(text, Some(first), cause))
    };
    let encoded = "The values were signed url-encoded; sign them as they are and encode only for the wire.";
    [
        rewritten(&|v| percent_encode(v, true).into_bytes(), encoded),
        rewritten(&|v| percent_encode(v, false).into_bytes(), encoded),
        rewritten(&|v| percent_encode(v, false).replace("%20", "+").into_bytes(), encoded),
        rewritten(
            &|v| encoding_rs::GBK.encode(v).0.into_owned(),
            "The values were signed as GBK; the platform signs UTF-8.",
        ),
        rewritten(&|v| v.trim().as_bytes().to_vec(), "The values were trimmed before signing but not before sending."),
        rewritten(&|v| v.replace(' ', "+").into_bytes(), "A space was signed as a plus sign."),
        rewritten(
            &|v| v.replace('+', " ").into_bytes(),
            "A plus sign reached the gateway as is but was signed as a space: encode it as %2B.",
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn other_layouts(case: &Case<'_>, pairs: &[(&str, &str)], body: &str) -> Vec<Guess> {
    let mut out = Vec::new();
    let first = pairs.first().map(|(k, _)| *k);
    for between in ["&", "", ","] {
        let text = pairs.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(between);
        out.push(Guess::new(
            text + body,
            first,
            "The parameters were joined as key=value; the platform joins names and values without any separator.",
        ));
    }
    let differs = |other: &[(&str, &str)]| pairs.iter().zip(other).find(|(a, b)| a != b).map(|(a, _)| a.0);
    let mut folded = pairs.to_vec();
    folded.sort_by_key(|(k, _)| k.to_lowercase());
    out.push(Guess::new(
        join(&folded) + body,
        differs(&folded),
        "The names were sorted without regard to case; sort them by code unit.",
    ));
    let sent: Vec<(&str, &str)> = case
        .order
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .filter(|(k, v)| *k != "sign" && !is_blank(k) && !is_blank(v))
        .collect();
    out.push(Guess::new(
        join(&sent) + body,
        differs(&sent),
        "The parameters were signed in the order they were sent; sort them by name.",
    ));

    let all: Vec<(&str, &str)> = case.params.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let blank = all.iter().find(|(k, v)| is_blank(k) || is_blank(v)).map(|(k, _)| *k);
    if blank.is_some() {
        out.push(Guess::new(
            join(&all) + body,
            blank,
            "Parameters with a blank value were signed; leave them out of both the text and the request.",
        ));
    }
    if !body.is_empty() {
        out.push(Guess::new(
            body.to_owned() + &join(pairs),
            Some("body"),
            "The body was put before the parameters; it comes after them.",
        ));
    }
    out
}

fn with_files(case: &Case<'_>, pairs: &[(&str, &str)]) -> Vec<Guess> {
    let first = case.files.iter().map(|f| f.name.as_str()).min();
    let signed = |value: &dyn Fn(&Part) -> Vec<u8>| {
        let mut all: Vec<(&str, Vec<u8>)> = pairs.iter().map(|(k, v)| (*k, v.as_bytes().to_vec())).collect();
        all.extend(case.files.iter().map(|f| (f.name.as_str(), value(f))));
        all.sort();
        let text: Vec<u8> = all.into_iter().flat_map(|(k, v)| [k.as_bytes().to_vec(), v]).flatten().collect();
        Guess::new(text, first, "File parameters were signed; only text parameters are.")
    };
    let filename = |f: &Part| f.filename.clone().unwrap_or_default();
    vec![
        signed(&|f| f.data.clone()),
        signed(&|f| filename(f).into_bytes()),
        signed(&|f| format!("@{}", filename(f)).into_bytes()),
        signed(&|_| Vec::new()),
    ]
}

/// Hides the sessions that the items of a batch may name.
fn mask_sessions(body: &str) -> String {
    let mut pieces = body.split("session=");
    let start = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(start, |out, piece| {
        let end = piece.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(piece.len());
        out + "session=***" + &piece[end..]
    })
}

fn join(pairs: &[(&str, &str)]) -> String {
    pairs.iter().flat_map(|(k, v)| [*k, *v]).collect()
}

/// Java's (or the strict RFC 3986) percent encoding.
fn percent_encode(text: &str, java: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' => out.push(char::from(byte)),
            b'*' if java => out.push('*'),
            b'~' if !java => out.push('~'),
            b' ' if java => out.push('+'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::signed_text;

    /// Explains the sign that a client would send for `text`.
    fn diagnose(wrong: impl Fn(&BTreeMap<String, String>) -> (SignMethod, &'static str, Vec<u8>)) -> Explanation {
        let order: Vec<(String, String)> = [
            ("method", "taobao.trade.memo.update"),
            ("app_key", "12345678"),
            ("session", "top-session"),
            ("sign_method", "hmac"),
            ("Zone", "1"),
            ("memo", "中 文"),
            ("empty", ""),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .to_vec();
        let params: BTreeMap<String, String> = order.iter().cloned().collect();
        let (method, secret, text) = wrong(&params);
        let received = method.sign(secret.as_bytes(), &text, "");
        let expected = SignMethod::Hmac.sign(b"secret", signed_text(&params, Some("BODY")).as_bytes(), "");
        let case = Case {
            params: &params,
            order: &order,
            files: &[],
            body: Some("BODY"),
            method: SignMethod::Hmac,
            secret: "secret",
            received: &received,
            expected,
        };
        explain(&case, |k, v| if k == "session" { "***".into() } else { v.to_owned() })
    }

    #[test]
    fn known_mistakes_are_named() {
        let without = |params: &BTreeMap<String, String>, key: &str| {
            let mut params = params.clone();
            params.remove(key);
            signed_text(&params, Some("BODY")).into_bytes()
        };
        let session = diagnose(|p| (SignMethod::Hmac, "secret", without(p, "session")));
        assert_eq!(session.first_difference.as_deref(), Some("session"));
        assert!(!session.signed_text.contains("top-session"));
        let memo = diagnose(|p| (SignMethod::Hmac, "secret", without(p, "memo")));
        assert_eq!(memo.first_difference.as_deref(), Some("memo"));
        let body = diagnose(|p| (SignMethod::Hmac, "secret", signed_text(p, None).into_bytes()));
        assert_eq!(body.first_difference.as_deref(), Some("body"));
        let method = diagnose(|p| (SignMethod::Md5, "secret", signed_text(p, Some("BODY")).into_bytes()));
        assert!(method.cause.contains("signed with md5"), "{}", method.cause);
        let encoded = diagnose(|p| {
            let p = p.iter().map(|(k, v)| (k.clone(), percent_encode(v, true))).collect();
            (SignMethod::Hmac, "secret", signed_text(&p, Some("BODY")).into_bytes())
        });
        assert_eq!(encoded.first_difference.as_deref(), Some("memo"));
        let pairs = diagnose(|p| {
            let text = sorted(p).iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("&");
            (SignMethod::Hmac, "secret", (text + "BODY").into_bytes())
        });
        assert!(pairs.cause.contains("key=value"), "{}", pairs.cause);
        let blanks = diagnose(|p| {
            let text: String = p.iter().map(|(k, v)| format!("{k}{v}")).collect();
            (SignMethod::Hmac, "secret", (text + "BODY").into_bytes())
        });
        assert_eq!(blanks.first_difference.as_deref(), Some("empty"));
        let sort = diagnose(|p| {
            let mut pairs = sorted(p);
            pairs.sort_by_key(|(k, _)| k.to_lowercase());
            (SignMethod::Hmac, "secret", (join(&pairs) + "BODY").into_bytes())
        });
        assert_eq!(sort.first_difference.as_deref(), Some("Zone"));
        let gbk = diagnose(|p| {
            let text = signed_text(p, Some("BODY"));
            (SignMethod::Hmac, "secret", encoding_rs::GBK.encode(&text).0.into_owned())
        });
        assert!(gbk.cause.contains("GBK"), "{}", gbk.cause);
        let secret = diagnose(|p| (SignMethod::Hmac, "other", signed_text(p, Some("BODY")).into_bytes()));
        assert!(secret.cause.contains("secret is wrong"), "{}", secret.cause);
    }
}
