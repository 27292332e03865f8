//! The last requests and what became of them, without anything secret.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::clock::Time;
use crate::explain::Explanation;

/// How many requests are kept.
const KEPT: usize = 200;

/// One call as the gateway saw it. Sessions, signs and personal data are masked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestRecord {
    /// Number of the call since the start.
    pub seq: u64,
    /// When it came, on the virtual clock.
    pub time: Time,
    /// HTTP verb.
    pub verb: String,
    /// Path, such as `/router/rest`.
    pub path: String,
    /// `query`, `form`, `multipart`, `raw` or `batch`.
    pub shape: String,
    /// Called method, empty when the call names none.
    pub method: String,
    /// Format of the answer: `json`, `simplified` or `xml`.
    pub format: String,
    /// Text parameters, masked.
    pub params: BTreeMap<String, String>,
    /// File parameters: name, file name and size in bytes.
    pub files: Vec<(String, String, usize)>,
    /// `error_response` code, 0 for success.
    pub code: i64,
    /// Sub code of the error.
    pub sub_code: Option<String>,
    /// Identifier in the answer.
    pub request_id: String,
    /// What the platform tolerates in silence: unknown parameters, repeated ones, a missing `sign_method`, ...
    pub notes: Vec<String>,
    /// Why the signature is wrong; only on code 25.
    pub signature: Option<Explanation>,
    /// The fault that was put on the answer.
    pub fault: Option<String>,
}

/// The last requests, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Log {
    records: VecDeque<RequestRecord>,
    seq: u64,
}

impl Log {
    /// Adds a call.
    pub(crate) fn push(&mut self, mut record: RequestRecord) {
        self.seq += 1;
        record.seq = self.seq;
        if self.records.len() >= KEPT {
            self.records.pop_front();
        }
        self.records.push_back(record);
    }

    /// The kept calls, oldest first.
    pub(crate) fn records(&self) -> Vec<RequestRecord> {
        self.records.iter().cloned().collect()
    }

    /// Forgets the calls.
    pub(crate) fn clear(&mut self) {
        self.records.clear();
    }
}

/// Shows that a value was there, and how long it was, and no more.
pub(crate) fn masked(value: &str) -> String {
    format!("***({})", value.chars().count())
}
