//! A request whose signature is looked at.

use topsdk::SignMethod;
use topsdk::sign::sorted;

use crate::input::Pairs;

/// The parameters, without `sign`, and what signs them.
pub(super) struct Case<'a> {
    /// In the order in which they came.
    pub(super) params: &'a Pairs,
    /// The raw body; empty if none is signed.
    pub(super) body: &'a str,
    pub(super) method: SignMethod,
    pub(super) secret: &'a str,
    /// The signature to check; empty if there is none.
    pub(super) received: &'a str,
}

impl Case<'_> {
    /// The text that is signed, without the secret.
    pub(super) fn text(&self) -> Vec<u8> {
        match self.method {
            SignMethod::Article => article(&self.sorted(), self.body),
            _ => join(&self.sorted(), self.body),
        }
    }

    /// All parameters, in the order in which they came.
    pub(super) fn all(&self) -> Vec<(&str, &str)> {
        self.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// Those that are signed, in the order in which they came.
    pub(super) fn signed(&self) -> Vec<(&str, &str)> {
        self.all().into_iter().filter(|(name, value)| !blank(name, value)).collect()
    }

    /// Those that are signed, in the order of signing.
    pub(super) fn sorted(&self) -> Vec<(&str, &str)> {
        sorted(self.all())
    }

    /// The value of a parameter.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Names and values without anything between them, then the body.
pub(super) fn join(pairs: &[(&str, &str)], body: &str) -> Vec<u8> {
    pairs.iter().flat_map(|(name, value)| [*name, *value]).chain([body]).collect::<String>().into_bytes()
}

/// The text of the article's formula: the timestamp's value comes last.
pub(super) fn article(pairs: &[(&str, &str)], body: &str) -> Vec<u8> {
    let (timestamp, others): (Vec<_>, Vec<_>) = pairs.iter().partition(|(name, _)| *name == "timestamp");
    let mut text = join(&others, body);
    text.extend(timestamp.iter().flat_map(|(_, value)| value.bytes()));
    text
}

/// Whether a parameter is neither sent nor signed.
pub(super) fn blank(name: &str, value: &str) -> bool {
    sorted([(name, value)]).is_empty()
}
