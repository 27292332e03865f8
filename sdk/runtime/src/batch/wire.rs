//! What a batch is on the wire: the items of its body, and the pieces of its answer.

use std::time::{Duration, SystemTime};

use crate::client::exchange::Exchange;
use crate::client::{Client, Format, Settings};
use crate::codec::{form, is_blank};
use crate::error::{ConfigError, InvalidArgument};
use crate::model::DateTime;
use crate::sign::sign;
use crate::transport::HttpRequest;

/// What stands between two items, and between two pieces of the answer.
pub(crate) const SEPARATOR: &str = "\r\n-S-\r\n";

/// By what the body of a batch is known.
pub(crate) const TEXT: &str = "text/plain;charset=UTF-8";

/// Parameters that a batch has once, for all its items: a method's own of the same name cannot be told from them.
const SHARED: [&str; 5] = ["v", "timestamp", "format", "simplify", "partner_id"];

/// Whether a call can be an item of a batch.
pub(crate) fn check(call: &Exchange<'_>) -> Result<(), InvalidArgument> {
    let (parameter, reason) = if let Some((name, _)) = call.params.files.first() {
        (name.as_ref(), "is a file, which no batch can carry: make this call by itself")
    } else if call.options.body.is_some() {
        ("body", "cannot be part of a batch, which has one body for all its calls: make this call by itself")
    } else if let Some((name, _)) = call.options.headers.first() {
        (name.as_str(), "is an HTTP header, and a batch has the same for all its calls: make this call by itself")
    } else if let Some(name) = call.params.names().find(|name| SHARED.contains(name)) {
        (name, "is the same for all calls of a batch: make this call by itself")
    } else {
        return Ok(());
    };
    let (method, parameter) = (call.method.clone().into_owned(), parameter.to_owned());
    Err(InvalidArgument::new(method, parameter, reason))
}

/// Whether a call may share a request with calls that it knows nothing of.
pub(super) fn may_share(call: &Exchange<'_>) -> bool {
    call.options.target_app_key.is_none() && check(call).is_ok()
}

/// A call as an item: its parameters, its method and for whom it is made. Blank parameters are left out.
pub(super) fn item(call: &Exchange<'_>, settings: &Settings) -> String {
    let own = &call.params.text;
    let mut pairs: Vec<(&str, &str)> = own.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    for (name, value) in [
        ("method", call.method.as_ref()),
        ("session", call.session(settings).unwrap_or_default()),
        ("target_app_key", call.options.target_app_key.as_deref().unwrap_or_default()),
    ] {
        if !is_blank(value) && !own.iter().any(|(known, _)| known == name) {
            pairs.push((name, value));
        }
    }
    form::encode(&pairs)
}

/// The signed HTTP request for a body of items, and its signature.
///
/// # Errors
///
/// Nothing is known of a batch router beside the client's gateway.
pub(super) fn encode(
    client: &Client,
    body: String,
    now: SystemTime,
    timeout: Option<Duration>,
) -> Result<(HttpRequest, String), ConfigError> {
    let settings = client.settings();
    let url = settings.environment.batch_url().ok_or_else(no_batch_router)?;
    let timestamp = DateTime::from(now).to_string();
    let simplify = settings.simplify && settings.format == Format::Json;
    let mut pairs = vec![
        ("app_key", settings.credentials.app_key()),
        ("timestamp", &timestamp),
        ("v", "2.0"),
        ("format", settings.format.as_str()),
        ("sign_method", settings.sign_method.as_str()),
    ];
    if simplify {
        pairs.push(("simplify", "true"));
    }
    if !is_blank(&settings.partner_id) {
        pairs.push(("partner_id", &settings.partner_id));
    }
    let signature = sign(settings.sign_method, settings.credentials.secret(), pairs.iter().copied(), Some(&body));
    // The body holds nothing but items, so the query is the one place for it.
    pairs.push(("sign", &signature));
    let url = form::url(&url, &pairs);
    let headers = HttpRequest::headers(TEXT);
    let request = HttpRequest { url, headers, body: body.into_bytes(), timeout, max_response: settings.max_response };
    Ok((request, signature))
}

/// Where the gateway takes batches is not to be told from its URL.
pub(crate) fn no_batch_router() -> ConfigError {
    ConfigError::new(
        "where batches go is unknown: they go to `/batch` beside `/rest`, and the gateway's URL does not end so",
    )
}

/// The answer's pieces, in the order of the items. What follows the last separator is no piece if it is blank.
pub(crate) fn pieces(body: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = body;
    while let Some(at) = find(rest) {
        let (piece, after) = rest.split_at(at);
        pieces.push(piece);
        rest = after.get(SEPARATOR.len()..).unwrap_or_default();
    }
    if pieces.is_empty() || !rest.trim_ascii().is_empty() {
        pieces.push(rest);
    }
    pieces
}

fn find(text: &[u8]) -> Option<usize> {
    // Most bytes are no carriage return, so that this looks at each of them once.
    let mut from = 0;
    while let Some(at) = text.get(from..)?.iter().position(|byte| *byte == b'\r') {
        from += at;
        if text.get(from..)?.starts_with(SEPARATOR.as_bytes()) {
            return Some(from);
        }
        from += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn answers_come_apart() {
        let cases: [(&str, &[&str]); 9] = [
            ("a\r\n-S-\r\nb", &["a", "b"]),
            ("a", &["a"]),
            ("", &[""]),
            ("\r\n-S-\r\n", &[""]),
            ("\r\n-S-\r\nb", &["", "b"]),
            ("a\r\n-S-\r\n\r\n-S-\r\nc", &["a", "", "c"]),
            ("a\r\n-S-\r\nb\r\n-S-\r\n \n", &["a", "b"]),
            ("a\n-S-\nb", &["a\n-S-\nb"]),
            ("a\r\r\n-S-\r\n\r\n-S-\r", &["a\r", "\r\n-S-\r"]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|piece| piece.as_bytes()).collect();
            assert_eq!(pieces(text.as_bytes()), expected, "{text:?}");
        }
    }

    proptest! {
        /// The same as the library's own search, whatever comes.
        #[test]
        fn no_byte_is_lost(parts in prop::collection::vec("[a\r\n-S]{0,9}", 1..9), joined in any::<bool>()) {
            let text = parts.join(if joined { SEPARATOR } else { "" });
            let mut expected: Vec<&str> = text.split(SEPARATOR).collect();
            if expected.len() > 1 && expected.last().is_some_and(|last| last.trim_ascii().is_empty()) {
                expected.pop();
            }
            let expected: Vec<_> = expected.iter().map(|piece| piece.as_bytes()).collect();
            prop_assert_eq!(pieces(text.as_bytes()), expected);
        }

        #[test]
        fn nothing_panics(body in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(!pieces(&body).is_empty());
        }
    }
}
