//! JSON Lines: a value a line.

use super::input::Input;
use super::scan::JSON;
use super::{Body, Format, LARGEST_PIECE, Reader, Request, Response, Trouble};
use crate::error::Result;
use crate::http::FromResponse;
use crate::http::incoming::Proof;
use crate::http::shape;
use serde::de::DeserializeOwned;
use std::io::BufRead as _;
use std::marker::PhantomData;

/// The values of an answer that has one in each line, each parsed as soon as it has arrived. See
/// [`Request::json_lines`].
pub struct JsonLines<T> {
    body: Body<Lines>,
    values: PhantomData<fn() -> T>,
}

impl Request {
    /// Reads an answer that has a JSON value in each line (JSON Lines, NDJSON) while it arrives. Blank lines are passed
    /// over. When it is sent, and what happens in trouble, is as with [`elements`](Self::elements); errors name the line.
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
    #[must_use = "nothing is sent until the first line is asked for"]
    pub fn json_lines<T: FromResponse>(self) -> JsonLines<T> {
        JsonLines { body: Body::of_request(self, (), Vec::new()), values: PhantomData }
    }
}

impl Response {
    /// The values of a body that has one in each line. See [`Request::json_lines`].
    pub fn json_lines<T: FromResponse>(self) -> JsonLines<T> {
        JsonLines { body: Body::of_response(self, ()), values: PhantomData }
    }
}

/// The first error ends it.
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
    /// The number of the line that is read, from 1.
    number: u64,
}

impl Format for Lines {
    type Words = ();

    const PROOF: Proof = Proof::None;

    fn open(reader: Reader, buffer: Vec<u8>, (): ()) -> Self {
        Self { input: Input::new(reader, buffer), number: 1 }
    }

    fn ready(&mut self) -> Result<(), Trouble> {
        self.seek().map(drop)
    }
}

impl Lines {
    #[inline]
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Trouble> {
        let Some(length) = self.seek()? else { return Ok(None) };
        let line = &self.input.bytes()[..length];
        let value = serde_json::from_slice(line).map_err(|error| {
            let number = self.number;
            if !error.is_data() {
                return Trouble::malformed(JSON, format!("line {number}: {error}"));
            }
            let place = shape::at(&shape::place_within::<T>(String::new(), line), &error);
            Trouble::shape(JSON, format!(" in line {number}{place}"), error)
        })?;
        self.input.consume(length);
        self.input.handed_out();
        self.number += 1;
        Ok(Some(value))
    }

    /// Goes on to the next line that is not blank, and reads until it is there as a whole; says how long it is.
    #[inline]
    fn seek(&mut self) -> Result<Option<usize>, Trouble> {
        let mut seen = 0;
        loop {
            let bytes = self.input.bytes();
            let mut rest = &bytes[seen..];
            // A quick search. A slice has no way to fail.
            let length = seen + rest.skip_until(b'\n')?;
            let whole = bytes[..length].ends_with(b"\n");
            if length > LARGEST_PIECE {
                return Err(Trouble::TooLarge { what: format!("line {}", self.number) });
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
