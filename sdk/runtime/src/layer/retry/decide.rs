//! Whether to try again, and when.

use std::time::Duration;

use crate::error::{Error, UNTOLD_BAN};
use crate::layer::retry::{Retry, Stopped};
use crate::model::{Effect, RetryClass};

/// What is known after a failed attempt.
#[derive(Clone, Copy)]
pub(crate) struct Situation<'a> {
    pub(crate) error: &'a Error,
    pub(crate) effect: Effect,
    /// An earlier attempt failed with the same code and sub code.
    pub(crate) repeated: bool,
    /// Attempts made so far.
    pub(crate) attempts: u32,
    /// Most attempts.
    pub(crate) most: u32,
    /// What the platform wanted to be corrected has been: the clock, for the first time in this call.
    pub(crate) corrected: bool,
    /// Time until the deadline.
    pub(crate) remaining: Option<Duration>,
    /// Chance, in `0.0..1.0`.
    pub(crate) chance: f64,
}

/// The pause before the next attempt, or why there is none. The budget is asked afterwards.
pub(crate) fn decide(retry: &Retry, now: &Situation<'_>) -> Result<Duration, Stopped> {
    // It has waited already, as long as the call may.
    if matches!(now.error, Error::Limited(_)) {
        return Err(Stopped::Limited);
    }
    let class = retry.class(now.error);
    let of_no_use = match class {
        RetryClass::Never => true,
        RetryClass::Once => now.repeated || (is_clock(now.error) && !now.corrected),
        RetryClass::Backoff | RetryClass::AfterBan => false,
    };
    if of_no_use {
        return Err(Stopped::Permanent);
    }
    if now.effect == Effect::Write && now.error.may_have_reached_platform() {
        return Err(Stopped::MayBeApplied);
    }
    if now.attempts >= now.most {
        return Err(Stopped::Attempts);
    }
    let growing = retry.ceiling(now.attempts).mul_f64(now.chance);
    let untold = (class == RetryClass::AfterBan || now.error.is_rate_limited()).then_some(UNTOLD_BAN);
    let pause = if let Some(ban) = now.error.retry_after().or(untold) {
        if ban > retry.longest_ban {
            return Err(Stopped::LongBan);
        }
        // Whoever waits for the same ban must not come back at the same moment.
        ban.saturating_add(growing)
    } else if now.corrected {
        Duration::ZERO
    } else {
        growing
    };
    if now.remaining.is_some_and(|remaining| pause >= remaining) {
        return Err(Stopped::Deadline);
    }
    Ok(pause)
}

/// Whether the platform does not like the time of the call.
pub(crate) fn is_clock(error: &Error) -> bool {
    matches!(error.code(), Some(30 | 31))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::RawReply;
    use crate::error::{ConfigError, InvalidArgument, LimitReason, LimitedError, TimeoutError, TransportError};
    use Effect::{Idempotent, Read, Write};
    use Stopped::{Attempts, Deadline, Limited, LongBan, MayBeApplied, Permanent};

    fn answer(body: &str) -> Error {
        RawReply::stored("x.y", body).failure(None).unwrap()
    }

    fn refusal(code: i64, sub_code: &str, sub_msg: &str) -> Error {
        answer(&format!(r#"{{"error_response":{{"code":{code},"sub_code":"{sub_code}","sub_msg":"{sub_msg}"}}}}"#))
    }

    fn ban(seconds: u32) -> Error {
        let sub_msg = format!("This ban will last for {seconds} more seconds");
        refusal(7, "accesscontrol.limited-by-api-access-count", &sub_msg)
    }

    /// For a read, an idempotent call and a write.
    type Expected = [Result<Duration, Stopped>; 3];

    /// Every phase, with every class, for every effect: the pause after the first attempt in milliseconds, with a chance of one half.
    #[test]
    fn phases_classes_and_effects() {
        let (ms, sec) = (|pause| Ok(Duration::from_millis(pause)), Duration::from_secs);
        let transport = TransportError::maybe_sent("x");
        let invalid = InvalidArgument::new("x", "x", "x");
        let limited = LimitedError {
            method: "x".into(),
            limit: "x".into(),
            reason: LimitReason::Rate,
            retry_after: sec(1),
            attempts: crate::layer::retry::Attempts::NONE,
        };
        let cases: [(&str, Error, Expected); 25] = [
            ("limited", limited.into(), [Err(Limited); 3]),
            ("config", ConfigError::new("x").into(), [Err(Permanent); 3]),
            ("invalid", invalid.into(), [Err(Permanent); 3]),
            ("not connected", TransportError::not_sent("x").into(), [ms(100); 3]),
            ("broken off", transport.into(), [ms(100), ms(100), Err(MayBeApplied)]),
            ("told to wait", TransportError::not_sent("x").retry_after(sec(3)).into(), [ms(3_100); 3]),
            ("told to wait long", TransportError::not_sent("x").retry_after(sec(6)).into(), [Err(LongBan); 3]),
            ("of no use", TransportError::maybe_sent("x").permanent().into(), [Err(Permanent); 3]),
            ("connect limit", Error::Timeout(TimeoutError::new("connect", None, false)), [ms(100); 3]),
            (
                "total limit",
                Error::Timeout(TimeoutError::new("total", None, true)),
                [ms(100), ms(100), Err(MayBeApplied)],
            ),
            ("isp", refusal(15, "isp.remote-service-timeout", ""), [ms(100), ms(100), Err(MayBeApplied)]),
            ("code 10", refusal(10, "", ""), [ms(100), ms(100), Err(MayBeApplied)]),
            ("isv", refusal(15, "isv.trade-not-exist", ""), [Err(Permanent); 3]),
            ("unknown", refusal(4711, "", ""), [Err(Permanent); 3]),
            ("session", refusal(27, "", ""), [Err(Permanent); 3]),
            ("signature", refusal(25, "", ""), [Err(Permanent); 3]),
            // The gateway refuses before it calls anybody, so that not even a write was applied.
            ("ban", ban(2), [ms(2_100); 3]),
            ("ban without an end", refusal(7, "", ""), [ms(1_100); 3]),
            ("long ban", ban(31_062), [Err(LongBan); 3]),
            ("limit of a service", refusal(15, "isp.call-limited", ""), [ms(1_100), ms(1_100), Err(MayBeApplied)]),
            ("upload", refusal(3, "", ""), [ms(100), ms(100), Err(MayBeApplied)]),
            ("clock", refusal(31, "", ""), [Err(Permanent); 3]),
            ("empty", answer(" "), [ms(100), ms(100), Err(MayBeApplied)]),
            ("web page", answer("<html>"), [ms(100), ms(100), Err(MayBeApplied)]),
            ("cut short", answer(r#"{"x_y_response":{"#), [ms(100), ms(100), Err(MayBeApplied)]),
        ];
        for (what, error, expected) in &cases {
            for (effect, expected) in [Read, Idempotent, Write].into_iter().zip(expected) {
                let now = situation(error, effect);
                assert_eq!(&decide(&Retry::default(), &now), expected, "{what}, {effect:?}: {error}");
            }
        }
    }

    fn situation(error: &Error, effect: Effect) -> Situation<'_> {
        let (attempts, most) = (1, 3);
        Situation { error, effect, repeated: false, attempts, most, corrected: false, remaining: None, chance: 0.5 }
    }

    #[test]
    fn a_corrected_clock_is_tried_at_once_and_once() {
        let error = refusal(31, "", "");
        let now = Situation { corrected: true, ..situation(&error, Write) };
        assert_eq!(decide(&Retry::default(), &now), Ok(Duration::ZERO));
        let second = Situation { attempts: 2, ..now };
        assert_eq!(decide(&Retry::default(), &second), Ok(Duration::ZERO), "what failed before was something else");
        assert_eq!(decide(&Retry::default(), &Situation { repeated: true, ..second }), Err(Permanent));
        // Who wants it tried again in any case waits, unless there is something new to try.
        let anyhow = Retry::default().on_code(31, RetryClass::Backoff);
        let uncorrected = situation(&error, Write);
        assert_eq!(decide(&anyhow, &uncorrected), Ok(Duration::from_millis(100)));
        assert_eq!(decide(&anyhow, &Situation { corrected: true, ..uncorrected }), Ok(Duration::ZERO));
    }

    #[test]
    fn pauses_grow_to_the_cap_and_chance_takes_any_part_of_them() {
        let error = refusal(10, "", "");
        let retry = Retry::default().backoff(Duration::from_millis(200), Duration::from_secs(2));
        for (attempts, chance, expected) in [
            (1, 0.0, 0),
            (1, 1.0, 200),
            (2, 1.0, 400),
            (3, 1.0, 800),
            (4, 0.25, 400),
            (5, 1.0, 2_000),
            (6, 1.0, 2_000),
            (1_000_000, 1.0, 2_000),
        ] {
            let now = Situation { attempts, most: u32::MAX, chance, ..situation(&error, Read) };
            assert_eq!(decide(&retry, &now), Ok(Duration::from_millis(expected)), "{attempts} {chance}");
        }
    }

    #[test]
    fn limits() {
        let retry = Retry::default();
        let (fault, ban) = (refusal(10, "", ""), ban(3));
        let left = |ms| Some(Duration::from_millis(ms));
        let cases = [
            ("third", Situation { attempts: 3, ..situation(&fault, Read) }, Err(Attempts)),
            ("second", Situation { attempts: 2, ..situation(&fault, Read) }, Ok(200)),
            ("no retries", Situation { most: 1, ..situation(&fault, Read) }, Err(Attempts)),
            ("in time", Situation { remaining: left(101), ..situation(&fault, Read) }, Ok(100)),
            ("too late", Situation { remaining: left(100), ..situation(&fault, Read) }, Err(Deadline)),
            ("a ban in time", Situation { remaining: left(3_101), ..situation(&ban, Read) }, Ok(3_100)),
            ("a ban too late", Situation { remaining: left(3_000), ..situation(&ban, Read) }, Err(Deadline)),
        ];
        for (what, now, expected) in cases {
            assert_eq!(decide(&retry, &now), expected.map(Duration::from_millis), "{what}");
        }
        let endless = refusal(7, "", &format!("This ban will last for {} more seconds", u64::MAX));
        let ready = Retry::default().longest_ban(Duration::MAX);
        assert_eq!(
            decide(&ready, &situation(&endless, Read)),
            Ok(Duration::from_secs(u64::MAX) + Duration::from_millis(100))
        );
        let patient = Retry::default().longest_ban(Duration::from_secs(86_400));
        let long = refusal(7, "", "This ban will last for 31062 more seconds");
        assert_eq!(decide(&patient, &situation(&long, Read)), Ok(Duration::from_millis(31_062_100)));
    }

    #[test]
    fn what_the_user_knows_wins() {
        let retry = Retry::default()
            .on_code(4711, RetryClass::Backoff)
            .on_sub_code("isv.item-*", RetryClass::Backoff)
            .on_sub_code("isv.item-not-exist", RetryClass::Never)
            .on_sub_code("isp.*", RetryClass::Never)
            .on_code(15, RetryClass::AfterBan);
        for (code, sub_code, class) in [
            (4711, "", RetryClass::Backoff),
            (4711, "isv.item-not-exist:x", RetryClass::Never),
            (4711, "isv.item-busy", RetryClass::Backoff),
            (15, "isp.remote-service-timeout", RetryClass::Never),
            (15, "isv.other", RetryClass::AfterBan),
            (10, "", RetryClass::Backoff),
            (25, "", RetryClass::Never),
        ] {
            assert_eq!(retry.class(&refusal(code, sub_code, "")), class, "{code} {sub_code}");
        }
    }
}
