//! The token that all threads of a run share: one of them asks for it, the others wait for what comes of it.

use crate::error::{Error, Result};
use crate::http::clock::Clock;
use crate::protocol::FailureType;
use crate::secret::Secret;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// So long before its end a token is replaced, so that none ends on its way; less if it lasts less than ten times that.
const MARGIN: Duration = Duration::from_secs(60);

/// An access token, and until when it is used.
#[derive(Clone, Debug)]
pub(in crate::http) struct Token {
    secret: Secret,
    until: Option<Duration>,
}

impl Token {
    /// One that was asked for at this time. Without a lifetime it is used until the service refuses it.
    pub(super) fn new(secret: Secret, sent: Duration, lifetime: Option<Duration>) -> Self {
        let usable = lifetime.map(|lifetime| lifetime - MARGIN.min(lifetime / 10));
        Self { secret, until: usable.and_then(|usable| sent.checked_add(usable)) }
    }

    pub(in crate::http) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// When it is used no longer; `None` if the service is to say so.
    pub(in crate::http) fn until(&self) -> Option<Duration> {
        self.until
    }

    fn is_usable(&self, now: Duration) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

#[derive(Default)]
pub(super) struct Tokens {
    /// Locked while a token is asked for.
    held: Mutex<Held>,
    /// How often one was asked for.
    asked: AtomicU64,
    /// The last one that the service has refused, or 0.
    refused: AtomicU64,
}

#[derive(Default)]
struct Held {
    /// With its number.
    token: Option<(u64, Token)>,
    failure: Option<Error>,
}

impl Tokens {
    /// Notes that the service does not take it.
    pub(super) fn refuse(&self, number: u64) {
        self.refused.fetch_max(number, SeqCst);
    }

    pub(super) fn is_refused(&self, number: u64) -> bool {
        self.refused.load(SeqCst) >= number
    }

    /// A token that is usable now, with its number; asks for one if there is none.
    ///
    /// Whoever waited for another thread to ask gets what that got, be it a failure. What the user must mend is not asked
    /// for a second time.
    pub(super) fn get(&self, clock: &Clock, ask: impl FnOnce() -> Result<Token>) -> Result<(u64, Token)> {
        self.get_since(self.asked.load(SeqCst), clock, ask)
    }

    /// The same for whoever began to wait when so many had been asked for.
    fn get_since(
        &self,
        asked_before: u64,
        clock: &Clock,
        ask: impl FnOnce() -> Result<Token>,
    ) -> Result<(u64, Token)> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((number, token)) = &held.token
            && !self.is_refused(*number)
            && token.is_usable(clock.now())
        {
            return Ok((*number, token.clone()));
        }
        let asked = self.asked.load(SeqCst);
        if let Some(failure) = &held.failure
            && (asked != asked_before || failure.failure_type() == FailureType::ConfigError)
        {
            return Err(failure.again());
        }
        let answer = ask();
        self.asked.store(asked + 1, SeqCst);
        match answer {
            Ok(token) => {
                *held = Held { token: Some((asked + 1, token.clone())), failure: None };
                Ok((asked + 1, token))
            }
            Err(error) => {
                *held = Held { token: None, failure: Some(error.again()) };
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
    fn a_token_is_given_up_a_little_before_its_end() {
        for (lifetime, seconds) in [(3600, 3540), (600, 540), (60, 54), (10, 9)] {
            let token = token(SECOND * 100, Some(lifetime));
            assert!(token.is_usable(SECOND * (99 + seconds)), "{lifetime}");
            assert!(!token.is_usable(SECOND * (100 + seconds)), "{lifetime}");
        }
        assert!(token(SECOND, None).is_usable(Duration::MAX));
        assert!(token(SECOND * 100, Some(u64::MAX)).is_usable(Duration::MAX));
    }

    #[test]
    fn one_is_asked_for_when_there_is_none_that_will_do() {
        let (clock, tokens, asked) = (Clock::skipping(), Tokens::default(), Cell::new(0));
        let get = || {
            let ask = || {
                asked.set(asked.get() + 1);
                Ok(token(clock.now(), Some(3600)))
            };
            tokens.get(&clock, ask).unwrap().0
        };
        assert_eq!((get(), get(), asked.get()), (1, 1, 1));
        clock.sleep(SECOND * 3530);
        assert_eq!((get(), asked.get()), (1, 1));
        clock.sleep(SECOND * 20);
        assert_eq!((get(), asked.get()), (2, 2));
        tokens.refuse(1);
        assert_eq!((get(), asked.get()), (2, 2));
        tokens.refuse(2);
        // Late in hearing of it.
        tokens.refuse(1);
        assert_eq!((get(), asked.get()), (3, 3));
    }

    #[test]
    fn eight_threads_that_are_refused_ask_once() {
        let (clock, tokens, asked) = (Clock::skipping(), Tokens::default(), AtomicU64::new(0));
        let ask = || {
            asked.fetch_add(1, SeqCst);
            Ok(token(clock.now(), None))
        };
        let old = tokens.get(&clock, ask).unwrap().0;
        let barrier = Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    tokens.refuse(old);
                    assert_eq!(tokens.get(&clock, ask).unwrap().0, 2);
                });
            }
        });
        assert_eq!(asked.load(SeqCst), 2);
    }

    #[test]
    fn what_the_user_must_mend_is_asked_for_once_and_trouble_again() {
        for (error, times) in [(Error::config("no"), 1), (Error::transient("no"), 2)] {
            let error = error.with_internal("why");
            let (clock, tokens, asked) = (Clock::skipping(), Tokens::default(), Cell::new(0));
            let ask = || {
                asked.set(asked.get() + 1);
                Err(error.again())
            };
            for _ in 0..2 {
                assert_eq!(tokens.get(&clock, ask).unwrap_err().internal(), Some("why"));
            }
            // Who began to wait before the last attempt was over.
            assert!(tokens.get_since(times - 1, &clock, ask).is_err());
            assert_eq!(asked.get(), times);
        }
    }
}
