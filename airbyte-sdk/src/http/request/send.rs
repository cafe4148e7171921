//! Sends a request: gets the credentials, waits for the rate limit, and retries.
//!
//! Credentials come first, because an OAuth 2.0 token may have to be requested, which counts within the rate limit as
//! well. Then the request waits for its turn. That may take minutes, so the token is checked again before the request
//! leaves.

use super::Request;
use crate::error::{Error, Result};
use crate::http::Client;
use crate::http::auth::{Credentials, TriedTokens};
use crate::http::clock::Awake;
use crate::http::complete::ExpectedResponse;
use crate::http::response::Response;
use crate::http::retry::{self, Failure, Next, Outcome, RETRY_POLICY};
use crate::http::transport;
use crate::http::turn::exhausted;
use crate::http::url;
use std::time::Instant;
use ureq::http::{self, Uri};
use ureq::{AsSendBody, Body};

impl Request {
    /// Sends the request, with retries, until `finish` has read a whole response or another attempt would not help.
    pub(in crate::http) fn until_done<T>(
        &self,
        finish: impl FnMut(Response) -> Result<T, Failure>,
    ) -> Result<T> {
        self.repeat(true, finish)
    }

    /// Returns the same for a response whose body may be read after `finish` returns, without a limit of the total time.
    pub(in crate::http) fn until_begun<T>(
        &self,
        finish: impl FnMut(Response) -> Result<T, Failure>,
    ) -> Result<T> {
        self.repeat(false, finish)
    }

    fn repeat<T>(
        &self,
        reads_whole_body: bool,
        mut finish: impl FnMut(Response) -> Result<T, Failure>,
    ) -> Result<T> {
        self.check()?;
        let client = &self.http.client;
        let began = client.clock.now();
        let (mut attempt, mut tried) = (1, TriedTokens::default());
        loop {
            let mut awake = None;
            let failure = match self.try_once(reads_whole_body, &mut tried, &mut awake).and_then(&mut finish)
            {
                Ok(done) => return Ok(done),
                // A 401 means that the request had no effect, so it can be sent again.
                Err(failure) if failure.outcome == Outcome::TokenRejected => continue,
                Err(failure) => failure,
            };
            let elapsed = client.clock.now() - began;
            let next = match RETRY_POLICY.next(attempt, elapsed, &failure.outcome, retry::jitter()) {
                // A 429 means that the request had no effect. Others may have had one.
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
            log::info!("{}; retrying in {:.1} s", failure.error, wait.as_secs_f64());
            let mut limited = None;
            if matches!(failure.outcome, Outcome::Status(429, _)) {
                client.pause(wait);
                limited = Some(self.http.report_rate_limited(wait)?);
            }
            if let Some(token_request) = &self.token_request {
                token_request.failed(client);
            }
            drop(awake);
            self.http.report_about_to_wait(wait)?;
            client.clock.sleep(wait);
            drop(limited);
            attempt += 1;
        }
    }

    /// Checks that the request can be sent at all. An error is in the configuration or in the connector, so a retry
    /// would not help.
    fn check(&self) -> Result<()> {
        self.http.client.proxies.check()?;
        self.http.check_base()?;
        if let Some(fault) = url::fault(&self.url) {
            let url = url::shown(&self.scrubbed_url());
            return Err(Error::config(format!("{url} is not a valid URL: {fault}")));
        }
        self.headers.check()?;
        self.authenticator.as_ref().map_or(Ok(()), |authenticator| authenticator.check(&self.http.client))
    }

    fn try_once<'a>(
        &'a self,
        reads_whole_body: bool,
        tried: &mut TriedTokens,
        awake: &mut Option<Awake<'a>>,
    ) -> Result<Response, Failure> {
        let client = &self.http.client;
        let ready =
            self.credentials_and_turn(tried).map_err(|error| Failure { outcome: Outcome::Final, error });
        let (credentials, turn) = ready?;
        *awake = turn;
        if let Some(token_request) = &self.token_request {
            token_request.before_send(client).map_err(|error| Failure { outcome: Outcome::Final, error })?;
        }
        let started = Instant::now();
        let (method, place) = (self.method, self.place());
        self.http.report_waiting_for(Some(&format!("{method} {place}")));
        let result = self.call(reads_whole_body, credentials.as_ref());
        self.http.report_waiting_for(None);
        match result {
            Ok(response) => {
                self.http.usage.count_response();
                log::debug!(
                    "{method} {place}: HTTP {} after {:.0?}",
                    response.status().as_u16(),
                    started.elapsed()
                );
                let unauthorized = response.status() == http::StatusCode::UNAUTHORIZED;
                let at = client.clock.timestamp();
                let hold = self.hold().cloned();
                let response = Response::new(response, self.expected(), place, at, self.http.limits, hold);
                let success = response.success(self.http.map_error_response.as_deref());
                if success.is_ok() && self.token_request.is_none() {
                    self.http.usage.count_good_response();
                }
                success.map_err(|failure| match failure {
                    Failure { error, .. }
                        if unauthorized
                            && self
                                .authenticator
                                .as_ref()
                                .is_some_and(|authenticator| authenticator.rejected(tried)) =>
                    {
                        log::info!("{error}; requesting a new token");
                        Failure { outcome: Outcome::TokenRejected, error }
                    }
                    failure => failure,
                })
            }
            Err(error) => {
                log::debug!("{method} {place}: {error} after {:.0?}", started.elapsed());
                Err(Failure { outcome: retry::outcome_of(&error), error: self.error_for_user(&error) })
            }
        }
    }

    /// Gets the credentials, and then waits for the turn. A token that has expired or was rejected in the meantime is
    /// replaced.
    fn credentials_and_turn(
        &self,
        tried: &mut TriedTokens,
    ) -> Result<(Option<Credentials>, Option<Awake<'_>>)> {
        let client = &self.http.client;
        let Some(authenticator) = &self.authenticator else {
            return Ok((None, self.http.wait_for_turn(|_| true)?));
        };
        let mut accept_expired = false;
        loop {
            let credentials = authenticator.credentials(&self.http, tried)?;
            client.warn_if_unencrypted(&self.url);
            let turn =
                self.http.wait_for_turn(|now| accept_expired || authenticator.is_usable(now, tried))?;
            if turn.is_some() {
                return Ok((Some(credentials), turn));
            }
            // Accept the next token even if it expires while waiting: another would not last longer.
            accept_expired = true;
        }
    }

    /// Returns which responses are complete.
    fn expected(&self) -> ExpectedResponse {
        let range = self.headers.has("range");
        ExpectedResponse { reads: self.method == "GET", range, ..self.expected.clone() }
    }

    fn call(
        &self,
        reads_whole_body: bool,
        credentials: Option<&Credentials>,
    ) -> Result<http::Response<Body>, ureq::Error> {
        let url = self.url_with_query();
        let url = credentials.map_or(url.clone(), |credentials| credentials.url(url));
        let mut request = http::Request::builder().method(self.method).uri(url);
        let auth_header = credentials.and_then(Credentials::header);
        for (name, value) in self.headers.without(auth_header.map(|(name, _)| name)).chain(auth_header) {
            request = request.header(name, value);
        }
        match &self.body {
            Some(body) => self.run(reads_whole_body, request.body(&body[..])?),
            None if self.method == "GET" => self.run(reads_whole_body, request.body(())?),
            // ureq would send an empty body in chunks, which not every server accepts.
            None => self.run(reads_whole_body, request.body(&[][..])?),
        }
    }

    fn run(
        &self,
        reads_whole_body: bool,
        request: http::Request<impl AsSendBody>,
    ) -> Result<http::Response<Body>, ureq::Error> {
        let (Client { agent, proxies, .. }, limits) = (&*self.http.client, &self.http.limits);
        let proxy = proxies.of_url(request.uri());
        // ureq applies this to the wait for the response as well, which may take longer.
        let read_timeout = limits.idle_timeout.max(limits.response_timeout);
        let request = agent
            .configure_request(request)
            .proxy(proxy)
            .timeout_connect(Some(limits.connect_timeout))
            .timeout_recv_response(Some(limits.response_timeout))
            .timeout_recv_body(reads_whole_body.then_some(limits.body_timeout))
            .timeout_per_read(Some(read_timeout))
            .timeout_per_write(Some(limits.idle_timeout))
            .max_response_header_size(limits.max_head_size)
            .build();
        transport::run(limits.body_timeout, || agent.run(request))
    }

    /// Returns the error for the user. The details of some errors are left out, because they quote the request.
    fn error_for_user(&self, error: &ureq::Error) -> Error {
        let host = self.scrubbed_url().parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
        let host = host.as_deref().unwrap_or("the API");
        match error {
            ureq::Error::BadUri(_) | ureq::Error::InvalidProxyUrl => {
                Error::config(format!("{} is not a valid URL; check the configuration", self.place()))
            }
            ureq::Error::Http(_) => Error::config(format!(
                "the request to {host} cannot be sent: its URL, a header or the credentials contain a character that is \
                 not allowed there; check the configuration"
            )),
            ureq::Error::ConnectProxyFailed(reason) if reason.contains("407") => Error::config(format!(
                "the proxy rejected the credentials for a connection to {host} (HTTP 407): check the user and password in \
                 HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"
            )),
            ureq::Error::ConnectProxyFailed(reason) => {
                Error::transient(format!("the proxy could not connect to {host}: {reason}"))
            }
            error if retry::is_unsafe(error) => Error::transient(format!(
                "TLS connection to {host} failed: {error}; if its certificate has a private authority, set SSL_CERT_FILE"
            )),
            error => Error::transient(format!("request to {host} failed: {error}")).with_internal(format!(
                "{} {}",
                self.method,
                self.place()
            )),
        }
    }
}
