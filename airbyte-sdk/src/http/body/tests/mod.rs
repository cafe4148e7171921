//! What holds for every body, however it is cut into pieces.

mod answers;
mod documents;
mod elements;
mod endings;
mod http;
mod lines;
mod packed;
mod patience;
#[cfg(feature = "csv")]
mod tables;

use super::Reader;
use super::Trouble;
use crate::http::charset::Charset;
use crate::http::incoming::{Manner, Proof};
use crate::http::transport::{End, Exchange};
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::time::Duration;

/// A body that comes in pieces of these sizes, the rest of it at once; and breaks off if it is told to.
#[derive(Clone)]
pub(super) struct Dribble {
    bytes: Vec<u8>,
    at: usize,
    pieces: std::collections::VecDeque<usize>,
    breaks_off: bool,
}

impl Dribble {
    pub(super) fn new(bytes: impl AsRef<[u8]>, pieces: &[usize]) -> Self {
        let (bytes, pieces) = (bytes.as_ref().to_vec(), pieces.iter().copied().collect());
        Self { bytes, at: 0, pieces, breaks_off: false }
    }

    /// As if it had been announced to be longer.
    pub(super) fn broken(bytes: impl AsRef<[u8]>) -> Self {
        Self { breaks_off: true, ..Self::new(bytes, &[]) }
    }

    pub(super) fn boxed(self) -> Reader {
        self.framed_by(Proof::Syntax, false, End::Proven)
    }

    /// A body that ends with its connection, in this way.
    pub(super) fn unframed(self, proof: Proof, end: End) -> Reader {
        self.framed_by(proof, true, end)
    }

    fn framed_by(self, proof: Proof, unframed: bool, end: End) -> Reader {
        let exchange = Arc::new(Exchange::new(Duration::MAX));
        exchange.ended(end);
        let (charset, allow_unframed) = (Charset::Utf8, false);
        Reader::new(self, Manner { exchange, gzip: 0, charset, unframed, allow_unframed, proof })
    }
}

impl Read for Dribble {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.at..];
        if rest.is_empty() && self.breaks_off {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let most = self.pieces.pop_front().map_or(rest.len(), |piece| piece.max(1));
        let count = most.min(rest.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

/// What the user would be told.
fn told(trouble: Trouble) -> String {
    format!("{:?}", trouble.failure("GET it").error)
}
