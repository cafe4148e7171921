//! When to ask again, and how long to wait: a pure function of what happened.

use crate::error::Error;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::time::Duration;

/// Attempts in all. The platform repeats the whole sync after a transient error, so patience here only has to bridge
/// a hiccup.
const ATTEMPTS: u32 = 4;
/// The wait doubles from here, and a dice decides which part of it is used.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// A service that says "too many requests" and not how long counts by the minute more often than not.
const RATE_LIMIT_WAIT: Duration = Duration::from_secs(61);
/// Longer than this nobody waits: the sync is better repeated.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// How an attempt ended, as far as the next one is concerned.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    /// An answer with this status, and how long the service asks to wait.
    Status(u16, Option<Duration>),
    /// No answer, but another attempt may get one.
    Passing,
    /// No answer, and none to be expected.
    Final,
}

/// An attempt that did not bring what was wanted.
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) error: Error,
}

/// The wait before the next attempt, or `None` to give up. `dice` is between 0 and 1.
pub(super) fn wait_before_next(attempt: u32, outcome: &Outcome, dice: f64) -> Option<Duration> {
    if attempt >= ATTEMPTS {
        return None;
    }
    let backoff = FIRST_WAIT * 2_u32.saturating_pow(attempt - 1);
    let backoff = backoff / 2 + (backoff / 2).mul_f64(dice);
    match outcome {
        // A wait of zero would be no wait.
        Outcome::Status(429, asked) => Some(asked.filter(|wait| !wait.is_zero()).unwrap_or(RATE_LIMIT_WAIT)),
        Outcome::Status(408 | 425 | 499 | 500 | 502 | 503 | 504, asked) => {
            Some(asked.unwrap_or(backoff).max(backoff))
        }
        Outcome::Status(..) | Outcome::Final => None,
        Outcome::Passing => Some(backoff),
    }
    .filter(|wait| *wait <= LONGEST_WAIT)
}

/// Whether another attempt may end differently.
pub(super) fn outcome_of(error: &ureq::Error) -> Outcome {
    match error {
        error if is_unsafe(error) => Outcome::Final,
        ureq::Error::Io(_)
        | ureq::Error::Timeout(_)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::Decompress(..)
        | ureq::Error::Protocol(_) => Outcome::Passing,
        _ => Outcome::Final,
    }
}

/// Whether the connection is not to be trusted; asking again changes nothing. A certificate that does not verify
/// arrives as an input error.
pub(super) fn is_unsafe(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Io(error) => error.kind() == io::ErrorKind::InvalidData,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => true,
        _ => false,
    }
}

/// A number between 0 and 1, other in each process and call: enough to keep clients from marching in step.
pub(super) fn dice() -> f64 {
    let random = std::hash::RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(attempt: u32, outcome: Outcome) -> Option<f64> {
        wait_before_next(attempt, &outcome, 1.0).map(|wait| wait.as_secs_f64())
    }

    #[test]
    fn trouble_is_met_with_growing_patience_that_ends() {
        let trouble = Outcome::Status(503, None);
        let waits: Vec<_> = (1..=ATTEMPTS).map(|attempt| wait(attempt, trouble.clone())).collect();
        assert_eq!(waits, [Some(0.25), Some(0.5), Some(1.0), None]);
    }

    #[test]
    fn half_of_the_wait_is_left_to_the_dice() {
        assert_eq!(wait_before_next(1, &Outcome::Passing, 0.0), Some(Duration::from_millis(125)));
        assert!((0.0..=1.0).contains(&dice()));
    }

    #[test]
    fn a_rate_limit_waits_as_asked_or_a_minute() {
        let asked = |seconds| Outcome::Status(429, Some(Duration::from_secs(seconds)));
        assert_eq!(wait(1, asked(7)), Some(7.0));
        assert_eq!(wait(1, asked(0)), Some(61.0));
        assert_eq!(wait(1, asked(3600)), None);
        assert_eq!(wait(1, Outcome::Status(429, None)), Some(61.0));
    }

    #[test]
    fn what_the_user_must_mend_is_never_repeated() {
        for status in [200, 301, 400, 401, 403, 404, 422, 501] {
            assert_eq!(wait(1, Outcome::Status(status, None)), None, "{status}");
        }
        assert_eq!(wait(1, Outcome::Final), None);
    }
}
