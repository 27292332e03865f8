//! Values encrypted at rest.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use secrecy::{ExposeSecret, SecretSlice};

use crate::error::ConfigError;

/// Keys by which values are encrypted with AES-256-GCM: the first one encrypts, all of them decrypt, so that keys can be changed while
/// values of the former are still there. `Debug` shows none of it.
#[derive(Clone, Default)]
pub struct CacheKeys {
    keys: Vec<SecretSlice<u8>>,
}

const NONCE: usize = 12;

impl CacheKeys {
    /// This key encrypts and decrypts: 32 bytes of chance.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if it has another length.
    pub fn new(key: &[u8]) -> Result<Self, ConfigError> {
        Self::default().and(key)
    }

    /// This former key decrypts too.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if it has another length than 32 bytes.
    pub fn and(mut self, key: &[u8]) -> Result<Self, ConfigError> {
        if key.len() != 32 {
            return Err(ConfigError::at("cache.redis.key", format!("a key has 32 bytes, not {}", key.len())));
        }
        self.keys.push(key.to_vec().into());
        Ok(self)
    }

    /// The value, encrypted for this name: under another one it cannot be read. Without keys, the value itself. Nothing if the system has no
    /// randomness.
    #[must_use]
    pub fn seal(&self, name: &str, value: &[u8]) -> Option<Vec<u8>> {
        let Some(key) = self.keys.first() else { return Some(value.to_vec()) };
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).ok()?;
        let payload = Payload { msg: value, aad: name.as_bytes() };
        let sealed = cipher(key)?.encrypt(&Nonce::from(nonce), payload).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    /// What was sealed; nothing if it was by another key, for another name, or not at all.
    #[must_use]
    pub fn open(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        if self.keys.is_empty() {
            return Some(sealed.to_vec());
        }
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let open = |key| {
            let payload = Payload { msg: sealed, aad: name.as_bytes() };
            cipher(key)?.decrypt(&Nonce::from(*nonce), payload).ok()
        };
        self.keys.iter().find_map(open)
    }
}

impl std::fmt::Debug for CacheKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CacheKeys({})", self.keys.len())
    }
}

fn cipher(key: &SecretSlice<u8>) -> Option<Aes256Gcm> {
    Aes256Gcm::new_from_slice(key.expose_secret()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened_by_its_key_and_for_its_name_alone() {
        let [old, new, other] = [1, 2, 3].map(|byte| CacheKeys::new(&[byte; 32]).unwrap());
        let both = new.clone().and(&[1; 32]).unwrap();
        let sealed = old.seal("a", b"a value of some length").unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"value"));
        assert_ne!(sealed, old.seal("a", b"a value of some length").unwrap(), "no nonce is used twice");
        for (keys, name, expected) in
            [(&old, "a", true), (&both, "a", true), (&new, "a", false), (&other, "a", false), (&old, "b", false)]
        {
            let opened = keys.open(name, &sealed);
            assert_eq!(opened, expected.then(|| b"a value of some length".to_vec()), "{keys:?} {name}");
        }
        for odd in [&b""[..], b"short", &[0; 40]] {
            assert_eq!(old.open("a", odd), None);
        }
        assert_eq!(both.seal("a", b"x").and_then(|sealed| new.open("a", &sealed)), Some(b"x".to_vec()));
        assert!(CacheKeys::new(b"short").is_err());
        assert_eq!(CacheKeys::default().seal("a", b"x"), Some(b"x".to_vec()));
    }
}
