//! A body while it is read: unpacked, as UTF-8, each piece in its time, and with what is known of its end.
//!
//! A body that has neither a length nor chunks ends where the connection does, which proves nothing: a server that
//! crashed has closed it as well. What is read as one JSON document need not care, since that is seen to be complete. A
//! table and JSON Lines must: there, such an end is an error, unless TLS or gzip proves it, or the author allows it.

use super::charset::{Charset, Utf8};
use super::transport::{End, Exchange};
use flate2::read::MultiGzDecoder;
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;

/// What proves that a body is complete, where the connection does not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Proof {
    /// What is read, as one JSON document does: it is asked for [`Incoming::doubt`] if the document is not complete.
    Syntax,
    /// Nothing does. The body itself ends with an error.
    None,
}

/// What has to be known of a body to read it.
#[derive(Debug)]
pub(super) struct Manner {
    pub(super) exchange: Arc<Exchange>,
    /// How often it is packed by gzip.
    pub(super) gzip: usize,
    pub(super) charset: Charset,
    /// It has neither a length nor chunks.
    pub(super) unframed: bool,
    /// The author takes a closed connection for the end of such a body.
    pub(super) allow_unframed: bool,
    pub(super) proof: Proof,
}

/// A body as text in UTF-8.
pub(super) struct Incoming<'a> {
    text: Utf8<Box<dyn Read + Send + 'a>>,
    exchange: Arc<Exchange>,
    /// The next byte that is read belongs to another piece.
    begins: bool,
    /// Its end may have to be doubted.
    doubted: Option<bool>,
}

impl<'a> Incoming<'a> {
    pub(super) fn new(body: impl Read + Send + 'a, manner: Manner) -> Self {
        let Manner { exchange, gzip, charset, unframed, allow_unframed, proof } = manner;
        let mut text: Box<dyn Read + Send + 'a> = Box::new(body);
        for _ in 0..gzip {
            // The decoder reads its header at once.
            exchange.begin_piece();
            // A decoder can take in very much that it has at hand already, and hand out nothing.
            text = Box::new(MultiGzDecoder::new(InTime { text, exchange: Arc::clone(&exchange) }));
        }
        // The checksum at the end of a packed body proves that it is complete, as far as a body of several parts is.
        let allowed = allow_unframed || gzip > 0;
        let doubted = (unframed && gzip == 0).then_some(allowed);
        if unframed && proof == Proof::None {
            text = Box::new(Unframed { text, exchange: Arc::clone(&exchange), allowed });
        }
        Self { text: Utf8::new(text, charset), exchange, begins: true, doubted }
    }

    /// Another piece begins with the next byte that is read. Until then no time counts: it is that of whoever uses the
    /// piece before.
    #[inline]
    pub(super) fn begin_piece(&mut self) {
        self.begins = true;
    }

    /// After the end of a body that its syntax shows to be incomplete: the error if it may have been cut off.
    pub(super) fn doubt(&self) -> Option<io::Error> {
        doubt(self.exchange.end(), self.doubted?)
    }
}

impl Read for Incoming<'_> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.begins {
            self.begins = false;
            self.exchange.begin_piece();
        }
        if self.exchange.is_over() {
            return Err(too_slow());
        }
        self.text.read(buffer)
    }
}

/// Bytes that are read as long as the time of the piece lasts.
struct InTime<R> {
    text: R,
    exchange: Arc<Exchange>,
}

impl<R: Read> Read for InTime<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.exchange.is_over() { Err(too_slow()) } else { self.text.read(buffer) }
    }
}

/// A text with an end that proves nothing.
struct Unframed<R> {
    text: R,
    exchange: Arc<Exchange>,
    allowed: bool,
}

impl<R: Read> Read for Unframed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.text.read(buffer)? {
            0 if !buffer.is_empty() => doubt(self.exchange.end(), self.allowed).map_or(Ok(0), Err),
            count => Ok(count),
        }
    }
}

fn doubt(end: End, allowed: bool) -> Option<io::Error> {
    let why = match end {
        End::Proven => return None,
        End::Unproven if allowed => return None,
        End::Unproven => {
            "the connection was closed, and the body has neither a length nor chunks that would show whether it is \
             complete (if this API always ends its bodies in this way, call `allow_unframed_body` on the request)"
        }
        End::Reset => "the connection was reset",
    };
    Some(io::Error::new(ErrorKind::UnexpectedEof, why))
}

/// Bytes come, and yet there is no end to it.
pub(super) fn too_slow() -> io::Error {
    io::Error::new(ErrorKind::TimedOut, "the service is too slow")
}
