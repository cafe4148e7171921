//! Bodies from memory, for the fuzz targets.

use super::csv::Table;
use super::json::{ArrayOptions, Json};
use super::json_lines::Lines;
use super::{Format, ReadError, Reader};
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

    /// Returns a buffer that holds a whole body if it arrives in one chunk.
    fn buffer(&self) -> Vec<u8> {
        vec![0; self.size.clamp(3, 8 << 10)]
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

/// Returns a body without byte order marks; `None` if a mark says that it is in UTF-16.
pub fn utf8(mut body: &[u8]) -> Option<&[u8]> {
    if body.starts_with(b"\xfe\xff") || body.starts_with(b"\xff\xfe") {
        return None;
    }
    while let Some(rest) = body.strip_prefix(b"\xef\xbb\xbf") {
        body = rest;
    }
    Some(body)
}

/// The items up to the first error, and that error with its details.
type Items<T> = (Vec<T>, Result<(), String>);

fn message(error: ReadError) -> String {
    format!("{:?}", error.failure("GET https://api.example.com").error)
}

fn all<T>(mut next: impl FnMut() -> Result<Option<T>, ReadError>) -> Items<T> {
    let mut found = Vec::new();
    loop {
        match next() {
            Ok(Some(item)) => found.push(item),
            Ok(None) => return (found, Ok(())),
            Err(error) => return (found, Err(message(error))),
        }
    }
}

/// Returns the elements of the array at the path.
pub fn elements(body: Chunks, path: &str) -> Items<Value> {
    let buffer = body.buffer();
    let mut json = Json::open(body.reader(), buffer, ArrayOptions::array(path));
    all(|| json.next())
}

/// Returns the values of the lines.
pub fn json_lines(body: Chunks) -> Items<Value> {
    let buffer = body.buffer();
    let mut lines = Lines::open(body.reader(), buffer, ());
    all(|| lines.next())
}

/// Returns the rows.
pub fn csv_rows<T: DeserializeOwned>(body: Chunks) -> Items<T> {
    let mut table = Table::open(body.reader(), Vec::new(), ());
    all(|| table.next())
}
