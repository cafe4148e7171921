//! Bodies that are read piece by piece: each piece is parsed as soon as it is there, and memory stays that of one.

mod element_pages;
mod elements;
mod input;
mod json;
mod json_lines;

mod scan;
#[cfg(feature = "csv")]
mod csv;

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

/// No piece may have more bytes: an element, a line, a row, or what stands around an array.
const LARGEST_PIECE: usize = 16 << 20;

type Reader = Incoming<'static>;

/// What a body is made of.
trait Format: Sized {
    /// What the author said about it.
    type Words: Clone;

    /// What shows that a body is complete, if the connection does not.
    const PROOF: Proof;

    /// Begins with a body. The buffer has been used before, perhaps.
    fn open(reader: Reader, buffer: Vec<u8>, words: Self::Words) -> Self;

    /// Reads until the first piece is there, or it is clear that there is none. Until then a broken body can be asked
    /// for again.
    fn ready(&mut self) -> Result<(), Trouble>;
}

/// An answer that is asked for when its first piece is.
struct Body<F: Format> {
    words: F::Words,
    buffer: Vec<u8>,
    stage: Stage<F>,
    /// The name of a header that has a say in what comes next, and later what the answer says there.
    header: (Option<Arc<str>>, Option<String>),
    /// The stream that the body is read for.
    hold: Option<Holder>,
}

enum Stage<F> {
    Unsent(Box<Request>),
    /// With the place it is read from.
    Open(F, String),
    /// The answer cannot be read, for this reason.
    Refused(Error),
    /// An error was told. It is told once.
    Broken,
}

impl<F: Format> Body<F> {
    fn of_request(request: Request, words: F::Words, buffer: Vec<u8>) -> Self {
        let hold = request.hold().cloned();
        Self { words, buffer, stage: Stage::Unsent(Box::new(request)), header: (None, None), hold }
    }

    fn of_response(response: Response, words: F::Words) -> Self {
        let hold = response.hold().cloned();
        let stage = match response.into_reader(F::PROOF) {
            Ok((reader, place)) => Stage::Open(F::open(reader, Vec::new(), words.clone()), place),
            Err(failure) => Stage::Refused(failure.error),
        };
        Self { words, buffer: Vec::new(), stage, header: (None, None), hold }
    }

    fn is_broken(&self) -> bool {
        matches!(self.stage, Stage::Broken)
    }

    /// What `read` finds. After an error there is nothing more to be found.
    #[inline]
    fn read<T>(&mut self, read: impl FnOnce(&mut F) -> Result<T, Trouble>) -> Result<T> {
        if !matches!(self.stage, Stage::Open(..)) {
            self.send().map_err(|error| hold::refused(self.hold.as_ref(), error))?;
        }
        let Stage::Open(format, place) = &mut self.stage else { return Err(broken()) };
        match read(format) {
            Ok(found) => Ok(found),
            Err(trouble) => {
                let error = trouble.failure(place).error;
                self.stage = Stage::Broken;
                Err(hold::failed(self.hold.as_ref(), error))
            }
        }
    }

    #[cold]
    fn send(&mut self) -> Result<()> {
        let request = match std::mem::replace(&mut self.stage, Stage::Broken) {
            Stage::Unsent(request) => request,
            Stage::Refused(error) => return Err(error),
            _ => return Err(broken()),
        };
        let (format, place) = request.until_begun(|response| {
            self.header.1 = self.header.0.as_deref().and_then(|name| response.whole_header(name));
            let (reader, place) = response.into_reader(F::PROOF)?;
            let mut format = F::open(reader, std::mem::take(&mut self.buffer), self.words.clone());
            format.ready().map_err(|trouble| trouble.failure(&place))?;
            Ok((format, place))
        })?;
        self.stage = Stage::Open(format, place);
        Ok(())
    }
}

/// For whoever goes on after an error.
fn broken() -> Error {
    Error::system("the answer could not be read to its end, which was told before")
}

/// Why there is no next piece.
#[derive(Debug)]
enum Trouble {
    /// The body broke off.
    BrokenOff(io::Error),
    /// It is not written in this format.
    Malformed { format: &'static str, details: String },
    /// It is, and says something else than expected at this place, which goes behind the message.
    Shape { format: &'static str, at: String, details: String },
    /// It ends in the middle of something.
    #[cfg(feature = "csv")]
    Unfinished { format: &'static str, details: String },
    /// It has no array at this path; and this is what the API says about an error, if anything.
    NoArray { path: String, said: Option<String> },
    /// This has more bytes than a piece may have.
    TooLarge { what: String },
}

impl Trouble {
    fn malformed(format: &'static str, details: impl Display) -> Self {
        Self::Malformed { format, details: details.to_string() }
    }

    /// `at` goes behind the message.
    fn shape(format: &'static str, at: impl Into<String>, details: impl Display) -> Self {
        Self::Shape { format, at: at.into(), details: details.to_string() }
    }

    #[cold]
    fn failure(self, place: &str) -> Failure {
        let (outcome, error) = match self {
            Self::BrokenOff(error) => response::broken_off(&error, place),
            Self::Malformed { format, details } => (
                Outcome::Final,
                Error::transient(format!("{place} answered with something that is no {format}"))
                    .with_internal(details),
            ),
            Self::Shape { format, at, details } => (
                Outcome::Final,
                Error::system(format!("{place} answered with {format} of an unexpected shape{at}"))
                    .with_internal(details),
            ),
            #[cfg(feature = "csv")]
            Self::Unfinished { format, details } => (
                Outcome::Final,
                Error::transient(format!("{place} answered with {format} that is not complete: {details}")),
            ),
            Self::NoArray { path, said: Some(said) } => (
                Outcome::Final,
                Error::transient(format!("{place} answered with an error in place of `{path}`: \"{said}\"")),
            ),
            Self::NoArray { path, said: None } => (
                Outcome::Final,
                Error::system(format!(
                    "{place} answered with JSON without the array `{path}`. If the API leaves it out when it is empty, \
                     call `allow_missing_array`"
                )),
            ),
            Self::TooLarge { what } => (
                Outcome::Final,
                Error::system(format!("{what} in the answer of {place} has more than {LARGEST_PIECE} bytes")),
            ),
        };
        Failure { outcome, error }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::BrokenOff(error)
    }
}
