//! An answer that is kept.

use std::sync::Arc;

use sha2::{Digest, Sha256};

/// An answer that is kept, and what is known about it. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The answer's bytes, as the platform sent them.
    pub(super) body: Arc<[u8]>,
    /// Whether it says that what was asked for does not exist.
    pub(super) absent: bool,
    /// When it was asked for.
    pub(super) asked: u64,
    /// How long it is fresh.
    pub(super) ttl: u64,
}

/// How old an answer is, against what it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    Fresh,
    /// Old for so many milliseconds.
    Old(u64),
}

/// Bytes of the digest in front, by which an answer is told from one that was cut or written over.
const CHECK: usize = 8;

/// The first byte after it. Another one is of another version.
const FORM: u8 = 1;

impl Entry {
    /// How old it is. What is from the future, as by a clock that was set back, is not to be trusted.
    pub(super) fn age(&self, now: u64) -> Age {
        match now.checked_sub(self.asked) {
            Some(age) if age < self.ttl => Age::Fresh,
            Some(age) => Age::Old(age - self.ttl),
            None => Age::Old(u64::MAX),
        }
    }

    /// Its bytes, for another store.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(CHECK + 18 + self.body.len());
        bytes.extend([0; CHECK]);
        bytes.extend([FORM, u8::from(self.absent)]);
        bytes.extend(self.asked.to_be_bytes());
        bytes.extend(self.ttl.to_be_bytes());
        bytes.extend(self.body.iter());
        if let Some((check, rest)) = bytes.split_first_chunk_mut() {
            *check = check_of(rest);
        }
        bytes
    }

    /// What [`to_bytes`](Self::to_bytes) wrote; nothing if it is something else.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (check, rest) = bytes.split_first_chunk()?;
        if *check != check_of(rest) {
            return None;
        }
        let (&[form, absent], rest) = rest.split_first_chunk::<2>()?;
        let (asked, rest) = rest.split_first_chunk::<8>()?;
        let (ttl, body) = rest.split_first_chunk::<8>()?;
        let (asked, ttl) = (u64::from_be_bytes(*asked), u64::from_be_bytes(*ttl));
        (form == FORM && absent <= 1).then(|| Self { body: body.into(), absent: absent == 1, asked, ttl })
    }
}

fn check_of(bytes: &[u8]) -> [u8; CHECK] {
    let mut check = [0; CHECK];
    check.iter_mut().zip(Sha256::digest(bytes)).for_each(|(to, from)| *to = from);
    check
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ages() {
        let entry = Entry { body: Arc::new([]), absent: false, asked: 1_000, ttl: 500 };
        for (now, expected) in [
            (1_000, Age::Fresh),
            (1_499, Age::Fresh),
            (1_500, Age::Old(0)),
            (1_750, Age::Old(250)),
            (999, Age::Old(u64::MAX)),
        ] {
            assert_eq!(entry.age(now), expected, "{now}");
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back(body: Vec<u8>, absent: bool, asked: u64, ttl: u64) {
            let entry = Entry { body: body.into(), absent, asked, ttl };
            prop_assert_eq!(Entry::from_bytes(&entry.to_bytes()), Some(entry));
        }

        #[test]
        fn anything_is_read_or_refused(bytes: Vec<u8>) {
            if let Some(entry) = Entry::from_bytes(&bytes) {
                prop_assert_eq!(entry.to_bytes(), bytes);
            }
        }
    }
}
