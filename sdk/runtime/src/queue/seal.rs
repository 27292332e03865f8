//! Content of the store in clear or sealed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use crate::queue::JobId;
use crate::seal::Seal;

/// Some bytes of a job: its parameters, or the answer.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Content {
    /// As it is.
    Text(String),
    /// As it is, where it is no text.
    Base64(String),
    /// Sealed, in base 64.
    Sealed(String),
}

impl Content {
    /// `None` if the system has no random numbers.
    pub(super) fn new(bytes: &[u8], what: &str, id: &JobId, seal: Option<&Seal>) -> Option<Self> {
        match (seal, std::str::from_utf8(bytes)) {
            (Some(seal), _) => Some(Self::Sealed(BASE64.encode(seal.close(bytes, &belongs_to(what, id))?))),
            (None, Ok(text)) => Some(Self::Text(text.to_owned())),
            (None, Err(_)) => Some(Self::Base64(BASE64.encode(bytes))),
        }
    }

    /// `None` if it is sealed with another key, or damaged.
    pub(super) fn open(&self, what: &str, id: &JobId, seal: Option<&Seal>) -> Option<Vec<u8>> {
        match self {
            Self::Text(text) => Some(text.clone().into_bytes()),
            Self::Base64(text) => BASE64.decode(text).ok(),
            Self::Sealed(text) => seal?.open(&BASE64.decode(text).ok()?, &belongs_to(what, id)),
        }
    }
}

fn belongs_to(what: &str, id: &JobId) -> Vec<u8> {
    format!("topsdk queue {what} {id}").into_bytes()
}
