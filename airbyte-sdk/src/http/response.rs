//! One answer: its status sorted by who must act, its body bounded and read into the author's type.

use super::complete::{Packing, Terms};
use super::incoming::{Incoming, Manner, Proof, too_slow};
use super::retry::{self, Failure, LONGEST_HINT, Outcome};
use super::shape;
use super::transport::Exchange;
use super::{ErrorResponse, MapErrorResponse, TransferLimits};
use crate::error::{Error, Result, is_passing};
use crate::hold::{self, Holder};
use jiff::{SignedDuration, Timestamp};
use serde::de::{DeserializeOwned, IgnoredAny};
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::time::Duration;
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

/// The answer to a request.
pub struct Response {
    answer: http::Response<Body>,
    packing: Packing,
    terms: Terms,
    /// What is known of the connection.
    exchange: Arc<Exchange>,
    /// Which URL was asked, without its query.
    place: String,
    /// When the answer came.
    at: Timestamp,
    limits: TransferLimits,
    /// The stream that it was asked for.
    hold: Option<Holder>,
}

impl Response {
    pub(super) fn new(
        mut answer: http::Response<Body>,
        terms: Terms,
        place: String,
        at: Timestamp,
        limits: TransferLimits,
        hold: Option<Holder>,
    ) -> Self {
        let exchange =
            answer.extensions_mut().remove().unwrap_or_else(|| Arc::new(Exchange::new(limits.body_timeout)));
        let packing = Packing::of(&answer);
        if packing.is_unpacked_here() {
            // Neither is true of what is handed out.
            answer.headers_mut().remove(CONTENT_ENCODING);
            answer.headers_mut().remove(CONTENT_LENGTH);
        }
        Self { answer, packing, terms, exchange, place, at, limits, hold }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.answer.status().as_u16()
    }

    /// A header's value, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.answer.headers().get(name)?.to_str().ok()
    }

    /// All values of a header, as if they were one. Bytes that are no text are replaced: a header that is there must not
    /// pass for one that is not.
    pub(super) fn whole_header(&self, name: &str) -> Option<String> {
        let values = self.answer.headers().get_all(name).iter();
        let values: Vec<_> =
            values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// The body as JSON of the expected shape.
    ///
    /// # Errors
    ///
    /// Transient if the body is cut off or is no JSON, a system error if it is too large, or JSON of another shape; that
    /// one names the place. Also if the status says that this is not the whole of what was asked for, such as 202: see
    /// [`Request::accept_status`](super::Request::accept_status).
    pub fn json<T: FromResponse>(mut self) -> Result<T> {
        let mut body = Vec::new();
        let read = self.read_whole(&mut body).map_err(|failure| failure.error);
        read.and_then(|()| self.parse(&body)).map_err(|error| hold::failed(self.hold(), error))
    }

    /// From a slice, since parsing from a reader is slower by half.
    pub(super) fn parse<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T> {
        serde_json::from_slice(body).map_err(|error| self.unreadable::<T>(body, &error))
    }

    /// Reads the JSON of the body to its end, if that is not too far and the document is not cut off.
    pub(super) fn read_whole(&mut self, buffer: &mut Vec<u8>) -> Result<(), Failure> {
        let manner = self.manner(Proof::Syntax)?;
        if self.has_no_content() {
            NO_CONTENT.clone_into(buffer);
            return Ok(());
        }
        let doubt = self.read_body(buffer, self.limits.max_body_size, manner)?;
        match doubt.filter(|_| !is_complete_json(buffer)) {
            Some(error) => Err(broken_off(&error, &self.place).into()),
            None => Ok(()),
        }
    }

    /// How to read the body of an answer that is what was asked for.
    fn manner(&self, proof: Proof) -> Result<Manner, Failure> {
        let manner = self.terms.check_status(self.status(), &self.place).and_then(|()| {
            let (exchange, content_type) = (Arc::clone(&self.exchange), self.whole_header("content-type"));
            self.packing.manner(&self.terms, exchange, content_type.as_deref(), proof, &self.place)
        });
        manner.map_err(|error| (Outcome::Final, error).into())
    }

    fn has_no_content(&self) -> bool {
        matches!(self.status(), 204 | 205)
    }

    /// Reads the body, which may have `limit` bytes when unpacked. Returns why it may not be complete.
    fn read_body(
        &mut self,
        buffer: &mut Vec<u8>,
        limit: u64,
        manner: Manner,
    ) -> Result<Option<io::Error>, Failure> {
        buffer.clear();
        // ureq's own limit is for the packed bytes; a megabyte of those can hold a gigabyte of zeros.
        // It is an error there to look for the end behind the last byte that is allowed, so that is one more.
        let body = self.answer.body_mut().with_config().limit(limit + 1).reader();
        let mut body = Incoming::new(body, manner);
        Err(match (&mut body).take(limit + 1).read_to_end(buffer) {
            Ok(_) if buffer.len() as u64 <= limit => return Ok(body.doubt()),
            Ok(_) => (Outcome::Final, too_large(&self.place, limit)).into(),
            Err(error) if exceeds_limit(&error) => (Outcome::Final, too_large(&self.place, limit)).into(),
            Err(error) => broken_off(&error, &self.place).into(),
        })
    }

    pub(super) fn hold(&self) -> Option<&Holder> {
        self.hold.as_ref()
    }

    /// The body as it arrives, without a limit of its size, and the place it is read from.
    pub(super) fn into_reader(self, proof: Proof) -> Result<(Incoming<'static>, String), Failure> {
        let manner = self.manner(proof)?;
        if self.has_no_content() {
            let body: &[u8] = if proof == Proof::Syntax { NO_CONTENT } else { b"" };
            return Ok((Incoming::new(body, Manner { unframed: false, ..manner }), self.place));
        }
        Ok((Incoming::new(self.answer.into_body().into_reader(), manner), self.place))
    }

    /// Read once more to learn where it went wrong; only failures pay for that.
    fn unreadable<T: DeserializeOwned>(&self, body: &[u8], error: &serde_json::Error) -> Error {
        if !error.is_data() {
            return Error::transient(format!("{} answered with something that is no JSON", self.place))
                .with_internal(error);
        }
        let at = shape::at(&shape::place_within::<T>(String::new(), body), error);
        Error::system(format!("{} answered with JSON of an unexpected shape{at}", self.place))
            .with_internal(error)
    }

    /// The answer if its status is 2xx, otherwise an error: config for what the user can mend (401, 403 and the
    /// other 4xx), transient for what [`retry::is_transient`] lists. It carries what the service said about it.
    pub(super) fn success(mut self, map_error_response: Option<&MapErrorResponse>) -> Result<Self, Failure> {
        let status = self.status();
        if (200..300).contains(&status) {
            return Ok(self);
        }
        // Text for people is shorter than this. Reading it to its end keeps the connection for the next request.
        let mut body = Vec::new();
        let manner = self.packing.lenient_manner(Arc::clone(&self.exchange));
        let _ = self.read_body(&mut body, 64 * 1024, manner);
        let response = ErrorResponse::new(status, &body);
        let id = self.header("x-request-id").or_else(|| response.request_id());
        let id = id.map_or_else(String::new, |id| format!(", request id {id}"));
        let mapped = map_error_response.and_then(|map| map(&response));
        let outcome = retry::outcome_of_status(status, self.wait_asked_for(), mapped.as_ref());
        let error = mapped.unwrap_or_else(|| by_status(&response)).with_status(status);
        Err(Failure { outcome, error: error.with_internal(format!("{}{id}", self.place)) })
    }

    /// How long the service asks to wait: seconds, or a date; or when its window ends. What is neither says nothing.
    fn wait_asked_for(&self) -> Option<Duration> {
        let until = |date: Timestamp| {
            let wait = date.duration_since(self.at).max(SignedDuration::ZERO);
            Duration::try_from(wait).ok()
        };
        let retry_after = self.header("retry-after").map(str::trim).and_then(|text| {
            // Only digits: Rust takes `inf`, `nan` and `1e30` for numbers as well.
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            match text.parse::<f64>() {
                Ok(seconds) if is_number => {
                    Some(Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_HINT))
                }
                _ => until(jiff::fmt::rfc2822::parse(text).ok()?.timestamp()),
            }
        });
        let reset = || {
            let headers = RESET_HEADERS.iter().filter(|_| self.status() == 429);
            let reset = headers.filter_map(|name| self.header(name)?.trim().parse::<i64>().ok()).next()?;
            match reset {
                // Moments in time, in milliseconds or seconds; what is smaller is a stretch of time.
                1_000_000_000_000.. => until(Timestamp::from_millisecond(reset).ok()?),
                1_000_000_000.. => until(Timestamp::from_second(reset).ok()?),
                _ => u64::try_from(reset).ok().map(Duration::from_secs),
            }
        };
        retry_after.or_else(reset).map(|wait| wait.min(LONGEST_HINT))
    }
}

/// What an answer without a body is as JSON, where the author accepts one.
const NO_CONTENT: &[u8] = b"null";

/// Whether nothing can be missing at the end of this. A number may go on.
fn is_complete_json(body: &[u8]) -> bool {
    let number = body.trim_ascii_start().first().is_some_and(|byte| matches!(byte, b'-' | b'0'..=b'9'));
    !number && serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

fn too_large(place: &str, limit: u64) -> Error {
    Error::system(format!("the answer of {place} has more than {limit} bytes"))
}

/// What the client has to say comes wrapped.
fn said_by_client(error: &io::Error) -> Option<&ureq::Error> {
    error.get_ref()?.downcast_ref()
}

fn exceeds_limit(error: &io::Error) -> bool {
    matches!(said_by_client(error), Some(ureq::Error::BodyExceedsLimit(_)))
}

/// A body that ended too early.
pub(super) fn broken_off(error: &io::Error, place: &str) -> (Outcome, Error) {
    let message = format!("the answer of {place} could not be read to its end: {error}");
    match said_by_client(error) {
        Some(ureq::Error::Timeout(Timeout::RecvBody)) => broken_off(&too_slow(), place),
        Some(error) if retry::is_unsafe(error) => (Outcome::Final, Error::transient(message)),
        Some(_) => (Outcome::Passing, Error::transient(message)),
        // So the decoder calls bytes that it cannot unpack.
        None if is_passing(error.kind()) || error.kind() == ErrorKind::InvalidInput => {
            (Outcome::Passing, Error::transient(message))
        }
        None => (Outcome::Final, Error::system(message)),
    }
}

/// Where services say when their window ends.
const RESET_HEADERS: [&str; 3] = ["ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset"];

/// Who must act, as far as the status says it.
fn by_status(response: &ErrorResponse) -> Error {
    let said = response.message().map_or_else(String::new, |text| format!(": {text}"));
    match response.status() {
        401 => Error::config(format!("the service does not accept the key{said} (HTTP 401)")),
        403 => Error::config(format!("the service denies access{said} (HTTP 403)")),
        429 => Error::transient(format!("the service allows no more requests for now{said} (HTTP 429)")),
        status if retry::is_transient(status) => {
            Error::transient(format!("the service is in trouble{said} (HTTP {status})"))
        }
        status @ 500.. => {
            Error::system(format!("the service cannot answer this request{said} (HTTP {status})"))
        }
        status @ 400.. => Error::config(format!("the service refuses the request{said} (HTTP {status})")),
        status @ ..200 => Error::system(format!("the service speaks another protocol (HTTP {status})")),
        status => Error::system(format!(
            "the service sends elsewhere, and redirects are not followed (HTTP {status})"
        )),
    }
}
