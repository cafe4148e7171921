//! CSV: a table with a header.

use super::{Body, Format, LARGEST_PIECE, Reader, Request, Response, Trouble};
use crate::error::Result;
use ::csv::{ErrorKind, ReaderBuilder, StringRecord};
use serde::de::DeserializeOwned;
use std::io::{self, Read};
use std::marker::PhantomData;

/// The rows of an answer that is a table in CSV, each parsed as soon as it has arrived. See [`Request::csv`].
pub struct CsvRows<T> {
    body: Body<Table>,
    rows: PhantomData<fn() -> T>,
}

impl Request {
    /// Reads an answer that is a table in CSV (commas, quotes, a header in the first row) while it arrives: each row
    /// becomes a struct whose fields are named as the columns are. An empty cell is `None` for an `Option`. When it is
    /// sent, and what happens in trouble, is as with [`elements`](Self::elements); errors name the line and the column.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Emitter, Result, airbyte_stream};
    /// # #[airbyte_stream(name = "prices")] struct Record { amount: Option<f64> }
    /// #[derive(Deserialize)]
    /// struct Price {
    ///     #[serde(rename = "Amount in euros")]
    ///     amount: Option<f64>,
    /// }
    ///
    /// # fn example(out: &mut Emitter<Record>) -> Result<()> {
    /// for price in out.http().get("https://shop.example/export.csv").csv::<Price>() {
    ///     out.emit(Record { amount: price?.amount })?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "nothing is sent until the first row is asked for"]
    pub fn csv<T: DeserializeOwned>(self) -> CsvRows<T> {
        CsvRows { body: Body::of_request(self, (), Vec::new()), rows: PhantomData }
    }
}

impl Response {
    /// The rows of a body that is a table. See [`Request::csv`].
    pub fn csv<T: DeserializeOwned>(self) -> CsvRows<T> {
        CsvRows { body: Body::of_response(self, ()), rows: PhantomData }
    }
}

/// The first error ends it.
impl<T: DeserializeOwned> Iterator for CsvRows<T> {
    type Item = Result<T>;

    #[inline]
    fn next(&mut self) -> Option<Result<T>> {
        if self.body.is_broken() {
            return None;
        }
        self.body.read(Table::next).transpose()
    }
}

const CSV: &str = "CSV";

/// How much is read at a time.
const CHUNK: usize = 128 << 10;

pub(super) struct Table {
    reader: ::csv::Reader<Rationed>,
    header: StringRecord,
    row: StringRecord,
    /// Whether the header was read.
    begun: bool,
    /// Whether the row waits to be used.
    filled: bool,
}

impl Format for Table {
    type Words = ();

    fn open(reader: Reader, _: Vec<u8>, (): ()) -> Self {
        let reader = Rationed { reader, left: 0 };
        Self {
            reader: ReaderBuilder::new().has_headers(false).buffer_capacity(CHUNK).from_reader(reader),
            header: StringRecord::new(),
            row: StringRecord::new(),
            begun: false,
            filled: false,
        }
    }

    fn ready(&mut self) -> Result<(), Trouble> {
        self.seek().map(drop)
    }
}

impl Table {
    #[inline]
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Trouble> {
        if !self.seek()? {
            return Ok(None);
        }
        self.filled = false;
        let row = self.row.deserialize(Some(&self.header));
        row.map(Some).map_err(|error| self.trouble(error))
    }

    /// Goes on to the next row; false at the end of the table.
    #[inline]
    fn seek(&mut self) -> Result<bool, Trouble> {
        if !self.begun {
            // An empty body is an empty table.
            if !self.fill()? {
                return Ok(false);
            }
            std::mem::swap(&mut self.header, &mut self.row);
            (self.begun, self.filled) = (true, false);
        }
        Ok(self.filled || self.fill()?)
    }

    #[inline]
    fn fill(&mut self) -> Result<bool, Trouble> {
        let body = self.reader.get_mut();
        body.left = LARGEST_PIECE;
        body.reader.begin_piece();
        self.filled = self.reader.read_record(&mut self.row).map_err(|error| self.trouble(error))?;
        Ok(self.filled)
    }

    #[cold]
    fn trouble(&self, error: ::csv::Error) -> Trouble {
        let line = error.position().map_or_else(|| self.reader.position().line(), ::csv::Position::line);
        let details = error.to_string();
        match error.into_kind() {
            ErrorKind::Io(_) if self.reader.get_ref().left == 0 => {
                Trouble::TooLarge { what: format!("the row in line {line}") }
            }
            ErrorKind::Io(error) => Trouble::BrokenOff(error),
            ErrorKind::Utf8 { .. } => Trouble::malformed(CSV, details),
            ErrorKind::Deserialize { err, .. } => {
                let column = err.field().and_then(|field| self.header.get(usize::try_from(field).ok()?));
                let column = column.map_or_else(String::new, |name| format!(" at `{name}`"));
                Trouble::shape(CSV, format!("in line {line}{column}"), details)
            }
            _ => Trouble::shape(CSV, format!("in line {line}"), details),
        }
    }
}

/// A body that has to be given leave to go on: a quote that is never closed would make one row of all the rest.
struct Rationed {
    reader: Reader,
    /// So many bytes may be read.
    left: usize,
}

impl Read for Rationed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.left);
        if most == 0 {
            return Err(io::Error::other("the row is too long"));
        }
        let count = self.reader.read(&mut buffer[..most])?;
        self.left -= count;
        Ok(count)
    }
}
