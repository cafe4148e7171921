//! Whose turn it is to send a request, where a service counts them.

use super::clock::Awake;
use super::rate_limit::Limiter;
use super::retry::PATIENCE;
use super::{Client, Http};
use crate::error::{Error, Result};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A shorter wait is not worth a word.
const WORTH_A_WORD: Duration = Duration::from_secs(1);

impl Http {
    /// Waits until the rate limit allows another request, and counts it. It is to be sent at once: the service counts
    /// when it comes. `None` if whoever waited is not ready any more when the turn comes, which is not counted.
    pub(super) fn wait_for_turn(&self, is_ready: impl FnOnce(Duration) -> bool) -> Result<Option<Awake<'_>>> {
        // All that may take time, for example since nobody reads what is said, comes before there is a place to lose.
        let client = &*self.client;
        let now = client.clock.now();
        let wait = {
            let limiter = client.limiter();
            bearable(limiter.free(now) - now)?;
            limiter.turn(None, now) - now
        };
        if wait > WORTH_A_WORD {
            log::info!("the rate limit is reached; asking again in {:.1} s", wait.as_secs_f64());
            self.tell_rate_limited(wait)?;
            self.tell_about_to_wait(wait)?;
        }
        let place = Place::of(&client.limiter);
        let mut awake = client.clock.awake();
        loop {
            let mut limiter = client.limiter();
            // Whatever was to be expected: others may have been late, or been told to hold.
            let now = client.clock.now();
            let at = limiter.turn(Some(place.number), now);
            if at <= now {
                return Ok(is_ready(now).then(|| {
                    limiter.take(place.number, now);
                    awake
                }));
            }
            let free = limiter.free(now);
            drop(limiter);
            bearable(free - now)?;
            awake = client.clock.sleep_until(at, awake);
        }
    }
}

impl Client {
    /// Keeps all threads from asking for so long: what the service said to one it meant for the key.
    pub(super) fn hold(&self, wait: Duration) {
        self.limiter().hold(self.clock.now() + wait);
    }

    fn limiter(&self) -> MutexGuard<'_, Limiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the queue, given up whatever happens.
struct Place<'c> {
    limiter: &'c Mutex<Limiter>,
    number: u64,
}

impl<'c> Place<'c> {
    fn of(limiter: &'c Mutex<Limiter>) -> Self {
        Self { limiter, number: limiter.lock().unwrap_or_else(PoisonError::into_inner).queue() }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner).leave(self.number);
    }
}

/// It counts for how long the service allows no more, not how many of us wait.
fn bearable(wait: Duration) -> Result<()> {
    if wait > PATIENCE.longest_wait { Err(exhausted(wait)) } else { Ok(()) }
}

/// More patience is asked for than there is.
pub(super) fn exhausted(wait: Duration) -> Error {
    let minutes = wait.as_secs().div_ceil(60);
    let time = if minutes > 24 * 60 {
        "for more than a day".to_owned()
    } else {
        format!("for the next {minutes} minutes")
    };
    Error::exhausted(format!("the service allows no more requests {time}"))
}

#[cfg(test)]
mod tests {
    use crate::http::clock::Clock;
    use crate::http::{Client, Http, OAuth2, RateLimit};
    use crate::output::{Lines, Memory, Output};
    use crate::saved_config::SavedConfig;
    use crate::testing::Server;
    use crate::testing::server::{Request, Response};
    use serde_json::json;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    const MINUTE: Duration = Duration::from_secs(60);

    fn client(limit: RateLimit) -> Http {
        Http::by_clock(Clock::skipping(), "test", "0", vec![limit], None)
    }

    /// A service that hands out tokens, each with a number, and notes when it is asked for what, by the client's clock.
    struct Service {
        clock: Arc<Client>,
        lifetime: Duration,
        /// So often the first token may be used.
        uses: u32,
        known: Mutex<Known>,
    }

    #[derive(Default)]
    struct Known {
        seen: Vec<(Duration, String)>,
        /// The last token, when it was asked for, and how often it was used.
        token: (u32, Duration, u32),
        /// When there were too many requests.
        refused: Option<Duration>,
    }

    const HOLD: Duration = Duration::from_secs(100);

    /// A client of the service, which ends with the server.
    struct SignedIn {
        service: Arc<Service>,
        http: Http,
        _server: Server,
    }

    impl Service {
        fn start(http: &Http, lifetime: Duration, uses: u32) -> SignedIn {
            let oauth2 = |url: &str| OAuth2::client_credentials(url, "me", &"secret".into());
            Self::start_with(http, lifetime, uses, oauth2)
        }

        fn start_with(
            http: &Http,
            lifetime: Duration,
            uses: u32,
            oauth2: impl Fn(&str) -> OAuth2,
        ) -> SignedIn {
            let (clock, server) = (Arc::clone(&http.client), Server::start());
            let service = Arc::new(Self { clock, lifetime, uses, known: Mutex::default() });
            let answering = Arc::clone(&service);
            server.on("*").respond_with(move |request| answering.answer(request));
            let oauth2 = oauth2(&format!("{}/token", server.url()));
            SignedIn { service, http: http.base_url(server.url()).auth(oauth2), _server: server }
        }

        fn answer(&self, request: &Request) -> Response {
            let mut known = self.known.lock().unwrap();
            // Under the lock, so that what was seen is in the order of time.
            let now = self.clock.clock.now();
            let token = known.token;
            let signs_in = request.target() == "/token";
            let (status, body) = if signs_in {
                known.token = (token.0 + 1, now, 0);
                let granted = format!("at-{}", known.token.0);
                (200, json!({"access_token": granted, "expires_in": self.lifetime.as_secs()}))
            } else if request.header("Authorization") != Some(&format!("Bearer at-{}", token.0))
                || now > token.1 + self.lifetime
                || (token.0 == 1 && token.2 == self.uses)
            {
                (401, json!({}))
            } else if (token.0, token.2) == (2, 3) && known.refused.is_none() {
                known.refused = Some(now);
                (429, json!({}))
            } else {
                known.token.2 += 1;
                (200, json!(1))
            };
            known.seen.push((now, format!("{status} {request}")));
            Response::json(body).status(status).header("Retry-After", HOLD.as_secs()).close()
        }

        fn count(&self, what: &str) -> usize {
            self.known.lock().unwrap().seen.iter().filter(|(_, seen)| seen.starts_with(what)).count()
        }
    }

    /// Tokens are asked for, come to an end and are refused meanwhile, and all of it counts. What one thread is told holds
    /// for those that sleep already.
    #[test]
    fn eight_threads_that_sign_in_never_ask_more_often_than_the_limit_allows() {
        let http = client(RateLimit::per_minute(5));
        let SignedIn { service, http: signed_in, .. } = &Service::start(&http, MINUTE * 4, 11);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..6).for_each(|_| assert_eq!(signed_in.get("/").json::<u8>().unwrap(), 1)));
            }
        });
        assert_eq!(service.count("200 GET"), 48);
        assert!(service.count("200 POST") >= 3);
        // One window's worth was on its way when the token was worth nothing any more; who waits hears of it.
        assert!((1..=5).contains(&service.count("401")));
        let known = service.known.lock().unwrap();
        let seen = &known.seen;
        for window in seen.windows(6) {
            assert!(window[5].0 - window[0].0 > MINUTE, "{seen:#?}");
        }
        let refused = known.refused.unwrap();
        // But for those that were on their way.
        let held = refused + Duration::from_secs(10)..refused + HOLD;
        assert!(!seen.iter().any(|(at, _)| held.contains(at)), "{seen:#?}");
    }

    #[test]
    fn a_token_that_ends_while_its_turn_is_waited_for_is_replaced_before_it_is_refused() {
        let http = client(RateLimit::per_minute(2));
        let SignedIn { service, http: signed_in, .. } = &Service::start(&http, Duration::from_secs(100), 100);
        for _ in 0..6 {
            assert_eq!(signed_in.get("/").json::<u8>().unwrap(), 1);
        }
        assert_eq!((service.count("200 GET"), service.count("200 POST"), service.count("401")), (6, 2, 0));
    }

    /// The platform would never hear of the new refresh token: nobody waits for it.
    #[test]
    fn a_token_is_not_asked_for_when_the_run_has_ended_while_its_turn_was_waited_for() {
        let config = SavedConfig::new(Output::to(Lines::new(Box::new(Memory::default()))));
        config.keep(serde_json::json!({"token": "r-1"}));
        let limits = vec![RateLimit::per_minute(1)];
        let http = Http::by_clock(Clock::skipping(), "test", "0", limits, Some(Arc::clone(&config)));
        let SignedIn { service, http: signed_in, .. } = &Service::start_with(&http, MINUTE, 100, |url| {
            OAuth2::refresh_token(url, "me", &"r-1".into()).rotates("token")
        });
        let client = &http.client;
        drop(http.wait_for_turn(|_| true).unwrap());
        // Nobody is woken as long as somebody else is awake.
        let awake = client.clock.awake();
        std::thread::scope(|scope| {
            let asking = scope.spawn(|| signed_in.get("/").json::<u8>());
            while client.limiter().turn(None, Duration::ZERO) < MINUTE * 2 {
                std::thread::yield_now();
            }
            assert!(config.close());
            config.wait_for_rotation();
            drop(awake);
            assert!(asking.join().unwrap().unwrap_err().is_stopped());
        });
        assert_eq!(service.known.lock().unwrap().seen.len(), 0);
    }

    /// It would never be any better.
    #[test]
    fn a_token_that_lasts_no_longer_than_a_turn_takes_is_used_as_it_is() {
        let http = client(RateLimit::per_minute(1));
        let SignedIn { service, http: signed_in, .. } = &Service::start(&http, Duration::from_secs(30), 100);
        assert!(signed_in.get("/").json::<u8>().is_err());
        assert_eq!((service.count("200 POST"), service.count("401 GET")), (4, 2));
    }
}
