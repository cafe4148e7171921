//! One request: built step by step, sent as often as it takes.

use super::pages::Pages;
use super::response::Response;
use super::retry::{self, Outcome};
use crate::error::{Error, Result};
use crate::secret::Secret;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::time::Instant;
use ureq::http::Uri;

/// A request that has not been sent yet.
#[must_use = "a request does nothing until it is sent: call `.json()`, `.send()` or `.pages()`"]
#[derive(Clone)]
pub struct Request {
    agent: ureq::Agent,
    pub(super) url: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    bearer: Option<Secret>,
}

impl Request {
    pub(super) fn new(agent: ureq::Agent, url: String) -> Self {
        Self { agent, url, query: Vec::new(), headers: Vec::new(), bearer: None }
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

    /// Sends the request and reads the answer's JSON.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send) and of [`Response::json`].
    pub fn json<T: DeserializeOwned>(self) -> Result<T> {
        self.send()?.json()
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
        let mut attempt = 1;
        loop {
            let (outcome, result) = self.send_once();
            let Some(wait) = retry::wait_before_next(attempt, &outcome, retry::dice()) else {
                return result.and_then(Response::success);
            };
            log::info!("{outcome}; trying {} again in {:.1} s", self.place(), wait.as_secs_f64());
            std::thread::sleep(wait);
            attempt += 1;
        }
    }

    /// The same request of another URL, which brings its own query.
    pub(super) fn set_url(&mut self, url: String) {
        self.url = url;
        self.query.clear();
    }

    fn send_once(&self) -> (Outcome, Result<Response>) {
        let started = Instant::now();
        match self.call() {
            Ok(response) => {
                log::debug!("GET {}: HTTP {} after {:?}", self.place(), response.status(), started.elapsed());
                (Outcome::Status(response.status(), response.retry_after()), Ok(response))
            }
            Err(error) => {
                log::debug!("GET {}: {error} after {:?}", self.place(), started.elapsed());
                (retry::outcome_of(&error), Err(self.sorted(error)))
            }
        }
    }

    fn call(&self) -> Result<Response, ureq::Error> {
        let mut request = self.agent.get(&self.url);
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

    /// The URL as it may be written down: without its query.
    fn place(&self) -> String {
        self.url.split(['?', '#']).next().unwrap_or_default().to_owned()
    }

    fn sorted(&self, error: ureq::Error) -> Error {
        let host = self.url.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
        let host = host.as_deref().unwrap_or("the service");
        match error {
            ureq::Error::BadUri(_) | ureq::Error::InvalidProxyUrl => {
                Error::config(format!("{} is not a URL that can be asked", self.place())).with_internal(error)
            }
            ureq::Error::Http(_) => {
                // A key with a line break in it, for example: the details would show it.
                Error::config(format!(
                    "the request to {host} cannot be sent: its URL, a header or the key has a character that is not allowed there"
                ))
            }
            ureq::Error::HostNotFound => {
                Error::transient(format!("there is no host named {host} to be found"))
            }
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => {
                Error::transient(format!("no safe connection to {host}: {error}"))
            }
            error => Error::transient(format!("{host} did not answer: {error}"))
                .with_internal(format!("GET {}", self.place())),
        }
    }
}
