//! A buffer between a body and the parser of its items.

use super::Reader;
use std::io::{self, ErrorKind, Read as _};

/// Small enough for the processor's cache, large enough to keep system calls rare.
const CHUNK: usize = 128 << 10;

/// A body, and the bytes that have been read from it and not consumed.
pub(super) struct Input {
    reader: Reader,
    buffer: Vec<u8>,
    /// The unconsumed bytes are `buffer[start..end]`.
    start: usize,
    end: usize,
    /// Whether an item was returned since the last read.
    item_returned: bool,
}

impl Input {
    pub(super) fn new(reader: Reader, mut buffer: Vec<u8>) -> Self {
        if buffer.is_empty() {
            buffer.resize(CHUNK, 0);
        }
        Self { reader, buffer, start: 0, end: 0, item_returned: true }
    }

    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    #[inline]
    pub(super) fn consume(&mut self, count: usize) {
        self.start += count;
    }

    /// Records that an item is returned to the author: the next read begins another one, with its own timeout.
    #[inline]
    pub(super) fn item_returned(&mut self) {
        self.item_returned = true;
    }

    /// Reads more bytes. Returns false at the end of the body. The buffer grows without limit, so the caller checks
    /// the size of an item.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        if std::mem::take(&mut self.item_returned) {
            self.reader.begin_item();
        }
        // `start` is 0 while an item is incomplete, so a large item in small chunks is not moved again and again.
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

    /// Returns why the body, which has ended, may have been cut off.
    pub(super) fn truncation(&self) -> Option<io::Error> {
        self.reader.truncation()
    }

    /// Returns the buffer for the next body. A buffer that has grown for a large item is dropped.
    pub(super) fn into_buffer(mut self) -> Vec<u8> {
        if self.buffer.len() > 8 * CHUNK {
            self.buffer = Vec::new();
        }
        self.buffer
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ChunkedBody;
    use super::*;

    #[test]
    fn unconsumed_bytes_are_kept_and_the_buffer_grows() {
        let mut input = Input::new(ChunkedBody::new("abcdefgh", &[2, 2, 4]).boxed(), vec![0; 3]);
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
