//! Lines on their way out: gathered in a buffer, written whole, and never again once the reader is gone.

use crate::error::{Error, Result};
use std::io::{self, ErrorKind, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Acquire};

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
    /// Whether it is their thread that writes.
    claimed: bool,
    /// Records pushed since the last state, and their bytes.
    records: u64,
    record_bytes: u64,
    /// The length of that state's line.
    state_length: u64,
    /// The last record that was written, if none is waiting.
    last_record: Vec<u8>,
    /// From where on in `waiting` the last record is looked for.
    fresh: usize,
    /// Whether a record or a state was pushed since this was asked last.
    heard: bool,
}

impl Lines {
    pub(crate) fn new(to: Box<dyn Write + Send>) -> Self {
        Self {
            waiting: Vec::with_capacity(FULL + 4096),
            to,
            closed: false,
            ending: Arc::default(),
            claimed: false,
            records: 0,
            record_bytes: 0,
            state_length: 0,
            last_record: Vec::new(),
            fresh: 0,
            heard: false,
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

    #[inline]
    pub(super) fn push_record(&mut self, line: &[u8]) -> Result<()> {
        if self.is_over() {
            return Err(Error::stopped());
        }
        // Before the push, which may flush: only where there are records the last one is kept.
        self.records += 1;
        self.record_bytes += line.len() as u64;
        self.heard = true;
        self.push(line)
    }

    /// How many records were pushed since this was asked last, which is at every state. Nor is a record of before to be
    /// found from here on.
    pub(super) fn take_records(&mut self) -> u64 {
        self.forget_records();
        self.heard = true;
        self.record_bytes = 0;
        std::mem::take(&mut self.records)
    }

    /// Notes how long the line of the last state is.
    pub(super) fn note_state(&mut self, length: usize) {
        self.state_length = length as u64;
    }

    /// How many bytes of records follow the last state, and how long its line was.
    pub(super) fn bytes_since_state(&self) -> (u64, u64) {
        (self.record_bytes, self.state_length)
    }

    /// A record pushed so far is not the last one of what comes now.
    pub(super) fn forget_records(&mut self) {
        self.last_record.clear();
        self.fresh = self.waiting.len();
    }

    /// The last record since the last state.
    pub(super) fn last_record(&self) -> Option<&[u8]> {
        let kept = Some(&*self.last_record).filter(|record| !record.is_empty());
        last_record_of(&self.waiting[self.fresh..]).or(kept)
    }

    /// Whether the platform has had a sign of life since this was asked last: a record or a state.
    pub(super) fn take_heard(&mut self) -> bool {
        std::mem::take(&mut self.heard)
    }

    pub(super) fn ending(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.ending)
    }

    /// Whether nothing is taken from the caller any more. What waits is left to the thread that writes the last messages.
    #[inline]
    fn is_over(&self) -> bool {
        self.closed || self.ending.load(Acquire) && !self.claimed
    }

    /// The caller writes the last messages.
    pub(super) fn claim(&mut self) {
        self.claimed = true;
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
        let fresh = if self.records > 0 { &self.waiting[self.fresh..] } else { &[] };
        if let Some(record) = last_record_of(fresh) {
            self.last_record.clear();
            self.last_record.extend_from_slice(record);
        }
        let written = self.to.write_all(&self.waiting).and_then(|()| self.to.flush());
        self.waiting.clear();
        self.fresh = 0;
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

fn last_record_of(lines: &[u8]) -> Option<&[u8]> {
    lines.rsplit(|byte| *byte == b'\n').find(|line| line.starts_with(RECORD))
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
    fn the_last_record_is_found_wherever_it_is_and_never_one_of_before() {
        let record =
            |id: usize, length: usize| format!("{{\"type\":\"RECORD\",\"id\":{id}{}}}\n", " ".repeat(length));
        let mut lines = Lines::new(Box::new(io::sink()));
        let id = |lines: &Lines| lines.last_record().map(|record| record[RECORD.len() + 5]);
        assert_eq!(id(&lines), None);
        lines.push_record(record(1, 0).as_bytes()).unwrap();
        lines.push(b"{\"type\":\"LOG\"}\n").unwrap();
        assert_eq!(id(&lines), Some(b'1'));
        lines.flush().unwrap();
        assert_eq!(id(&lines), Some(b'1'));
        assert_eq!(lines.take_records(), 1);
        assert_eq!(id(&lines), None);
        // The first record after a state that is flushed at once.
        lines.push_record(record(2, FULL).as_bytes()).unwrap();
        assert_eq!(id(&lines), Some(b'2'));
        lines.push(&[b' '; FULL]).unwrap();
        assert_eq!(id(&lines), Some(b'2'));
        lines.forget_records();
        assert_eq!(id(&lines), None);
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
        lines.push_record(b"{\"id\":1}\n").unwrap();
        lines.ending().store(true, std::sync::atomic::Ordering::Release);
        assert!(lines.push_record(b"{\"id\":2}\n").unwrap_err().is_stopped());
        assert!(lines.flush().unwrap_err().is_stopped());
        lines.claim();
        lines.push(b"{\"id\":3}\n").unwrap();
        assert_eq!(lines.take_records(), 1);
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
