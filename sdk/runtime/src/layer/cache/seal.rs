//! Values encrypted at rest.

use crate::error::ConfigError;
use crate::seal::Seal;

/// Keys by which values are encrypted with AES-256-GCM: the first one encrypts, all of them decrypt, so that keys can be changed while
/// values of the former are still there. `Debug` shows none of it.
#[derive(Debug, Clone, Default)]
pub struct CacheKeys {
    seal: Option<Seal>,
}

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
        let wrong = |_| ConfigError::at("cache.redis.key", format!("a key has 32 bytes, not {}", key.len()));
        let key = key.try_into().map_err(wrong)?;
        self.seal = Some(match self.seal.take() {
            None => Seal::new(key),
            Some(seal) => seal.and(key),
        });
        Ok(self)
    }

    /// The value, encrypted for this name: under another one it cannot be read. Without keys, the value itself. Nothing if the system has no
    /// randomness.
    #[must_use]
    pub fn seal(&self, name: &str, value: &[u8]) -> Option<Vec<u8>> {
        match &self.seal {
            Some(seal) => seal.close(value, name.as_bytes()),
            None => Some(value.to_vec()),
        }
    }

    /// What was sealed; nothing if it was by another key, for another name, or not at all.
    #[must_use]
    pub fn open(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        match &self.seal {
            Some(seal) => seal.open(sealed, name.as_bytes()),
            None => Some(sealed.to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened_by_its_key_and_for_its_name_alone() {
        let [old, new, other] = [1, 2, 3].map(|byte| CacheKeys::new(&[byte; 32]).unwrap());
        let both = new.clone().and(&[1; 32]).unwrap();
        let sealed = old.seal("a", b"a value of some length").unwrap();
        for (keys, name, expected) in
            [(&old, "a", true), (&both, "a", true), (&new, "a", false), (&other, "a", false), (&old, "b", false)]
        {
            let opened = keys.open(name, &sealed);
            assert_eq!(opened, expected.then(|| b"a value of some length".to_vec()), "{keys:?} {name}");
        }
        assert_eq!(old.open("a", b"never sealed"), None);
        assert_eq!(both.seal("a", b"x").and_then(|sealed| new.open("a", &sealed)), Some(b"x".to_vec()));
        assert!(CacheKeys::new(b"short").is_err());
        assert_eq!(CacheKeys::default().seal("a", b"x"), Some(b"x".to_vec()));
    }
}
