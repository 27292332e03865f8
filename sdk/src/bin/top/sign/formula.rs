//! Ways in which a text and a secret become a signature: the right ones and those that people write by mistake.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest as _, Md5};
use sha2::Sha256;
use topsdk::SignMethod;

/// What stands in place of the secret wherever it would be shown.
pub(super) const SECRET: &str = "<secret>";

/// The digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha256,
}

/// Where the secret goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The key of an HMAC.
    Key,
    /// Before and after the text.
    Around,
    Before,
    After,
    Nowhere,
    /// The key of an HMAC, and around the text too.
    KeyAndAround,
    /// The text of an HMAC whose key is the parameters.
    Swapped,
}

/// A digest and a place of the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Formula {
    pub(super) hash: Hash,
    pub(super) place: Place,
}

impl Formula {
    /// What the platform takes for a sign method. For `article` the timestamp is part of the text.
    pub(super) fn of(method: SignMethod) -> Self {
        match method {
            SignMethod::Md5 => Self { hash: Hash::Md5, place: Place::Around },
            SignMethod::Hmac => Self { hash: Hash::Md5, place: Place::Key },
            SignMethod::Article => Self { hash: Hash::Md5, place: Place::Before },
            _ => Self { hash: Hash::Sha256, place: Place::Key },
        }
    }

    /// All of them, those that are right for some method first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        use Place::{After, Around, Before, Key, KeyAndAround, Nowhere, Swapped};

        let places = [Key, Around, Before, After, Nowhere, KeyAndAround, Swapped];
        places.into_iter().flat_map(|place| [Hash::Sha256, Hash::Md5].map(|hash| Self { hash, place }))
    }

    /// The digest's bytes.
    pub(super) fn digest(self, secret: &str, text: &[u8]) -> Vec<u8> {
        let secret = secret.as_bytes();
        match self.place {
            Place::Key => self.mac(secret, text),
            Place::Around => self.hash(&[secret, text, secret].concat()),
            Place::Before => self.hash(&[secret, text].concat()),
            Place::After => self.hash(&[text, secret].concat()),
            Place::Nowhere => self.hash(text),
            Place::KeyAndAround => self.mac(secret, &[secret, text, secret].concat()),
            Place::Swapped => self.mac(text, secret),
        }
    }

    /// What goes into the digest beside a key, without the secret.
    pub(super) fn shown(self, text: &str) -> String {
        match self.place {
            Place::Key | Place::Nowhere => text.to_owned(),
            Place::Around | Place::KeyAndAround => [SECRET, text, SECRET].concat(),
            Place::Before => [SECRET, text].concat(),
            Place::After => [text, SECRET].concat(),
            Place::Swapped => SECRET.to_owned(),
        }
    }

    /// In words.
    pub(super) fn name(self) -> String {
        let hash = match self.hash {
            Hash::Md5 => "MD5",
            Hash::Sha256 => "SHA256",
        };
        match self.place {
            Place::Key => format!("HMAC-{hash} with the secret as its key"),
            Place::Around => format!("{hash} over secret, text, secret"),
            Place::Before => format!("{hash} over secret, text"),
            Place::After => format!("{hash} over text, secret"),
            Place::Nowhere => format!("{hash} over the text alone, without the secret"),
            Place::KeyAndAround => format!("HMAC-{hash} with the secret as its key and around the text too"),
            Place::Swapped => format!("HMAC-{hash} with key and text exchanged"),
        }
    }

    fn hash(self, bytes: &[u8]) -> Vec<u8> {
        match self.hash {
            Hash::Md5 => Md5::digest(bytes).to_vec(),
            Hash::Sha256 => Sha256::digest(bytes).to_vec(),
        }
    }

    fn mac(self, key: &[u8], bytes: &[u8]) -> Vec<u8> {
        fn mac<M: KeyInit + Mac>(key: &[u8], bytes: &[u8]) -> Vec<u8> {
            // HMAC takes keys of any length, so there is always a result.
            <M as KeyInit>::new_from_slice(key).map_or_else(
                |_| Vec::new(),
                |mut mac| {
                    mac.update(bytes);
                    mac.finalize().into_bytes().to_vec()
                },
            )
        }
        match self.hash {
            Hash::Md5 => mac::<Hmac<Md5>>(key, bytes),
            Hash::Sha256 => mac::<Hmac<Sha256>>(key, bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_formulas_are_those_of_the_sdk() {
        let params = [("timestamp", "2026-01-05 10:00:00"), ("a", "1"), ("b", "中")];
        for (method, text) in [
            (SignMethod::Md5, "a1b中timestamp2026-01-05 10:00:00"),
            (SignMethod::Hmac, "a1b中timestamp2026-01-05 10:00:00"),
            (SignMethod::HmacSha256, "a1b中timestamp2026-01-05 10:00:00"),
            (SignMethod::Article, "a1b中2026-01-05 10:00:00"),
        ] {
            let digest = Formula::of(method).digest("s3cr3t", text.as_bytes());
            let hex: String = digest.iter().map(|byte| format!("{byte:02X}")).collect();
            assert_eq!(hex, topsdk::sign::sign(method, "s3cr3t", params, None), "{method}");
        }
    }

    #[test]
    fn the_secret_is_never_shown() {
        for formula in Formula::all() {
            assert!(!formula.shown("a1").contains("s3cr3t"));
            assert!(formula.place == Place::Swapped || formula.shown("a1").contains("a1"), "{}", formula.name());
        }
    }
}
