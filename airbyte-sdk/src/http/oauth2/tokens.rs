//! The token that all threads of a run share. One of them requests it while holding a lock; the others wait, and get
//! its result.
//!
//! Tokens are numbered, so that a late report of a rejection does not discard a newer token.

use crate::error::{Error, Result};
use crate::http::clock::Clock;
use crate::protocol::FailureType;
use crate::secret::Secret;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long before it expires a token is replaced, so that it does not expire in transit; a tenth of its lifetime if
/// that is less.
const MARGIN: Duration = Duration::from_secs(60);

/// An access token, and the time until which it is used.
#[derive(Clone, Debug)]
pub(in crate::http) struct Token {
    secret: Secret,
    until: Option<Duration>,
}

impl Token {
    /// Creates a token that was requested at this time. Without a lifetime it is used until the API rejects it.
    pub(super) fn new(secret: Secret, sent: Duration, lifetime: Option<Duration>) -> Self {
        let usable = lifetime.map(|lifetime| lifetime - MARGIN.min(lifetime / 10));
        Self { secret, until: usable.and_then(|usable| sent.checked_add(usable)) }
    }

    pub(in crate::http) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Returns when it must be replaced; `None` if it has no known lifetime.
    pub(in crate::http) fn until(&self) -> Option<Duration> {
        self.until
    }

    fn is_usable(&self, now: Duration) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

#[derive(Default)]
pub(super) struct Tokens {
    /// Locked while a token is requested.
    shared: Mutex<Shared>,
    /// How many tokens were requested.
    requests: AtomicU64,
    /// The number of the last rejected token, or 0.
    rejected: AtomicU64,
}

#[derive(Default)]
struct Shared {
    /// The last token, with its number.
    token: Option<(u64, Token)>,
    failure: Option<Error>,
}

impl Tokens {
    /// Records that the API rejected this token.
    pub(super) fn reject(&self, number: u64) {
        self.rejected.fetch_max(number, SeqCst);
    }

    pub(super) fn is_rejected(&self, number: u64) -> bool {
        self.rejected.load(SeqCst) >= number
    }

    /// Returns a usable token with its number. Requests one if there is none.
    ///
    /// A thread that waited while another one requested a token gets the result of that request, also if it failed.
    /// After a config error, which only the user can fix, no token is requested again.
    pub(super) fn get(&self, clock: &Clock, request: impl FnOnce() -> Result<Token>) -> Result<(u64, Token)> {
        self.get_since(self.requests.load(SeqCst), clock, request)
    }

    /// Returns the same for a thread that began to wait when `requests_before` tokens had been requested.
    fn get_since(
        &self,
        requests_before: u64,
        clock: &Clock,
        request: impl FnOnce() -> Result<Token>,
    ) -> Result<(u64, Token)> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((number, token)) = &shared.token
            && !self.is_rejected(*number)
            && token.is_usable(clock.now())
        {
            return Ok((*number, token.clone()));
        }
        let requests = self.requests.load(SeqCst);
        if let Some(failure) = &shared.failure
            && (requests != requests_before || failure.failure_type() == FailureType::ConfigError)
        {
            return Err(failure.again());
        }
        let result = request();
        self.requests.store(requests + 1, SeqCst);
        match result {
            Ok(token) => {
                *shared = Shared { token: Some((requests + 1, token.clone())), failure: None };
                Ok((requests + 1, token))
            }
            Err(error) => {
                *shared = Shared { token: None, failure: Some(error.again()) };
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::sync::Barrier;

    const SECOND: Duration = Duration::from_secs(1);

    fn token(sent: Duration, lifetime: Option<u64>) -> Token {
        Token::new("a".into(), sent, lifetime.map(Duration::from_secs))
    }

    #[test]
    fn token_is_replaced_shortly_before_it_expires() {
        for (lifetime, seconds) in [(3600, 3540), (600, 540), (60, 54), (10, 9)] {
            let token = token(SECOND * 100, Some(lifetime));
            assert!(token.is_usable(SECOND * (99 + seconds)), "{lifetime}");
            assert!(!token.is_usable(SECOND * (100 + seconds)), "{lifetime}");
        }
        assert!(token(SECOND, None).is_usable(Duration::MAX));
        assert!(token(SECOND * 100, Some(u64::MAX)).is_usable(Duration::MAX));
    }

    #[test]
    fn token_is_requested_when_there_is_no_usable_one() {
        let (clock, tokens, requests) = (Clock::skipping(), Tokens::default(), Cell::new(0));
        let get = || {
            let request = || {
                requests.set(requests.get() + 1);
                Ok(token(clock.now(), Some(3600)))
            };
            tokens.get(&clock, request).unwrap().0
        };
        assert_eq!((get(), get(), requests.get()), (1, 1, 1));
        clock.sleep(SECOND * 3530);
        assert_eq!((get(), requests.get()), (1, 1));
        clock.sleep(SECOND * 20);
        assert_eq!((get(), requests.get()), (2, 2));
        tokens.reject(1);
        assert_eq!((get(), requests.get()), (2, 2));
        tokens.reject(2);
        // A late report about an old token.
        tokens.reject(1);
        assert_eq!((get(), requests.get()), (3, 3));
    }

    #[test]
    fn eight_threads_with_a_rejected_token_request_one() {
        let (clock, tokens, requests) = (Clock::skipping(), Tokens::default(), AtomicU64::new(0));
        let request = || {
            requests.fetch_add(1, SeqCst);
            Ok(token(clock.now(), None))
        };
        let old = tokens.get(&clock, request).unwrap().0;
        let barrier = Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    tokens.reject(old);
                    assert_eq!(tokens.get(&clock, request).unwrap().0, 2);
                });
            }
        });
        assert_eq!(requests.load(SeqCst), 2);
    }

    #[test]
    fn config_error_is_requested_once_and_a_transient_one_again() {
        for (error, times) in [(Error::config("no"), 1), (Error::transient("no"), 2)] {
            let error = error.with_internal("why");
            let (clock, tokens, requests) = (Clock::skipping(), Tokens::default(), Cell::new(0));
            let request = || {
                requests.set(requests.get() + 1);
                Err(error.again())
            };
            for _ in 0..2 {
                assert_eq!(tokens.get(&clock, request).unwrap_err().internal(), Some("why"));
            }
            // A thread that began to wait before the last request had ended.
            assert!(tokens.get_since(times - 1, &clock, request).is_err());
            assert_eq!(requests.get(), times);
        }
    }
}
