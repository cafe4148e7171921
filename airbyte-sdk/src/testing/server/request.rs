//! A received request.
#![expect(clippy::panic, reason = "this is for tests: an unexpected body fails the test")]

use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// A request that a [`Server`](super::Server) received.
///
/// `Display` writes the method and the target: `GET /orders?page=2`.
#[derive(Clone)]
pub struct Request {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// The values of the named segments of the route, decoded.
    pub(super) parameters: Vec<(String, String)>,
}

impl Request {
    /// Returns the method, such as `GET`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the target as it was sent: the path and query, for a proxy the whole URL, or for `CONNECT` `host:port`.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Returns the path as it was sent, without the query.
    pub fn path(&self) -> &str {
        let target = self.origin_form();
        target.split_once('?').map_or(target, |(path, _)| path)
    }

    /// Returns the value of the first query parameter with this name, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.origin_form().split_once('?')?;
        find(query, name)
    }

    /// Returns the path segment that matched `{name}` in the route, decoded.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value.as_str())
    }

    /// Returns the value of the first header with this name, which is case-insensitive.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_values(name).next()
    }

    /// Returns the values of all headers with this name, in the order in which they were sent.
    pub fn header_values<'r>(&'r self, name: &str) -> impl Iterator<Item = &'r str> + use<'r> {
        let name = name.to_owned();
        let named = move |(header, _): &&(String, String)| header.eq_ignore_ascii_case(&name);
        self.headers.iter().filter(named).map(|(_, value)| value.as_str())
    }

    /// Returns all headers, in the order in which they were sent.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Returns the body; empty if the request has none.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the body as text, with invalid UTF-8 replaced by `U+FFFD`.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// Returns the body, parsed as JSON.
    ///
    /// # Panics
    ///
    /// If the body is not valid JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("the body of `{self}` is not valid JSON: {error}: {:?}", self.text()),
        }
    }

    /// Returns the value of the first field with this name in a form body (`application/x-www-form-urlencoded`), decoded.
    pub fn form(&self, name: &str) -> Option<String> {
        find(&self.text(), name)
    }

    /// Returns the target without the origin, which is present in a request to a proxy.
    fn origin_form(&self) -> &str {
        match self.target.split_once("://") {
            Some((scheme, rest)) if !scheme.contains(['/', '?']) => {
                rest.find(['/', '?']).map_or("/", |path| &rest[path..])
            }
            _ => &self.target,
        }
    }
}

/// Returns the decoded value of the first parameter with this name.
fn find(parameters: &str, name: &str) -> Option<String> {
    let mut pairs = parameters.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.find(|(key, _)| decoded_form(key) == name).map(|(_, value)| decoded_form(value))
}

/// Decodes a value of a form or query, where `+` stands for a space.
pub(super) fn decoded_form(text: &str) -> String {
    decoded(&text.replace('+', " "))
}

pub(super) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.target)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("target", &self.target)
            .field("headers", &self.headers)
            .field("body", &self.text())
            .finish_non_exhaustive()
    }
}
