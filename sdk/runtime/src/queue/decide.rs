//! What follows from how a try ended.

use std::time::Duration;

use crate::error::Error;
use crate::model::{Effect, RetryClass};
use crate::observe;
use crate::queue::job::{Failure, Reason};
use crate::queue::{OnDoubt, QueueSettings};

/// A try that brought no answer.
pub(super) enum Trouble<'a> {
    /// The call failed.
    Call(&'a Error, RetryClass),
    /// The session could not be looked up.
    Session,
    /// A layer or the transport has panicked.
    Panic,
}

/// What is done with the job.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It is tried again.
    Again {
        after: Duration,
        /// Whether the try counts.
        counts: bool,
        failure: Failure,
    },
    /// It is a dead letter.
    Dead(Failure),
}

/// What is known of the job.
pub(super) struct Situation {
    pub(super) effect: Effect,
    pub(super) on_doubt: OnDoubt,
    /// Tries so far, this one included.
    pub(super) tries: u32,
    /// Chance, in `0.0..1.0`.
    pub(super) chance: f64,
}

pub(super) fn decide(settings: &QueueSettings, job: &Situation, trouble: &Trouble<'_>) -> Step {
    let failure = |reason| describe(reason, trouble);
    let may_be_applied = job.effect == Effect::Write && may_be_applied(trouble);
    let told = match trouble {
        // Nothing was sent, and it passes: waiting for its turn costs a job no try.
        Trouble::Call(Error::Limited(limited), _) => {
            let after = limited.retry_after().max(pause(settings, 1, job.chance));
            return Step::Again { after, counts: false, failure: failure(Reason::Transient) };
        }
        Trouble::Call(error, class) => {
            let of_no_use = match class {
                RetryClass::Never => true,
                RetryClass::Once => job.tries > 1,
                RetryClass::Backoff | RetryClass::AfterBan => false,
            };
            // Where the platform said no, it is no; where an answer was lost, nobody knows.
            if of_no_use && (error.gateway().is_some() || !may_be_applied) {
                return Step::Dead(failure(Reason::Refused));
            }
            error.retry_after().unwrap_or_default()
        }
        Trouble::Session | Trouble::Panic => Duration::ZERO,
    };
    if may_be_applied && job.on_doubt == OnDoubt::DeadLetter {
        return Step::Dead(failure(Reason::InDoubt));
    }
    if job.tries >= settings.tries {
        return Step::Dead(failure(Reason::Exhausted));
    }
    let after = told.saturating_add(pause(settings, job.tries, job.chance));
    Step::Again { after, counts: true, failure: failure(Reason::Transient) }
}

fn may_be_applied(trouble: &Trouble<'_>) -> bool {
    match trouble {
        Trouble::Call(error, _) => error.may_have_reached_platform(),
        Trouble::Session => false,
        Trouble::Panic => true,
    }
}

/// Any part of a ceiling that doubles each time, so that jobs that failed together do not come back together.
fn pause(settings: &QueueSettings, tries: u32, chance: f64) -> Duration {
    let times = 2_u32.saturating_pow(tries.saturating_sub(1));
    settings.base.saturating_mul(times).min(settings.cap).mul_f64(chance)
}

fn describe(reason: Reason, trouble: &Trouble<'_>) -> Failure {
    let error = match trouble {
        Trouble::Call(error, _) => error,
        Trouble::Session => return Failure::in_phase(reason, "session"),
        Trouble::Panic => return Failure::in_phase(reason, "panic"),
    };
    let phase = observe::phase(error);
    Failure {
        code: error.code(),
        // Behind a colon stands free text, which may repeat what was sent.
        sub_code: error.sub_code().and_then(|code| code.split(':').next()).map(str::to_owned),
        request_id: error.request_id().map(str::to_owned),
        ..Failure::in_phase(reason, phase)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::RawReply;
    use crate::error::{InvalidArgument, TimeoutError, TransportError};
    use Effect::{Idempotent, Read, Write};
    use OnDoubt::{DeadLetter, Repeat};
    use Reason::{Exhausted, InDoubt, Refused};

    fn refusal(code: i64, sub_code: &str, sub_msg: &str) -> Error {
        let body = format!(
            r#"{{"error_response":{{"code":{code},"sub_code":"{sub_code}","sub_msg":"{sub_msg}","request_id":"r1"}}}}"#
        );
        RawReply::stored("x.y", body).failure(None).unwrap()
    }

    fn told(effect: Effect, on_doubt: OnDoubt, tries: u32, trouble: &Trouble<'_>) -> Told {
        let job = Situation { effect, on_doubt, tries, chance: 0.5 };
        let settings = QueueSettings::sqlite("x").tries(3).backoff(Duration::from_secs(2), Duration::from_secs(6));
        match decide(&settings, &job, trouble) {
            Step::Again { after, failure, .. } => {
                assert_eq!(failure.reason, Reason::Transient);
                Ok(after.as_millis())
            }
            Step::Dead(failure) => Err(failure.reason),
        }
    }

    /// The pause in milliseconds, or why there is none.
    type Told = Result<u128, Reason>;

    /// What follows for a read, an idempotent call, a write, and a write that may be repeated, after the first try.
    #[test]
    fn troubles_and_effects() {
        let invalid = InvalidArgument::new("x", "x", "x");
        let again = Ok(1_000);
        let cases: [(&str, Error, [Told; 4]); 11] = [
            ("invalid", invalid.into(), [Err(Refused); 4]),
            ("not connected", TransportError::not_sent("x").into(), [again; 4]),
            ("broken off", TransportError::maybe_sent("x").into(), [again, again, Err(InDoubt), again]),
            (
                "of no use, but sent",
                TransportError::maybe_sent("x").permanent().into(),
                [Err(Refused), Err(Refused), Err(InDoubt), again],
            ),
            ("connect limit", Error::Timeout(TimeoutError::new("connect", None, false)), [again; 4]),
            (
                "total limit",
                Error::Timeout(TimeoutError::new("total", None, true)),
                [again, again, Err(InDoubt), again],
            ),
            ("isp", refusal(15, "isp.remote-service-timeout", ""), [again, again, Err(InDoubt), again]),
            ("isv", refusal(15, "isv.trade-not-exist", ""), [Err(Refused); 4]),
            ("session", refusal(27, "", ""), [Err(Refused); 4]),
            (
                "told to wait",
                TransportError::not_sent("x").retry_after(Duration::from_secs(20)).into(),
                [Ok(21_000); 4],
            ),
            (
                "ban",
                refusal(7, "accesscontrol.limited-by-api-access-count", "This ban will last for 60 more seconds"),
                [Ok(61_000); 4],
            ),
        ];
        for (what, error, expected) in &cases {
            let trouble = Trouble::Call(error, error.retry());
            let all = [(Read, DeadLetter), (Idempotent, DeadLetter), (Write, DeadLetter), (Write, Repeat)];
            let found = all.map(|(effect, on_doubt)| told(effect, on_doubt, 1, &trouble));
            assert_eq!(&found, expected, "{what}");
        }
        assert_eq!(told(Write, DeadLetter, 1, &Trouble::Session), again);
        assert_eq!(told(Write, DeadLetter, 1, &Trouble::Panic), Err(InDoubt));
        assert_eq!(told(Read, DeadLetter, 1, &Trouble::Panic), again);
    }

    #[test]
    fn pauses_grow_to_their_cap_and_tries_end() {
        let error: Error = TransportError::not_sent("x").into();
        let trouble = Trouble::Call(&error, error.retry());
        assert_eq!(
            [1, 2, 3].map(|tries| told(Read, DeadLetter, tries, &trouble)),
            [Ok(1_000), Ok(2_000), Err(Exhausted)]
        );
        let settings = QueueSettings::sqlite("x").backoff(Duration::from_secs(2), Duration::from_secs(6));
        assert_eq!(pause(&settings, 40, 1.0), Duration::from_secs(6));
    }

    #[test]
    fn a_failure_tells_codes_and_no_texts() {
        let error = refusal(15, "isv.trade-not-exist:13800000000", "no trade of 13800000000");
        let job = Situation { effect: Write, on_doubt: DeadLetter, tries: 1, chance: 0.0 };
        let step = decide(&QueueSettings::sqlite("x"), &job, &Trouble::Call(&error, error.retry()));
        let Step::Dead(failure) = step else { panic!("{step:?}") };
        let expected =
            r#"{"reason":"refused","phase":"gateway","code":15,"sub_code":"isv.trade-not-exist","request_id":"r1"}"#;
        assert_eq!(serde_json::to_string(&failure).unwrap(), expected);
    }
}
