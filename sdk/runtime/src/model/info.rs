//! What is known about a method and its errors.

use std::fmt;

use crate::error::Error;
use crate::model::{Model, Record};

/// A request: a structure whose fields are the parameters of one method.
///
/// Derive it; see [`derive@crate::Request`].
pub trait Request: Record + 'static {
    /// What the platform answers.
    type Response: Model;

    /// The sub codes of this method.
    type Error: OpenEnum;

    /// What is known about the method.
    const INFO: &'static MethodInfo;

    /// This method's own reading of a failed call: the sub code as an enum, if the platform gave one.
    #[must_use]
    fn error(error: &Error) -> Option<Self::Error> {
        let code = error.sub_code()?;
        Some(Self::Error::from_wire(code.split(':').next().unwrap_or(code)))
    }
}

/// What is known about a method.
#[derive(Debug)]
#[non_exhaustive]
pub struct MethodInfo {
    /// Wire name, such as `taobao.trade.get`.
    pub name: &'static str,
    /// Whether a user's token is needed.
    pub session: Session,
    /// What calling it twice does.
    pub effect: Effect,
    /// Name of the rate tier by which calls are counted: `basic`, `trade` or `logistics`, or one of a program's own.
    pub tier: &'static str,
    /// Sub codes with meaning and remedy.
    pub errors: &'static [SubCode],
    /// Of a read: how long its answer may be used again, if at all.
    pub cache: Option<CacheRule>,
    /// Of a write: tags of the reads whose cached answers it makes old. The grammar is that of [`CacheRule::tags`].
    pub invalidates: &'static [&'static str],
}

impl MethodInfo {
    /// A method about which nothing but the name is known: session optional, effect write, tier `basic`.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            session: Session::Optional,
            effect: Effect::Write,
            tier: "basic",
            errors: &[],
            cache: None,
            invalidates: &[],
        }
    }

    /// The same with this need of a session.
    #[must_use]
    pub const fn session(mut self, session: Session) -> Self {
        self.session = session;
        self
    }

    /// The same with this effect.
    #[must_use]
    pub const fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// The same in this rate tier.
    #[must_use]
    pub const fn tier(mut self, tier: &'static str) -> Self {
        self.tier = tier;
        self
    }

    /// The same with these sub codes.
    #[must_use]
    pub const fn errors(mut self, errors: &'static [SubCode]) -> Self {
        self.errors = errors;
        self
    }

    /// The same, a read whose answers may be used again.
    #[must_use]
    pub const fn cache(mut self, rule: CacheRule) -> Self {
        self.cache = Some(rule);
        self
    }

    /// The same, a write that makes cached answers old.
    #[must_use]
    pub const fn invalidates(mut self, tags: &'static [&'static str]) -> Self {
        self.invalidates = tags;
        self
    }
}

/// How long answers of a read may be used again, and what makes them old before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheRule {
    /// Seconds for which an answer is fresh.
    pub ttl: u32,
    /// What the answer shows: `name`, such as `items`, or `name:parameter`, such as `item:num_iid`, which stands for what the call's
    /// parameter names. The parameter `session` stands for the user.
    pub tags: &'static [&'static str],
}

impl CacheRule {
    /// Answers are fresh for so many seconds.
    #[must_use]
    pub const fn new(ttl: u32) -> Self {
        Self { ttl, tags: &[] }
    }

    /// The same with these tags.
    #[must_use]
    pub const fn tags(mut self, tags: &'static [&'static str]) -> Self {
        self.tags = tags;
        self
    }
}

/// Whether a method needs a user's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Session {
    /// Always.
    Required,
    /// It adds to the answer.
    Optional,
    /// Never.
    None,
}

/// What calling a method twice does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Changes something; repeating the call ends in the same state.
    Idempotent,
    /// Changes something each time.
    Write,
}

/// A sub code with its remedy.
#[derive(Debug)]
pub struct SubCode {
    /// The code without any `:` suffix; in the platform's table a trailing `*` stands for any ending.
    pub code: &'static str,
    /// What it means and what to do.
    pub remedy: Remedy,
    /// Whether it says that what was asked for does not exist: an answer of its own, which may be cached.
    pub absent: bool,
}

impl SubCode {
    /// A sub code for which trying again is of no use.
    #[must_use]
    pub const fn never(code: &'static str, means: &'static str, fix: &'static str) -> Self {
        Self::with(code, Remedy::never(means, fix))
    }

    /// A sub code for which trying again once helps, after the stated correction.
    #[must_use]
    pub const fn once(code: &'static str, means: &'static str, fix: &'static str) -> Self {
        Self::with(code, Remedy::once(means, fix))
    }

    /// A sub code of a transient fault: trying again later and later helps.
    #[must_use]
    pub const fn backoff(code: &'static str, means: &'static str, fix: &'static str) -> Self {
        Self::with(code, Remedy::backoff(means, fix))
    }

    /// A sub code for which trying again helps after the seconds that the platform tells.
    #[must_use]
    pub const fn after_ban(code: &'static str, means: &'static str, fix: &'static str) -> Self {
        Self::with(code, Remedy::after_ban(means, fix))
    }

    const fn with(code: &'static str, remedy: Remedy) -> Self {
        Self { code, remedy, absent: false }
    }

    /// The same with who can mend it.
    #[must_use]
    pub const fn by(mut self, who: Who) -> Self {
        self.remedy.who = Some(who);
        self
    }

    /// The same, saying that what was asked for does not exist.
    #[must_use]
    pub const fn absent(mut self) -> Self {
        self.absent = true;
        self
    }
}

/// What an error means and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remedy {
    /// What went wrong.
    pub means: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// Whether trying again helps.
    pub retry: RetryClass,
    /// Who can mend it, where known.
    pub who: Option<Who>,
}

impl Remedy {
    /// Trying again is of no use.
    #[must_use]
    pub const fn never(means: &'static str, fix: &'static str) -> Self {
        Self { means, fix, retry: RetryClass::Never, who: None }
    }

    /// Trying again once helps, after the stated correction.
    #[must_use]
    pub const fn once(means: &'static str, fix: &'static str) -> Self {
        Self { means, fix, retry: RetryClass::Once, who: None }
    }

    /// The fault is transient: trying again later and later helps.
    #[must_use]
    pub const fn backoff(means: &'static str, fix: &'static str) -> Self {
        Self { means, fix, retry: RetryClass::Backoff, who: None }
    }

    /// Trying again helps after the seconds that the platform tells.
    #[must_use]
    pub const fn after_ban(means: &'static str, fix: &'static str) -> Self {
        Self { means, fix, retry: RetryClass::AfterBan, who: None }
    }

    /// The same with who can mend it.
    #[must_use]
    pub const fn by(mut self, who: Who) -> Self {
        self.who = Some(who);
        self
    }
}

/// Whether trying again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "config", derive(serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum RetryClass {
    /// The same call fails again.
    Never,
    /// The same call may succeed once more; one that came at a wrong time, after its clock was corrected.
    Once,
    /// The fault is transient: wait longer each time.
    Backoff,
    /// After the seconds that the platform tells.
    AfterBan,
}

/// Who can mend an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Who {
    /// The developer of the calling application.
    App,
    /// The seller or user whose session is used.
    Seller,
    /// The platform; nobody on this side.
    Platform,
}

/// An enum that keeps values it does not know. Derive it; see [`derive@crate::OpenEnum`].
pub trait OpenEnum: Sized {
    /// The known value, or the one that keeps the text.
    fn from_wire(value: &str) -> Self;

    /// The known value.
    fn try_from_wire(value: &str) -> Option<Self>;

    /// The value on the wire.
    fn as_str(&self) -> &str;
}

/// The sub code of a method whose codes are not listed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AnySubCode(String);

impl OpenEnum for AnySubCode {
    fn from_wire(value: &str) -> Self {
        Self(value.to_owned())
    }

    fn try_from_wire(_: &str) -> Option<Self> {
        None
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AnySubCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
