//! Moments in the platform's time zone.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil;
use jiff::tz::{Offset, TimeZone};

/// The platform speaks GMT+8 whatever the host's zone is, and has no daylight saving.
const GMT8: Offset = Offset::constant(8);

/// A moment to the second, shown as `yyyy-MM-dd HH:mm:ss` in GMT+8 as the platform does.
///
/// Reads that form, with or without seconds or the time of day, and Unix milliseconds.
///
/// ```
/// use topsdk::DateTime;
///
/// let paid: DateTime = "2026-01-05 10:00:00".parse().unwrap();
/// assert_eq!(paid.unix_millis(), 1_767_578_400_000);
/// assert_eq!(DateTime::from_unix_millis(1_767_578_400_000), Some(paid));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(civil::DateTime);

impl DateTime {
    /// A moment from its parts in GMT+8; `None` if there is no such moment.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8, hour: i8, minute: i8, second: i8) -> Option<Self> {
        civil::DateTime::new(year, month, day, hour, minute, second, 0).ok().map(Self)
    }

    /// A moment from milliseconds since 1970 UTC; parts of a second are dropped. `None` beyond the years -9999 to 9999.
    #[must_use]
    pub fn from_unix_millis(millis: i64) -> Option<Self> {
        let timestamp = Timestamp::from_second(millis.div_euclid(1000)).ok()?;
        Some(Self(GMT8.to_datetime(timestamp)))
    }

    /// Milliseconds since 1970 UTC.
    #[must_use]
    pub fn unix_millis(self) -> i64 {
        GMT8.to_timestamp(self.0).map_or(0, |t| t.as_millisecond())
    }

    /// Year, month, day, hour, minute and second in GMT+8.
    #[must_use]
    pub fn parts(self) -> (i16, i8, i8, i8, i8, i8) {
        let d = self.0;
        (d.year(), d.month(), d.day(), d.hour(), d.minute(), d.second())
    }

    /// This moment plus so many seconds (which may be negative); `None` outside the calendar.
    #[must_use]
    pub fn checked_add_seconds(self, seconds: i64) -> Option<Self> {
        Self::from_unix_millis(self.unix_millis().checked_add(seconds.checked_mul(1000)?)?)
    }
}

/// The text is not a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseDateTimeError;

impl fmt::Display for ParseDateTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a date: expected `yyyy-MM-dd HH:mm:ss` in GMT+8")
    }
}

impl std::error::Error for ParseDateTimeError {}

impl FromStr for DateTime {
    type Err = ParseDateTimeError;

    fn from_str(text: &str) -> Result<Self, ParseDateTimeError> {
        if let Some(date) = exact(text) {
            return Ok(date);
        }
        let text = text.trim();
        if text.len() >= 11 && text.bytes().all(|b| b.is_ascii_digit()) {
            return text.parse().ok().and_then(Self::from_unix_millis).ok_or(ParseDateTimeError);
        }
        parse(text).ok_or(ParseDateTimeError)
    }
}

/// `yyyy-MM-dd HH:mm:ss` to the letter, which nearly all dates are.
fn exact(text: &str) -> Option<DateTime> {
    let bytes: &[u8; 19] = text.as_bytes().try_into().ok()?;
    let [.., b'-', _, _, b'-', _, _, b' ', _, _, b':', _, _, b':', _, _] = bytes else { return None };
    let two = |at: usize| {
        let (tens, ones) = (bytes[at].wrapping_sub(b'0'), bytes[at + 1].wrapping_sub(b'0'));
        if tens > 9 || ones > 9 { None } else { i8::try_from(tens * 10 + ones).ok() }
    };
    let year = i16::from(two(0)?) * 100 + i16::from(two(2)?);
    DateTime::new(year, two(5)?, two(8)?, two(11)?, two(14)?, two(17)?)
}

/// `yyyy-MM-dd[ HH:mm[:ss[.fraction]]]`, with a blank or `T` between.
fn parse(text: &str) -> Option<DateTime> {
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (date, time),
        None => (text, "00:00:00"),
    };
    let mut date = date.splitn(3, '-');
    let (year, month, day) = (number(date.next()?, 4)?, number(date.next()?, 2)?, number(date.next()?, 2)?);
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    let mut time = time.splitn(3, ':');
    let (hour, minute) = (number(time.next()?, 2)?, number(time.next()?, 2)?);
    let second = time.next().map_or(Some(0), |s| number(s, 2))?;
    let small = |n: i16| i8::try_from(n).ok();
    DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, small(second)?)
}

fn number(digits: &str, most: usize) -> Option<i16> {
    let plain = !digits.is_empty() && digits.len() <= most && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, hour, minute, second) = self.parts();
        if !(0..=9999).contains(&year) {
            return write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
        }
        // Every call is stamped, so this is worth writing by hand.
        let mut text = *b"0000-00-00 00:00:00";
        let mut put = |at: usize, n: i16| {
            let n = n.unsigned_abs() as u8 % 100;
            text[at] = b'0' + n / 10;
            text[at + 1] = b'0' + n % 10;
        };
        put(0, year / 100);
        put(2, year % 100);
        for (at, n) in [(5, month), (8, day), (11, hour), (14, minute), (17, second)] {
            put(at, i16::from(n));
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} +08:00")
    }
}

impl From<SystemTime> for DateTime {
    fn from(time: SystemTime) -> Self {
        let timestamp = Timestamp::try_from(time).unwrap_or(Timestamp::MAX);
        let whole = Timestamp::from_second(timestamp.as_second()).unwrap_or(timestamp);
        Self(TimeZone::fixed(GMT8).to_datetime(whole))
    }
}

impl From<DateTime> for SystemTime {
    fn from(date: DateTime) -> Self {
        let millis = date.unix_millis();
        let distance = Duration::from_millis(millis.unsigned_abs());
        let time = if millis < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) };
        time.unwrap_or(UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_platform_writes() {
        for (text, shown) in [
            ("2016-01-01 12:00:00", "2016-01-01 12:00:00"),
            ("2016-01-01T12:00:00", "2016-01-01 12:00:00"),
            (" 2016-1-1 2:03:04 ", "2016-01-01 02:03:04"),
            ("2016-01-01 12:00", "2016-01-01 12:00:00"),
            ("2016-01-01", "2016-01-01 00:00:00"),
            ("2016-01-01 12:00:00.0", "2016-01-01 12:00:00"),
            ("1451620800000", "2016-01-01 12:00:00"),
        ] {
            assert_eq!(text.parse::<DateTime>().map(|d| d.to_string()), Ok(shown.to_owned()), "{text}");
        }
        for text in [
            "",
            "0000-00-00 00:00:00",
            "2016-02-30",
            "12:00:00",
            "2016-01-01 25:00:00",
            "20160101",
            "99999999999999999999",
        ] {
            assert_eq!(text.parse::<DateTime>(), Err(ParseDateTimeError), "{text}");
        }
    }

    #[test]
    fn system_time_and_back() {
        let date: DateTime = "2016-01-01 12:00:00".parse().unwrap();
        assert_eq!(DateTime::from(SystemTime::from(date)), date);
        assert_eq!(date.unix_millis(), 1_451_620_800_000);
        assert_eq!(date.checked_add_seconds(-1).unwrap().to_string(), "2016-01-01 11:59:59");
        assert_eq!(DateTime::from_unix_millis(-1).unwrap().to_string(), "1970-01-01 07:59:59");
        assert_eq!(DateTime::from_unix_millis(i64::MAX), None);
    }
}
