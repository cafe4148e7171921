//! CSV: a table with a header.

mod columns;

use super::{Body, Format, LARGEST_PIECE, Reader, Request, Response, Trouble};
use crate::error::Result;
use crate::http::FromResponse;
use crate::http::incoming::Proof;
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
    pub fn csv<T: FromResponse>(self) -> CsvRows<T> {
        CsvRows { body: Body::of_request(self, (), Vec::new()), rows: PhantomData }
    }
}

impl Response {
    /// The rows of a body that is a table. See [`Request::csv`].
    pub fn csv<T: FromResponse>(self) -> CsvRows<T> {
        CsvRows { body: Body::of_response(self, ()), rows: PhantomData }
    }
}

/// The first error ends it.
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
    /// Whether the header was compared with the fields of a row.
    compared: bool,
}

impl Format for Table {
    type Words = ();

    const PROOF: Proof = Proof::None;

    fn open(reader: Reader, _: Vec<u8>, (): ()) -> Self {
        let reader = Rationed { reader, left: 0, count: 0, end: None };
        Self {
            reader: ReaderBuilder::new().has_headers(false).buffer_capacity(CHUNK).from_reader(reader),
            header: StringRecord::new(),
            row: StringRecord::new(),
            begun: false,
            filled: false,
            compared: false,
        }
    }

    fn ready(&mut self) -> Result<(), Trouble> {
        self.seek().map(drop)
    }
}

impl Table {
    #[inline]
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Trouble> {
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
        let filled = self.reader.read_record(&mut self.row);
        let body = self.reader.get_ref();
        if body.end.is_some()
            && self.reader.position().byte() > body.count + 1
            && !matches!(filled, Ok(false))
        {
            return Err(self.unclosed());
        }
        self.filled = filled.map_err(|error| self.trouble(error))?;
        Ok(self.filled)
    }

    /// An error message or a login page in place of a table is a table, too, if with a strange header.
    #[cold]
    fn compare(&self, columns: &[&str]) -> Result<(), Trouble> {
        if columns.is_empty() || self.header.iter().any(|name| columns.contains(&name)) {
            return Ok(());
        }
        let columns: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
        let header: String = self.header.iter().collect::<Vec<_>>().join(",").chars().take(200).collect();
        // Such a page will pass; a table of other columns will not.
        if header.trim_start().starts_with(['<', '{', '[']) {
            return Err(Trouble::malformed(CSV, format_args!("it begins with {header:?}")));
        }
        Err(Trouble::shape(
            CSV,
            format!(": its header has none of the columns {}", columns.join(", ")),
            format_args!("the header is {header:?}"),
        ))
    }

    #[cold]
    fn unclosed(&self) -> Trouble {
        let line = self.row.position().map_or(0, ::csv::Position::line);
        let details = format!("a quote in the row that begins in line {line} is not closed");
        Trouble::Unfinished { format: CSV, details }
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
                Trouble::shape(CSV, format!(" in line {line}{column}"), details)
            }
            _ => Trouble::shape(CSV, format!(" in line {line}"), details),
        }
    }
}

/// A body that has to be given leave to go on: a quote that is never closed would make one row of all the rest.
///
/// The parser does not tell a row that ends with the body from one that ends within a quote. So two line ends are added
/// to the body: a row takes one of them at most, unless it is within a quote, where both belong to the value.
struct Rationed {
    reader: Reader,
    /// So many bytes may be read.
    left: usize,
    /// How many were.
    count: u64,
    /// What is left of [`END`], when the body is over.
    end: Option<&'static [u8]>,
}

const END: &[u8] = b"\n\n";

impl Read for Rationed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(end) = &mut self.end {
            return end.read(buffer);
        }
        let most = buffer.len().min(self.left);
        if most == 0 {
            return Err(io::Error::other("the row is too long"));
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
