//! JSON Lines: one value per line.

use super::input::Input;
use super::scan::JSON;
use super::{Body, Format, MAX_ITEM_SIZE, ReadError, Reader, Request, Response};
use crate::error::Result;
use crate::http::FromResponse;
use crate::http::incoming::Proof;
use crate::http::shape;
use serde::de::DeserializeOwned;
use std::io::BufRead as _;
use std::marker::PhantomData;

/// The values of a response with one per line, each parsed as soon as it arrives. See [`Request::json_lines`].
pub struct JsonLines<T> {
    body: Body<Lines>,
    values: PhantomData<fn() -> T>,
}

impl Request {
    /// Reads a response that has a JSON value on each line (JSON Lines, NDJSON) while it arrives. Blank lines are
    /// skipped. The request is sent and retried as with [`elements`](Self::elements), with the same errors; they name
    /// the line.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Emitter, Result, airbyte_stream};
    /// # #[airbyte_stream(name = "prices")] struct Record { amount: f64 }
    /// # #[derive(Deserialize)] struct Price { amount: f64 }
    /// # fn example(out: &mut Emitter<Record>) -> Result<()> {
    /// for price in out.http().get("https://shop.example/export.jsonl").json_lines::<Price>() {
    ///     out.emit(Record { amount: price?.amount })?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "nothing is sent until the first line is requested"]
    pub fn json_lines<T: FromResponse>(self) -> JsonLines<T> {
        JsonLines { body: Body::of_request(self, (), Vec::new()), values: PhantomData }
    }
}

impl Response {
    /// Reads the values of a body that has one on each line. See [`Request::json_lines`].
    pub fn json_lines<T: FromResponse>(self) -> JsonLines<T> {
        JsonLines { body: Body::of_response(self, ()), values: PhantomData }
    }
}

/// Ends after the first error.
impl<T: FromResponse> Iterator for JsonLines<T> {
    type Item = Result<T>;

    #[inline]
    fn next(&mut self) -> Option<Result<T>> {
        if self.body.is_broken() {
            return None;
        }
        self.body.read(Lines::next).transpose()
    }
}

pub(super) struct Lines {
    input: Input,
    /// The number of the current line, from 1.
    number: u64,
}

impl Format for Lines {
    type Options = ();

    const PROOF: Proof = Proof::None;

    fn open(reader: Reader, buffer: Vec<u8>, (): ()) -> Self {
        Self { input: Input::new(reader, buffer), number: 1 }
    }

    fn ready(&mut self) -> Result<(), ReadError> {
        self.seek().map(drop)
    }
}

impl Lines {
    #[inline]
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, ReadError> {
        let Some(length) = self.seek()? else { return Ok(None) };
        let line = &self.input.bytes()[..length];
        let value = serde_json::from_slice(line).map_err(|error| {
            let number = self.number;
            if !error.is_data() {
                return ReadError::malformed(JSON, format!("line {number}: {error}"));
            }
            let what = shape::describe(&shape::path_of_error::<T>(String::new(), line), &error);
            ReadError::structure(JSON, format!("line {number}: {what}"), error)
        })?;
        self.input.consume(length);
        self.input.item_returned();
        self.number += 1;
        Ok(Some(value))
    }

    /// Moves to the next line that is not blank, and reads all of it. Returns its length.
    #[inline]
    fn seek(&mut self) -> Result<Option<usize>, ReadError> {
        let mut seen = 0;
        loop {
            let bytes = self.input.bytes();
            let mut rest = &bytes[seen..];
            // Uses memchr. Reading from a slice cannot fail.
            let length = seen + rest.skip_until(b'\n')?;
            let whole = bytes[..length].ends_with(b"\n");
            if length > MAX_ITEM_SIZE {
                return Err(ReadError::TooLarge { what: format!("line {}", self.number) });
            }
            let more = !whole && self.input.fill()?;
            if more {
                seen = length;
            } else if !self.input.bytes()[..length].trim_ascii().is_empty() {
                return Ok(Some(length));
            } else if whole {
                self.input.consume(length);
                self.number += 1;
                seen = 0;
            } else {
                return Ok(None);
            }
        }
    }
}
