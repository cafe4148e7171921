//! Writes to a stdout that may be in non-blocking mode, or a pipe.
//!
//! The mode belongs to the open file description, so another process that shares stdout can set it. A plain write to a
//! full pipe would then fail instead of waiting.

use rustix::event::{PollFd, PollFlags, poll};
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::FileTypeExt;

/// The size of a pipe in bytes. Linux's default is 64 KiB, which makes each write wait for the reader. More than 256 KiB is
/// not faster, and the pipes of a user may only take 64 MiB together (`pipe-user-pages-soft`).
#[cfg(target_os = "linux")]
const PIPE_SIZE: usize = 256 * 1024;

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
    /// Returns whether the file is a pipe. Lets it hold [`PIPE_SIZE`] bytes if it holds fewer.
    pub(super) fn enlarge_pipe(&self) -> bool {
        let is_pipe = self.0.metadata().is_ok_and(|metadata| metadata.file_type().is_fifo());
        // The kernel may refuse, for example if the user's pipes take too much memory. Then a pipe is only slower.
        #[cfg(target_os = "linux")]
        if is_pipe && rustix::pipe::fcntl_getpipe_size(&self.0).is_ok_and(|size| size < PIPE_SIZE) {
            let _ = rustix::pipe::fcntl_setpipe_size(&self.0, PIPE_SIZE);
        }
        is_pipe
    }

    /// Waits until the file is writable, or its reader has closed it; then the next write fails.
    fn wait(&self) -> io::Result<()> {
        match poll(&mut [PollFd::new(&self.0, PollFlags::OUT)], None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use rustix::pipe::{fcntl_getpipe_size, fcntl_setpipe_size};
    use std::os::fd::OwnedFd;

    fn pipe() -> io::Result<(io::PipeReader, Blocking)> {
        let (reader, writer) = io::pipe()?;
        Ok((reader, Blocking(File::from(OwnedFd::from(writer)))))
    }

    #[test]
    fn pipe_is_enlarged_but_never_made_smaller() {
        // A kernel may allow less.
        let (_reader, other) = pipe().unwrap();
        let allowed = fcntl_setpipe_size(&other.0, PIPE_SIZE).or_else(|_| fcntl_getpipe_size(&other.0));
        let (_reader, small) = pipe().unwrap();
        assert!(small.enlarge_pipe());
        assert_eq!(fcntl_getpipe_size(&small.0), allowed);

        let (_reader, large) = pipe().unwrap();
        let size = fcntl_setpipe_size(&large.0, 2 * PIPE_SIZE).or_else(|_| fcntl_getpipe_size(&large.0));
        assert!(large.enlarge_pipe());
        assert!(fcntl_getpipe_size(&large.0).unwrap() >= size.unwrap());
    }

    #[test]
    fn socket_is_not_a_pipe() {
        let (_reader, socket) = std::os::unix::net::UnixStream::pair().unwrap();
        assert!(!Blocking(File::from(OwnedFd::from(socket))).enlarge_pipe());
    }
}
