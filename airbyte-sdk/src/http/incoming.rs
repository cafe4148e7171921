//! A body on its way in: unpacked, and with an end to how long it may keep whoever reads it.

use flate2::read::MultiGzDecoder;
use std::io::{self, ErrorKind, Read};
use std::time::{Duration, Instant};

/// A body as it is when unpacked.
pub(super) struct Incoming<R>(Coding<R>);

/// The clock is looked at below the decoder: that may take in bytes for ever, and make nothing of them. (Where another
/// crate switches on the client's own decoder, the body comes plain, and such bytes are not seen.)
enum Coding<R> {
    Plain(Timed<R>),
    Gzip(Box<MultiGzDecoder<Timed<R>>>),
}

impl<R: Read> Incoming<R> {
    /// Of these bytes, which may be packed by gzip. Each piece may take so long.
    pub(super) fn new(body: R, gzip: bool, patience: Duration) -> Self {
        let timed = Timed { body, patience, since: None };
        // The decoder reads its header at once.
        Self(if gzip { Coding::Gzip(Box::new(MultiGzDecoder::new(timed))) } else { Coding::Plain(timed) })
    }

    /// Another piece begins with the next byte that is read. Until then no time counts: it is that of whoever uses the
    /// piece before.
    #[inline]
    pub(super) fn begin_piece(&mut self) {
        match &mut self.0 {
            Coding::Plain(timed) => timed.since = None,
            Coding::Gzip(decoder) => decoder.get_mut().since = None,
        }
    }
}

impl<R: Read> Read for Incoming<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Coding::Plain(timed) => timed.read(buffer),
            Coding::Gzip(decoder) => decoder.read(buffer),
        }
    }
}

/// Bytes that come as long as there is patience. A read takes as long as a service may be silent; so it is seen that it
/// was too long when it is over.
struct Timed<R> {
    body: R,
    patience: Duration,
    /// When the piece was begun with.
    since: Option<Instant>,
}

impl<R: Read> Read for Timed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let now = Instant::now();
        if now.duration_since(*self.since.get_or_insert(now)) > self.patience {
            return Err(too_slow());
        }
        self.body.read(buffer)
    }
}

/// Bytes come, and yet there is no end to it.
pub(super) fn too_slow() -> io::Error {
    io::Error::new(ErrorKind::TimedOut, "the service is too slow")
}
