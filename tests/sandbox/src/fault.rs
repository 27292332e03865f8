//! Faults on demand: what goes wrong, for which calls, how often.

use serde::{Deserialize, Serialize};

use crate::random::Random;

/// A rule that spoils some answers. Built in process, or posted as JSON to `/_sandbox/faults`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Methods it applies to; `*` stands for any text.
    #[serde(default = "any_method")]
    pub method: String,
    /// Chance for each call, from 0 to 1.
    #[serde(default = "always")]
    pub probability: f64,
    /// How many more calls it spoils; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// Milliseconds that the answer waits; a clock that stands still is moved on instead.
    #[serde(default)]
    pub latency_ms: u64,
    /// Whether the call takes effect before the fault: a write whose answer is lost.
    #[serde(default)]
    pub after_effect: bool,
    /// What goes wrong.
    #[serde(default)]
    pub what: What,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Nothing but the latency.
    #[default]
    Nothing,
    /// An `error_response`.
    Error {
        /// Platform code.
        code: i64,
        /// Sub code.
        #[serde(default)]
        sub_code: Option<String>,
        /// Text beside the sub code.
        #[serde(default)]
        sub_msg: Option<String>,
    },
    /// Code 7, and the method stays banned for that many seconds of the virtual clock.
    Ban {
        /// Seconds.
        seconds: u32,
    },
    /// The connection closes without an answer.
    Reset,
    /// The connection closes in the middle of the body.
    Truncate,
    /// The body lacks the end of its root, as if that were all: its length and its last character tell nothing.
    Shorten,
    /// A gzip body that ends too early.
    TruncatedGzip,
    /// Bytes that are no gzip, announced as gzip.
    BadGzip,
    /// Raw control characters inside strings.
    ControlChars,
    /// An HTML page, as a proxy would send.
    Html {
        /// HTTP status.
        status: u16,
    },
    /// HTTP 200 and no body.
    Empty,
    /// A right body under another HTTP status.
    HttpStatus {
        /// HTTP status.
        status: u16,
    },
    /// One field of the answer comes as an object instead of its value.
    WrongType {
        /// Name of the field, at any depth; absent: the first scalar.
        #[serde(default)]
        field: Option<String>,
    },
    /// An answer of that many megabytes, written as it is read.
    Huge {
        /// Megabytes.
        megabytes: u32,
    },
    /// An answer nested that deep.
    Deep {
        /// Levels, at most 100,000.
        levels: u32,
    },
    /// Every member of the answer comes twice.
    Duplicate,
}

impl Fault {
    /// Spoils every call.
    #[must_use]
    pub fn new(what: What) -> Self {
        Self { method: any_method(), probability: 1.0, times: None, latency_ms: 0, after_effect: false, what }
    }

    /// An `error_response` with this code and sub code.
    #[must_use]
    pub fn error(code: i64, sub_code: &str) -> Self {
        Self::new(What::Error { code, sub_code: Some(sub_code.to_owned()), sub_msg: None })
    }

    /// A ban of that many seconds.
    #[must_use]
    pub fn ban(seconds: u32) -> Self {
        Self::new(What::Ban { seconds })
    }

    /// Only a delay.
    #[must_use]
    pub fn latency(ms: u64) -> Self {
        let mut fault = Self::new(What::Nothing);
        fault.latency_ms = ms;
        fault
    }

    /// Only methods that match; `*` stands for any text.
    #[must_use]
    pub fn on(mut self, method: &str) -> Self {
        self.method = method.to_owned();
        self
    }

    /// Only so many times.
    #[must_use]
    pub fn times(mut self, n: u32) -> Self {
        self.times = Some(n);
        self
    }

    /// Only with this chance.
    #[must_use]
    pub fn probability(mut self, chance: f64) -> Self {
        self.probability = chance;
        self
    }

    /// After the call took effect.
    #[must_use]
    pub fn after_effect(mut self) -> Self {
        self.after_effect = true;
        self
    }
}

fn any_method() -> String {
    "*".to_owned()
}

fn always() -> f64 {
    1.0
}

/// The first rule that strikes this call; its remaining count goes down.
pub(crate) fn strike(faults: &mut Vec<Fault>, method: &str, random: &mut Random) -> Option<Fault> {
    let at = faults.iter().position(|f| {
        f.times != Some(0) && matches(&f.method, method) && (f.probability >= 1.0 || random.unit() < f.probability)
    })?;
    let fault = faults.get_mut(at)?;
    let struck = fault.clone();
    if let Some(times) = &mut fault.times {
        *times -= 1;
        if *times == 0 {
            faults.remove(at);
        }
    }
    Some(struck)
}

/// Whether a method fits a pattern in which `*` stands for any text.
pub(crate) fn matches(pattern: &str, method: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == method };
    let Some(mut left) = method.strip_prefix(start) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let end = pieces.pop().unwrap_or_default();
    for piece in pieces {
        match left.find(piece) {
            Some(at) => left = &left[at + piece.len()..],
            None => return false,
        }
    }
    left.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, method, want) in [
            ("*", "taobao.time.get", true),
            ("taobao.trade.*", "taobao.trade.get", true),
            ("taobao.trade.*", "taobao.trades.sold.get", false),
            ("*.get", "taobao.trade.get", true),
            ("t*.trade*.get", "taobao.trades.sold.get", true),
            ("taobao.time.get", "taobao.time.get", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, method), want, "{pattern} {method}");
        }
    }

    #[test]
    fn a_rule_runs_out() {
        let mut faults = vec![Fault::new(What::Reset).on("a.*").times(2)];
        let mut random = Random::keyed(1, "x");
        assert!(strike(&mut faults, "b.c", &mut random).is_none());
        assert!(strike(&mut faults, "a.b", &mut random).is_some());
        assert!(strike(&mut faults, "a.b", &mut random).is_some());
        assert!(strike(&mut faults, "a.b", &mut random).is_none());
        assert!(faults.is_empty());
    }

    #[test]
    fn rules_are_json() {
        let text = r#"{"method":"taobao.trade.*","times":1,"what":{"error":{"code":15,"sub_code":"isp.remote-service-timeout"}}}"#;
        let fault: Fault = serde_json::from_str(text).unwrap();
        assert_eq!(fault, Fault::error(15, "isp.remote-service-timeout").on("taobao.trade.*").times(1));
        let fault: Fault = serde_json::from_str(r#"{"what":"reset"}"#).unwrap();
        assert_eq!(fault, Fault::new(What::Reset));
        assert!(serde_json::from_str::<Fault>(r#"{"wat":"reset"}"#).is_err());
    }
}
