//! A job as it lies in the store, and as it is shown.

use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::client::{Body, Random};
use crate::model::Effect;
use crate::queue::seal::Content;
use crate::queue::{OnDoubt, Priority};
use crate::seal::Seal;

/// Names a job: a [ULID](https://github.com/ulid/spec), so that later ones sort behind earlier ones.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(String);

/// Makes ids, each greater than the one before: jobs of one time go in the order of their ids.
#[derive(Default)]
pub(super) struct JobIds(Mutex<Ulid>);

impl JobIds {
    pub(super) fn next(&self, now: SystemTime, random: &dyn Random) -> JobId {
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let chance = u128::from(random.next()) << 64 | u128::from(random.next());
        let id = Ulid::from_parts(u64::try_from(since.as_millis()).unwrap_or_default(), chance);
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Two of one millisecond, or a clock that was set back.
        *last = last.increment().map_or(id, |next| next.max(id));
        JobId(last.to_string())
    }
}

impl JobId {
    /// Of a row that need not be one of ours.
    pub(super) fn foreign(id: String) -> Self {
        Self(id)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JobId({})", self.0)
    }
}

/// From the text of an id that was written down.
impl FromStr for JobId {
    type Err = JobIdError;

    fn from_str(text: &str) -> Result<Self, JobIdError> {
        Ulid::from_string(text).map(|id| Self(id.to_string())).map_err(|_| JobIdError)
    }
}

/// A text that names no job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobIdError;

impl fmt::Display for JobIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected the id of a job: 26 letters and digits")
    }
}

impl std::error::Error for JobIdError {}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// It runs as soon as a worker is free.
    Waiting,
    /// Its time has not come: it was enqueued with a delay, or has failed and is tried again.
    Delayed,
    /// A worker has it.
    Running,
    /// The platform's answer is stored.
    Done,
    /// It is not tried again unless somebody [says so](crate::queue::Queue::retry).
    Dead,
}

impl State {
    /// Its name in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delayed => "delayed",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }
}

/// A job as it is shown: without its parameters.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The method that it calls; `None` if the job cannot be read.
    pub method: Option<String>,
    /// Where it stands.
    pub state: State,
    /// How often it was tried.
    pub tries: u32,
    /// How the last try failed, if one did and none has succeeded since.
    pub failure: Option<Failure>,
}

/// How many jobs stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// Those that only wait for a worker.
    pub waiting: u64,
    /// Those whose time has not come.
    pub delayed: u64,
    /// Those that a worker has.
    pub running: u64,
    /// Those that are done and still kept.
    pub done: u64,
    /// The dead letters.
    pub dead: u64,
}

/// How a try failed. It holds codes only: texts of the platform may be personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failure {
    /// Why the job is dead, or why it is tried again.
    pub reason: Reason,
    /// The phase of the call that failed, in a word: `gateway`, `transport`, `timeout`, `limited`, `decode`, `invalid`, `config`,
    /// `session`, `panic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// The platform's code: see [`explain`](crate::error::explain).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// The platform's sub code: see [`explain_sub_code`](crate::error::explain_sub_code).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_code: Option<String>,
    /// The platform's id of the call, for its support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Failure {
    pub(super) fn new(reason: Reason) -> Self {
        Self { reason, phase: None, code: None, sub_code: None, request_id: None }
    }

    pub(super) fn in_phase(reason: Reason, phase: &str) -> Self {
        Self { phase: Some(phase.to_owned()), ..Self::new(reason) }
    }
}

/// Why a job is dead, or is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// It is tried again.
    Transient,
    /// The call is wrong, or the platform refuses it for good: trying again fails in the same way.
    Refused,
    /// It has failed as often as it may.
    Exhausted,
    /// A write was sent, and nobody knows whether it was applied: see [`OnDoubt`].
    InDoubt,
    /// There is no session of its name.
    NoSession,
    /// The row is not a job of this version, or was sealed with another key.
    Unreadable,
}

/// What the store holds of a job. Everything that may be personal is in `content`.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    v: u32,
    pub(super) method: String,
    effect: StoredEffect,
    pub(super) on_doubt: OnDoubt,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timeout_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) target_app_key: Option<String>,
    content: Content,
}

/// The part of a job that is sealed if there is a key.
#[derive(Serialize, Deserialize)]
pub(super) struct Parts {
    pub(super) params: Vec<(String, String)>,
    /// Only where the content is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<StoredBody>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StoredBody {
    Json(String),
    Xml(String),
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StoredEffect {
    Read,
    Idempotent,
    Write,
}

/// What a job is made of.
pub(super) struct Draft {
    pub(super) method: String,
    pub(super) effect: Effect,
    pub(super) on_doubt: OnDoubt,
    pub(super) session: Option<String>,
    pub(super) timeout: Option<Duration>,
    pub(super) target_app_key: Option<String>,
    pub(super) parts: Parts,
}

/// The version of what is written here.
const VERSION: u32 = 1;

impl Draft {
    /// The bytes for the store.
    pub(super) fn write(&self, id: &JobId, seal: Option<&Seal>) -> Option<Vec<u8>> {
        let parts = serde_json::to_vec(&self.parts).ok()?;
        let stored = Stored {
            v: VERSION,
            method: self.method.clone(),
            effect: match self.effect {
                Effect::Read => StoredEffect::Read,
                Effect::Idempotent => StoredEffect::Idempotent,
                Effect::Write => StoredEffect::Write,
            },
            on_doubt: self.on_doubt,
            session: self.session.clone(),
            timeout_ms: self.timeout.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
            target_app_key: self.target_app_key.clone(),
            content: Content::new(&parts, "job", id, seal)?,
        };
        serde_json::to_vec(&stored).ok()
    }
}

impl Stored {
    /// A job from the store, if it is one of this version.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(bytes).ok().filter(|stored| stored.v == VERSION)
    }

    /// What is sealed, if the key fits.
    pub(super) fn parts(&self, id: &JobId, seal: Option<&Seal>) -> Option<Parts> {
        serde_json::from_slice(&self.content.open("job", id, seal)?).ok()
    }

    pub(super) fn effect(&self) -> Effect {
        match self.effect {
            StoredEffect::Read => Effect::Read,
            StoredEffect::Idempotent => Effect::Idempotent,
            StoredEffect::Write => Effect::Write,
        }
    }

    pub(super) fn timeout(&self) -> Option<Duration> {
        self.timeout_ms.map(Duration::from_millis)
    }
}

impl Parts {
    pub(super) fn new(params: Vec<(String, String)>) -> Self {
        Self { params, token: None, body: None }
    }

    pub(super) fn set_body(&mut self, body: &Body) {
        self.body = Some(match body {
            Body::Json(text) => StoredBody::Json(text.clone()),
            Body::Xml(text) => StoredBody::Xml(text.clone()),
        });
    }

    pub(super) fn body(&self) -> Option<Body> {
        self.body.as_ref().map(|body| match body {
            StoredBody::Json(text) => Body::Json(text.clone()),
            StoredBody::Xml(text) => Body::Xml(text.clone()),
        })
    }
}

/// What is kept of a try: the answer, or how it failed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Ended {
    Answer(Content),
    Failure(Failure),
}

impl Ended {
    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What apalis itself has written there, or nobody, is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn failure(self) -> Option<Failure> {
        match self {
            Self::Failure(failure) => Some(failure),
            Self::Answer(_) => None,
        }
    }
}

impl Priority {
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Low => 0,
            Self::Normal => 1,
            Self::High => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::SplitMix;

    fn draft() -> Draft {
        let params = vec![("num_iid".to_owned(), "42".to_owned()), ("memo".to_owned(), "示例 \"x\"".to_owned())];
        let mut parts = Parts::new(params);
        parts.set_body(&Body::Json("{}".to_owned()));
        Draft {
            method: "taobao.item.quantity.update".to_owned(),
            effect: Effect::Write,
            on_doubt: OnDoubt::DeadLetter,
            session: Some("seller-7".to_owned()),
            timeout: Some(Duration::from_secs(3)),
            target_app_key: None,
            parts,
        }
    }

    fn id() -> JobId {
        JobIds::default().next(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000), &SplitMix::seeded(1))
    }

    #[test]
    fn what_is_written_is_read() {
        let seal = Seal::new([7; 32]);
        for seal in [None, Some(&seal)] {
            let bytes = draft().write(&id(), seal).unwrap();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert_eq!(text.contains("num_iid"), seal.is_none(), "{text}");
            let stored = Stored::read(&bytes).unwrap();
            assert_eq!((stored.effect(), stored.timeout()), (Effect::Write, Some(Duration::from_secs(3))));
            let parts = stored.parts(&id(), seal).unwrap();
            assert_eq!(parts.params, draft().parts.params);
            assert!(matches!(parts.body(), Some(Body::Json(text)) if text == "{}"));
            let other = Seal::new([8; 32]);
            assert!(stored.parts(&id(), Some(&other)).is_some() == seal.is_none(), "another key opens nothing");
            let another = JobIds::default().next(SystemTime::UNIX_EPOCH, &SplitMix::seeded(2));
            assert!(stored.parts(&another, seal).is_some() == seal.is_none(), "the content belongs to its job");
        }
    }

    /// The form is a promise: jobs outlive the program that wrote them.
    #[test]
    fn the_form_stays() {
        let expected = r#"{"v":1,"method":"taobao.item.quantity.update","effect":"write","on_doubt":"dead_letter","session":"seller-7","timeout_ms":3000,"content":{"text":"{\"params\":[[\"num_iid\",\"42\"],[\"memo\",\"示例 \\\"x\\\"\"]],\"body\":{\"json\":\"{}\"}}"}}"#;
        assert_eq!(String::from_utf8(draft().write(&id(), None).unwrap()).unwrap(), expected);
    }

    #[test]
    fn what_is_no_job_is_none() {
        let good = String::from_utf8(draft().write(&id(), None).unwrap()).unwrap();
        assert!(Stored::read(good.as_bytes()).is_some());
        for bad in ["", "null", "[]", "{}", "\"x\"", &good[1..], &good.replace("\"v\":1", "\"v\":2")] {
            assert!(Stored::read(bad.as_bytes()).is_none(), "{bad}");
        }
        assert!(Stored::read(&[0xff, 0xfe]).is_none());
    }

    proptest::proptest! {
        #[test]
        fn whatever_lies_there_is_read_without_harm(bytes: Vec<u8>, text: String, sealed: bool) {
            let seal = Some(Seal::new([7; 32])).filter(|_| sealed);
            let content = [("text", &text), ("base64", &text), ("sealed", &text)];
            for (kind, text) in content {
                let stored = serde_json::json!({"v": 1, "method": text, "effect": "write", "on_doubt": "repeat", "content": {kind: text}});
                let stored = Stored::read(stored.to_string().as_bytes()).unwrap();
                stored.parts(&id(), seal.as_ref());
            }
            Stored::read(&bytes);
            Ended::read(&text);
            let _ = text.parse::<JobId>();
        }
    }

    #[test]
    fn ids_are_ulids_in_order_of_time() {
        let (ids, random) = (JobIds::default(), SplitMix::seeded(3));
        let mut last = ids.next(SystemTime::UNIX_EPOCH, &random);
        for ms in [5, 5, 5, 5, 6, 6, 4, 7] {
            let id = ids.next(SystemTime::UNIX_EPOCH + Duration::from_millis(ms), &random);
            assert!(last < id && id.as_str().len() == 26, "{last} {id}");
            last = id;
        }
        let early = last;
        assert_eq!(early.to_string().parse(), Ok(early));
        assert_eq!("17".parse::<JobId>(), Err(JobIdError));
    }
}
