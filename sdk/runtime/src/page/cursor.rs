//! A place in a list as a text that can be kept.

use std::fmt;
use std::str::FromStr;

use crate::error::{PageError, PageReason};
use crate::model::DateTime;
use crate::page::place::{At, Place, Seen};

/// The version of the texts that are written and read.
pub(crate) const CURSOR_VERSION: u32 = 1;

/// A place in a list, to go on from there at another time or in another process.
///
/// `to_string()` gives a text to keep, `parse()` reads it. It names the method, and holds a digest of the parameters and of the keys
/// of a few rows: no session, no values.
///
/// It does not tell whose list it is: keep it beside the user. Nothing that a call knows stays the same for a user whose token is renewed,
/// and a cursor has to outlive that.
///
/// ```
/// use topsdk::page::Cursor;
///
/// let error = "2:taobao.trades.sold.get:00:e:".parse::<Cursor>().unwrap_err();
/// assert_eq!(error.to_string(), "the cursor is of version 2, and this SDK reads version 1; begin anew");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) method: String,
    /// Digest of the parameters.
    pub(crate) parameters: u64,
    pub(crate) at: At,
    pub(crate) taken: u64,
    /// Rows that may come once more.
    pub(crate) seen: Vec<u64>,
}

impl Cursor {
    pub(crate) fn new(method: &str, parameters: u64, place: &Place) -> Self {
        let (at, taken, seen) = (place.at.clone(), place.taken, place.seen.ids());
        Self { method: method.to_owned(), parameters, at, taken, seen }
    }

    pub(crate) fn place(&self) -> Place {
        let mut place = Place::new(self.at.clone());
        place.taken = self.taken;
        place.seen = Seen::of(&self.seen);
        place
    }

    /// The method whose list it is a place of.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Whether the list was read to its end. A list in windows of time has none: it goes on when time does.
    #[must_use]
    pub fn is_end(&self) -> bool {
        self.at == At::End
    }
}

/// `1:<method>:<digest of the parameters>:<place>:<digests of rows>`, numbers of rows and seconds in decimal, the rest in hexadecimal.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, parameters, at, taken, seen } = self;
        write!(f, "{CURSOR_VERSION}:{method}:{parameters:016x}:")?;
        match at {
            At::Page { number, before } => write!(f, "p{number}.{before}.{taken}")?,
            At::Offset(rows) => write!(f, "o{rows}.{taken}")?,
            At::Scroll(None) => write!(f, "s.{taken}")?,
            At::Scroll(Some(name)) => {
                f.write_str("s")?;
                name.bytes().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                write!(f, ".{taken}")?;
            }
            At::Window { from, done } => {
                write!(f, "{}{}", if *done { 'd' } else { 'w' }, from.unix_millis().div_euclid(1000))?;
            }
            At::End => f.write_str("e")?,
        }
        f.write_str(":")?;
        seen.iter().try_for_each(|id| write!(f, "{id:016x}"))
    }
}

impl FromStr for Cursor {
    type Err = PageError;

    fn from_str(text: &str) -> Result<Self, PageError> {
        let (version, rest) = text.trim().split_once(':').unwrap_or_default();
        match version.parse() {
            Ok(CURSOR_VERSION) => {}
            Ok(version) => return Err(PageError::new("", PageReason::CursorVersion(version))),
            Err(_) => return Err(PageError::new("", PageReason::NoCursor)),
        }
        read(rest).ok_or_else(|| PageError::new("", PageReason::NoCursor))
    }
}

/// What stands behind the version.
fn read(text: &str) -> Option<Cursor> {
    let mut parts = text.split(':');
    let (method, parameters, place, seen) = (parts.next()?, hex(parts.next()?)?, parts.next()?, parts.next()?);
    if method.is_empty() || parts.next().is_some() {
        return None;
    }
    let seen = chunks(seen, 16)?.into_iter().map(hex).collect::<Option<_>>()?;
    let (at, taken) = read_place(place)?;
    Some(Cursor { method: method.to_owned(), parameters, at, taken, seen })
}

fn read_place(text: &str) -> Option<(At, u64)> {
    let (kind, rest) = (text.get(..1)?, text.get(1..)?);
    let window = |done| {
        let seconds: i64 = rest.parse().ok()?;
        Some((At::Window { from: DateTime::from_unix_millis(seconds.checked_mul(1000)?)?, done }, 0))
    };
    match kind {
        "e" if rest.is_empty() => Some((At::End, 0)),
        "w" => window(false),
        "d" => window(true),
        _ => {
            let (place, taken) = rest.rsplit_once('.')?;
            let at = match kind {
                "p" => {
                    let (number, before) = place.split_once('.')?;
                    At::Page { number: number.parse().ok()?, before: before.parse().ok()? }
                }
                "o" => At::Offset(place.parse().ok()?),
                "s" if place.is_empty() => At::Scroll(None),
                "s" => {
                    let byte = |pair| u8::from_str_radix(pair, 16).ok();
                    let bytes = chunks(place, 2)?.into_iter().map(byte).collect::<Option<_>>()?;
                    At::Scroll(Some(String::from_utf8(bytes).ok()?))
                }
                _ => return None,
            };
            Some((at, taken.parse().ok()?))
        }
    }
}

fn hex(digits: &str) -> Option<u64> {
    if digits.len() == 16 { u64::from_str_radix(digits, 16).ok() } else { None }
}

/// A text in pieces of so many hexadecimal digits; `None` if it is none.
fn chunks(text: &str, length: usize) -> Option<Vec<&str>> {
    let fits = text.len().is_multiple_of(length) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let pieces = |at: usize| text.get(at * length..(at + 1) * length);
    if fits { (0..text.len() / length).map(pieces).collect() } else { None }
}

/// Without what the platform has named a page, and without digests.
impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor").field("method", &self.method).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cursor(at: At, taken: u64, seen: Vec<u64>) -> Cursor {
        Cursor { method: "taobao.a.get".to_owned(), parameters: 0xAB, at, taken, seen }
    }

    #[test]
    fn texts() {
        let from: DateTime = "2026-01-05 10:00:00".parse().unwrap();
        let table = [
            (At::Page { number: 3, before: 200 }, 7, vec![1, 0xFF], "p3.200.7:000000000000000100000000000000ff"),
            (At::Offset(50), 0, vec![], "o50.0:"),
            (At::Scroll(None), 2, vec![], "s.2:"),
            (At::Scroll(Some("a:é".to_owned())), 0, vec![], "s613ac3a9.0:"),
            (At::Window { from, done: false }, 0, vec![2], "w1767578400:0000000000000002"),
            (At::Window { from, done: true }, 0, vec![], "d1767578400:"),
            (At::End, 0, vec![], "e:"),
        ];
        for (at, taken, seen, text) in table {
            let cursor = cursor(at, taken, seen);
            assert_eq!(cursor.to_string(), format!("1:taobao.a.get:00000000000000ab:{text}"));
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }

    #[test]
    fn what_is_none() {
        let good = "1:taobao.a.get:00000000000000ab:p3.200.7:0000000000000001";
        assert!(good.parse::<Cursor>().is_ok());
        for at in 0..good.len() {
            assert!(good[..at].parse::<Cursor>().is_err() || at == good.len() - 16, "{}", &good[..at]);
        }
        for text in
            ["", "x", "1:", "-1:a:b:e:", "1::00000000000000ab:e:", "1:a:00000000000000ab:w99999999999999999999:"]
        {
            assert_eq!(text.parse::<Cursor>().unwrap_err().reason(), &PageReason::NoCursor, "{text}");
        }
        assert_eq!("7:x".parse::<Cursor>().unwrap_err().reason(), &PageReason::CursorVersion(7));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9a-z:.]{0,40}|.{0,40}") {
            if let Ok(cursor) = format!("1:{text}").parse::<Cursor>() {
                prop_assert_eq!(cursor.to_string().parse(), Ok(cursor));
            }
        }
    }
}
