//! Lines on their way out: gathered in a buffer, written whole, and never again once the reader is gone.

use crate::error::{Error, Result};
use std::io::{self, ErrorKind, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Acquire};
use std::thread::{self, ThreadId};

/// What gathers before it is written; one `write` of this size costs less than the records in it.
const FULL: usize = 64 * 1024;

/// How the line of a record begins.
pub(super) const RECORD: &[u8] = br#"{"type":"RECORD","#;

/// A buffer of whole lines in front of a writer.
pub(crate) struct Lines {
    waiting: Vec<u8>,
    to: Box<dyn Write + Send>,
    closed: bool,
    /// Set when only the last messages are still to be written. Without the lock: a slow reader may keep that.
    ending: Arc<AtomicBool>,
    /// The thread that writes them.
    claimed: Option<ThreadId>,
}

impl Lines {
    pub(crate) fn new(to: Box<dyn Write + Send>) -> Self {
        Self {
            waiting: Vec::with_capacity(FULL + 4096),
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
        self.waiting.extend_from_slice(line);
        if self.waiting.len() < FULL { Ok(()) } else { self.flush() }
    }

    /// Takes whole lines, and leaves none. Their buffer is exchanged rather than copied if nothing waits.
    pub(super) fn push_block(&mut self, lines: &mut Vec<u8>) -> Result<()> {
        if self.is_over() {
            return Err(Error::stopped());
        }
        if self.waiting.is_empty() {
            std::mem::swap(&mut self.waiting, lines);
        } else {
            self.waiting.append(lines);
        }
        if self.waiting.len() < FULL { Ok(()) } else { self.flush() }
    }

    pub(super) fn ending(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.ending)
    }

    /// Whether nothing is taken from the caller any more. What waits is left to the thread that writes the last messages.
    #[inline]
    fn is_over(&self) -> bool {
        self.closed || self.ending.load(Acquire) && self.claimed != Some(thread::current().id())
    }

    /// The caller writes the last messages.
    pub(super) fn claim(&mut self) {
        self.claimed = Some(thread::current().id());
    }

    /// Lets nothing more out.
    pub(super) fn shut(&mut self) {
        self.closed = true;
    }

    /// An error ends the run: nobody can be told anything more on this way.
    pub(crate) fn flush(&mut self) -> Result<()> {
        if self.is_over() {
            return Err(Error::stopped());
        }
        if self.waiting.is_empty() {
            return Ok(());
        }
        let written = self.to.write_all(&self.waiting).and_then(|()| self.to.flush());
        self.waiting.clear();
        written.map_err(|error| self.close(&error))
    }

    fn close(&mut self, error: &io::Error) -> Error {
        self.closed = true;
        if error.kind() != ErrorKind::BrokenPipe {
            // A reader that has gone knows why; a full disk must be told, and stderr is the only way left.
            let _ = writeln!(io::stderr(), "error: stdout cannot be written: {error}");
        }
        Error::stopped()
    }
}

/// Replaces the characters that some line readers (Python's `splitlines`) take for line breaks by their JSON escapes.
/// Inside a JSON text they can only stand within strings, so the replacement changes no value.
///
/// Looks at `line[from..]` only.
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
    fn after_a_broken_pipe_everything_stops() {
        let mut lines = Lines::new(Box::new(Broken(ErrorKind::BrokenPipe)));
        lines.push(b"{}\n").unwrap();
        assert!(lines.flush().unwrap_err().is_stopped());
        assert!(lines.push(b"{}\n").unwrap_err().is_stopped());
    }

    #[test]
    fn when_the_run_ends_only_the_last_messages_are_taken() {
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
    fn line_separators_are_escaped_and_mean_the_same() {
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
