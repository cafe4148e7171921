//! Bodies that are read item by item: each item is parsed as soon as it has arrived, and only one is in memory.
//!
//! An item is an element of a JSON array, a line of JSON Lines or a row of CSV. A request that fails before its first
//! item has arrived is retried, as nothing has been returned yet. After that a failure is an error: the items already
//! returned stay valid, and a second response might differ from the first.

mod element_pages;
mod elements;
mod input;
mod json;
mod json_lines;
mod scan;

#[cfg(feature = "csv")]
mod csv;

#[cfg(all(fuzzing, feature = "csv"))]
pub(super) mod fuzzing;
#[cfg(test)]
mod tests;

#[cfg(feature = "csv")]
pub use self::csv::CsvRows;
pub use self::element_pages::ElementPages;
pub use self::elements::Elements;
pub use self::json_lines::JsonLines;

use super::incoming::{Incoming, Proof};
use super::request::Request;
use super::response::{self, Response};
use super::retry::{Failure, Outcome};
use crate::error::{Error, Result};
use crate::hold::{self, Holder};
use std::fmt::Display;
use std::io;
use std::sync::Arc;

/// The largest size of an item in bytes: an element, a line, a row, or the JSON around an array.
const MAX_ITEM_SIZE: usize = 16 << 20;

type Reader = Incoming<'static>;

/// A format that is read item by item.
trait Format: Sized {
    /// What the author has set.
    type Options: Clone;

    /// What proves that a body is complete, if the connection does not.
    const PROOF: Proof;

    /// Begins to read a body. The buffer may have been used by a previous body.
    fn open(reader: Reader, buffer: Vec<u8>, options: Self::Options) -> Self;

    /// Reads until the first item has arrived, or the end is reached. Until then the request can be retried.
    fn ready(&mut self) -> Result<(), ReadError>;
}

/// A body whose request is sent when the first item is requested.
struct Body<F: Format> {
    options: F::Options,
    buffer: Vec<u8>,
    stage: Stage<F>,
    /// The name of a header that is needed to find the next page, and its value in the response.
    header: (Option<Arc<str>>, Option<String>),
    /// The stream that the body is read for.
    hold: Option<Holder>,
}

enum Stage<F> {
    Unsent(Box<Request>),
    /// With the URL for messages.
    Open(F, String),
    /// The response cannot be read, for this reason.
    Unreadable(Error),
    /// An error was returned.
    Broken,
}

impl<F: Format> Body<F> {
    fn of_request(request: Request, options: F::Options, buffer: Vec<u8>) -> Self {
        let hold = request.hold().cloned();
        Self { options, buffer, stage: Stage::Unsent(Box::new(request)), header: (None, None), hold }
    }

    fn of_response(response: Response, options: F::Options) -> Self {
        let hold = response.hold().cloned();
        let stage = match response.into_reader(F::PROOF) {
            Ok((reader, place)) => Stage::Open(F::open(reader, Vec::new(), options.clone()), place),
            Err(failure) => Stage::Unreadable(failure.error),
        };
        Self { options, buffer: Vec::new(), stage, header: (None, None), hold }
    }

    fn is_broken(&self) -> bool {
        matches!(self.stage, Stage::Broken)
    }

    /// Reads with this function, after sending the request if necessary. After an error, every call is an error.
    #[inline]
    fn read<T>(&mut self, read: impl FnOnce(&mut F) -> Result<T, ReadError>) -> Result<T> {
        if !matches!(self.stage, Stage::Open(..)) {
            self.send().map_err(|error| hold::failed_before_data(self.hold.as_ref(), error))?;
        }
        let Stage::Open(format, place) = &mut self.stage else { return Err(broken()) };
        match read(format) {
            Ok(found) => Ok(found),
            Err(error) => {
                let error = error.failure(place).error;
                self.stage = Stage::Broken;
                Err(hold::failed(self.hold.as_ref(), error))
            }
        }
    }

    #[cold]
    fn send(&mut self) -> Result<()> {
        let request = match std::mem::replace(&mut self.stage, Stage::Broken) {
            Stage::Unsent(request) => request,
            Stage::Unreadable(error) => return Err(error),
            _ => return Err(broken()),
        };
        let (format, place) = request.until_begun(|response| {
            self.header.1 = self.header.0.as_deref().and_then(|name| response.whole_header(name));
            let (reader, place) = response.into_reader(F::PROOF)?;
            let mut format = F::open(reader, std::mem::take(&mut self.buffer), self.options.clone());
            format.ready().map_err(|error| error.failure(&place))?;
            Ok((format, place))
        })?;
        self.stage = Stage::Open(format, place);
        Ok(())
    }
}

/// Returns the error of each call after the first error.
fn broken() -> Error {
    Error::system("this response already failed; see the earlier error")
}

/// Why the next item cannot be read.
#[derive(Debug)]
enum ReadError {
    /// The body was cut off, or took too long.
    Io(io::Error),
    /// It is not in this format.
    Malformed { format: &'static str, details: String },
    /// It is in this format, but does not fit the author's type. `what` ends the message.
    Structure { format: &'static str, what: String, details: String },
    /// It ends in the middle of an item.
    #[cfg(feature = "csv")]
    Unfinished { format: &'static str, details: String },
    /// It has no array at this path. `api_message` is the API's error message, if it has one.
    NoArray { path: String, api_message: Option<String> },
    /// An item is larger than [`MAX_ITEM_SIZE`].
    TooLarge { what: String },
}

impl ReadError {
    fn malformed(format: &'static str, details: impl Display) -> Self {
        Self::Malformed { format, details: details.to_string() }
    }

    /// `what` ends the message.
    fn structure(format: &'static str, what: impl Into<String>, details: impl Display) -> Self {
        Self::Structure { format, what: what.into(), details: details.to_string() }
    }

    #[cold]
    fn failure(self, place: &str) -> Failure {
        let (outcome, error) = match self {
            Self::Io(error) => response::read_failed(&error, place),
            Self::Malformed { format, details } => (
                Outcome::Final,
                Error::transient(format!("invalid {format} in the response from {place}"))
                    .with_internal(details),
            ),
            Self::Structure { format, what, details } => {
                let message = format!("unexpected {format} structure in the response from {place}: {what}");
                let error = Error::system(message);
                (Outcome::Final, if details.is_empty() { error } else { error.with_internal(details) })
            }
            #[cfg(feature = "csv")]
            Self::Unfinished { format, details } => (
                Outcome::Final,
                Error::transient(format!("incomplete {format} in the response from {place}: {details}")),
            ),
            Self::NoArray { path, api_message: Some(api_message) } => (
                Outcome::Final,
                Error::transient(format!(
                    "the response from {place} has an error instead of the array `{path}`: \"{api_message}\""
                )),
            ),
            Self::NoArray { path, api_message: None } => (
                Outcome::Final,
                Error::system(format!(
                    "the response from {place} has no array `{path}`. If the API omits the array when it is empty, \
                     call `allow_missing_array`"
                )),
            ),
            Self::TooLarge { what } => (
                Outcome::Final,
                Error::system(format!(
                    "{what} in the response from {place} is larger than {} MiB",
                    MAX_ITEM_SIZE >> 20
                )),
            ),
        };
        Failure { outcome, error }
    }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
