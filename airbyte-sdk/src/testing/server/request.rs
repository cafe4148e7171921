//! A request as the server received it.
#![expect(clippy::panic, reason = "this is for tests: a body of another kind is a failure of the test")]

use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// A request that a [`Server`](super::Server) received.
///
/// `Display` writes method and target: `GET /orders?page=2`.
#[derive(Clone)]
pub struct Request {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// What stands in the place of the names of the route's path, decoded.
    pub(super) parameters: Vec<(String, String)>,
}

impl Request {
    /// The method, such as `GET`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The target as it was sent: path and query, to a proxy the whole URL, or `host:port` with `CONNECT`.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The path as it was sent, without the query.
    pub fn path(&self) -> &str {
        let target = self.origin_form();
        target.split_once('?').map_or(target, |(path, _)| path)
    }

    /// The value of the first query parameter of this name, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.origin_form().split_once('?')?;
        find(query, name)
    }

    /// What stands in the path in the place of `{name}` of the route, decoded.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value.as_str())
    }

    /// The value of the first header of this name, in upper or lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_values(name).next()
    }

    /// The values of all headers of this name, in the order in which they were sent.
    pub fn header_values<'r>(&'r self, name: &str) -> impl Iterator<Item = &'r str> + use<'r> {
        let name = name.to_owned();
        let named = move |(header, _): &&(String, String)| header.eq_ignore_ascii_case(&name);
        self.headers.iter().filter(named).map(|(_, value)| value.as_str())
    }

    /// All headers, in the order in which they were sent.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The bytes of the body; none if the request has no body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text. What is not UTF-8 is replaced by `U+FFFD`.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body, parsed as JSON.
    ///
    /// # Panics
    ///
    /// If it is not JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("the body of {self} is not JSON: {error}: {:?}", self.text()),
        }
    }

    /// The value of the first field of this name in a body that was sent as a form
    /// (`application/x-www-form-urlencoded`), decoded.
    pub fn form(&self, name: &str) -> Option<String> {
        find(&self.text(), name)
    }

    /// The target without the origin that a proxy is sent.
    fn origin_form(&self) -> &str {
        match self.target.split_once("://") {
            Some((scheme, rest)) if !scheme.contains(['/', '?']) => {
                rest.find(['/', '?']).map_or("/", |path| &rest[path..])
            }
            _ => &self.target,
        }
    }
}

/// The decoded value of the first parameter of this name.
fn find(parameters: &str, name: &str) -> Option<String> {
    let mut pairs = parameters.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.find(|(key, _)| decoded_form(key) == name).map(|(_, value)| decoded_form(value))
}

/// In forms and queries a blank may be written as `+`.
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
