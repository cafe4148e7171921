//! An open stream as the ledger sees it: what was written, and the position for the next state.

use super::block::HandOver;
use super::positions::{PositionUpdate, Positions};
use crate::error::Result;
use crate::json_text::JsonText;
use crate::output::{self, Output};
use crate::protocol::{AirbyteStateStats, AirbyteStreamStatus, StreamDescriptor};
use std::sync::{Arc, Weak};

/// The length in bytes from which a state causes a warning.
const LONG_STATE: u64 = 16_000_000;

/// The length from which the platform logs a warning, and counts the message. It does not drop it.
const LONGEST_LINE: u64 = 20_000_000;

pub(super) struct OpenStream {
    pub(super) id: u64,
    pub(super) descriptor: StreamDescriptor,
    /// Whether its messages are sent. Otherwise only its position is tracked.
    pub(super) is_selected: bool,
    pub(super) positions: Positions,
    /// Whether the status RUNNING was sent.
    is_running: bool,
    /// Records written since the last state, and their bytes.
    pub(super) records: u64,
    pub(super) record_bytes: u64,
    /// Records counted by the states so far.
    pub(super) counted: u64,
    /// The number of states sent.
    pub(super) states: u64,
    /// Whether a position has changed since the last state that was sent, or since the one that the read resumed from. Not a
    /// copy of that state, which may be large.
    has_moved: bool,
    /// The `next` of that state.
    last_next: Option<String>,
    /// The length of the line of the last state in bytes; 0 if none was sent.
    pub(super) state_length: u64,
    /// The line of the last state. Its buffer is used again: several threads send states, and an allocator with an arena for
    /// each would keep a buffer of this size for each.
    line: Vec<u8>,
    /// Whether a warning was logged about the length of a state.
    warned_of_length: bool,
    /// When the last state was sent, or when the stream was started.
    pub(super) state_at: i64,
    /// The expected number of records.
    pub(super) estimate: u64,
    /// The requests that readers wait for, with the readers' ids.
    pub(super) waiting_for: Vec<(u64, String)>,
    /// The readers that wait for a rate limit, and until when.
    limited: Vec<(u64, i64)>,
    /// Whether it was reported that all of them wait.
    reported_limit: bool,
    emitters: Vec<Weak<dyn HandOver>>,
}

impl OpenStream {
    pub(super) fn new(id: u64, descriptor: StreamDescriptor, given: JsonText) -> Self {
        Self {
            id,
            descriptor,
            is_selected: true,
            positions: Positions::given(given),
            is_running: false,
            records: 0,
            record_bytes: 0,
            counted: 0,
            states: 0,
            has_moved: false,
            last_next: None,
            state_length: 0,
            line: Vec::new(),
            warned_of_length: false,
            state_at: output::now(),
            estimate: 0,
            waiting_for: Vec::new(),
            limited: Vec::new(),
            reported_limit: false,
            emitters: Vec::new(),
        }
    }

    pub(super) fn start(&self, output: &Output) -> Result<()> {
        output.status(&self.descriptor, AirbyteStreamStatus::Started)
    }

    /// Reports the stream as running, once: before its first record, or at its end if there was none.
    pub(super) fn run(&mut self, output: &Output) -> Result<()> {
        if self.is_running || !self.is_selected {
            return Ok(());
        }
        output.status(&self.descriptor, AirbyteStreamStatus::Running)?;
        self.is_running = true;
        Ok(())
    }

    pub(super) fn add(&mut self, emitter: Weak<dyn HandOver>) {
        self.emitters.retain(|emitter| emitter.strong_count() > 0);
        self.emitters.push(emitter);
    }

    pub(super) fn emitters(&self) -> impl Iterator<Item = Arc<dyn HandOver>> + '_ {
        self.emitters.iter().filter_map(Weak::upgrade)
    }

    /// Adds a reader that waits for a rate limit until this time.
    pub(super) fn add_limited(&mut self, reader: u64, until: i64) {
        self.limited.retain(|(limited, _)| *limited != reader);
        self.limited.push((reader, until));
    }

    pub(super) fn remove_limited(&mut self, reader: u64) {
        self.limited.retain(|(limited, _)| *limited != reader);
        self.reported_limit = false;
    }

    /// Returns when the stream will be read again, if that must be reported: all readers wait for a rate limit, and it was not
    /// reported since one of them last stopped waiting.
    pub(super) fn unreported_limit(&mut self) -> Option<i64> {
        let until = self.limited.iter().map(|(_, until)| *until).min()?;
        // Partitions are listed without an emitter.
        let all_wait = self.limited.len() >= self.emitters().filter(|emitter| emitter.reads()).count();
        let must_report = self.is_selected && all_wait && !std::mem::replace(&mut self.reported_limit, true);
        must_report.then_some(until)
    }

    /// Writes a block of records and empties it.
    pub(super) fn take(&mut self, output: &Output, lines: &mut Vec<u8>, records: u64) -> Result<()> {
        self.run(output)?;
        let bytes = lines.len() as u64;
        if self.is_selected {
            output.block(lines)?;
        } else {
            lines.clear();
        }
        self.records += records;
        self.record_bytes += bytes;
        Ok(())
    }

    /// Returns whether the state has changed since the last one.
    pub(super) fn has_moved(&self) -> bool {
        self.has_moved || self.positions.next() != self.last_next.as_deref()
    }

    /// Records that a position has changed.
    pub(super) fn mark_moved(&mut self, has_moved: bool) {
        self.has_moved |= has_moved;
    }

    /// Records that the state was sent, or is the one that the read resumed from.
    pub(super) fn mark_sent(&mut self) {
        self.has_moved = false;
        self.last_next = self.positions.next().map(str::to_owned);
    }

    /// Updates the position of this partition, or of the unpartitioned stream.
    pub(super) fn update(&mut self, partition: Option<&str>, update: PositionUpdate) {
        self.has_moved |= self.positions.update(partition, update);
    }

    /// Sends a state that covers all records written so far. Of a stream that is not selected, only the counts advance:
    /// otherwise a state would be due, and the output flushed, every few records.
    pub(super) fn send_state(&mut self, output: &Output) -> Result<()> {
        if self.is_selected {
            self.write_line()?;
            output.line(&self.line)?;
            self.states += 1;
            self.state_length = self.line.len() as u64;
        }
        self.counted += self.records;
        (self.records, self.record_bytes) = (0, 0);
        self.state_at = output::now();
        self.mark_sent();
        if let Some(warning) = self.warning_of_length() {
            log::warn!("{warning}");
        }
        Ok(())
    }

    /// Writes the line of an [`AirbyteStateMessage`](crate::protocol::AirbyteStateMessage). For a state of many partitions, a
    /// map of values would take twenty times as much memory.
    fn write_line(&mut self) -> Result<()> {
        let line = &mut self.line;
        line.clear();
        line.extend_from_slice(br#"{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":"#);
        serde_json::to_writer(&mut *line, &self.descriptor)?;
        line.extend_from_slice(br#","stream_state":"#);
        self.positions.write_state(line)?;
        line.extend_from_slice(br#"},"sourceStats":"#);
        serde_json::to_writer(&mut *line, &AirbyteStateStats::new(self.records as f64))?;
        line.extend_from_slice(b"}}\n");
        output::escape_line_breaks(line, 0);
        Ok(())
    }

    /// Returns the warning about a state that is very long, once.
    fn warning_of_length(&mut self) -> Option<String> {
        if self.state_length < LONG_STATE || std::mem::replace(&mut self.warned_of_length, true) {
            return None;
        }
        let of_partitions = match &self.positions {
            Positions::Partitions { positions, .. } => format!(" of {} partitions", positions.len()),
            _ => String::new(),
        };
        Some(format!(
            "{}: the state{of_partitions} has {} bytes; Airbyte warns of messages of {LONGEST_LINE} characters or more",
            self.descriptor.name, self.state_length
        ))
    }

    /// Returns the log message for a stream that has been idle for this long.
    pub(super) fn describe_wait(&self, seconds: i64) -> String {
        let idle = format!("{}: no records for {seconds} s", self.descriptor.name);
        match &self.waiting_for[..] {
            [] => idle,
            [(_, request)] => format!("{idle}, waiting for {request}"),
            [(_, request), others @ ..] => {
                format!("{idle}, waiting for {request} and {} more", others.len())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{Lines, Memory};
    use crate::protocol::{AirbyteMessage, AirbyteStateMessage, AirbyteStreamState};
    use serde_json::json;

    #[test]
    fn state_line_equals_the_serialized_message() {
        let memory = Memory::default();
        let output = Output::to(Lines::new(Box::new(memory.clone())));
        for (namespace, state) in [(None, json!({})), (Some("n\u{2028}"), json!({"é\u{85}": [1.0, null]}))] {
            let mut stream = StreamDescriptor::new("a \"name\"");
            stream.namespace = namespace.map(str::to_owned);
            let mut open_stream = OpenStream::new(1, stream.clone(), JsonText::of(&state));
            open_stream.send_state(&output).unwrap();
            let mut expected = AirbyteStreamState::new(stream);
            expected.stream_state = state.as_object().cloned();
            let mut expected = AirbyteStateMessage::stream(expected);
            expected.source_stats = Some(AirbyteStateStats::new(0.0));
            output.message(AirbyteMessage::State(expected)).unwrap();
        }
        output.flush().unwrap();
        let lines = memory.take_lines();
        assert_eq!((&lines[0], &lines[2]), (&lines[1], &lines[3]));
    }

    #[test]
    fn state_of_a_stream_that_is_not_selected_is_due_as_rarely_as_any_other() {
        let memory = Memory::default();
        let output = Output::to(Lines::new(Box::new(memory.clone())));
        let mut stream = OpenStream::new(1, StreamDescriptor::new("a"), JsonText::empty_object());
        stream.is_selected = false;
        stream.take(&output, &mut b"{}\n".to_vec(), 1).unwrap();
        stream.update(None, PositionUpdate::Set(r#"{"id":1}"#.to_owned()));
        stream.send_state(&output).unwrap();
        assert_eq!((stream.records, stream.record_bytes, stream.counted), (0, 0, 1));
        assert!(!stream.has_moved());
        output.flush().unwrap();
        assert!(memory.take_lines().is_empty());
    }

    #[test]
    fn long_state_causes_one_warning() {
        let output = Output::to(Lines::new(Box::new(Memory::default())));
        let mut stream = OpenStream::new(1, StreamDescriptor::new("a"), JsonText::empty_object());
        stream.positions = Positions::Partitions {
            positions: crate::text_map::TextMap::new(),
            next: None,
            given: None,
            parent: None,
        };
        let mut send = |name: &str| {
            stream.update(Some(name), PositionUpdate::Set("{}".to_owned()));
            stream.send_state(&output).unwrap();
            (stream.warned_of_length, stream.warning_of_length())
        };
        assert_eq!(send("x"), (false, None));
        assert_eq!(send(&"x".repeat(16_000_000)), (true, None));
        stream.warned_of_length = false;
        let warning = stream.warning_of_length().unwrap();
        assert!(warning.starts_with("a: the state of 2 partitions has 160001"), "{warning}");
    }

    #[test]
    fn rate_limit_is_reported_if_all_readers_wait_for_it() {
        /// Whether the emitter reads.
        struct Reader(bool);
        impl HandOver for Reader {
            fn hand_over(&self) -> Result<()> {
                Ok(())
            }

            fn try_hand_over(&self) -> Result<()> {
                Ok(())
            }

            fn reads(&self) -> bool {
                self.0
            }
        }

        let mut stream = OpenStream::new(1, StreamDescriptor::new("a"), JsonText::empty_object());
        let add = |stream: &mut OpenStream, reader: u64, until| {
            stream.add_limited(reader, until);
            stream.unreported_limit()
        };
        assert_eq!(add(&mut stream, 0, 5), Some(5), "the partitions are being listed");
        stream.remove_limited(0);
        let (one, two, position) = (Arc::new(Reader(true)), Arc::new(Reader(true)), Arc::new(Reader(false)));
        for reader in [&one, &two, &position] {
            let reader: Weak<Reader> = Arc::downgrade(reader);
            stream.add(reader);
        }
        assert_eq!(add(&mut stream, 1, 5), None, "the other one is reading");
        assert_eq!(add(&mut stream, 2, 3), Some(3), "the first one to continue");
        assert_eq!(add(&mut stream, 2, 3), None, "it was reported");
        stream.remove_limited(1);
        assert_eq!(add(&mut stream, 1, 5), Some(3), "it had ended");
        stream.remove_limited(2);
        assert_eq!(stream.unreported_limit(), None, "the other one is reading");
        drop(two);
        assert_eq!(stream.unreported_limit(), Some(5), "the other one has ended");
    }
}
