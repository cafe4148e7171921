//! Lets requesting threads take turns within the rate limit.
//!
//! An API counts requests when they arrive, so each request must be sent at the time for which it was counted. Threads
//! therefore queue with tickets, ordered by the rank of what they read: with a small limit, one partition after the other is
//! finished instead of none. A thread that wakes up computes its turn again, because others may have been late, or
//! the API may have requested a pause in the meantime. It takes its turn under the lock, and sends the request at once.
//! Everything that may block, such as writing a log line, happens before the thread takes a ticket, so
//! that it does not delay the threads behind it.

use super::clock::Awake;
use super::rate_limit::{Limiter, Ticket};
use super::retry::RETRY_POLICY;
use super::{Client, Http};
use crate::error::{Error, Result};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Only longer waits are logged.
const LOGGED_WAIT: Duration = Duration::from_secs(1);

impl Http {
    /// Waits until the rate limit allows another request, and counts it. The caller must send it at once, because the
    /// API counts it when it arrives. Returns `None`, without counting, if `is_ready` says at that time that the
    /// request must not be sent.
    pub(super) fn wait_for_turn(&self, is_ready: impl FnOnce(Duration) -> bool) -> Result<Option<Awake<'_>>> {
        // Everything that may block, such as logging, happens before this thread has a ticket.
        let client = &*self.client;
        let now = client.clock.now();
        let wait = {
            let limiter = client.limiter();
            check_wait(limiter.free(now) - now)?;
            limiter.turn_of_new(self.rank, now) - now
        };
        let mut limited = None;
        if wait > LOGGED_WAIT {
            log::info!("rate limit reached; sending the next request in {:.1} s", wait.as_secs_f64());
            limited = Some(self.report_rate_limited(wait)?);
            self.report_about_to_wait(wait)?;
        }
        let queued = Queued::in_line(&client.limiter, self.rank);
        let mut awake = client.clock.awake();
        loop {
            let mut limiter = client.limiter();
            // Computed again: others may have been late, or the API may have requested a pause.
            let now = client.clock.now();
            let at = limiter.turn(queued.ticket, now);
            if at <= now {
                drop(limited);
                return Ok(is_ready(now).then(|| {
                    limiter.take(queued.ticket, now);
                    awake
                }));
            }
            let free = limiter.free(now);
            drop(limiter);
            check_wait(free - now)?;
            awake = client.clock.sleep_until(at, awake);
        }
    }
}

impl Client {
    /// Lets no thread send a request for this duration: a 429 is about the account, not about one thread.
    pub(super) fn pause(&self, wait: Duration) {
        self.limiter().pause(self.clock.now() + wait);
    }

    fn limiter(&self) -> MutexGuard<'_, Limiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A ticket in the queue, which is returned on drop.
struct Queued<'c> {
    limiter: &'c Mutex<Limiter>,
    ticket: Ticket,
}

impl<'c> Queued<'c> {
    fn in_line(limiter: &'c Mutex<Limiter>, rank: u64) -> Self {
        Self { limiter, ticket: limiter.lock().unwrap_or_else(PoisonError::into_inner).queue(rank) }
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner).leave(self.ticket);
    }
}

/// Fails if the API allows no request for too long. How many threads wait does not matter.
fn check_wait(wait: Duration) -> Result<()> {
    if wait > RETRY_POLICY.longest_wait { Err(exhausted(wait)) } else { Ok(()) }
}

/// Returns the error when the API allows no request for longer than a client waits.
pub(super) fn exhausted(wait: Duration) -> Error {
    let minutes = wait.as_secs().div_ceil(60);
    let time = if minutes > 24 * 60 {
        "for more than a day".to_owned()
    } else {
        format!("for the next {minutes} minutes")
    };
    Error::exhausted(format!("rate limit exhausted: the API allows no requests {time}"))
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

    /// A server that issues numbered tokens, and records each request with the time of the client's clock.
    struct Api {
        clock: Arc<Client>,
        lifetime: Duration,
        /// How often the first token can be used.
        uses: u32,
        state: Mutex<State>,
    }

    #[derive(Default)]
    struct State {
        seen: Vec<(Duration, String)>,
        /// The number of the last token, when it was requested, and how often it was used.
        token: (u32, Duration, u32),
        /// When a 429 was sent.
        limited_at: Option<Duration>,
    }

    const PAUSE: Duration = Duration::from_secs(100);

    /// A client of the server, which stops when this is dropped.
    struct ApiClient {
        api: Arc<Api>,
        http: Http,
        _server: Server,
    }

    impl Api {
        fn start(http: &Http, lifetime: Duration, uses: u32) -> ApiClient {
            let oauth2 = |url: &str| OAuth2::client_credentials(url, "me", &"secret".into());
            Self::start_with(http, lifetime, uses, oauth2)
        }

        fn start_with(
            http: &Http,
            lifetime: Duration,
            uses: u32,
            oauth2: impl Fn(&str) -> OAuth2,
        ) -> ApiClient {
            let (clock, server) = (Arc::clone(&http.client), Server::start());
            let api = Arc::new(Self { clock, lifetime, uses, state: Mutex::default() });
            let responding = Arc::clone(&api);
            server.on("*").respond_with(move |request| responding.respond(request));
            let oauth2 = oauth2(&format!("{}/token", server.url()));
            ApiClient { api, http: http.base_url(server.url()).auth(oauth2), _server: server }
        }

        fn respond(&self, request: &Request) -> Response {
            let mut state = self.state.lock().unwrap();
            // Under the lock, so that the requests are recorded in the order of time.
            let now = self.clock.clock.now();
            let token = state.token;
            let is_token_request = request.target() == "/token";
            let (status, body) = if is_token_request {
                state.token = (token.0 + 1, now, 0);
                let granted = format!("at-{}", state.token.0);
                (200, json!({"access_token": granted, "expires_in": self.lifetime.as_secs()}))
            } else if request.header("Authorization") != Some(&format!("Bearer at-{}", token.0))
                || now > token.1 + self.lifetime
                || (token.0 == 1 && token.2 == self.uses)
            {
                (401, json!({}))
            } else if (token.0, token.2) == (2, 3) && state.limited_at.is_none() {
                state.limited_at = Some(now);
                (429, json!({}))
            } else {
                state.token.2 += 1;
                (200, json!(1))
            };
            state.seen.push((now, format!("{status} {request}")));
            Response::json(body).status(status).header("Retry-After", PAUSE.as_secs()).close()
        }

        fn count(&self, what: &str) -> usize {
            self.state.lock().unwrap().seen.iter().filter(|(_, seen)| seen.starts_with(what)).count()
        }
    }

    /// Tokens are requested, expire and are rejected in the meantime, and each of these requests counts. A pause also
    /// applies to threads that already sleep.
    #[test]
    fn eight_threads_with_oauth2_stay_within_the_rate_limit() {
        let http = client(RateLimit::per_minute(5));
        let ApiClient { api, http: authenticated, .. } = &Api::start(&http, MINUTE * 4, 11);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    (0..6).for_each(|_| assert_eq!(authenticated.get("/").json::<u8>().unwrap(), 1))
                });
            }
        });
        assert_eq!(api.count("200 GET"), 48);
        assert!(api.count("200 POST") >= 3);
        // At most the requests of one window were sent with the rejected token; waiting threads notice the rejection.
        assert!((1..=5).contains(&api.count("401")));
        let state = api.state.lock().unwrap();
        let seen = &state.seen;
        for window in seen.windows(6) {
            assert!(window[5].0 - window[0].0 > MINUTE, "{seen:#?}");
        }
        let limited_at = state.limited_at.unwrap();
        // Except requests that were being sent.
        let paused = limited_at + Duration::from_secs(10)..limited_at + PAUSE;
        assert!(!seen.iter().any(|(at, _)| paused.contains(at)), "{seen:#?}");
    }

    #[test]
    fn token_that_expires_while_waiting_for_the_turn_is_replaced_before_it_is_sent() {
        let http = client(RateLimit::per_minute(2));
        let ApiClient { api, http: authenticated, .. } = &Api::start(&http, Duration::from_secs(100), 100);
        for _ in 0..6 {
            assert_eq!(authenticated.get("/").json::<u8>().unwrap(), 1);
        }
        assert_eq!((api.count("200 GET"), api.count("200 POST"), api.count("401")), (6, 2, 0));
    }

    /// The platform would not receive the new refresh token: it no longer waits for messages.
    #[test]
    fn token_is_not_requested_if_the_run_ends_while_it_waits_for_its_turn() {
        let config = SavedConfig::new(Output::to(Lines::new(Box::new(Memory::default()))));
        config.keep(serde_json::json!({"token": "r-1"}));
        let limits = vec![RateLimit::per_minute(1)];
        let http = Http::by_clock(Clock::skipping(), "test", "0", limits, Some(Arc::clone(&config)));
        let ApiClient { api, http: authenticated, .. } = &Api::start_with(&http, MINUTE, 100, |url| {
            OAuth2::refresh_token(url, "me", &"r-1".into()).rotates("token")
        });
        let client = &http.client;
        drop(http.wait_for_turn(|_| true).unwrap());
        // No thread wakes up while another one is awake.
        let awake = client.clock.awake();
        std::thread::scope(|scope| {
            let asking = scope.spawn(|| authenticated.get("/").json::<u8>());
            while client.limiter().turn_of_new(0, Duration::ZERO) < MINUTE * 2 {
                std::thread::yield_now();
            }
            assert!(config.close());
            config.wait_for_rotation();
            drop(awake);
            assert!(asking.join().unwrap().unwrap_err().is_stopped());
        });
        assert_eq!(api.state.lock().unwrap().seen.len(), 0);
    }

    /// Another token would not last longer.
    #[test]
    fn token_that_expires_before_each_turn_is_sent_anyway() {
        let http = client(RateLimit::per_minute(1));
        let ApiClient { api, http: authenticated, .. } = &Api::start(&http, Duration::from_secs(30), 100);
        assert!(authenticated.get("/").json::<u8>().is_err());
        assert_eq!((api.count("200 POST"), api.count("401 GET")), (4, 2));
    }
}
