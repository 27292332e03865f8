//! What the platform says when it says no.

use std::fmt;
use std::time::Duration;

use crate::client::Hidden;
use crate::codec::Node;
use crate::error::table;
use crate::layer::retry::Attempts;
use crate::model::{Remedy, RetryClass, SubCode};

/// The shortest ban that the platform gives, for one whose end it does not tell.
pub(crate) const UNTOLD_BAN: Duration = Duration::from_secs(1);

/// The platform said no: its codes, what they mean and what to do.
#[derive(Clone)]
pub struct GatewayError {
    method: String,
    failure: Failure,
    remedy: Option<Remedy>,
    name: Option<&'static str>,
    article: Option<&'static str>,
    hint: Option<String>,
    pub(crate) batch: Option<usize>,
    absent: bool,
    pub(crate) attempts: Attempts,
}

impl GatewayError {
    /// The platform's code.
    #[must_use]
    pub fn code(&self) -> i64 {
        self.failure.code
    }

    /// The platform's short text, such as `Invalid Signature`.
    #[must_use]
    pub fn msg(&self) -> &str {
        &self.failure.msg
    }

    /// The finer code, with any suffix after `:`.
    #[must_use]
    pub fn sub_code(&self) -> Option<&str> {
        self.failure.sub_code.as_deref()
    }

    /// The finer text.
    #[must_use]
    pub fn sub_msg(&self) -> Option<&str> {
        self.failure.sub_msg.as_deref()
    }

    /// The platform's id of the call, for its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.failure.request_id.as_deref()
    }

    /// The method that was called.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Meaning and remedy: of the sub code by the method's spec, else of the sub code's family, else of the code.
    #[must_use]
    pub fn remedy(&self) -> Option<&Remedy> {
        self.remedy.as_ref()
    }

    /// What the article that describes this system says to do on this code, where it differs from the platform.
    #[must_use]
    pub fn article_remedy(&self) -> Option<&'static str> {
        self.article
    }

    /// Whether trying again helps.
    #[must_use]
    pub fn retry(&self) -> RetryClass {
        self.remedy.map_or(RetryClass::Never, |r| r.retry)
    }

    /// Whether the platform may have acted on this attempt of the call before it said no. The gateway looks at flow control, time, signature and
    /// session before it calls the service behind it; a code of its own for these comes from nobody else.
    #[must_use]
    pub fn may_have_acted(&self) -> bool {
        let of_the_gateway = matches!(self.failure.code, 4..=9 | 21..=34);
        !of_the_gateway || self.sub_code().is_some_and(|sub_code| sub_code.starts_with("isp."))
    }

    /// Whether it says that what was asked for does not exist.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.absent
    }

    /// Whether the rate of calls is the reason.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        matches!(self.failure.code, 4..=8) || self.sub_code_name() == Some("isp.call-limited")
    }

    /// The finer code without its suffix.
    pub(crate) fn sub_code_name(&self) -> Option<&str> {
        self.sub_code().map(|sub_code| sub_code.split(':').next().unwrap_or(sub_code))
    }

    /// How long the platform said that it will refuse further calls.
    #[must_use]
    pub fn ban(&self) -> Option<Duration> {
        self.failure.ban
    }

    /// What can be told from this side: a wrong clock, a key of another environment, a wrong secret.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// How many calls the platform refused together, where it refused a whole request of a [batch](crate::batch) and not this call for
    /// itself.
    #[must_use]
    pub fn batch(&self) -> Option<usize> {
        self.batch
    }

    pub(crate) fn new(method: &str, failure: Failure, known: &'static [SubCode], hint: Option<String>) -> Self {
        let platform = table::explain(failure.code);
        let sub_code = failure.sub_code.as_deref();
        let specific = sub_code.and_then(|s| table::find(known, s).or_else(|| table::explain_sub_code(s)));
        Self {
            method: method.to_owned(),
            absent: specific.is_some_and(|s| s.absent),
            remedy: specific.map(|s| s.remedy).or(platform.map(|p| p.remedy)),
            name: platform.map(|p| p.name),
            article: platform.and_then(|p| p.article),
            failure,
            hint,
            batch: None,
            attempts: Attempts::NONE,
        }
    }
}

impl fmt::Display for GatewayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failure = &self.failure;
        let name = if failure.msg.is_empty() { self.name.unwrap_or("unknown code") } else { &failure.msg };
        write!(f, "{}: code {} ({name})", self.method, failure.code)?;
        let sub_msg = failure.sub_msg.as_deref().map(|text| text.trim_end_matches('.'));
        match (failure.sub_code.as_deref(), sub_msg) {
            (Some(code), Some(msg)) => write!(f, ", {code}: {msg}")?,
            (Some(text), None) | (None, Some(text)) => write!(f, ", {text}")?,
            (None, None) => {}
        }
        if let Some(calls) = self.batch {
            write!(f, ", for a whole batch of {calls} calls")?;
        }
        if let Some(remedy) = &self.remedy {
            write!(f, ". {} {}", remedy.means, remedy.fix)?;
        }
        if let Some(hint) = &self.hint {
            write!(f, " {hint}")?;
        }
        if self.attempts.an_earlier_one_may_have_reached() && !self.may_have_acted() {
            f.write_str(" An earlier attempt may have reached the platform.")?;
        }
        if let Some(id) = &failure.request_id {
            write!(f, " [request {id}]")?;
        }
        Ok(())
    }
}

impl fmt::Debug for GatewayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewayError")
            .field("method", &self.method)
            .field("code", &self.failure.code)
            .field("msg", &self.failure.msg)
            .field("sub_code", &self.failure.sub_code)
            .field("sub_msg", &self.failure.sub_msg)
            .field("request_id", &self.failure.request_id)
            .field("hint", &self.hint)
            .field("batch", &self.batch)
            .field("attempts", &self.attempts)
            .finish()
    }
}

impl std::error::Error for GatewayError {}

/// The contents of an `error_response`.
#[derive(Clone)]
pub(crate) struct Failure {
    pub(crate) code: i64,
    pub(crate) msg: String,
    pub(crate) sub_code: Option<String>,
    pub(crate) sub_msg: Option<String>,
    pub(crate) request_id: Option<String>,
    ban: Option<Duration>,
}

impl Failure {
    /// Reads what is there: every part may be missing or of the wrong type. What is `hidden` is blotted out.
    pub(crate) fn read(node: Node<'_>, hidden: &Hidden) -> Self {
        let part = |name: &str| node.get(name).and_then(|n| n.scalar()).filter(|s| !s.trim().is_empty());
        Self {
            code: part("code").and_then(|s| s.trim().parse().ok()).unwrap_or_default(),
            msg: part("msg").map(|s| hidden.in_text(s)).unwrap_or_default(),
            sub_code: part("sub_code").map(|s| match s.split_once(':') {
                Some((code, suffix)) => format!("{}:{}", hidden.in_code(code), hidden.in_text(suffix)),
                None => hidden.in_code(s),
            }),
            sub_msg: part("sub_msg").map(|s| hidden.in_text(s)),
            request_id: part("request_id").map(|s| hidden.in_code(s)),
            ban: part("sub_msg").and_then(ban),
        }
    }
}

/// The seconds in `This ban will last for N more seconds`.
fn ban(text: &str) -> Option<Duration> {
    let text = text.to_ascii_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let at = words.iter().position(|w| *w == "ban")?;
    let unit = words[at..].iter().position(|w| w.starts_with("second"))? + at;
    let seconds = words[at..unit].iter().rev().find_map(|w| w.parse().ok())?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(json: &str) -> Failure {
        let tree = crate::codec::json::read(json.as_bytes()).unwrap();
        let mut hidden = Hidden::default();
        hidden.key("s3cr3t");
        Failure::read(tree.root(), &hidden)
    }

    #[test]
    fn ban_seconds() {
        for (sub_msg, seconds) in [
            ("This ban will last for 1 more seconds", Some(1)),
            ("this BAN will last for 31062 more Seconds.", Some(31062)),
            ("This ban will last for many more seconds", None),
            ("7 seconds", None),
            ("This ban will last for 99999999999999999999999 more seconds", None),
            ("", None),
        ] {
            let failure = failure(&format!(r#"{{"code":7,"sub_msg":"{sub_msg}"}}"#));
            assert_eq!(failure.ban, seconds.map(Duration::from_secs), "{sub_msg}");
        }
    }

    #[test]
    fn parts_may_be_missing_or_odd() {
        for (json, code, msg) in [
            ("{}", 0, ""),
            (r#"{"code":"25","msg":"Invalid signature"}"#, 25, "Invalid signature"),
            (r#"{"code":{"a":1},"msg":[1]}"#, 0, ""),
            (r#"{"code":11,"msg":"session s3cr3t is bad"}"#, 11, "session <secret> is bad"),
            ("[]", 0, ""),
        ] {
            let failure = failure(json);
            assert_eq!((failure.code, failure.msg.as_str()), (code, msg), "{json}");
        }
    }
}
