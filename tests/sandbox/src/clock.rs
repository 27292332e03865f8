//! The virtual clock: runs like the real one until told otherwise.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// A moment on the virtual clock; written as `yyyy-MM-dd HH:mm:ss` in GMT+8 on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Time(i64);

/// Milliseconds in a minute.
const MINUTE_MS: i64 = 60_000;

impl Time {
    /// From milliseconds since 1970.
    #[must_use]
    pub fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Reads `yyyy-MM-dd HH:mm:ss` as GMT+8; `None` for any other form or a day that does not exist.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let shape = b"dddd-dd-dd dd:dd:dd";
        let fits = text.len() == shape.len()
            && text.bytes().zip(shape).all(|(c, s)| if *s == b'd' { c.is_ascii_digit() } else { c == *s });
        if !fits {
            return None;
        }
        let civil: DateTime = text.parse().ok()?;
        Some(Self(civil.to_zoned(zone()).ok()?.timestamp().as_millisecond()))
    }

    /// This moment plus (or minus) minutes.
    #[must_use]
    pub fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_millis(minutes.saturating_mul(MINUTE_MS))
    }

    /// This moment plus (or minus) milliseconds.
    #[must_use]
    pub fn plus_millis(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// For the `Date` header.
    #[must_use]
    pub fn http_date(self) -> String {
        let stamp = Timestamp::from_millisecond(self.0).unwrap_or_default();
        jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&stamp).unwrap_or_default()
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stamp = Timestamp::from_millisecond(self.0).unwrap_or_default();
        write!(f, "{}", stamp.to_zoned(zone()).strftime("%Y-%m-%d %H:%M:%S"))
    }
}

impl From<Time> for String {
    fn from(time: Time) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for Time {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("not a time: {text:?}"))
    }
}

/// Where the gateway takes its time from.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    /// The host's clock plus an offset in milliseconds.
    Running(i64),
    /// Stands still until advanced.
    Frozen(Time),
}

impl Clock {
    /// Follows the host's clock.
    pub(crate) fn running() -> Self {
        Self { source: Source::Running(0) }
    }

    /// Stands still at this moment until advanced.
    pub(crate) fn frozen(at: Time) -> Self {
        Self { source: Source::Frozen(at) }
    }

    /// The current moment.
    pub(crate) fn now(&self) -> Time {
        match self.source {
            Source::Running(offset) => host_now().plus_millis(offset),
            Source::Frozen(at) => at,
        }
    }

    /// Moves on.
    pub(crate) fn advance(&mut self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.set(self.now().plus_millis(ms));
    }

    /// Lets this time pass, if it stands still: who waits for it in earnest would wait for nothing.
    pub(crate) fn wait(&mut self, time: Duration) -> bool {
        let frozen = matches!(self.source, Source::Frozen(_));
        if frozen {
            self.advance(time);
        }
        frozen
    }

    /// Jumps to a moment; a running clock goes on from there.
    pub(crate) fn set(&mut self, to: Time) {
        match &mut self.source {
            Source::Running(offset) => *offset = to.millis().saturating_sub(host_now().millis()),
            Source::Frozen(at) => *at = to,
        }
    }
}

/// The one place that reads the host's clock.
fn host_now() -> Time {
    Time(Timestamp::now().as_millisecond())
}

/// GMT+8 whatever the host's zone.
fn zone() -> TimeZone {
    let offset = Offset::from_seconds(SignedDuration::from_hours(8).as_secs() as i32).unwrap_or(Offset::UTC);
    TimeZone::fixed(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_gmt8() {
        let time = Time::parse("2016-01-01 12:00:00").unwrap();
        assert_eq!(time.millis(), 1_451_620_800_000);
        assert_eq!(time.to_string(), "2016-01-01 12:00:00");
        assert_eq!(time.http_date(), "Fri, 01 Jan 2016 04:00:00 GMT");
    }

    #[test]
    fn refuses_other_forms() {
        for text in [
            "",
            "2016-01-01",
            "2016-01-01T12:00:00",
            "2016-02-30 12:00:00",
            "2016-01-01 25:00:00",
            "１016-01-01 12:00:00",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }

    #[test]
    fn frozen_clock_moves_only_when_told() {
        let start = Time::parse("2026-01-05 10:00:00").unwrap();
        let mut clock = Clock::frozen(start);
        assert_eq!(clock.now(), start);
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now().to_string(), "2026-01-05 10:01:30");
        assert!(clock.wait(Duration::from_secs(10)) && !Clock::running().wait(Duration::from_secs(10)));
        assert_eq!(clock.now().to_string(), "2026-01-05 10:01:40");
    }
}
