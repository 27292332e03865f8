//! Bytes that are kept elsewhere, encrypted.

use std::fmt;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};

/// Seals with AES-256-GCM under a key, and opens what this key or a former one has sealed. What is sealed is a nonce of its own from the
/// system's generator, then the encrypted bytes. `Debug` shows no key.
#[derive(Clone)]
pub(crate) struct Seal {
    key: Aes256Gcm,
    former: Vec<Aes256Gcm>,
}

const NONCE: usize = 12;

impl Seal {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self { key: Aes256Gcm::new(&key.into()), former: Vec::new() }
    }

    /// Opens with this key too.
    pub(crate) fn and(mut self, former: [u8; 32]) -> Self {
        self.former.push(Aes256Gcm::new(&former.into()));
        self
    }

    /// Seals. What it belongs to is sealed with it, so that nobody can put it elsewhere. `None` if the system has no random numbers.
    pub(crate) fn close(&self, plain: &[u8], belongs_to: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).ok()?;
        let sealed = self.key.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: belongs_to }).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    /// What was sealed. `None` if it was by another key, for something else, or is damaged.
    pub(crate) fn open(&self, sealed: &[u8], belongs_to: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let mut keys = std::iter::once(&self.key).chain(&self.former);
        keys.find_map(|key| key.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: belongs_to }).ok())
    }
}

/// Keys as 64 hexadecimal digits each.
#[cfg(feature = "serde")]
pub(crate) fn read_keys<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<[u8; 32]>, D::Error> {
    let texts: Vec<String> = serde::Deserialize::deserialize(deserializer)?;
    let key = |text: &String| {
        let mut pairs = text.as_bytes().chunks_exact(2);
        let digits = pairs.by_ref().map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        let key: Vec<u8> = digits.collect::<Option<_>>()?;
        key.try_into().ok().filter(|_| pairs.remainder().is_empty() && !text.contains('+'))
    };
    // The text itself is a secret.
    let all: Option<_> = texts.iter().map(key).collect();
    all.ok_or_else(|| serde::de::Error::custom("expected 64 hexadecimal digits a key"))
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(<secret>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened_by_its_key_and_where_it_belongs_alone() {
        let [seal, other] = [1, 2].map(|byte| Seal::new([byte; 32]));
        let sealed = seal.close(b"a value of some length", b"a").unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"value"));
        assert_ne!(Some(&sealed), seal.close(b"a value of some length", b"a").as_ref(), "no nonce is used twice");
        assert_eq!(seal.open(&sealed, b"a").as_deref(), Some(&b"a value of some length"[..]));
        assert_eq!((seal.open(&sealed, b"b"), other.open(&sealed, b"a")), (None, None));
        for odd in [&b""[..], b"short", &[0; 40]] {
            assert_eq!(seal.open(odd, b"a"), None);
        }
        let mut damaged = sealed;
        *damaged.last_mut().unwrap() ^= 1;
        assert_eq!(seal.open(&damaged, b"a"), None);
        let changed = Seal::new([2; 32]).and([1; 32]);
        let by_the_former = seal.close(b"old", b"a").unwrap();
        assert_eq!(changed.open(&by_the_former, b"a").as_deref(), Some(&b"old"[..]));
        assert_eq!(seal.open(&changed.close(b"new", b"a").unwrap(), b"a"), None, "the new key seals");
        assert_eq!(format!("{changed:?}"), "Seal(<secret>)");
    }

    /// What other processes and later versions have to read.
    #[test]
    fn the_form_stays() {
        let mut sealed = vec![7; NONCE];
        let payload = Payload { msg: b"plain", aad: b"place" };
        sealed.extend(Aes256Gcm::new(&[1; 32].into()).encrypt(&Nonce::from([7; NONCE]), payload).unwrap());
        assert_eq!(Seal::new([1; 32]).open(&sealed, b"place").as_deref(), Some(&b"plain"[..]));
        assert_eq!(sealed.len(), NONCE + 5 + 16);
    }
}
