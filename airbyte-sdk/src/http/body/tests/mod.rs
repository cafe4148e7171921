//! Tests of bodies that are read item by item.

mod chunks;
mod unexpected_responses;
mod documents;
mod elements;
mod truncation;
mod http;
mod json_lines;
mod gzip;
mod timeouts;
#[cfg(feature = "csv")]
mod csv;

use super::ReadError;
use super::Reader;
use crate::http::charset::Charset;
use crate::http::incoming::{Decoding, Proof};
use crate::http::transport::{End, Exchange};
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::time::Duration;

/// A body that arrives in chunks of these sizes, then the rest at once; it may end with an error.
#[derive(Clone)]
pub(super) struct ChunkedBody {
    bytes: Vec<u8>,
    at: usize,
    chunks: std::collections::VecDeque<usize>,
    ends_early: bool,
}

impl ChunkedBody {
    pub(super) fn new(bytes: impl AsRef<[u8]>, chunks: &[usize]) -> Self {
        let (bytes, chunks) = (bytes.as_ref().to_vec(), chunks.iter().copied().collect());
        Self { bytes, at: 0, chunks, ends_early: false }
    }

    /// Returns a body that is shorter than its announced length.
    pub(super) fn broken(bytes: impl AsRef<[u8]>) -> Self {
        Self { ends_early: true, ..Self::new(bytes, &[]) }
    }

    pub(super) fn boxed(self) -> Reader {
        self.framed_by(Proof::Syntax, false, End::Proven)
    }

    /// Returns a body without a length, whose connection ends in this way.
    pub(super) fn unframed(self, proof: Proof, end: End) -> Reader {
        self.framed_by(proof, true, end)
    }

    fn framed_by(self, proof: Proof, unframed: bool, end: End) -> Reader {
        let exchange = Arc::new(Exchange::new(Duration::MAX));
        exchange.ended(end);
        let (charset, allow_unframed) = (Charset::Utf8, false);
        Reader::new(self, Decoding { exchange, gzip: 0, charset, unframed, allow_unframed, proof })
    }
}

impl Read for ChunkedBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.at..];
        if rest.is_empty() && self.ends_early {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let most = self.chunks.pop_front().map_or(rest.len(), |chunk| chunk.max(1));
        let count = most.min(rest.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

/// Returns the error as it is shown to the user.
fn text_of(error: ReadError) -> String {
    format!("{:?}", error.failure("https://a.example").error)
}
