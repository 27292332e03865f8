//! When the service level is missed, and when it is met again.

use std::time::Duration;

use crate::error::Error;
use crate::layer::Outcome;
use crate::layer::slo::config::Target;
use crate::layer::slo::ring::{Counts, Ended};
use crate::model::{RetryClass, Who};

/// What the window says of a method, and since when it says something else.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) missed: bool,
    met_since: Option<Duration>,
}

impl State {
    /// Looks at the counts of now. Whether the state has changed.
    pub(super) fn judge(&mut self, now: Duration, counts: &Counts, target: &Target) -> bool {
        let misses = misses(counts, target);
        if !self.missed {
            self.missed = misses && counts.judged() >= u64::from(target.least_calls);
            self.met_since = None;
            return self.missed;
        }
        if misses || counts.judged() == 0 {
            // Without calls, nothing shows that it is better.
            self.met_since = None;
            return false;
        }
        let since = *self.met_since.get_or_insert(now);
        self.missed = now.saturating_sub(since) < target.hold;
        !self.missed
    }
}

fn misses(counts: &Counts, target: &Target) -> bool {
    counts.badly > allowed(counts.judged(), target.success) || counts.slow > allowed(counts.well, target.quantile)
}

/// How many of these calls need not be as they should. One alone is no trend.
fn allowed(calls: u64, share: f64) -> u64 {
    // Rounding must not turn 1 of 10 into none.
    ((calls as f64 * (1.0 - share) + 1e-9).floor() as u64).max(1)
}

/// How a call ended. What the platform refuses because of what was asked, with whose token or with which permission, could not
/// succeed; whatever it could have answered at another time, or with fewer calls, could.
pub(super) fn ended(outcome: &Outcome, took: Duration, target: &Target) -> Option<Ended> {
    let Err(failed) = outcome else { return Some(Ended::Well { slow: took > target.latency }) };
    match failed.error() {
        // Nothing was called.
        Error::Config(_) | Error::Invalid(_) | Error::Page(_) => None,
        Error::Gateway(refusal) => {
            let asked_for = refusal.remedy().is_some_and(|remedy| {
                let transient = matches!(remedy.retry, RetryClass::Backoff | RetryClass::AfterBan);
                !transient && remedy.who != Some(Who::Platform)
            });
            Some(if asked_for { Ended::Refused } else { Ended::Badly })
        }
        Error::Limited(_) | Error::Transport(_) | Error::Timeout(_) | Error::Decode(_) => Some(Ended::Badly),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::RawReply;
    use crate::error::{InvalidArgument, TimeoutError};
    use crate::layer::Failed;

    fn target() -> Target {
        Target {
            success: 0.99,
            latency: Duration::from_millis(100),
            quantile: 0.9,
            least_calls: 10,
            hold: Duration::from_secs(60),
        }
    }

    #[test]
    fn missed_and_met() {
        for (well, slow, badly, expected) in [
            (0, 0, 0, false),
            (99, 0, 1, false),
            (98, 0, 2, true),
            (9, 0, 1, false),
            (9, 0, 2, true),
            (5, 0, 4, false),
            (999, 0, 10, false),
            (989, 0, 11, true),
            (10, 1, 0, false),
            (10, 2, 0, true),
            (100, 10, 0, false),
            (100, 11, 0, true),
        ] {
            let counts = Counts { well, slow, badly, refused: 1_000 };
            let changed = State::default().judge(Duration::ZERO, &counts, &target());
            assert_eq!(changed, expected, "{well} well, {slow} slow, {badly} badly");
        }
    }

    #[test]
    fn it_is_met_again_only_when_it_has_been_for_a_while() {
        let good = Counts { well: 100, ..Counts::default() };
        let bad = Counts { well: 50, badly: 50, ..Counts::default() };
        let one = Counts { well: 1, ..Counts::default() };
        let none = Counts::default();
        let mut state = State::default();
        for (second, counts, changed, missed) in [
            (0, &good, false, false),
            (1, &bad, true, true),
            (2, &bad, false, true),
            (3, &good, false, true),
            (50, &bad, false, true),
            (51, &good, false, true),
            (110, &good, false, true),
            (111, &good, true, false),
            (112, &bad, true, true),
            (200, &none, false, true),
            (300, &none, false, true),
            (301, &one, false, true),
            (361, &one, true, false),
            (362, &one, false, false),
        ] {
            assert_eq!(state.judge(Duration::from_secs(second), counts, &target()), changed, "after {second} s");
            assert_eq!(state.missed, missed, "after {second} s");
        }
    }

    #[test]
    fn who_is_to_blame() {
        let refusal = |code: i64, sub_code: &str| {
            let body = format!(r#"{{"error_response":{{"code":{code},"sub_code":"{sub_code}"}}}}"#);
            Err(Failed::from(RawReply::stored("x.y", body).failure(None).unwrap()))
        };
        let invalid = InvalidArgument::new("x.y", "a", "is missing");
        let unreadable = RawReply::stored("x.y", "<html>").failure(None).unwrap();
        let cases: [(Outcome, Option<Ended>); 15] = [
            (Ok(RawReply::stored("x.y", "{}")), Some(Ended::Well { slow: false })),
            (refusal(15, "isv.trade-not-exist"), Some(Ended::Refused)),
            (refusal(15, "isv.whatever-it-is"), Some(Ended::Refused)),
            (refusal(40, ""), Some(Ended::Refused)),
            (refusal(27, "session-expired"), Some(Ended::Refused)),
            (refusal(11, "isv.permission-api-package-limit"), Some(Ended::Refused)),
            (refusal(25, ""), Some(Ended::Refused)),
            (refusal(15, "isp.remote-service-timeout"), Some(Ended::Badly)),
            (refusal(10, ""), Some(Ended::Badly)),
            (refusal(7, "accesscontrol.limited-by-api-access-count"), Some(Ended::Badly)),
            (refusal(-3, ""), Some(Ended::Badly)),
            (refusal(0, ""), Some(Ended::Badly)),
            (Err(Error::Timeout(TimeoutError::new("total", None, true)).into()), Some(Ended::Badly)),
            (Err(unreadable.into()), Some(Ended::Badly)),
            (Err(Error::Invalid(invalid).into()), None),
        ];
        for (outcome, expected) in cases {
            assert_eq!(ended(&outcome, Duration::from_millis(100), &target()), expected, "{outcome:?}");
        }
        let slow = ended(&Ok(RawReply::stored("x.y", "{}")), Duration::from_millis(101), &target());
        assert_eq!(slow, Some(Ended::Well { slow: true }));
    }
}
