//! The common parameters, judged in the platform's order and with its codes.

use std::collections::BTreeMap;

use topsdk_codegen::model::Session;

use crate::catalogue::Api;
use crate::clock::Time;
use crate::error::ApiError;
use crate::explain::{Case, Explanation, explain};
use crate::http::Incoming;
use crate::reply::Format;
use crate::sign::{SignMethod, is_blank, signed_text};
use crate::world::World;

/// How far a call's timestamp may be from the gateway's clock.
const TOLERANCE_MS: u64 = 10 * 60 * 1000;
/// The one version.
const VERSION: &str = "2.0";

/// What the gateway knows about its callers.
#[derive(Debug, Clone)]
pub(crate) struct Callers {
    /// App keys and secrets.
    pub(crate) apps: BTreeMap<String, String>,
    /// Whether `sign_method=article` is spoken.
    pub(crate) article_sign: bool,
}

/// A refused call.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// What the caller is told.
    pub(crate) error: ApiError,
    /// Only on code 25.
    pub(crate) explanation: Option<Box<Explanation>>,
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self { error, explanation: None }
    }
}

/// A parameter that is not blank.
fn given<'a>(params: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    params.get(name).map(String::as_str).filter(|v| !is_blank(v))
}

/// Whether the bytes could be read at all.
pub(crate) fn readable(incoming: &Incoming) -> Result<(), ApiError> {
    if let Some(name) = &incoming.not_utf8 {
        return Err(ApiError::new(47).hint(format!("{name} is not UTF-8; was it encoded as GBK?")));
    }
    match &incoming.broken {
        Some(why) => Err(ApiError::new(3).hint(format!("The request body cannot be read: {why}."))),
        None => Ok(()),
    }
}

/// App key, timestamp, version, format, signature. `mask` hides values in the explanation of a wrong signature.
pub(crate) fn common(
    callers: &Callers,
    incoming: &Incoming,
    params: &BTreeMap<String, String>,
    now: Time,
    mask: impl Fn(&str, &str) -> String,
) -> Result<(), Refusal> {
    let app_key = given(params, "app_key").ok_or_else(|| ApiError::new(28))?;
    let secret =
        callers.apps.get(app_key).ok_or_else(|| ApiError::new(29).hint("The sandbox knows no such app key."))?;
    timestamp(given(params, "timestamp"), now)?;
    version(given(params, "v"))?;
    if Format::of(params).is_none() {
        return Err(ApiError::new(23).hint("format must be json or xml.").into());
    }
    signature(callers, incoming, params, secret, mask)
}

fn timestamp(text: Option<&str>, now: Time) -> Result<(), ApiError> {
    let text = text.ok_or_else(|| ApiError::new(30))?;
    let epoch = || (text.len() >= 12).then(|| text.parse().ok()).flatten().map(Time::from_millis);
    let refuse = |why: String| Err(ApiError::new(31).hint(why));
    let Some(sent) = Time::parse(text).or_else(epoch) else {
        return refuse("timestamp must be yyyy-MM-dd HH:mm:ss in GMT+8, or milliseconds since 1970.".into());
    };
    let off = sent.millis().saturating_sub(now.millis());
    if off.unsigned_abs() <= TOLERANCE_MS {
        return Ok(());
    }
    let way = if off < 0 { "behind" } else { "ahead of" };
    let minutes = off.unsigned_abs() / 60_000;
    // Whole half hours are zones, not drifting clocks.
    let zone = if minutes >= 30 && (minutes % 30 <= 2 || minutes % 30 >= 28) {
        " Was the host's zone used instead of GMT+8?"
    } else {
        ""
    };
    refuse(format!("timestamp is {minutes} minutes {way} the gateway's clock, {now}.{zone}"))
}

fn version(text: Option<&str>) -> Result<(), ApiError> {
    match text {
        None => Err(ApiError::new(32)),
        Some(VERSION) => Ok(()),
        Some("1.0") => Err(ApiError::new(34).hint("v must be 2.0.")),
        Some(_) => Err(ApiError::new(33).hint("v must be 2.0.")),
    }
}

fn signature(
    callers: &Callers,
    incoming: &Incoming,
    params: &BTreeMap<String, String>,
    secret: &str,
    mask: impl Fn(&str, &str) -> String,
) -> Result<(), Refusal> {
    let received = given(params, "sign").ok_or_else(|| ApiError::new(24))?;
    // Without a sign_method the gateway takes the oldest one.
    let named = given(params, "sign_method").unwrap_or("md5");
    let method = SignMethod::parse(named).filter(|m| *m != SignMethod::Article || callers.article_sign);
    let Some(method) = method else {
        return Err(ApiError::new(25).hint("sign_method must be md5, hmac or hmac-sha256.").into());
    };
    let body = incoming.body.as_deref();
    let mut signed = params.clone();
    signed.remove("sign");
    let text = signed_text(&signed, body);
    let timestamp = given(params, "timestamp").unwrap_or_default();
    let expected = method.sign(secret.as_bytes(), text.as_bytes(), timestamp);
    if expected == received {
        return Ok(());
    }
    if method == SignMethod::Article {
        // The article leaves open whether the timestamp that ends the text is one of its parameters too.
        let mut apart = signed.clone();
        apart.remove("timestamp");
        if method.sign(secret.as_bytes(), signed_text(&apart, body).as_bytes(), timestamp) == received {
            return Ok(());
        }
    }
    let case = Case {
        params: &signed,
        order: &incoming.params,
        files: &incoming.files,
        body,
        method,
        secret,
        received,
        expected,
    };
    let explanation = explain(&case, mask);
    Err(Refusal { error: ApiError::new(25).hint(explanation.cause.clone()), explanation: Some(Box::new(explanation)) })
}

/// The user's token, as far as the method wants one.
pub(crate) fn session(api: Api<'_>, world: &World, session: Option<&str>, now: Time) -> Result<(), ApiError> {
    let session = session.filter(|s| !is_blank(s));
    match (api.method.session, session) {
        (Session::None, _) | (Session::Optional, None) => Ok(()),
        (Session::Required, None) => Err(ApiError::new(26)),
        (_, Some(token)) => match world.sessions.get(token) {
            None => Err(ApiError::new(27).sub("invalid-sessionkey", "No such session; it may have been revoked.")),
            Some(end) if end.is_some_and(|end| end <= now) => Err(ApiError::new(27)
                .sub("session-expired", "The session has expired; refresh it or ask for a new authorisation.")),
            Some(_) => Ok(()),
        },
    }
}
