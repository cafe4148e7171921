//! When to ask again, and how long to wait: a pure function of what happened.

use std::hash::{BuildHasher, Hasher};
use std::io;
use std::time::Duration;

use crate::error::Error;
use crate::protocol::FailureType;

/// How long a client bears with a service. The platform repeats a whole sync after a transient error, so this has only
/// to bridge what passes soon.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Attempts in all.
    attempts: u32,
    /// From the first attempt to the last.
    budget: Duration,
    /// The wait doubles from here, and a dice decides how much of it is used.
    first_wait: Duration,
    /// A service that says "too many requests" and not how long counts by the minute more often than not.
    pub(super) rate_limit_wait: Duration,
    /// Longer than this nobody waits for one answer.
    pub(super) longest_wait: Duration,
}

pub(super) const PATIENCE: Patience = Patience {
    attempts: 5,
    budget: Duration::from_secs(600),
    first_wait: Duration::from_secs(1),
    rate_limit_wait: Duration::from_secs(61),
    longest_wait: Duration::from_secs(300),
};

/// What a service asks for beyond this is as good as this: nobody waits for it, and it is only reported.
pub(super) const LONGEST_HINT: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// How an attempt ended, as far as the next one is concerned.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    /// An answer with this status, and how long the service asks to wait.
    Status(u16, Option<Duration>),
    /// An answer that the author calls transient, whatever its status says, and how long the service asks to wait.
    NotYet(Option<Duration>),
    /// No answer, but another attempt may get one.
    Passing,
    /// No answer, and none to be expected.
    Final,
    /// The token is not accepted, and another one may be.
    SignedOut,
}

/// An attempt that did not bring what was wanted.
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) error: Error,
}

impl From<(Outcome, Error)> for Failure {
    fn from((outcome, error): (Outcome, Error)) -> Self {
        Self { outcome, error }
    }
}

/// What comes after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Next {
    /// Another attempt after this wait.
    After(Duration),
    /// No other: it would end in the same way.
    GiveUp,
    /// No other, since the service asks for more patience than there is: so much.
    Exhausted(Duration),
}

impl Patience {
    /// What comes after the attempt of this number, so long after the first began. `dice` is between 0 and 1.
    pub(super) fn next(&self, attempt: u32, elapsed: Duration, outcome: &Outcome, dice: f64) -> Next {
        let backoff =
            (self.first_wait * 2_u32.saturating_pow(attempt - 1)).min(self.longest_wait).mul_f64(dice);
        let wait = match outcome {
            // A wait of zero would be no wait.
            Outcome::Status(429, asked) => {
                asked.filter(|wait| !wait.is_zero()).unwrap_or(self.rate_limit_wait)
            }
            Outcome::NotYet(asked) => asked.unwrap_or(backoff).max(backoff),
            Outcome::Status(status, asked) if is_transient(*status) => asked.unwrap_or(backoff).max(backoff),
            Outcome::Status(..) | Outcome::Final | Outcome::SignedOut => return Next::GiveUp,
            Outcome::Passing => backoff,
        };
        if wait > self.longest_wait {
            // Only this says that requests are used up; any other trouble is trouble, however long it lasts.
            return if matches!(outcome, Outcome::Status(429, _)) {
                Next::Exhausted(wait)
            } else {
                Next::GiveUp
            };
        }
        if attempt >= self.attempts || elapsed + wait > self.budget {
            Next::GiveUp
        } else {
            Next::After(wait)
        }
    }
}

/// Whether a status says that another attempt may end differently. The same table decides how an error is reported and
/// whether the request is repeated. 501, 505, 506, 510 and 511 say what the API or the network does not do; the next answer
/// would be the same.
pub(super) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 499 | 500..=599) && !matches!(status, 501 | 505 | 506 | 510 | 511)
}

/// The outcome of an error status: what it says, or what the author says that it means.
pub(super) fn outcome_of_status(status: u16, asked: Option<Duration>, explained: Option<&Error>) -> Outcome {
    match explained.map(Error::failure_type) {
        None => Outcome::Status(status, asked),
        Some(FailureType::TransientError) if is_transient(status) => Outcome::Status(status, asked),
        Some(FailureType::TransientError) => Outcome::NotYet(asked),
        Some(_) => Outcome::Final,
    }
}

/// Whether another attempt may end differently.
pub(super) fn outcome_of(error: &ureq::Error) -> Outcome {
    match error {
        error if is_unsafe(error) => Outcome::Final,
        ureq::Error::ConnectProxyFailed(reason) if reason.contains("407") => Outcome::Final,
        ureq::Error::Io(_)
        | ureq::Error::ConnectProxyFailed(_)
        | ureq::Error::Timeout(_)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
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

    const SECOND: Duration = Duration::from_secs(1);

    fn next(attempt: u32, outcome: &Outcome) -> Next {
        PATIENCE.next(attempt, Duration::ZERO, outcome, 1.0)
    }

    #[test]
    fn trouble_is_met_with_growing_patience_that_ends() {
        for trouble in
            [Outcome::Passing, Outcome::Status(503, None), Outcome::Status(500, Some(Duration::ZERO))]
        {
            let waits: Vec<_> = (1..=5).map(|attempt| next(attempt, &trouble)).collect();
            assert_eq!(waits[..4], [1, 2, 4, 8].map(|seconds| Next::After(SECOND * seconds)));
            assert_eq!(waits[4], Next::GiveUp);
        }
    }

    #[test]
    fn the_dice_takes_any_part_of_a_wait_but_none_of_one_that_is_asked_for() {
        assert_eq!(PATIENCE.next(3, SECOND, &Outcome::Passing, 0.0), Next::After(Duration::ZERO));
        assert_eq!(PATIENCE.next(3, SECOND, &Outcome::Passing, 0.5), Next::After(SECOND * 2));
        assert_eq!(
            PATIENCE.next(3, SECOND, &Outcome::Status(503, Some(SECOND * 7)), 0.0),
            Next::After(SECOND * 7)
        );
        assert!((0.0..=1.0).contains(&dice()));
    }

    #[test]
    fn a_rate_limit_waits_as_asked_or_a_minute() {
        let asked = |seconds| next(1, &Outcome::Status(429, Some(SECOND * seconds)));
        assert_eq!(asked(7), Next::After(SECOND * 7));
        assert_eq!(asked(0), Next::After(SECOND * 61));
        assert_eq!(asked(3600), Next::Exhausted(SECOND * 3600));
        assert_eq!(next(1, &Outcome::Status(503, Some(SECOND * 3600))), Next::GiveUp);
        assert_eq!(next(1, &Outcome::Status(429, None)), Next::After(SECOND * 61));
        assert_eq!(next(5, &Outcome::Status(429, None)), Next::GiveUp);
    }

    #[test]
    fn the_time_is_bounded_as_the_attempts_are() {
        let slow = |elapsed| PATIENCE.next(2, SECOND * elapsed, &Outcome::Status(429, None), 1.0);
        assert_eq!(slow(500), Next::After(SECOND * 61));
        assert_eq!(slow(540), Next::GiveUp);
    }

    #[test]
    fn what_the_user_must_mend_is_never_repeated() {
        for status in [200, 301, 400, 401, 403, 404, 422, 501, 505, 511, 600, 999] {
            assert_eq!(next(1, &Outcome::Status(status, None)), Next::GiveUp, "{status}");
        }
        for status in [
            408, 425, 429, 499, 500, 502, 503, 504, 507, 508, 520, 521, 522, 523, 524, 525, 526, 527, 529,
            530, 598,
        ] {
            assert!(matches!(next(1, &Outcome::Status(status, None)), Next::After(_)), "{status}");
        }
        assert_eq!(next(1, &Outcome::Final), Next::GiveUp);
    }

    #[test]
    fn an_explained_refusal_is_repeated_if_it_is_transient() {
        let outcome = |status, error: Error| outcome_of_status(status, Some(SECOND * 7), Some(&error));
        assert_eq!(next(1, &outcome(403, Error::transient(""))), Next::After(SECOND * 7));
        assert_eq!(next(5, &outcome(403, Error::transient(""))), Next::GiveUp);
        assert_eq!(next(1, &outcome(429, Error::transient(""))), Next::After(SECOND * 7));
        assert_eq!(next(1, &outcome(503, Error::config(""))), Next::GiveUp);
        assert_eq!(next(1, &outcome(503, Error::system(""))), Next::GiveUp);
        assert_eq!(next(1, &outcome_of_status(403, None, None)), Next::GiveUp);
    }
}
