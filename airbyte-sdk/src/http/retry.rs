//! When to retry a request, and after how long: a pure function of what happened.

use std::hash::{BuildHasher, Hasher};
use std::io;
use std::time::Duration;

use crate::error::Error;
use crate::protocol::FailureType;

/// How often and how long a request is retried. The platform repeats a whole sync after a transient error, so retries
/// only need to bridge short failures.
#[derive(Clone, Copy, Debug)]
pub(super) struct RetryPolicy {
    /// The maximum number of attempts, including the first.
    attempts: u32,
    /// The maximum time from the first attempt to the last.
    budget: Duration,
    /// The maximum first wait. It doubles with each attempt, and is multiplied by a random jitter.
    first_wait: Duration,
    /// The wait after a 429 that does not say how long: most APIs count per minute.
    pub(super) rate_limit_wait: Duration,
    /// The longest wait before one attempt.
    pub(super) longest_wait: Duration,
}

pub(super) const RETRY_POLICY: RetryPolicy = RetryPolicy {
    attempts: 5,
    budget: Duration::from_secs(600),
    first_wait: Duration::from_secs(1),
    rate_limit_wait: Duration::from_secs(61),
    longest_wait: Duration::from_secs(300),
};

/// Longer waits requested by an API are reduced to this: none of them is waited for, only reported.
pub(super) const LONGEST_HINT: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// How an attempt failed, as far as it matters for the next one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    /// A response with this status, and how long the API asks to wait.
    Status(u16, Option<Duration>),
    /// A response that the author maps to a transient error although its status is not, and how long the API asks to
    /// wait.
    DeclaredTransient(Option<Duration>),
    /// No response; another attempt may succeed.
    Retryable,
    /// A failure that another attempt would not change.
    Final,
    /// The token was rejected; another one may be accepted.
    TokenRejected,
}

/// A failed attempt.
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) error: Error,
}

impl From<(Outcome, Error)> for Failure {
    fn from((outcome, error): (Outcome, Error)) -> Self {
        Self { outcome, error }
    }
}

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Next {
    /// Another attempt after this wait.
    After(Duration),
    /// No other attempt.
    GiveUp,
    /// No other attempt, because the API allows no requests for this long.
    Exhausted(Duration),
}

impl RetryPolicy {
    /// Returns what to do after this attempt (counted from 1), which ended `elapsed` after the first began. `jitter`
    /// is between 0 and 1.
    pub(super) fn next(&self, attempt: u32, elapsed: Duration, outcome: &Outcome, jitter: f64) -> Next {
        let backoff =
            (self.first_wait * 2_u32.saturating_pow(attempt - 1)).min(self.longest_wait).mul_f64(jitter);
        let wait = match outcome {
            // Zero would repeat the request at once.
            Outcome::Status(429, requested) => {
                requested.filter(|wait| !wait.is_zero()).unwrap_or(self.rate_limit_wait)
            }
            Outcome::DeclaredTransient(requested) => requested.unwrap_or(backoff).max(backoff),
            Outcome::Status(status, requested) if is_transient(*status) => {
                requested.unwrap_or(backoff).max(backoff)
            }
            Outcome::Status(..) | Outcome::Final | Outcome::TokenRejected => return Next::GiveUp,
            Outcome::Retryable => backoff,
        };
        if wait > self.longest_wait {
            // Only a 429 says that the requests are used up.
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

/// Returns whether another attempt may end differently. The same table decides whether a request is retried and whether its error
/// is transient. 501, 505, 506, 510 and 511 say what the API or the network does not support, so the next response would
/// be the same.
pub(super) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 499 | 500..=599) && !matches!(status, 501 | 505 | 506 | 510 | 511)
}

/// Returns the outcome of an error status, or of the error that the author maps it to.
pub(super) fn outcome_of_status(status: u16, requested: Option<Duration>, mapped: Option<&Error>) -> Outcome {
    match mapped.map(Error::failure_type) {
        None => Outcome::Status(status, requested),
        Some(FailureType::TransientError) if is_transient(status) => Outcome::Status(status, requested),
        Some(FailureType::TransientError) => Outcome::DeclaredTransient(requested),
        Some(_) => Outcome::Final,
    }
}

/// Returns the outcome of a request without a response.
pub(super) fn outcome_of(error: &ureq::Error) -> Outcome {
    match error {
        error if is_unsafe(error) => Outcome::Final,
        ureq::Error::ConnectProxyFailed(reason) if reason.contains("407") => Outcome::Final,
        ureq::Error::Io(_)
        | ureq::Error::ConnectProxyFailed(_)
        | ureq::Error::Timeout(_)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::Protocol(_) => Outcome::Retryable,
        _ => Outcome::Final,
    }
}

/// Returns whether the connection cannot be trusted, which another attempt would not change. A certificate that cannot be
/// verified arrives as an input error.
pub(super) fn is_unsafe(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Io(error) => error.kind() == io::ErrorKind::InvalidData,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => true,
        _ => false,
    }
}

/// Returns a random number between 0 and 1, different in each process and call, so that clients do not retry at the
/// same time.
pub(super) fn jitter() -> f64 {
    let random = std::hash::RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn next(attempt: u32, outcome: &Outcome) -> Next {
        RETRY_POLICY.next(attempt, Duration::ZERO, outcome, 1.0)
    }

    #[test]
    fn waits_double_until_the_attempts_are_used_up() {
        for outcome in
            [Outcome::Retryable, Outcome::Status(503, None), Outcome::Status(500, Some(Duration::ZERO))]
        {
            let waits: Vec<_> = (1..=5).map(|attempt| next(attempt, &outcome)).collect();
            assert_eq!(waits[..4], [1, 2, 4, 8].map(|seconds| Next::After(SECOND * seconds)));
            assert_eq!(waits[4], Next::GiveUp);
        }
    }

    #[test]
    fn jitter_shortens_the_backoff_but_not_a_requested_wait() {
        assert_eq!(RETRY_POLICY.next(3, SECOND, &Outcome::Retryable, 0.0), Next::After(Duration::ZERO));
        assert_eq!(RETRY_POLICY.next(3, SECOND, &Outcome::Retryable, 0.5), Next::After(SECOND * 2));
        assert_eq!(
            RETRY_POLICY.next(3, SECOND, &Outcome::Status(503, Some(SECOND * 7)), 0.0),
            Next::After(SECOND * 7)
        );
        assert!((0.0..=1.0).contains(&jitter()));
    }

    #[test]
    fn status_429_waits_as_requested_or_a_minute() {
        let requested = |seconds| next(1, &Outcome::Status(429, Some(SECOND * seconds)));
        assert_eq!(requested(7), Next::After(SECOND * 7));
        assert_eq!(requested(0), Next::After(SECOND * 61));
        assert_eq!(requested(3600), Next::Exhausted(SECOND * 3600));
        assert_eq!(next(1, &Outcome::Status(503, Some(SECOND * 3600))), Next::GiveUp);
        assert_eq!(next(1, &Outcome::Status(429, None)), Next::After(SECOND * 61));
        assert_eq!(next(5, &Outcome::Status(429, None)), Next::GiveUp);
    }

    #[test]
    fn total_time_is_bounded() {
        let slow = |elapsed| RETRY_POLICY.next(2, SECOND * elapsed, &Outcome::Status(429, None), 1.0);
        assert_eq!(slow(500), Next::After(SECOND * 61));
        assert_eq!(slow(540), Next::GiveUp);
    }

    #[test]
    fn permanent_errors_are_never_retried() {
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
    fn mapped_error_is_retried_if_it_is_transient() {
        let outcome = |status, error: Error| outcome_of_status(status, Some(SECOND * 7), Some(&error));
        assert_eq!(next(1, &outcome(403, Error::transient(""))), Next::After(SECOND * 7));
        assert_eq!(next(5, &outcome(403, Error::transient(""))), Next::GiveUp);
        assert_eq!(next(1, &outcome(429, Error::transient(""))), Next::After(SECOND * 7));
        assert_eq!(next(1, &outcome(503, Error::config(""))), Next::GiveUp);
        assert_eq!(next(1, &outcome(503, Error::system(""))), Next::GiveUp);
        assert_eq!(next(1, &outcome_of_status(403, None, None)), Next::GiveUp);
    }
}
