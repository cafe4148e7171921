//! Bodies from memory, for the fuzz targets.

use super::csv::Table;
use super::json::{ArrayOptions, Json};
use super::json_lines::Lines;
use super::{Format, ReadError, Reader};
use crate::error::{Error, Result};
use crate::http::charset::Charset;
use crate::http::incoming::{Decoding, Proof};
use crate::http::transport::{End, Exchange};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

/// A body that arrives in chunks of this size.
pub struct Chunks {
    rest: io::Cursor<Vec<u8>>,
    size: usize,
}

impl Chunks {
    /// Splits the body into chunks of `size` bytes, or of one byte if it is 0.
    pub fn of(body: &[u8], size: u8) -> Self {
        Self { rest: io::Cursor::new(body.to_vec()), size: usize::from(size).max(1) }
    }

    /// Returns the body in one chunk.
    pub fn whole(body: &[u8]) -> Self {
        Self { size: usize::MAX, ..Self::of(body, 0) }
    }

    fn reader(self) -> Reader {
        let exchange = Arc::new(Exchange::new(Duration::MAX));
        exchange.ended(End::Proven);
        let (charset, proof) = (Charset::Utf8, Proof::Syntax);
        Reader::new(
            self,
            Decoding { exchange, gzip: 0, charset, unframed: false, allow_unframed: false, proof },
        )
    }
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.size);
        self.rest.read(&mut buffer[..most])
    }
}

/// Returns a body without its byte order mark; `None` if the mark says that it is in UTF-16.
pub fn utf8(body: &[u8]) -> Option<&[u8]> {
    let is_utf16 = body.starts_with(b"\xfe\xff") || body.starts_with(b"\xff\xfe");
    (!is_utf16).then(|| body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body))
}

fn message(error: ReadError) -> Error {
    error.failure("GET https://api.example.com").error
}

fn all<T>(mut next: impl FnMut() -> Result<Option<T>, ReadError>) -> (Vec<T>, Result<()>) {
    let mut found = Vec::new();
    loop {
        match next() {
            Ok(Some(item)) => found.push(item),
            Ok(None) => return (found, Ok(())),
            Err(error) => return (found, Err(message(error))),
        }
    }
}

/// Returns the elements of the array at the path, or the message of the error.
pub fn elements(body: Chunks, path: &str) -> Result<Vec<Value>, String> {
    let mut json = Json::open(body.reader(), vec![0; 3], ArrayOptions::array(path));
    let (elements, end) = all(|| json.next());
    end.map(|()| elements).map_err(|error| error.to_string())
}

/// The values of the lines up to the first error.
pub fn json_lines(body: Chunks) -> (Vec<Value>, Result<()>) {
    let mut lines = Lines::open(body.reader(), vec![0; 3], ());
    all(|| lines.next())
}

/// The rows up to the first error.
pub fn csv_rows<T: DeserializeOwned>(body: Chunks) -> (Vec<T>, Result<()>) {
    let mut table = Table::open(body.reader(), Vec::new(), ());
    all(|| table.next())
}
