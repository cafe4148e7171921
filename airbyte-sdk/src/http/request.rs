//! One request: built step by step, sent as often as it takes.

use super::Http;
use super::auth::{Auth, Pass, SignIn, Tried};
use super::clock::Awake;
use super::complete::Terms;
use super::oauth2::Errand;
use super::response::Response;
use super::retry::{self, Failure, Next, Outcome, PATIENCE};
use super::transport;
use super::turn::exhausted;
use crate::error::{Error, Result};
use crate::secret::Secret;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;
use ureq::http::{self, Uri};
use ureq::{AsSendBody, Body};

/// In a query everything is escaped but what never means anything there.
pub(super) const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request that has not been sent yet.
#[must_use = "a request does nothing until it is sent: call `.json()`, `.send()` or `.pages()`"]
#[derive(Clone)]
pub struct Request {
    http: Http,
    method: &'static str,
    pub(super) url: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    sign_in: Option<SignIn>,
    pub(super) body: Option<Vec<u8>>,
    /// Whether a second one does no harm.
    repeatable: bool,
    /// Which answers are complete.
    pub(super) terms: Terms,
    /// If it is for a token.
    errand: Option<Arc<Errand>>,
}

impl Request {
    pub(super) fn new(http: Http, method: &'static str, url: String) -> Self {
        let (headers, sign_in) = (http.headers.clone(), http.sign_in_at(&url));
        let repeatable = method == "GET";
        let terms = Terms::default();
        Self {
            http,
            method,
            url,
            query: Vec::new(),
            headers,
            sign_in,
            body: None,
            repeatable,
            terms,
            errand: None,
        }
    }

    /// Adds a parameter to the URL, escaped. For a key there is [`Auth::api_key_query`].
    pub fn query(mut self, name: &str, value: impl Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: impl Display) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    /// Signs in, in place of what the client signs in with, and wherever the request goes. If a token of [`OAuth2`] is
    /// refused (401), another one is asked for, and the request is sent once more.
    ///
    /// [`OAuth2`]: super::OAuth2
    pub fn auth(mut self, auth: impl Into<Auth>) -> Self {
        self.sign_in = Some(auth.into().sign_in(&self.http.client));
        self
    }

    /// Signs in with `Authorization: Bearer …`.
    pub fn bearer(self, token: &Secret) -> Self {
        self.auth(Auth::bearer(token))
    }

    /// Sends this as JSON.
    ///
    /// # Errors
    ///
    /// If the value cannot be written as JSON.
    pub fn body(mut self, value: &impl Serialize) -> Result<Self> {
        self.body = Some(serde_json::to_vec(value)?);
        Ok(self.header("Content-Type", "application/json"))
    }

    /// Sends these as the fields of a form.
    pub(super) fn form(mut self, fields: &[(&str, String)]) -> Self {
        let escaped = |text| utf8_percent_encode(text, ESCAPED);
        let pairs = fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
        self.body = Some(pairs.collect::<Vec<_>>().join("&").into_bytes());
        self.header("Content-Type", "application/x-www-form-urlencoded")
    }

    /// Says that a second request would do no harm, so that this one may be sent again after trouble. So it is with
    /// every GET; a POST that only asks for something is another case.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    pub(super) fn on_errand(mut self, errand: &Arc<Errand>) -> Self {
        self.errand = Some(Arc::clone(errand));
        self
    }

    /// Sends the request and reads the answer's JSON. Trouble that may pass is met as [`send`](Self::send) does, and so
    /// is an answer that breaks off.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send) and of [`Response::json`].
    pub fn json<T: DeserializeOwned>(self) -> Result<T> {
        let mut body = Vec::new();
        let response = self.until_done(|mut response| {
            response.read_whole(&mut body)?;
            Ok(response)
        })?;
        response.parse(&body)
    }

    /// Sends the request. After trouble that may pass (a broken connection, a status like 503 or 429) it is sent
    /// again, later and later: five times at the most, within 10 minutes, and once more if a token had to be replaced. A
    /// service that says how long to wait is given that time, up to 5 minutes; one that only says "too many requests" is
    /// given a minute.
    ///
    /// # Errors
    ///
    /// A status of 300 and above, sorted by who must act: 401, 403 and most of 4xx are config errors, 408, 429 and 5xx
    /// are transient. No answer at all is transient too. The error quotes what the service says.
    pub fn send(&self) -> Result<Response> {
        self.until_begun(Ok)
    }

    /// Tries until `finish` has read the whole of a good answer, or nothing better is to be expected.
    pub(super) fn until_done<T>(&self, finish: impl FnMut(Response) -> Result<T, Failure>) -> Result<T> {
        self.repeat(true, finish)
    }

    /// The same for answers that `finish` leaves, perhaps, to somebody who takes more time for them.
    pub(super) fn until_begun<T>(&self, finish: impl FnMut(Response) -> Result<T, Failure>) -> Result<T> {
        self.repeat(false, finish)
    }

    fn repeat<T>(&self, whole: bool, mut finish: impl FnMut(Response) -> Result<T, Failure>) -> Result<T> {
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
                Next::After(_) if !self.repeatable && !matches!(failure.outcome, Outcome::Status(429, _)) => {
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
                client.announce(wait)?;
            }
            if let Some(errand) = &self.errand {
                errand.failed(client);
            }
            drop(awake);
            client.clock.sleep(wait);
            attempt += 1;
        }
    }

    /// The same request of another URL, which brings its own query.
    pub(super) fn set_url(&mut self, url: String) {
        self.url = url;
        self.query.clear();
    }

    /// The same request with a parameter in place of one of that name.
    pub(super) fn set_query(&mut self, name: String, value: String) {
        self.query.retain(|(other, _)| *other != name);
        self.url = without_parameter(&self.url, &name);
        self.query.push((name, value));
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
        if let Some(errand) = &self.errand {
            errand.leaves(client).map_err(|error| Failure { outcome: Outcome::Final, error })?;
        }
        let started = Instant::now();
        let (method, place) = (self.method, self.place());
        if let Some(output) = &client.output {
            output.waiting_for(Some(&format!("{method} {place}")));
        }
        let answer = self.call(whole, pass.as_ref());
        if let Some(output) = &client.output {
            output.waiting_for(None);
        }
        match answer {
            Ok(answer) => {
                client.answers.fetch_add(1, Relaxed);
                log::debug!(
                    "{method} {place}: HTTP {} after {:.0?}",
                    answer.status().as_u16(),
                    started.elapsed()
                );
                let unauthorized = answer.status() == http::StatusCode::UNAUTHORIZED;
                let response =
                    Response::new(answer, self.terms(), place, client.clock.timestamp(), self.http.limits);
                let success = response.success(self.http.explain.as_deref());
                if success.is_ok() && self.errand.is_none() {
                    client.good_answers.fetch_add(1, Relaxed);
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
            return Ok((None, client.wait_for_turn(|_| true)?));
        };
        let mut as_it_is = false;
        loop {
            let pass = sign_in.pass(client, tried)?;
            client.warn_if_readable(&self.url);
            let turn = client.wait_for_turn(|now| as_it_is || sign_in.is_good(now, tried))?;
            if turn.is_some() {
                return Ok((Some(pass), turn));
            }
            // If the next token comes to its end as well while its turn is waited for, none would be any better.
            as_it_is = true;
        }
    }

    /// Which answers are complete.
    fn terms(&self) -> Terms {
        let range = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("range"));
        Terms { reads: self.method == "GET", range, ..self.terms.clone() }
    }

    fn call(&self, whole: bool, pass: Option<&Pass>) -> Result<http::Response<Body>, ureq::Error> {
        let url = self.url_with_query();
        let url = pass.map_or(url.clone(), |pass| pass.url(url));
        let mut request = http::Request::builder().method(self.method).uri(url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some((name, value)) = pass.and_then(Pass::header) {
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
        let (agent, limits) = (&self.http.client.agent, &self.http.limits);
        // It holds for the wait for an answer as well, which may well be longer.
        let silence = limits.silence.max(limits.first_byte);
        let request = agent
            .configure_request(request)
            .timeout_connect(Some(limits.connect))
            .timeout_recv_response(Some(limits.first_byte))
            .timeout_recv_body(whole.then_some(limits.total))
            .timeout_per_read(Some(silence))
            .timeout_per_write(Some(limits.silence))
            .max_response_header_size(limits.head)
            .build();
        transport::run(limits.total, || agent.run(request))
    }

    pub(super) fn url_with_query(&self) -> String {
        let mut url = self.url.clone();
        for (name, value) in &self.query {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.extend(utf8_percent_encode(name, ESCAPED));
            url.push('=');
            url.extend(utf8_percent_encode(value, ESCAPED));
        }
        url
    }

    /// The URL as it may be written down: without its query, and without a user and password.
    fn place(&self) -> String {
        let url = self.url.split(['?', '#']).next().unwrap_or_default();
        let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = authority.rsplit('@').next().unwrap_or_default();
        format!("{scheme}://{host}{path}")
    }

    /// An error for the user. The details of some errors are left out, since they quote the request.
    fn sorted(&self, error: &ureq::Error) -> Error {
        let host = self.url.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
        let host = host.as_deref().unwrap_or("the service");
        match error {
            ureq::Error::BadUri(_) | ureq::Error::InvalidProxyUrl => {
                Error::config(format!("{} is not a URL that can be asked", self.place()))
            }
            ureq::Error::Http(_) => Error::config(format!(
                "the request to {host} cannot be sent: its URL, a header or the key has a character that is not allowed there"
            )),
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

/// A URL without the parameters of this name, which is not escaped.
pub(super) fn without_parameter(url: &str, name: &str) -> String {
    let Some((path, query)) = url.split_once('?') else { return url.to_owned() };
    let name = utf8_percent_encode(name, ESCAPED).to_string();
    let others = query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(&name));
    let others: Vec<&str> = others.collect();
    if others.is_empty() { path.to_owned() } else { format!("{path}?{}", others.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_shows_neither_query_nor_password() {
        for (url, place) in [
            ("https://a.example/b?key=1", "https://a.example/b"),
            ("https://bob:pass@a.example:8/b@c#d", "https://a.example:8/b@c"),
            ("https://bob:p@ss@a.example", "https://a.example"),
            ("not a url?key=1", "not a url"),
        ] {
            let request = Http::new("test", "0", Vec::new(), None).get(url);
            assert_eq!(request.place(), place);
        }
    }
}
