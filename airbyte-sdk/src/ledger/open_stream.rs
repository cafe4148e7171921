//! An open stream as the ledger sees it: what was written, and the position for the next state.

use super::block::HandOver;
use super::positions::Positions;
use crate::error::Result;
use crate::output::{self, Output};
use crate::protocol::{AirbyteStateStats, AirbyteStreamStatus, StreamDescriptor};
use std::sync::{Arc, Weak};

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
    /// The last state that was sent, or the one that the read resumed from.
    pub(super) last_state: String,
    /// The length of its line in bytes; 0 if none was sent.
    pub(super) state_length: u64,
    /// When it was sent, or when the stream was started.
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
    pub(super) fn new(id: u64, descriptor: StreamDescriptor, given: String) -> Self {
        Self {
            id,
            descriptor,
            is_selected: true,
            positions: Positions::given(given.clone()),
            is_running: false,
            records: 0,
            record_bytes: 0,
            counted: 0,
            states: 0,
            last_state: given,
            state_length: 0,
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

    /// Sends a state that covers all records written so far.
    pub(super) fn send_state(&mut self, output: &Output) -> Result<()> {
        if !self.is_selected {
            return Ok(());
        }
        let state = self.positions.to_state();
        let line = self.state_line(&state)?;
        output.line(&line)?;
        self.counted += self.records;
        (self.records, self.record_bytes) = (0, 0);
        self.states += 1;
        self.state_length = line.len() as u64;
        self.state_at = output::now();
        self.last_state = state;
        Ok(())
    }

    /// Sends the last state again.
    pub(super) fn repeat_state(&mut self, output: &Output) -> Result<()> {
        output.line(&self.state_line(&self.last_state)?)?;
        self.counted += self.records;
        (self.records, self.record_bytes) = (0, 0);
        Ok(())
    }

    /// Returns the line of an [`AirbyteStateMessage`](crate::protocol::AirbyteStateMessage) for a state in JSON. For a state of
    /// many partitions, a map of values would take twenty times as much memory.
    fn state_line(&self, state: &str) -> Result<Vec<u8>> {
        let stream = serde_json::to_string(&self.descriptor)?;
        let stats = serde_json::to_string(&AirbyteStateStats::new(self.records as f64))?;
        let around = [
            r#"{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":"#,
            &stream,
            r#","stream_state":"#,
            state,
            r#"},"sourceStats":"#,
            &stats,
            "}}\n",
        ];
        let mut line = around.concat().into_bytes();
        output::escape_line_breaks(&mut line, 0);
        Ok(line)
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
            let open_stream = OpenStream::new(1, stream.clone(), state.to_string());
            output.line(&open_stream.state_line(&state.to_string()).unwrap()).unwrap();
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

        let mut stream = OpenStream::new(1, StreamDescriptor::new("a"), "{}".to_owned());
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
        assert_eq!(add(&mut stream, 2, 3), Some(3), "the first one that goes on");
        assert_eq!(add(&mut stream, 2, 3), None, "it was reported");
        stream.remove_limited(1);
        assert_eq!(add(&mut stream, 1, 5), Some(3), "it had ended");
        stream.remove_limited(2);
        assert_eq!(stream.unreported_limit(), None, "the other one is reading");
        drop(two);
        assert_eq!(stream.unreported_limit(), Some(5), "the other one has ended");
    }
}
