//! Reads a body: decompresses it, converts it to UTF-8, limits the time of each item, and checks its end.
//!
//! A body without a length or chunks ends when the connection does, which proves nothing: a server that crashed has
//! closed it as well. One JSON document proves its end by its syntax. CSV and JSON Lines do not; for them such an end
//! is an error, unless TLS or gzip proves it or the author allows it.
//!
//! The time of an item begins with the first read after [`Incoming::begin_item`], not before: what the connector does
//! with the previous item does not count. It is checked in each layer that can consume input without producing output.

use super::charset::{Charset, Utf8};
use super::transport::{End, Exchange};
use flate2::read::MultiGzDecoder;
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;

/// What proves that a body is complete, if neither its framing nor the connection does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Proof {
    /// The content, as in one JSON document: the parser calls [`Incoming::truncation`] if the document is incomplete.
    Syntax,
    /// Nothing: an end that nothing else proves is an error of the reader.
    None,
}

/// How to decode a body, and how to check its end.
#[derive(Debug)]
pub(super) struct Decoding {
    pub(super) exchange: Arc<Exchange>,
    /// The number of gzip layers.
    pub(super) gzip: usize,
    pub(super) charset: Charset,
    /// Whether it has neither a length nor chunks.
    pub(super) unframed: bool,
    /// Whether the author accepts a closed connection as the end of such a body.
    pub(super) allow_unframed: bool,
    pub(super) proof: Proof,
}

/// A reader of a decoded body, in UTF-8.
pub(super) struct Incoming<'a> {
    text: Utf8<Box<dyn Read + Send + 'a>>,
    exchange: Arc<Exchange>,
    /// Whether the next read begins an item.
    begins: bool,
    /// Whether a closed connection is accepted as the end; `None` if framing or gzip proves the end.
    end_allowed: Option<bool>,
}

impl<'a> Incoming<'a> {
    pub(super) fn new(body: impl Read + Send + 'a, decoding: Decoding) -> Self {
        let Decoding { exchange, gzip, charset, unframed, allow_unframed, proof } = decoding;
        let mut text: Box<dyn Read + Send + 'a> = Box::new(body);
        for _ in 0..gzip {
            // The decoder's constructor already reads the gzip header.
            exchange.begin_item();
            // A decoder can consume much buffered input without producing output, so the time is checked below it as
            // well.
            text = Box::new(MultiGzDecoder::new(TimeLimited { text, exchange: Arc::clone(&exchange) }));
        }
        // The checksum proves that a gzip member is complete; another member could only be missing after a reset.
        let allowed = allow_unframed || gzip > 0;
        let end_allowed = (unframed && gzip == 0).then_some(allowed);
        if unframed && proof == Proof::None {
            text = Box::new(Unframed { text, exchange: Arc::clone(&exchange), allowed });
        }
        Self { text: Utf8::new(text, charset), exchange, begins: true, end_allowed }
    }

    /// Lets the next read begin an item. Until then no time counts: the connector is processing the previous item.
    #[inline]
    pub(super) fn begin_item(&mut self) {
        self.begins = true;
    }

    /// Returns the error if the body, whose content is incomplete, may have been cut off.
    pub(super) fn truncation(&self) -> Option<io::Error> {
        truncation_error(self.exchange.end(), self.end_allowed?)
    }
}

impl Read for Incoming<'_> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.begins {
            self.begins = false;
            self.exchange.begin_item();
        }
        if self.exchange.has_timed_out() {
            return Err(timed_out());
        }
        self.text.read(buffer)
    }
}

/// A reader that fails when the time of the item is over.
struct TimeLimited<R> {
    text: R,
    exchange: Arc<Exchange>,
}

impl<R: Read> Read for TimeLimited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.exchange.has_timed_out() { Err(timed_out()) } else { self.text.read(buffer) }
    }
}

/// A reader of an unframed body whose content does not prove its end.
struct Unframed<R> {
    text: R,
    exchange: Arc<Exchange>,
    allowed: bool,
}

impl<R: Read> Read for Unframed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.text.read(buffer)? {
            0 if !buffer.is_empty() => truncation_error(self.exchange.end(), self.allowed).map_or(Ok(0), Err),
            count => Ok(count),
        }
    }
}

fn truncation_error(end: End, allowed: bool) -> Option<io::Error> {
    let why = match end {
        End::Proven => return None,
        End::Unproven if allowed => return None,
        End::Unproven => {
            "the connection was closed, and the body has neither a length nor chunks to show that it is complete (if \
             this API always ends its bodies this way, call `allow_unframed_body` on the request)"
        }
        End::Reset => "the connection was reset",
    };
    Some(io::Error::new(ErrorKind::UnexpectedEof, why))
}

/// Returns the error when an item takes too long, even though bytes keep arriving.
pub(super) fn timed_out() -> io::Error {
    io::Error::new(ErrorKind::TimedOut, "timed out (the limit is `TransferLimits::body_timeout`)")
}
