//! The buffer of whole lines in front of stdout.
//!
//! A write per line would cost more than building the line, so lines are collected and written together once there are
//! 64 KiB, and whenever a caller calls [`Lines::flush`]: after a state, before a long wait, every 50 ms from the heartbeat
//! thread, and at the end of the run.
//!
//! What must stay true: the buffer contains only whole lines; after a write has failed, nothing more is written, and
//! every call returns [`Error::stopped`]; once the run is ending, only the thread that claimed the end may add lines,
//! and it also writes what other threads left in the buffer.

use crate::error::{Error, Result};
use std::io::{self, ErrorKind, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Acquire};
use std::thread::{self, ThreadId};

/// The buffer size that causes a write, in bytes. A `write` of this size costs less than building the records in it.
const FLUSH_SIZE: usize = 64 * 1024;

/// The beginning of the line of a record.
pub(super) const RECORD_START: &[u8] = br#"{"type":"RECORD","#;

/// A buffer of whole lines in front of a writer.
pub(crate) struct Lines {
    buffer: Vec<u8>,
    to: Box<dyn Write + Send>,
    closed: bool,
    /// Set when only the final messages may still be written. Outside the lock, which a slow reader may block.
    ending: Arc<AtomicBool>,
    /// The thread that writes the final messages.
    claimed: Option<ThreadId>,
}

impl Lines {
    pub(crate) fn new(to: Box<dyn Write + Send>) -> Self {
        Self {
            buffer: Vec::with_capacity(FLUSH_SIZE + 4096),
            to,
            closed: false,
            ending: Arc::default(),
            claimed: None,
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, line: &[u8]) -> Result<()> {
        if self.is_over() {
            return Err(Error::stopped());
        }
        self.buffer.extend_from_slice(line);
        if self.buffer.len() < FLUSH_SIZE { Ok(()) } else { self.flush() }
    }

    /// Takes all lines out of `lines`. Swaps the buffers instead of copying if this one is empty.
    pub(super) fn push_block(&mut self, lines: &mut Vec<u8>) -> Result<()> {
        if self.is_over() {
            return Err(Error::stopped());
        }
        if self.buffer.is_empty() {
            std::mem::swap(&mut self.buffer, lines);
        } else {
            self.buffer.append(lines);
        }
        if self.buffer.len() < FLUSH_SIZE { Ok(()) } else { self.flush() }
    }

    pub(super) fn ending(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.ending)
    }

    /// Returns whether lines of the calling thread are no longer accepted.
    #[inline]
    fn is_over(&self) -> bool {
        self.closed || self.ending.load(Acquire) && self.claimed != Some(thread::current().id())
    }

    /// Declares that the calling thread writes the final messages.
    pub(super) fn claim(&mut self) {
        self.claimed = Some(thread::current().id());
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Stops all further output.
    pub(super) fn shut(&mut self) {
        self.closed = true;
    }

    /// Writes the buffer. An error ends the run, because nothing more can be reported on stdout.
    pub(crate) fn flush(&mut self) -> Result<()> {
        if self.is_over() {
            return Err(Error::stopped());
        }
        if self.buffer.is_empty() {
            return Ok(());
        }
        let written = self.to.write_all(&self.buffer).and_then(|()| self.to.flush());
        self.buffer.clear();
        written.map_err(|error| self.close(&error))
    }

    fn close(&mut self, error: &io::Error) -> Error {
        self.closed = true;
        if error.kind() != ErrorKind::BrokenPipe {
            // Unlike a closed pipe, an error such as a full disk must be reported, and stderr is the only channel left.
            let _ = writeln!(io::stderr(), "error: cannot write to stdout: {error}");
        }
        Error::stopped()
    }
}

/// Escapes the characters in `line[from..]` that some readers (Python's `splitlines`) treat as line breaks.
///
/// In JSON these characters occur only within strings, so the escapes do not change any value.
#[inline]
pub(crate) fn escape_line_breaks(line: &mut Vec<u8>, from: usize) {
    if !line[from..].is_ascii() {
        escape_non_ascii(line, from);
    }
}

fn escape_non_ascii(line: &mut Vec<u8>, from: usize) {
    const BREAKS: [(&[u8], &[u8]); 3] = [
        ("\u{85}".as_bytes(), b"\\u0085"),
        ("\u{2028}".as_bytes(), b"\\u2028"),
        ("\u{2029}".as_bytes(), b"\\u2029"),
    ];
    let mut escaped = Vec::new();
    let mut copied = from;
    let mut at = from;
    while at < line.len() {
        let rest = &line[at..];
        match BREAKS.iter().find(|(character, _)| rest.starts_with(character)) {
            Some((character, escape)) => {
                escaped.extend_from_slice(&line[copied..at]);
                escaped.extend_from_slice(escape);
                at += character.len();
                copied = at;
            }
            None => at += 1,
        }
    }
    if copied > from {
        escaped.extend_from_slice(&line[copied..]);
        line.truncate(from);
        line.append(&mut escaped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn broken_pipe_stops_all_output() {
        let mut lines = Lines::new(Box::new(Broken(ErrorKind::BrokenPipe)));
        lines.push(b"{}\n").unwrap();
        assert!(lines.flush().unwrap_err().is_stopped());
        assert!(lines.push(b"{}\n").unwrap_err().is_stopped());
    }

    #[test]
    fn only_the_claiming_thread_writes_after_the_end_began() {
        let memory = crate::output::Memory::default();
        let mut lines = Lines::new(Box::new(memory.clone()));
        lines.push_block(&mut b"{\"id\":1}\n".to_vec()).unwrap();
        lines.ending().store(true, std::sync::atomic::Ordering::Release);
        assert!(lines.push_block(&mut b"{\"id\":2}\n".to_vec()).unwrap_err().is_stopped());
        assert!(lines.flush().unwrap_err().is_stopped());
        lines.claim();
        lines.push(b"{\"id\":3}\n").unwrap();
        lines.flush().unwrap();
        assert_eq!(memory.take_messages(), [serde_json::json!({"id": 1}), serde_json::json!({"id": 3})]);
    }

    #[test]
    fn escaped_line_separators_parse_to_the_same_text() {
        let text = "a\u{2028}b\u{2029}c\u{85}d é \u{20ac}";
        let mut line = b"{\"prefix\":".to_vec();
        let from = line.len();
        serde_json::to_writer(&mut line, text).unwrap();
        line.push(b'}');
        escape_line_breaks(&mut line, from);
        let written = String::from_utf8(line).unwrap();
        assert!(!written.contains(['\u{2028}', '\u{2029}', '\u{85}']));
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["prefix"], text);
    }
}
