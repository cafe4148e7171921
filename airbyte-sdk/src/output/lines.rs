//! The buffer of whole lines in front of stdout.
//!
//! Problem: a write per line would cost more than building the line. And a write into a pipe copies the bytes and wakes the
//! reader, which takes half as long as emitting the records.
//!
//! Idea: lines are collected in a buffer. A thread that writes it first locks `to`, swaps the buffer for an empty one, and
//! writes without holding the lock of the buffer. So other threads can add lines meanwhile, and lines are written in the
//! order in which they were added. The buffer is written when it has 128 KiB, and by every [`Lines::flush`]: after a state,
//! before a long wait, every 50 ms from the heartbeat thread, and at the end of the run. If stdout is a pipe, a background
//! thread writes full buffers. It is started by the second one, so a small run has none. If it falls behind, the thread that
//! adds lines waits and writes them itself, so memory is bounded. A flush always writes on the calling thread.
//!
//! What must stay true: the buffer contains only whole lines; when a flush returns `Ok`, everything added before it was
//! written; after a write has failed, nothing more is written, and every call returns [`Error::stopped`]; once the run is
//! ending, only the thread that claimed the end may add lines, and its flush also writes what others left in the buffer.
//! Locks are taken in the order `to`, `buffered`.

use crate::error::{Error, Result};
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{
    AtomicBool,
    Ordering::{Acquire, Release},
};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// The buffer size that causes a write, in bytes. A `write` of this size costs less than building the records in it. With
/// half of it, waking the background thread takes a tenth of the time of emitting.
pub(super) const FLUSH_SIZE: usize = 128 * 1024;

/// The buffer size at which a thread that adds lines no longer leaves the buffer to the background thread.
pub(super) const LIMIT: usize = 2 * FLUSH_SIZE;

/// The beginning of the line of a record.
pub(super) const RECORD_START: &[u8] = br#"{"type":"RECORD","#;

/// A buffer of whole lines in front of a writer.
pub(crate) struct Lines {
    to: Mutex<Destination>,
    buffered: Mutex<Buffered>,
    /// Notified when the background thread has something to do.
    is_full: Condvar,
    /// Set when only the final messages may still be written.
    ending: AtomicBool,
}

struct Destination {
    writer: Box<dyn Write + Send>,
    /// Swapped for the buffer that is written.
    empty: Vec<u8>,
}

struct Buffered {
    bytes: Vec<u8>,
    closed: bool,
    /// The thread that writes the final messages.
    claimed: Option<ThreadId>,
    background: Background,
}

/// The thread that writes full buffers.
#[derive(Clone, Copy, PartialEq)]
enum Background {
    /// There is none, because stdout is not a pipe, or because it could not be started.
    Never,
    /// It is started by the full buffer after this many others.
    After(u8),
    Running,
}

impl Lines {
    pub(crate) fn new(writer: Box<dyn Write + Send>) -> Self {
        Self::with(writer, Background::Never)
    }

    /// Creates a buffer in front of a pipe.
    #[cfg(any(unix, test))]
    pub(crate) fn to_pipe(writer: Box<dyn Write + Send>) -> Self {
        Self::with(writer, Background::After(1))
    }

    fn with(writer: Box<dyn Write + Send>, background: Background) -> Self {
        let bytes = Vec::with_capacity(FLUSH_SIZE + 4096);
        Self {
            to: Mutex::new(Destination { writer, empty: Vec::new() }),
            buffered: Mutex::new(Buffered { bytes, closed: false, claimed: None, background }),
            is_full: Condvar::new(),
            ending: AtomicBool::new(false),
        }
    }

    /// Adds a line, which ends with a line break.
    pub(crate) fn push(self: &Arc<Self>, line: &[u8]) -> Result<()> {
        let mut buffered = self.accept()?;
        if line.len() >= LIMIT {
            drop(buffered);
            // A large state, which is not copied.
            return self.write_buffered_and(line);
        }
        buffered.bytes.extend_from_slice(line);
        self.added(buffered)
    }

    /// Takes all lines out of `lines`. Swaps the buffers instead of copying if this one is empty.
    pub(super) fn push_block(self: &Arc<Self>, lines: &mut Vec<u8>) -> Result<()> {
        let mut buffered = self.accept()?;
        if buffered.bytes.is_empty() {
            std::mem::swap(&mut buffered.bytes, lines);
        } else {
            buffered.bytes.append(lines);
        }
        self.added(buffered)
    }

    /// Locks the buffer, if the calling thread may add lines.
    fn accept(&self) -> Result<MutexGuard<'_, Buffered>> {
        let buffered = self.buffered();
        if self.is_over(&buffered) { Err(Error::stopped()) } else { Ok(buffered) }
    }

    /// Writes the buffer if it is full, or leaves it to the background thread. The lines are accepted in any case, so an error
    /// means that stdout is closed, not that the run is ending: the last states must count all lines that are written.
    fn added(self: &Arc<Self>, mut buffered: MutexGuard<'_, Buffered>) -> Result<()> {
        let size = buffered.bytes.len();
        if size < FLUSH_SIZE {
            return Ok(());
        }
        match buffered.background {
            Background::After(0) => buffered.background = self.start_background(),
            Background::After(more) => buffered.background = Background::After(more - 1),
            Background::Never | Background::Running => {}
        }
        let wait = buffered.background == Background::Running && size < LIMIT;
        drop(buffered);
        if !wait {
            return self.write_buffered();
        }
        self.is_full.notify_one();
        Ok(())
    }

    fn start_background(self: &Arc<Self>) -> Background {
        let lines = Arc::clone(self);
        let work = move || {
            // After a failed write, all calls of other threads return the error.
            while lines.wait_until_full() {
                let _ = lines.write_buffered();
            }
        };
        match thread::Builder::new().name("output".to_owned()).spawn(work) {
            Ok(_) => Background::Running,
            Err(_) => Background::Never,
        }
    }

    /// Returns whether there is a full buffer to write; `false` if nothing more will be written.
    fn wait_until_full(&self) -> bool {
        let is_not_full = |buffered: &mut Buffered| buffered.bytes.len() < FLUSH_SIZE && !buffered.closed;
        let buffered = self.is_full.wait_while(self.buffered(), is_not_full);
        !buffered.unwrap_or_else(PoisonError::into_inner).closed
    }

    /// From now on only the thread that calls [`claim`](Self::claim) may add lines.
    pub(super) fn begin_to_end(&self) {
        self.ending.store(true, Release);
    }

    /// Returns whether lines of the calling thread are no longer accepted.
    fn is_over(&self, buffered: &Buffered) -> bool {
        buffered.closed || self.ending.load(Acquire) && buffered.claimed != Some(thread::current().id())
    }

    /// Declares that the calling thread writes the final messages.
    pub(super) fn claim(&self) {
        self.buffered().claimed = Some(thread::current().id());
    }

    pub(super) fn is_closed(&self) -> bool {
        self.buffered().closed
    }

    /// Stops all further output.
    pub(super) fn shut(&self) {
        self.buffered().closed = true;
        self.is_full.notify_one();
    }

    /// Writes the buffer, after what another thread is writing. An error ends the run, because nothing more can be reported
    /// on stdout.
    pub(crate) fn flush(&self) -> Result<()> {
        drop(self.accept()?);
        self.write_buffered()
    }

    fn write_buffered(&self) -> Result<()> {
        self.write_buffered_and(&[])
    }

    /// Writes the buffer, and a line after it.
    fn write_buffered_and(&self, line: &[u8]) -> Result<()> {
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffered = self.buffered();
        // The thread that was waited for may have failed.
        if buffered.closed {
            return Err(Error::stopped());
        }
        let mut bytes = std::mem::take(&mut to.empty);
        std::mem::swap(&mut buffered.bytes, &mut bytes);
        drop(buffered);
        let written = if bytes.is_empty() { Ok(()) } else { to.write(&bytes) };
        let written = if line.is_empty() { written } else { written.and_then(|()| to.write(line)) };
        bytes.clear();
        // A large state must not stay in memory.
        bytes.shrink_to(4 * LIMIT);
        to.empty = bytes;
        written.map_err(|error| self.close(&error))
    }

    fn close(&self, error: &io::Error) -> Error {
        self.shut();
        if error.kind() != ErrorKind::BrokenPipe {
            // Unlike a closed pipe, an error such as a full disk must be reported, and stderr is the only channel left.
            let _ = writeln!(io::stderr(), "error: cannot write to stdout: {error}");
        }
        Error::stopped()
    }

    fn buffered(&self) -> MutexGuard<'_, Buffered> {
        self.buffered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes)?;
        self.writer.flush()
    }
}
