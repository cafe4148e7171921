//! Writes to a stdout that may be in non-blocking mode.
//!
//! The mode belongs to the open file description, so another process that shares stdout can set it. A plain write to a
//! full pipe would then fail instead of waiting.

use rustix::event::{PollFd, PollFlags, poll};
use std::fs::File;
use std::io::{self, ErrorKind, Write};

/// A writer that waits for a full pipe, also in non-blocking mode.
pub(super) struct Blocking(pub(super) File);

impl Write for Blocking {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.wait()?,
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Blocking {
    /// Waits until the file is writable, or its reader has closed it; then the next write fails.
    fn wait(&self) -> io::Result<()> {
        match poll(&mut [PollFd::new(&self.0, PollFlags::OUT)], None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
