//! One request: built step by step, sent as often as it takes.

use super::pages::Pages;
use super::response::Response;
use super::retry::{self, Failure, Outcome};
use super::{Http, LARGEST_BODY};
use crate::error::{Error, Result};
use crate::secret::Secret;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;
use ureq::http::Uri;

/// A request that has not been sent yet.
#[must_use = "a request does nothing until it is sent: call `.json()`, `.send()` or `.pages()`"]
#[derive(Clone)]
pub struct Request {
    http: Http,
    pub(super) url: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    bearer: Option<Secret>,
}

impl Request {
    pub(super) fn new(http: Http, url: String) -> Self {
        Self { http, url, query: Vec::new(), headers: Vec::new(), bearer: None }
    }

    /// Adds a parameter to the URL, escaped. Not the place for a key: URLs are written to logs.
    pub fn query(mut self, name: &str, value: impl Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: impl Display) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    /// Signs in with `Authorization: Bearer …`.
    pub fn bearer(mut self, token: &Secret) -> Self {
        self.bearer = Some(token.clone());
        self
    }

    /// Sends the request and reads the answer's JSON. Trouble that may pass is met as [`send`](Self::send) does, and so
    /// is an answer that breaks off.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send) and of [`Response::json`].
    pub fn json<T: DeserializeOwned>(self) -> Result<T> {
        self.json_with(&mut Vec::new())
    }

    /// The same with a buffer that is used for page after page.
    pub(super) fn json_with<T: DeserializeOwned>(&self, buffer: &mut Vec<u8>) -> Result<T> {
        let response = self.until_done(|mut response| {
            response.read_body(buffer, LARGEST_BODY)?;
            Ok(response)
        })?;
        response.parse(buffer)
    }

    /// Reads page after page. `next` finds the URL of the next page in a page; `None` ends it.
    ///
    /// The next page is asked for at the origin (scheme, host and port) of this request, whatever origin its URL
    /// names, and with the same headers and sign-in: a key never goes to a host that an answer has chosen.
    /// A page that leads back to an earlier one is an error.
    pub fn pages<P, F>(self, next: F) -> Pages<P, F>
    where
        P: DeserializeOwned,
        F: FnMut(&P) -> Option<String>,
    {
        Pages::new(self, next)
    }

    /// Sends the request. After trouble that may pass (a broken connection, a status like 503 or 429) it is sent
    /// again, later and later, a few times.
    ///
    /// # Errors
    ///
    /// A status of 300 and above, sorted by who must act: 401, 403 and most of 4xx are config errors, 408, 429 and 5xx
    /// are transient. No answer at all is transient too. The error quotes what the service says.
    pub fn send(&self) -> Result<Response> {
        self.until_done(Ok)
    }

    /// Tries until `finish` has what it wants of a good answer, or nothing better is to be expected.
    fn until_done<T>(&self, mut finish: impl FnMut(Response) -> Result<T, Failure>) -> Result<T> {
        let mut attempt = 1;
        loop {
            let failure = match self.try_once().and_then(&mut finish) {
                Ok(done) => return Ok(done),
                Err(failure) => failure,
            };
            let Some(wait) = retry::wait_before_next(attempt, &failure.outcome, retry::dice()) else {
                return Err(failure.error);
            };
            log::info!("{}; asking again in {:.1} s", failure.error, wait.as_secs_f64());
            if let (Outcome::Status(429, _), Some(output)) = (failure.outcome, &self.http.output) {
                output.rate_limited(wait)?;
            }
            std::thread::sleep(wait);
            attempt += 1;
        }
    }

    /// The same request of another URL, which brings its own query.
    pub(super) fn set_url(&mut self, url: String) {
        self.url = url;
        self.query.clear();
    }

    fn try_once(&self) -> Result<Response, Failure> {
        let started = Instant::now();
        match self.call() {
            Ok(response) => {
                self.http.answers.fetch_add(1, Relaxed);
                let status = response.status();
                log::debug!("GET {}: HTTP {status} after {:.0?}", self.place(), started.elapsed());
                response.success()
            }
            Err(error) => {
                log::debug!("GET {}: {error} after {:.0?}", self.place(), started.elapsed());
                Err(Failure { outcome: retry::outcome_of(&error), error: self.sorted(&error) })
            }
        }
    }

    fn call(&self) -> Result<Response, ureq::Error> {
        let mut request = self.http.agent.get(&self.url);
        for (name, value) in &self.query {
            request = request.query(name, value);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(token) = &self.bearer {
            request = request.header("Authorization", format!("Bearer {}", token.expose()));
        }
        request.call().map(|answer| Response::new(answer, self.place()))
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
            error => Error::transient(format!("{host} did not answer: {error}"))
                .with_internal(format!("GET {}", self.place())),
        }
    }
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
            let request = Http::new("test", "0", None).get(url);
            assert_eq!(request.place(), place);
        }
    }
}
