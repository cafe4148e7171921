//! A request: how it is built. [`send`] sends and retries it.

mod send;

use super::Http;
use super::auth::{Auth, Authenticator};
use super::complete::ExpectedResponse;
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

/// The characters to escape in a query: all except those that RFC 3986 calls unreserved.
pub(super) const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request that has not been sent yet.
#[must_use = "a request does nothing until it is sent: call `.json()`, `.send()` or `.pages()`"]
#[derive(Clone)]
pub struct Request {
    http: Http,
    method: &'static str,
    pub(super) url: String,
    /// The fragment of the URL, from `#` on. It is never sent, but a secret with a `#` in it may end there, and is
    /// only recognized as a whole.
    fragment: String,
    query: Vec<(String, String)>,
    headers: Headers,
    authenticator: Option<Authenticator>,
    pub(super) body: Option<Vec<u8>>,
    /// Whether the request may be sent again after a failure.
    idempotent: bool,
    /// Which responses are complete.
    pub(super) expected: ExpectedResponse,
    /// The stream that the request is sent for.
    holder: Option<Holder>,
    /// Set if this is a request for an OAuth 2.0 token.
    token_request: Option<Arc<TokenRequest>>,
}

impl Request {
    pub(super) fn new(http: Http, method: &'static str, url: String) -> Self {
        let fragment = url::fragment_of(&url).to_owned();
        let url = url::encoded(&url);
        let (headers, authenticator) = (http.headers.clone(), http.authenticator_for(&url));
        let idempotent = method == "GET";
        let (expected, holder) = (ExpectedResponse::default(), http.hold.as_ref().map(Hold::holder));
        Self {
            http,
            method,
            url,
            fragment,
            query: Vec::new(),
            headers,
            authenticator,
            body: None,
            idempotent,
            expected,
            holder,
            token_request: None,
        }
    }

    /// Adds a parameter to the query of the URL, percent-encoded. For an API key, use [`Auth::api_key_query`].
    pub fn query(mut self, name: &str, value: impl Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Sets a header. Replaces one with the same name that was set before, here or on the client. The header that
    /// [`auth`](Self::auth) sets takes precedence.
    ///
    /// Whitespace around the value is removed. A name or value that cannot be sent in a header is a config error when
    /// the request is sent. It is a system error to set `Content-Length` or `Transfer-Encoding`, which the client
    /// sets, or codings other than `gzip` and `identity` in `Accept-Encoding`.
    pub fn header(mut self, name: &str, value: impl Display) -> Self {
        self.headers.set(name, &value.to_string());
        self
    }

    /// Authenticates this request, instead of with the credentials of the client. They are sent wherever the request
    /// goes. If the API rejects a token of [`OAuth2`] (HTTP 401), the request is sent again with a new token, once.
    ///
    /// [`OAuth2`]: super::OAuth2
    pub fn auth(mut self, auth: impl Into<Auth>) -> Self {
        self.authenticator = Some(auth.into().authenticator(&self.http.client));
        self
    }

    /// Authenticates this request with `Authorization: Bearer …`.
    pub fn bearer(self, token: &Secret) -> Self {
        self.auth(Auth::bearer(token))
    }

    /// Sets the body to this value, as JSON.
    ///
    /// # Errors
    ///
    /// Returns a system error if the value cannot be serialized.
    pub fn json_body(mut self, value: &impl Serialize) -> Result<Self> {
        self.body = Some(serde_json::to_vec(value)?);
        Ok(self.header("Content-Type", "application/json"))
    }

    /// Sets the body to these fields, as a form.
    pub(super) fn form(mut self, fields: &[(&str, String)]) -> Self {
        let escaped = |text| utf8_percent_encode(text, ESCAPED);
        let pairs = fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
        self.body = Some(pairs.collect::<Vec<_>>().join("&").into_bytes());
        self.header("Content-Type", "application/x-www-form-urlencoded")
    }

    /// Marks the request as idempotent, so that it may be retried. GET requests already are; use this for a POST that
    /// only reads.
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    pub(super) fn for_token(mut self, token_request: &Arc<TokenRequest>) -> Self {
        self.token_request = Some(Arc::clone(token_request));
        self
    }

    /// Sends the request and reads the JSON of the response. Retries as [`send`](Self::send) does, and also if the
    /// body is cut off.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`send`](Self::send) and of [`Response::json`].
    pub fn json<T: FromResponse>(self) -> Result<T> {
        let mut body = Vec::new();
        let response = self.until_done(|mut response| {
            response.read_whole(&mut body)?;
            Ok(response)
        });
        let value = response.and_then(|response| response.parse(&body));
        value.map_err(|error| hold::failed_before_data(self.hold(), error))
    }

    /// Sends the request, and returns when the headers of the response have arrived.
    ///
    /// A temporary failure is retried with exponential backoff: a broken connection, a status such as 503 or 429, or
    /// an error response that [`Http::map_error_response`] makes transient. There are up to five attempts within 10
    /// minutes, plus one after a rejected token. If the response says how long to wait, the client does, up
    /// to 5 minutes; after a 429 that does not, it waits 61 seconds. A request that is not
    /// [idempotent](Self::idempotent) is retried only after a 429 or a rejected token.
    ///
    /// # Errors
    ///
    /// Returns an error for a status of 300 and above, which quotes the API's message. 408, 425, 429, 499 and 5xx are
    /// transient errors, except 501, 505, 506, 510 and 511, which are system errors. The other 4xx, such as 401 and
    /// 403, are config errors. Redirects are not followed; they are system errors. Without a response, the error is
    /// transient.
    ///
    /// Returns a config error, without sending anything, if the URL, a header or the credentials cannot be sent.
    pub fn send(&self) -> Result<Response> {
        self.until_begun(Ok).map_err(|error| hold::failed_before_data(self.hold(), error))
    }

    /// Changes the URL, which includes the query.
    pub(super) fn set_url(&mut self, url: String, fragment: String) {
        self.url = url;
        self.fragment = fragment;
        self.query.clear();
    }

    /// Sets a query parameter, and removes others with this name.
    pub(super) fn set_query(&mut self, name: String, value: String) {
        self.query.retain(|(other, _)| *other != name);
        self.url = url::without_parameter(&self.url, &name);
        self.query.push((name, value));
    }

    /// Returns the stream that the request is sent for.
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

    /// Returns the URL with known secrets masked. They are masked before the URL is cut for a message: a secret may
    /// contain a `?` or an `@`, and a part of it is not recognized.
    fn scrubbed_url(&self) -> Cow<'_, str> {
        if self.fragment.is_empty() {
            return self.http.client.scrub(&self.url);
        }
        let url = format!("{}{}", self.url, self.fragment);
        Cow::Owned(self.http.client.scrub(&url).into_owned())
    }

    /// Returns the URL for messages: without query, user and password.
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
    fn url_in_messages_has_neither_query_nor_password() {
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
