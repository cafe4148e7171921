//! A response: checks its status, and reads its body, bounded in time and size, into the author's type.

use super::complete::{Encoding, ExpectedResponse};
use super::incoming::{Decoding, Incoming, Proof, timed_out};
use super::retry::{self, Failure, Outcome};
use super::retry_after::requested_wait;
use super::shape;
use super::transport::Exchange;
use super::{ErrorResponse, MapErrorResponse, TransferLimits};
use crate::error::{Error, Result, is_passing};
use crate::hold::{self, Holder};
use jiff::Timestamp;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use ureq::{Body, Timeout, http};

/// A type that can be read from a response: it implements [`Deserialize`](crate::Deserialize) and borrows nothing. Every such
/// type implements this trait, so that the compiler can say how to make another one readable.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a response",
    label = "add `#[derive(Deserialize)]` to this type, or to the type in it",
    note = "the derive is `airbyte_sdk::Deserialize`; for a date or a time use `airbyte_sdk::Date` or `airbyte_sdk::Timestamp`"
)]
pub trait FromResponse: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> FromResponse for T {}

/// Compiles if the type can be read. `#[derive(Deserialize)]` calls it for the types of fields.
#[doc(hidden)]
pub const fn is_read<T: FromResponse>() {}

/// The response to a request.
pub struct Response {
    inner: http::Response<Body>,
    encoding: Encoding,
    expected: ExpectedResponse,
    /// What the connection has recorded about this response.
    exchange: Arc<Exchange>,
    /// The URL of the request without its query, for messages.
    place: String,
    /// When the response arrived.
    at: Timestamp,
    limits: TransferLimits,
    /// The stream that the request was sent for.
    hold: Option<Holder>,
}

impl Response {
    pub(super) fn new(
        mut inner: http::Response<Body>,
        expected: ExpectedResponse,
        place: String,
        at: Timestamp,
        limits: TransferLimits,
        hold: Option<Holder>,
    ) -> Self {
        let exchange =
            inner.extensions_mut().remove().unwrap_or_else(|| Arc::new(Exchange::new(limits.body_timeout)));
        let encoding = Encoding::of(&inner);
        if encoding.is_decompressed_here() {
            // They describe the compressed body; the author reads the decompressed one.
            inner.headers_mut().remove(CONTENT_ENCODING);
            inner.headers_mut().remove(CONTENT_LENGTH);
        }
        Self { inner, encoding, expected, exchange, place, at, limits, hold }
    }

    /// Returns the HTTP status.
    pub fn status(&self) -> u16 {
        self.inner.status().as_u16()
    }

    /// Returns the value of a header, if it is present and visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.inner.headers().get(name)?.to_str().ok()
    }

    /// Returns all values of a header, joined by commas. Bytes that are not UTF-8 are replaced, because a header that
    /// is present must not look like one that is missing.
    pub(super) fn whole_header(&self, name: &str) -> Option<String> {
        let values = self.inner.headers().get_all(name).iter();
        let values: Vec<_> =
            values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Reads the body as JSON into a `T`.
    ///
    /// # Errors
    ///
    /// Returns a transient error if the body is cut off or is not JSON, and a system error if it is too large or does
    /// not fit `T`; that error names the place in the document. It is also an error if the status says that the
    /// response is not complete, such as 202: see [`Request::accept_status`](super::Request::accept_status).
    pub fn json<T: FromResponse>(mut self) -> Result<T> {
        let mut body = Vec::new();
        let read = self.read_whole(&mut body).map_err(|failure| failure.error);
        read.and_then(|()| self.parse(&body)).map_err(|error| hold::failed(self.hold(), error))
    }

    /// Parses a slice, which takes about a third less time than parsing from a reader.
    pub(super) fn parse<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T> {
        serde_json::from_slice(body).map_err(|error| self.parse_error::<T>(body, &error))
    }

    /// Reads the whole body into the buffer. Fails if it is too large, takes too long, or was cut off.
    pub(super) fn read_whole(&mut self, buffer: &mut Vec<u8>) -> Result<(), Failure> {
        let decoding = self.decoding(Proof::Syntax)?;
        if self.has_no_content() {
            NO_CONTENT.clone_into(buffer);
            return Ok(());
        }
        let truncation = self.read_body(buffer, self.limits.max_body_size, decoding)?;
        match truncation.filter(|_| !is_complete_json(buffer)) {
            Some(error) => Err(read_failed(&error, &self.place).into()),
            None => Ok(()),
        }
    }

    /// Returns how to decode the body. Fails if the status does not promise a complete one.
    fn decoding(&self, proof: Proof) -> Result<Decoding, Failure> {
        let decoding = self.expected.check_status(self.status(), &self.place).and_then(|()| {
            let (exchange, content_type) = (Arc::clone(&self.exchange), self.whole_header("content-type"));
            self.encoding.decoding(&self.expected, exchange, content_type.as_deref(), proof, &self.place)
        });
        decoding.map_err(|error| (Outcome::Final, error).into())
    }

    fn has_no_content(&self) -> bool {
        matches!(self.status(), 204 | 205)
    }

    /// Reads the body, at most `limit` bytes after decompression. Returns the reason why it may be incomplete, if any.
    fn read_body(
        &mut self,
        buffer: &mut Vec<u8>,
        limit: u64,
        decoding: Decoding,
    ) -> Result<Option<io::Error>, Failure> {
        buffer.clear();
        // ureq limits the compressed bytes, and a megabyte of those can hold a gigabyte of zeros. It also fails on the
        // read that would find the end right after the last allowed byte, so its limit is one byte higher.
        let body = self.inner.body_mut().with_config().limit(limit + 1).reader();
        let mut body = Incoming::new(body, decoding);
        Err(match (&mut body).take(limit + 1).read_to_end(buffer) {
            Ok(_) if buffer.len() as u64 <= limit => return Ok(body.truncation()),
            Ok(_) => (Outcome::Final, too_large(&self.place, limit)).into(),
            Err(error) if exceeds_limit(&error) => (Outcome::Final, too_large(&self.place, limit)).into(),
            Err(error) => read_failed(&error, &self.place).into(),
        })
    }

    pub(super) fn hold(&self) -> Option<&Holder> {
        self.hold.as_ref()
    }

    /// Returns a reader of the decoded body, without a size limit, and the URL for messages.
    pub(super) fn into_reader(self, proof: Proof) -> Result<(Incoming<'static>, String), Failure> {
        let decoding = self.decoding(proof)?;
        if self.has_no_content() {
            let body: &[u8] = if proof == Proof::Syntax { NO_CONTENT } else { b"" };
            return Ok((Incoming::new(body, Decoding { unframed: false, ..decoding }), self.place));
        }
        Ok((Incoming::new(self.inner.into_body().into_reader(), decoding), self.place))
    }

    /// Parses the body a second time to find the path of the error, at the cost of failed responses only.
    fn parse_error<T: DeserializeOwned>(&self, body: &[u8], error: &serde_json::Error) -> Error {
        if !error.is_data() {
            return Error::transient(format!("invalid JSON in the response from {}", self.place))
                .with_internal(error);
        }
        let what = shape::describe(&shape::path_of_error::<T>(String::new(), body), error);
        Error::system(format!("unexpected JSON structure in the response from {}: {what}", self.place))
            .with_internal(error)
    }

    /// Returns the response if its status is 2xx. Otherwise it is an error: a config error if the user can fix it
    /// (401, 403 and the other 4xx), transient for what [`retry::is_transient`] lists. The error quotes the API's
    /// message.
    pub(super) fn success(mut self, map_error_response: Option<&MapErrorResponse>) -> Result<Self, Failure> {
        let status = self.status();
        if (200..300).contains(&status) {
            return Ok(self);
        }
        // Messages for people are shorter than this. Reading the body to its end keeps the connection for the next
        // request.
        let mut body = Vec::new();
        let decoding = self.encoding.lenient_decoding(Arc::clone(&self.exchange));
        let _ = self.read_body(&mut body, 64 * 1024, decoding);
        let response = ErrorResponse::new(status, &body);
        let id = self.header("x-request-id").or_else(|| response.request_id());
        let id = id.map_or_else(String::new, |id| format!(", request id {id}"));
        let mapped = map_error_response.and_then(|map| map(&response));
        let wait = requested_wait(status, self.at, |name| self.header(name));
        let outcome = retry::outcome_of_status(status, wait, mapped.as_ref());
        let error = mapped.unwrap_or_else(|| error_for_status(&response, &self.place)).with_status(status);
        Err(Failure { outcome, error: error.with_internal(format!("{}{id}", self.place)) })
    }
}

/// The JSON value of an accepted response without a body.
const NO_CONTENT: &[u8] = b"null";

/// Returns whether this is a complete JSON document. A number may always have lost its last digits.
fn is_complete_json(body: &[u8]) -> bool {
    let number = body.trim_ascii_start().first().is_some_and(|byte| matches!(byte, b'-' | b'0'..=b'9'));
    !number && serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

fn too_large(place: &str, limit: u64) -> Error {
    Error::system(format!(
        "the response from {place} is larger than {limit} bytes: raise `TransferLimits::max_body_size`, or read it in \
         parts with `Request::elements`"
    ))
}

/// Returns ureq's error, which its body reader wraps into an [`io::Error`].
fn client_error(error: &io::Error) -> Option<&ureq::Error> {
    error.get_ref()?.downcast_ref()
}

fn exceeds_limit(error: &io::Error) -> bool {
    matches!(client_error(error), Some(ureq::Error::BodyExceedsLimit(_)))
}

/// Returns the failure of reading a body.
pub(super) fn read_failed(error: &io::Error, place: &str) -> (Outcome, Error) {
    let message = format!("reading the response from {place} failed: {error}");
    match client_error(error) {
        Some(ureq::Error::Timeout(Timeout::RecvBody)) => read_failed(&timed_out(), place),
        Some(error) if retry::is_unsafe(error) => (Outcome::Final, Error::transient(message)),
        Some(_) => (Outcome::Retryable, Error::transient(message)),
        // The kind of error that the gzip decoder returns for invalid data.
        None if is_passing(error.kind()) || error.kind() == ErrorKind::InvalidInput => {
            (Outcome::Retryable, Error::transient(message))
        }
        None => (Outcome::Final, Error::system(message)),
    }
}

/// Returns the error for an error status, if `map_error_response` has none.
fn error_for_status(response: &ErrorResponse, place: &str) -> Error {
    let status = response.status();
    let quoted = response.message().map_or_else(String::new, |text| format!(": \"{text}\""));
    let what = match status {
        401 => "the API rejected the credentials for",
        403 => "the API denied access to",
        429 => "the API limits the rate of requests to",
        status if retry::is_transient(status) && status >= 500 => "the API returned a server error for",
        status if retry::is_transient(status) => "the API did not complete the request to",
        500.. => "the API does not support the request to",
        400.. => "the API rejected the request to",
        300.. => "the API returned a redirect, which is not followed, for",
        _ => "the API switched to an unsupported protocol for",
    };
    let advice = match status {
        401 => "; check the credentials in the configuration",
        403 => "; check the permissions of the account",
        300..400 => "; use the final URL",
        400..500 if !retry::is_transient(status) => "; check the configuration",
        _ => "",
    };
    let message = format!("{what} {place} (HTTP {status}){quoted}{advice}");
    match status {
        status if retry::is_transient(status) => Error::transient(message),
        400..500 => Error::config(message),
        _ => Error::system(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_errors_name_url_status_message_and_advice() {
        let url = "https://a.example/b";
        for (status, body, expected) in [
            (
                401,
                r#"{"error": "no such key"}"#,
                "config_error: the API rejected the credentials for https://a.example/b (HTTP 401): \"no such key\"; check \
                 the credentials in the configuration",
            ),
            (
                403,
                "",
                "config_error: the API denied access to https://a.example/b (HTTP 403); check the permissions of the account",
            ),
            (
                404,
                "",
                "config_error: the API rejected the request to https://a.example/b (HTTP 404); check the configuration",
            ),
            (
                429,
                r#"{"message": "wait"}"#,
                "transient_error: the API limits the rate of requests to https://a.example/b (HTTP 429): \"wait\"",
            ),
            (
                408,
                "",
                "transient_error: the API did not complete the request to https://a.example/b (HTTP 408)",
            ),
            (503, "", "transient_error: the API returned a server error for https://a.example/b (HTTP 503)"),
            (501, "", "system_error: the API does not support the request to https://a.example/b (HTTP 501)"),
            (
                302,
                "",
                "system_error: the API returned a redirect, which is not followed, for https://a.example/b (HTTP 302); use \
                 the final URL",
            ),
            (
                101,
                "",
                "system_error: the API switched to an unsupported protocol for https://a.example/b (HTTP 101)",
            ),
        ] {
            let error = error_for_status(&ErrorResponse::new(status, body.as_bytes()), url);
            assert_eq!(format!("{error:?}"), expected);
        }
    }
}
