//! CSV with a header.
//!
//! An unclosed quote turns the rest of the body into one row. So the size of each row is limited, and the last row must
//! not end within a quote; see [`BoundedBody`].

mod columns;

use super::{Body, Format, MAX_ITEM_SIZE, ReadError, Reader, Request, Response};
use crate::error::Result;
use crate::http::FromResponse;
use crate::http::incoming::Proof;
use ::csv::{ErrorKind, ReaderBuilder, StringRecord};
use serde::de::DeserializeOwned;
use std::io::{self, Read};
use std::marker::PhantomData;

/// The rows of a CSV response, each parsed as soon as it arrives. See [`Request::csv`].
pub struct CsvRows<T> {
    body: Body<Table>,
    rows: PhantomData<fn() -> T>,
}

impl Request {
    /// Reads a CSV response (commas, quotes, a header in the first row) while it arrives: each row becomes a struct
    /// whose fields are named like the columns. An empty cell is `None` for an `Option`. The request is sent and
    /// retried as with [`elements`](Self::elements), with the same errors; they name the line and the column.
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
    #[must_use = "nothing is sent until the first row is requested"]
    pub fn csv<T: FromResponse>(self) -> CsvRows<T> {
        CsvRows { body: Body::of_request(self, (), Vec::new()), rows: PhantomData }
    }
}

impl Response {
    /// Reads the rows of a CSV body. See [`Request::csv`].
    pub fn csv<T: FromResponse>(self) -> CsvRows<T> {
        CsvRows { body: Body::of_response(self, ()), rows: PhantomData }
    }
}

/// Ends after the first error.
impl<T: FromResponse> Iterator for CsvRows<T> {
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

/// How many bytes are read at a time.
const CHUNK: usize = 128 << 10;

pub(super) struct Table {
    reader: ::csv::Reader<BoundedBody>,
    header: StringRecord,
    row: StringRecord,
    /// Whether the header was read.
    begun: bool,
    /// Whether `row` holds a row that has not been returned.
    filled: bool,
    /// Whether the header was compared with the fields of the row type.
    compared: bool,
}

impl Format for Table {
    type Options = ();

    const PROOF: Proof = Proof::None;

    fn open(reader: Reader, _: Vec<u8>, (): ()) -> Self {
        let reader = BoundedBody { reader, left: 0, count: 0, end: None };
        Self {
            reader: ReaderBuilder::new().has_headers(false).buffer_capacity(CHUNK).from_reader(reader),
            header: StringRecord::new(),
            row: StringRecord::new(),
            begun: false,
            filled: false,
            compared: false,
        }
    }

    fn ready(&mut self) -> Result<(), ReadError> {
        self.seek().map(drop)
    }
}

impl Table {
    #[inline]
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, ReadError> {
        let found = self.seek()?;
        if !self.compared && self.begun {
            self.compared = true;
            self.compare(columns::of::<T>())?;
        }
        if !found {
            return Ok(None);
        }
        self.filled = false;
        let row = self.row.deserialize(Some(&self.header));
        row.map(Some).map_err(|error| self.read_error(error))
    }

    /// Moves to the next row. Returns false at the end of the table.
    #[inline]
    fn seek(&mut self) -> Result<bool, ReadError> {
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
    fn fill(&mut self) -> Result<bool, ReadError> {
        let consumed = self.reader.position().byte();
        let body = self.reader.get_mut();
        // If the row needs more than what the parser has in its buffer, all of that belongs to the row.
        let buffered = usize::try_from(body.count.saturating_sub(consumed)).unwrap_or(usize::MAX);
        body.left = MAX_ITEM_SIZE.saturating_sub(buffered);
        body.reader.begin_item();
        let filled = self.reader.read_record(&mut self.row);
        let body = self.reader.get_ref();
        if body.end.is_some()
            && self.reader.position().byte() > body.count + 1
            && !matches!(filled, Ok(false))
        {
            return Err(self.unclosed());
        }
        self.filled = filled.map_err(|error| self.read_error(error))?;
        Ok(self.filled)
    }

    /// Rejects a header without any of the expected columns: an error message or a login page is valid CSV, too.
    #[cold]
    fn compare(&self, columns: &[&str]) -> Result<(), ReadError> {
        if columns.is_empty() || self.header.iter().any(|name| columns.contains(&name)) {
            return Ok(());
        }
        let columns: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
        let header: String = self.header.iter().collect::<Vec<_>>().join(",").chars().take(200).collect();
        // An error page is transient; a table with other columns is not.
        if header.trim_start().starts_with(['<', '{', '[']) {
            return Err(ReadError::malformed(CSV, format_args!("the body begins with {header:?}")));
        }
        Err(ReadError::structure(
            CSV,
            format!("the header has none of the columns {}", columns.join(", ")),
            format_args!("the header is {header:?}"),
        ))
    }

    #[cold]
    fn unclosed(&self) -> ReadError {
        let line = self.row.position().map_or(0, ::csv::Position::line);
        let details = format!("a quote in the row that begins on line {line} is not closed");
        ReadError::Unfinished { format: CSV, details }
    }

    #[cold]
    fn read_error(&self, error: ::csv::Error) -> ReadError {
        let line = error.position().map_or_else(|| self.reader.position().line(), ::csv::Position::line);
        let details = error.to_string();
        match error.into_kind() {
            ErrorKind::Io(_) if self.reader.get_ref().left == 0 => {
                ReadError::TooLarge { what: format!("the row on line {line}") }
            }
            ErrorKind::Io(error) => ReadError::Io(error),
            ErrorKind::Utf8 { .. } => ReadError::malformed(CSV, details),
            ErrorKind::Deserialize { err, .. } => {
                let column = err.field().and_then(|field| self.header.get(usize::try_from(field).ok()?));
                let column = column.map_or_else(String::new, |name| format!(" in the column `{name}`"));
                ReadError::structure(CSV, format!("line {line}: invalid value{column}"), details)
            }
            ErrorKind::UnequalLengths { expected_len, len, .. } => ReadError::structure(
                CSV,
                format!("line {line}: the row has {len} fields, the header has {expected_len}"),
                details,
            ),
            _ => ReadError::structure(CSV, format!("line {line}: invalid row"), details),
        }
    }
}

/// A body of which each row may use a limited number of bytes, and which shows whether the last row is within a quote.
///
/// The parser does not distinguish a row that ends with the body from one that ends within a quote. So two line ends
/// are appended to the body: a row uses at most one of them, unless it is within a quote, where both belong to the
/// value.
struct BoundedBody {
    reader: Reader,
    /// How many bytes may still be read for the current row.
    left: usize,
    /// How many bytes were read.
    count: u64,
    /// The unread rest of [`END`], after the body has ended.
    end: Option<&'static [u8]>,
}

const END: &[u8] = b"\n\n";

impl Read for BoundedBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(end) = &mut self.end {
            return end.read(buffer);
        }
        let most = buffer.len().min(self.left);
        if most == 0 {
            return Err(io::Error::other("the row is too large"));
        }
        let count = self.reader.read(&mut buffer[..most])?;
        self.left -= count;
        self.count += count as u64;
        if count == 0 {
            return self.end.insert(END).read(buffer);
        }
        Ok(count)
    }
}
