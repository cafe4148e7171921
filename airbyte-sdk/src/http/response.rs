//! One answer: its status sorted by who must act, its body bounded and read into the author's type.

use super::LARGEST_BODY;
use super::retry::{self, Failure, Outcome};
use crate::error::{Error, Result, is_passing};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io::Read as _;
use std::time::Duration;
use ureq::{Body, http};

/// The answer to a request.
pub struct Response {
    answer: http::Response<Body>,
    /// Which URL was asked, without its query.
    place: String,
}

impl Response {
    pub(super) fn new(answer: http::Response<Body>, place: String) -> Self {
        Self { answer, place }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.answer.status().as_u16()
    }

    /// A header's value, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.answer.headers().get(name)?.to_str().ok()
    }

    /// The body as JSON of the expected shape.
    ///
    /// # Errors
    ///
    /// Transient if the body is cut off or is no JSON, a system error if it is too large, or JSON of another shape; that
    /// one names the place.
    pub fn json<T: DeserializeOwned>(mut self) -> Result<T> {
        let mut body = Vec::new();
        self.read_body(&mut body, LARGEST_BODY).map_err(|failure| failure.error)?;
        self.parse(&body)
    }

    /// From a slice, since parsing from a reader is slower by half.
    pub(super) fn parse<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T> {
        serde_json::from_slice(body).map_err(|error| self.unreadable::<T>(body, &error))
    }

    /// Reads the body, which may have `limit` bytes when unpacked.
    pub(super) fn read_body(&mut self, buffer: &mut Vec<u8>, limit: u64) -> Result<(), Failure> {
        buffer.clear();
        // ureq's own limit is for the packed bytes; a megabyte of those can hold a gigabyte of zeros.
        let body = self.answer.body_mut().with_config().limit(limit).reader();
        let (outcome, error) = match body.take(limit + 1).read_to_end(buffer) {
            Ok(_) if buffer.len() as u64 <= limit => return Ok(()),
            Ok(_) => (Outcome::Final, self.too_large(limit)),
            Err(error) => self.broken_off(&error, limit),
        };
        Err(Failure { outcome, error })
    }

    fn too_large(&self, limit: u64) -> Error {
        Error::system(format!("the answer of {} has more than {limit} bytes", self.place))
    }

    fn broken_off(&self, error: &std::io::Error, limit: u64) -> (Outcome, Error) {
        let message = format!("the answer of {} could not be read to its end: {error}", self.place);
        // What the client has to say comes wrapped.
        match error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>()) {
            Some(ureq::Error::BodyExceedsLimit(_)) => (Outcome::Final, self.too_large(limit)),
            Some(error) => (retry::outcome_of(error), Error::transient(message)),
            None if is_passing(error.kind()) => (Outcome::Passing, Error::transient(message)),
            None => (Outcome::Final, Error::system(message)),
        }
    }

    /// Read once more to learn where it went wrong; only failures pay for that.
    fn unreadable<T: DeserializeOwned>(&self, body: &[u8], error: &serde_json::Error) -> Error {
        if !error.is_data() {
            return Error::transient(format!("{} answered with something that is no JSON", self.place))
                .with_internal(error);
        }
        let place = serde_path_to_error::deserialize::<_, T>(&mut serde_json::Deserializer::from_slice(body))
            .err()
            .map_or_else(String::new, |error| error.path().to_string());
        Error::system(format!("{} answered with JSON of an unexpected shape at `{place}`", self.place))
            .with_internal(error)
    }

    /// The answer if its status is below 300, otherwise an error: config for what the user can mend (401, 403 and the
    /// other 4xx), transient for 408, 429 and 5xx. It carries what the service said about it.
    pub(super) fn success(mut self) -> Result<Self, Failure> {
        let status = self.status();
        if status < 300 {
            return Ok(self);
        }
        // Text for people is shorter than this. Reading it to its end keeps the connection for the next request.
        let mut body = Vec::new();
        let _ = self.read_body(&mut body, 64 * 1024);
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        let said = message_in(&body).map_or_else(String::new, |text| format!(": {text}"));
        let error = match status {
            401 => Error::config(format!("the service does not accept the key{said} (HTTP 401)")),
            403 => Error::config(format!("the service denies access{said} (HTTP 403)")),
            408 | 425 | 499 | 500.. => {
                Error::transient(format!("the service is in trouble{said} (HTTP {status})"))
            }
            429 => Error::transient(format!("the service allows no more requests for now{said} (HTTP 429)")),
            400.. => Error::config(format!("the service refuses the request{said} (HTTP {status})")),
            _ => Error::system(format!(
                "the service sends elsewhere, and redirects are not followed (HTTP {status})"
            )),
        };
        let id = self.header("x-request-id").or_else(|| body.get("request_id").and_then(Value::as_str));
        let id = id.map_or_else(String::new, |id| format!(", request id {id}"));
        let error = error.with_internal(format!("GET {}{id}", self.place));
        Err(Failure { outcome: Outcome::Status(status, self.retry_after()), error })
    }

    /// How long the service asks to wait: seconds, or a date.
    fn retry_after(&self) -> Option<Duration> {
        let text = self.header("retry-after")?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        let wait = date.duration_since(Timestamp::now()).max(SignedDuration::ZERO);
        Duration::try_from(wait).ok()
    }
}

/// What the service says went wrong, where services usually say it.
fn message_in(body: &Value) -> Option<String> {
    let text =
        |value: &Value| value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    ["message", "error", "error_description", "detail", "title"].iter().find_map(|&key| {
        let value = body.get(key)?;
        text(value).or_else(|| text(value.get("message")?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_service_is_quoted_where_it_speaks() {
        for (body, said) in [
            (json!({"status": "ERROR", "error": "Unknown API Key"}), Some("Unknown API Key")),
            (json!({"error": {"code": 1, "message": " deep "}}), Some("deep")),
            (json!({"message": "", "detail": "later"}), Some("later")),
            (json!(["no"]), None),
            (json!({"error": 5}), None),
        ] {
            assert_eq!(message_in(&body).as_deref(), said, "{body}");
        }
    }
}
