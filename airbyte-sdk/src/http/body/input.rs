//! The bytes of a body, as many at a time as a piece has.

use super::Reader;
use std::io::{self, ErrorKind, Read as _};

/// Small enough to stay near the processor, large enough to ask the system seldom.
const CHUNK: usize = 128 << 10;

/// A body, and a window on what has been read of it.
pub(super) struct Input {
    reader: Reader,
    buffer: Vec<u8>,
    /// The window: what has been read and not been used.
    start: usize,
    end: usize,
    /// Nothing has been read since a piece was handed out.
    handed_out: bool,
}

impl Input {
    pub(super) fn new(reader: Reader, mut buffer: Vec<u8>) -> Self {
        if buffer.is_empty() {
            buffer.resize(CHUNK, 0);
        }
        Self { reader, buffer, start: 0, end: 0, handed_out: true }
    }

    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    #[inline]
    pub(super) fn consume(&mut self, count: usize) {
        self.start += count;
    }

    /// Says that a piece is handed out: what is read from here on belongs to others, and has time of its own.
    #[inline]
    pub(super) fn handed_out(&mut self) {
        self.handed_out = true;
    }

    /// Reads more behind what is there; false at the end of the body. The window grows without limit: whoever waits for
    /// the end of a piece has to say when it is too long.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        if std::mem::take(&mut self.handed_out) {
            self.reader.begin_piece();
        }
        // A large piece that comes in small portions is not moved again and again.
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.end * 2, 0);
        }
        loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(count) => {
                    self.end += count;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Why the body, which has ended, may have been cut off.
    pub(super) fn doubt(&self) -> Option<io::Error> {
        self.reader.doubt()
    }

    /// For the next body. A large piece is rare, and its memory is not kept.
    pub(super) fn into_buffer(mut self) -> Vec<u8> {
        if self.buffer.len() > 8 * CHUNK {
            self.buffer = Vec::new();
        }
        self.buffer
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Dribble;
    use super::*;

    #[test]
    fn what_is_not_used_stays_in_front_and_the_window_grows_with_it() {
        let mut input = Input::new(Dribble::new("abcdefgh", &[2, 2, 4]).boxed(), vec![0; 3]);
        assert!(input.fill().unwrap());
        assert_eq!(input.bytes(), b"ab");
        input.consume(1);
        assert!(input.fill().unwrap() && input.fill().unwrap());
        assert_eq!(input.bytes(), b"bcdefg");
        assert!(input.fill().unwrap());
        assert_eq!(input.bytes(), b"bcdefgh");
        assert!(!input.fill().unwrap());
        assert!(!input.fill().unwrap());
    }
}
