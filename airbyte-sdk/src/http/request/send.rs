//! Sending a request: its credentials, its turn, its attempts, and what became of each.

use super::Request;
use crate::error::{Error, Result};
use crate::http::Client;
use crate::http::auth::{Pass, Tried};
use crate::http::clock::Awake;
use crate::http::complete::Terms;
use crate::http::response::Response;
use crate::http::retry::{self, Failure, Next, Outcome, PATIENCE};
use crate::http::transport;
use crate::http::turn::exhausted;
use crate::http::url;
use std::time::Instant;
use ureq::http::{self, Uri};
use ureq::{AsSendBody, Body};

impl Request {
    /// Tries until `finish` has read the whole of a good answer, or nothing better is to be expected.
    pub(in crate::http) fn until_done<T>(
        &self,
        finish: impl FnMut(Response) -> Result<T, Failure>,
    ) -> Result<T> {
        self.repeat(true, finish)
    }

    /// The same for answers that `finish` leaves, perhaps, to somebody who takes more time for them.
    pub(in crate::http) fn until_begun<T>(
        &self,
        finish: impl FnMut(Response) -> Result<T, Failure>,
    ) -> Result<T> {
        self.repeat(false, finish)
    }

    fn repeat<T>(&self, whole: bool, mut finish: impl FnMut(Response) -> Result<T, Failure>) -> Result<T> {
        self.check()?;
        let client = &self.http.client;
        let began = client.clock.now();
        let (mut attempt, mut tried) = (1, Tried::default());
        loop {
            let mut awake = None;
            let failure = match self.try_once(whole, &mut tried, &mut awake).and_then(&mut finish) {
                Ok(done) => return Ok(done),
                // Refused before it did anything, it can be sent again whatever it does.
                Err(failure) if failure.outcome == Outcome::SignedOut => continue,
                Err(failure) => failure,
            };
            let elapsed = client.clock.now() - began;
            let next = match PATIENCE.next(attempt, elapsed, &failure.outcome, retry::dice()) {
                // Refused before it did anything, a request can be sent again whatever it does.
                Next::After(_) if !self.idempotent && !matches!(failure.outcome, Outcome::Status(429, _)) => {
                    Next::GiveUp
                }
                next => next,
            };
            let wait = match next {
                Next::After(wait) => wait,
                Next::GiveUp => return Err(failure.error),
                Next::Exhausted(wait) => return Err(exhausted(wait).with_internal(failure.error)),
            };
            log::info!("{}; asking again in {:.1} s", failure.error, wait.as_secs_f64());
            if matches!(failure.outcome, Outcome::Status(429, _)) {
                client.hold(wait);
                self.http.tell_rate_limited(wait)?;
            }
            if let Some(token_request) = &self.token_request {
                token_request.failed(client);
            }
            drop(awake);
            self.http.tell_about_to_wait(wait)?;
            client.clock.sleep(wait);
            attempt += 1;
        }
    }

    /// Whether the request can be sent at all. What is wrong here is in the configuration or in the connector, and another
    /// attempt would not change it.
    fn check(&self) -> Result<()> {
        self.http.client.proxies.check()?;
        self.http.check_base()?;
        if let Some(fault) = url::fault(&self.url) {
            let url = url::shown(&self.scrubbed_url());
            return Err(Error::config(format!("{url} is not a valid URL: {fault}")));
        }
        self.headers.check()?;
        self.sign_in.as_ref().map_or(Ok(()), |sign_in| sign_in.check(&self.http.client))
    }

    fn try_once<'a>(
        &'a self,
        whole: bool,
        tried: &mut Tried,
        awake: &mut Option<Awake<'a>>,
    ) -> Result<Response, Failure> {
        let client = &self.http.client;
        let ready = self.get_ready(tried).map_err(|error| Failure { outcome: Outcome::Final, error });
        let (pass, turn) = ready?;
        *awake = turn;
        if let Some(token_request) = &self.token_request {
            token_request.leaves(client).map_err(|error| Failure { outcome: Outcome::Final, error })?;
        }
        let started = Instant::now();
        let (method, place) = (self.method, self.place());
        self.http.tell_waiting_for(Some(&format!("{method} {place}")));
        let answer = self.call(whole, pass.as_ref());
        self.http.tell_waiting_for(None);
        match answer {
            Ok(answer) => {
                self.http.usage.count_answer();
                log::debug!(
                    "{method} {place}: HTTP {} after {:.0?}",
                    answer.status().as_u16(),
                    started.elapsed()
                );
                let unauthorized = answer.status() == http::StatusCode::UNAUTHORIZED;
                let at = client.clock.timestamp();
                let hold = self.hold().cloned();
                let response = Response::new(answer, self.terms(), place, at, self.http.limits, hold);
                let success = response.success(self.http.map_error_response.as_deref());
                if success.is_ok() && self.token_request.is_none() {
                    self.http.usage.count_good_answer();
                }
                success.map_err(|failure| match failure {
                    Failure { error, .. }
                        if unauthorized
                            && self.sign_in.as_ref().is_some_and(|sign_in| sign_in.refused(tried)) =>
                    {
                        log::info!("{error}; asking for another token");
                        Failure { outcome: Outcome::SignedOut, error }
                    }
                    failure => failure,
                })
            }
            Err(error) => {
                log::debug!("{method} {place}: {error} after {:.0?}", started.elapsed());
                Err(Failure { outcome: retry::outcome_of(&error), error: self.sorted(&error) })
            }
        }
    }

    /// What the request signs in with, and its turn. A token may have to be asked for, which takes a turn of its own; so
    /// that comes first, and the token is looked at again when it is to go.
    fn get_ready(&self, tried: &mut Tried) -> Result<(Option<Pass>, Option<Awake<'_>>)> {
        let client = &self.http.client;
        let Some(sign_in) = &self.sign_in else {
            return Ok((None, self.http.wait_for_turn(|_| true)?));
        };
        let mut as_it_is = false;
        loop {
            let pass = sign_in.pass(&self.http, tried)?;
            client.warn_if_readable(&self.url);
            let turn = self.http.wait_for_turn(|now| as_it_is || sign_in.is_good(now, tried))?;
            if turn.is_some() {
                return Ok((Some(pass), turn));
            }
            // If the next token comes to its end as well while its turn is waited for, none would be any better.
            as_it_is = true;
        }
    }

    /// Which answers are complete.
    fn terms(&self) -> Terms {
        let range = self.headers.has("range");
        Terms { reads: self.method == "GET", range, ..self.terms.clone() }
    }

    fn call(&self, whole: bool, pass: Option<&Pass>) -> Result<http::Response<Body>, ureq::Error> {
        let url = self.url_with_query();
        let url = pass.map_or(url.clone(), |pass| pass.url(url));
        let mut request = http::Request::builder().method(self.method).uri(url);
        let signed = pass.and_then(Pass::header);
        for (name, value) in self.headers.without(signed.map(|(name, _)| name)).chain(signed) {
            request = request.header(name, value);
        }
        match &self.body {
            Some(body) => self.run(whole, request.body(&body[..])?),
            None if self.method == "GET" => self.run(whole, request.body(())?),
            // Nothing at all would be sent in chunks, which not every service takes.
            None => self.run(whole, request.body(&[][..])?),
        }
    }

    fn run(
        &self,
        whole: bool,
        request: http::Request<impl AsSendBody>,
    ) -> Result<http::Response<Body>, ureq::Error> {
        let (Client { agent, proxies, .. }, limits) = (&*self.http.client, &self.http.limits);
        let proxy = proxies.of_url(request.uri());
        // It holds for the wait for an answer as well, which may well be longer.
        let silence = limits.idle_timeout.max(limits.response_timeout);
        let request = agent
            .configure_request(request)
            .proxy(proxy)
            .timeout_connect(Some(limits.connect_timeout))
            .timeout_recv_response(Some(limits.response_timeout))
            .timeout_recv_body(whole.then_some(limits.body_timeout))
            .timeout_per_read(Some(silence))
            .timeout_per_write(Some(limits.idle_timeout))
            .max_response_header_size(limits.head)
            .build();
        transport::run(limits.body_timeout, || agent.run(request))
    }

    /// An error for the user. The details of some errors are left out, since they quote the request.
    fn sorted(&self, error: &ureq::Error) -> Error {
        let host = self.scrubbed_url().parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
        let host = host.as_deref().unwrap_or("the service");
        match error {
            ureq::Error::BadUri(_) | ureq::Error::InvalidProxyUrl => {
                Error::config(format!("{} is not a URL that can be asked", self.place()))
            }
            ureq::Error::Http(_) => Error::config(format!(
                "the request to {host} cannot be sent: its URL, a header or the key has a character that is not allowed there"
            )),
            ureq::Error::ConnectProxyFailed(reason) if reason.contains("407") => Error::config(format!(
                "the proxy rejected its credentials (HTTP 407) for a connection to {host}: check the user and password in \
                 HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"
            )),
            ureq::Error::ConnectProxyFailed(reason) => {
                Error::transient(format!("the proxy could not connect to {host}: {reason}"))
            }
            error if retry::is_unsafe(error) => {
                Error::transient(format!("no safe connection to {host}: {error}"))
            }
            error => Error::transient(format!("{host} did not answer: {error}")).with_internal(format!(
                "{} {}",
                self.method,
                self.place()
            )),
        }
    }
}
