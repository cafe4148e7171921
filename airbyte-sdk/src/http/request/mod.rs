//! One request: built step by step, sent as often as it takes.

mod send;

use super::Http;
use super::auth::{Auth, SignIn};
use super::complete::Terms;
use super::headers::Headers;
use super::oauth2::TokenRequest;
use super::response::Response;
use super::url;
use crate::error::Result;
use crate::hold::{self, Hold, Holder};
use crate::http::FromResponse;
use crate::secret::Secret;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Display;
use std::sync::Arc;

/// In a query everything is escaped but what never means anything there.
pub(super) const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request that has not been sent yet.
#[must_use = "a request does nothing until it is sent: call `.json()`, `.send()` or `.pages()`"]
#[derive(Clone)]
pub struct Request {
    http: Http,
    method: &'static str,
    pub(super) url: String,
    /// What stood behind the URL from `#` on. It is never sent, but half of a secret may be in it.
    fragment: String,
    query: Vec<(String, String)>,
    headers: Headers,
    sign_in: Option<SignIn>,
    pub(super) body: Option<Vec<u8>>,
    /// Whether a second one does no harm.
    idempotent: bool,
    /// Which answers are complete.
    pub(super) terms: Terms,
    /// The stream that it is sent for.
    holder: Option<Holder>,
    /// If it is for a token.
    token_request: Option<Arc<TokenRequest>>,
}

impl Request {
    pub(super) fn new(http: Http, method: &'static str, url: String) -> Self {
        let fragment = url::fragment_of(&url).to_owned();
        let url = url::encoded(&url);
        let (headers, sign_in) = (http.headers.clone(), http.sign_in_at(&url));
        let idempotent = method == "GET";
        let (terms, holder) = (Terms::default(), http.hold.as_ref().map(Hold::holder));
        Self {
            http,
            method,
            url,
            fragment,
            query: Vec::new(),
            headers,
            sign_in,
            body: None,
            idempotent,
            terms,
            holder,
            token_request: None,
        }
    }

    /// Adds a parameter to the URL, escaped. For a key there is [`Auth::api_key_query`].
    pub fn query(mut self, name: &str, value: impl Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Sets a header, in place of one with the same name that was set before, on the client or here. The header that
    /// [`auth`](Self::auth) sets takes precedence over both.
    ///
    /// White space around the value is removed. A name or a value that cannot be sent in a header is a config error when
    /// the request is sent. `Content-Length` and `Transfer-Encoding` are set by the client alone, and `Accept-Encoding` may
    /// ask for `gzip` and `identity` only; anything else there is a system error.
    pub fn header(mut self, name: &str, value: impl Display) -> Self {
        self.headers.set(name, &value.to_string());
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
    pub fn json_body(mut self, value: &impl Serialize) -> Result<Self> {
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
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    pub(super) fn for_token(mut self, token_request: &Arc<TokenRequest>) -> Self {
        self.token_request = Some(Arc::clone(token_request));
        self
    }

    /// Sends the request and reads the answer's JSON. Trouble that may pass is met as [`send`](Self::send) does, and so
    /// is an answer that breaks off.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send) and of [`Response::json`].
    pub fn json<T: FromResponse>(self) -> Result<T> {
        let mut body = Vec::new();
        let response = self.until_done(|mut response| {
            response.read_whole(&mut body)?;
            Ok(response)
        });
        let value = response.and_then(|response| response.parse(&body));
        value.map_err(|error| hold::refused(self.hold(), error))
    }

    /// Sends the request. After trouble that may pass (a broken connection, a status like 503 or 429, a refusal that
    /// [`Http::map_error_response`] calls transient) it is sent again, later and later: five times at the most, within 10 minutes, and once more if a token had to be replaced. A
    /// service that says how long to wait is given that time, up to 5 minutes; one that only says "too many requests" is
    /// given a minute.
    ///
    /// # Errors
    ///
    /// A status of 300 and above, sorted by who must act: 401, 403 and most of 4xx are config errors; 408, 425, 429, 499 and
    /// 5xx are transient, but for 501, 505, 506, 510 and 511, which are system errors. No answer at all is transient too. The error quotes what the service says.
    ///
    /// A config error, before anything is sent, if the URL, a header or the key cannot be sent.
    pub fn send(&self) -> Result<Response> {
        self.until_begun(Ok).map_err(|error| hold::refused(self.hold(), error))
    }

    /// The same request of another URL, which brings its own query.
    pub(super) fn set_url(&mut self, url: String, fragment: String) {
        self.url = url;
        self.fragment = fragment;
        self.query.clear();
    }

    /// The same request with a parameter in place of one of that name.
    pub(super) fn set_query(&mut self, name: String, value: String) {
        self.query.retain(|(other, _)| *other != name);
        self.url = url::without_parameter(&self.url, &name);
        self.query.push((name, value));
    }

    /// The stream that the request is sent for.
    pub(super) fn hold(&self) -> Option<&Holder> {
        self.holder.as_ref()
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

    /// The URL without what is known to be secret. A secret has to be blanked before the URL is cut: it may have a `?` or
    /// an `@` in it, and half of it is not recognised.
    fn scrubbed_url(&self) -> Cow<'_, str> {
        if self.fragment.is_empty() {
            return self.http.client.scrub(&self.url);
        }
        let url = format!("{}{}", self.url, self.fragment);
        Cow::Owned(self.http.client.scrub(&url).into_owned())
    }

    /// The URL as it may be written down: without its query, and without a user and password.
    fn place(&self) -> String {
        let is_cut = !self.fragment.is_empty() || self.url.contains(['?', '@']);
        let url = if is_cut { self.scrubbed_url() } else { Cow::Borrowed(&*self.url) };
        let url = url.split(['?', '#']).next().unwrap_or_default();
        let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = authority.rsplit('@').next().unwrap_or_default();
        format!("{scheme}://{host}{path}")
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
            ("not a url?key=1", "not%20a%20url"),
        ] {
            let request = Http::new("test", "0", Vec::new(), None).get(url);
            assert_eq!(request.place(), place);
        }
    }
}
