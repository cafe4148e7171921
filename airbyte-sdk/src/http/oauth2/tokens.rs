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
#[derive(Clone)]
pub(super) struct Token {
    secret: Secret,
    until: Option<Duration>,
}

impl Token {
    /// One that was asked for at this time. Without a lifetime it is used until the service refuses it.
    pub(super) fn new(secret: Secret, sent: Duration, lifetime: Option<Duration>) -> Self {
        let usable = lifetime.map(|lifetime| lifetime - MARGIN.min(lifetime / 10));
        Self { secret, until: usable.and_then(|usable| sent.checked_add(usable)) }
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
}

#[derive(Default)]
struct Held {
    /// With its number.
    token: Option<(u64, Token)>,
    failure: Option<Error>,
}

impl Tokens {
    /// A token that is usable now, with its number, but not the one that was `refused`; asks for one if there is none.
    ///
    /// Whoever waited for another thread to ask gets what that got, be it a failure. What the user must mend is not asked
    /// for a second time.
    pub(super) fn get(
        &self,
        clock: &Clock,
        refused: Option<u64>,
        ask: impl FnOnce() -> Result<Token>,
    ) -> Result<(u64, Secret)> {
        self.get_since(self.asked.load(SeqCst), clock, refused, ask)
    }

    /// The same for whoever began to wait when so many had been asked for.
    fn get_since(
        &self,
        asked_before: u64,
        clock: &Clock,
        refused: Option<u64>,
        ask: impl FnOnce() -> Result<Token>,
    ) -> Result<(u64, Secret)> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((number, token)) = &held.token
            && Some(*number) != refused
            && token.is_usable(clock.now())
        {
            return Ok((*number, token.secret.clone()));
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
                let secret = token.secret.clone();
                *held = Held { token: Some((asked + 1, token)), failure: None };
                Ok((asked + 1, secret))
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
        let get = |refused| {
            let ask = || {
                asked.set(asked.get() + 1);
                Ok(token(clock.now(), Some(3600)))
            };
            tokens.get(&clock, refused, ask).unwrap().0
        };
        assert_eq!((get(None), get(None), asked.get()), (1, 1, 1));
        clock.sleep(SECOND * 3530);
        assert_eq!((get(None), asked.get()), (1, 1));
        clock.sleep(SECOND * 20);
        assert_eq!((get(None), asked.get()), (2, 2));
        assert_eq!((get(Some(1)), asked.get()), (2, 2));
        assert_eq!((get(Some(2)), asked.get()), (3, 3));
    }

    #[test]
    fn eight_threads_that_are_refused_ask_once() {
        let (clock, tokens, asked) = (Clock::skipping(), Tokens::default(), AtomicU64::new(0));
        let ask = || {
            asked.fetch_add(1, SeqCst);
            Ok(token(clock.now(), None))
        };
        let old = tokens.get(&clock, None, ask).unwrap().0;
        let barrier = Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    assert_eq!(tokens.get(&clock, Some(old), ask).unwrap().0, 2);
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
                assert_eq!(tokens.get(&clock, None, ask).unwrap_err().internal(), Some("why"));
            }
            // Who began to wait before the last attempt was over.
            assert!(tokens.get_since(times - 1, &clock, None, ask).is_err());
            assert_eq!(asked.get(), times);
        }
    }
}
