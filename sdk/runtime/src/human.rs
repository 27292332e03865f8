//! Times and sizes as people write them: one reader for all settings.

use std::time::Duration;

/// A time with its unit, such as `250ms`, `5s`, `1m 30s` or `2h`. A number without a unit is none, nor is a negative time.
#[allow(dead_code, reason = "which layers read times depends on features")]
pub(crate) fn duration(text: &str) -> Option<Duration> {
    text.parse::<jiff::SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok())
}

/// Readers for `#[serde(deserialize_with = "..")]`.
#[cfg(feature = "serde")]
pub(crate) mod read {
    #[cfg(feature = "config")]
    use std::collections::BTreeMap;
    use std::time::Duration;

    use serde::de::{Deserialize, Deserializer, Error};

    #[cfg(feature = "config")]
    use super::bytes;
    use super::duration;

    const A_TIME: &str = "a time such as `250ms`, `5s` or `1m 30s`";

    /// A time, such as `5s`.
    pub(crate) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let text = String::deserialize(deserializer)?;
        duration(&text).ok_or_else(|| D::Error::custom(format_args!("expected {A_TIME}")))
    }

    /// A time that need not be there.
    #[cfg(any(feature = "queue", feature = "slo"))]
    pub(crate) fn some_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        time(deserializer).map(Some)
    }

    /// A time, or `none`.
    #[cfg(feature = "config")]
    pub(crate) fn time_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "none" {
            return Ok(None);
        }
        duration(&text).map(Some).ok_or_else(|| D::Error::custom(format_args!("expected {A_TIME}, or `none`")))
    }

    /// A number of bytes, such as `32 MiB`.
    #[cfg(feature = "config")]
    pub(crate) fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
        let text = String::deserialize(deserializer)?;
        bytes(&text).ok_or_else(|| D::Error::custom("expected a size such as `512 KiB`, `32 MiB` or `1 GiB`"))
    }

    /// A table as a list.
    #[cfg(feature = "config")]
    pub(crate) fn pairs<'de, D, K, V>(deserializer: D) -> Result<Vec<(K, V)>, D::Error>
    where
        D: Deserializer<'de>,
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
    {
        BTreeMap::deserialize(deserializer).map(|table| table.into_iter().collect())
    }
}

/// A number of bytes with its unit, such as `512 KiB`, `32 MiB` or `1 GiB`.
#[cfg(feature = "config")]
pub(crate) fn bytes(text: &str) -> Option<usize> {
    let unit = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(unit)?;
    let shift = ["B", "KiB", "MiB", "GiB"].iter().position(|known| *known == unit.trim_start())?;
    number.parse::<usize>().ok()?.checked_mul(1024_usize.checked_pow(u32::try_from(shift).ok()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        for (text, millis) in [
            ("250ms", Some(250)),
            ("5s", Some(5_000)),
            ("1m 30s", Some(90_000)),
            ("2h", Some(7_200_000)),
            ("0s", Some(0)),
            ("5", None),
            ("-5s", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(duration(text), millis.map(Duration::from_millis), "{text}");
        }
    }

    #[cfg(feature = "config")]
    #[test]
    fn sizes_have_a_unit() {
        for (text, expected) in [
            ("512 KiB", Some(512 * 1024)),
            ("32MiB", Some(32 * 1024 * 1024)),
            ("1 GiB", Some(1024 * 1024 * 1024)),
            ("7 B", Some(7)),
            ("32", None),
            ("32 MB", None),
            ("MiB", None),
            ("-1 MiB", None),
            ("99999999999999999999 B", None),
            ("17179869184 GiB", None),
            ("", None),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
    }
}
