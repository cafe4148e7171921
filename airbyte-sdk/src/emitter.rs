//! Where a fetch function puts its records: each becomes a line, is counted, and moves the stream's state on.

use crate::cursor::Progress;
use crate::error::{Error, Result};
use crate::http::Http;
use crate::output::{self, Output};
use crate::protocol::{
    AirbyteMessage, AirbyteStateMessage, AirbyteStateStats, AirbyteStreamState, AirbyteStreamStatus,
    AirbyteStreamStatusTraceMessage, StreamDescriptor, Trace,
};
use crate::stream::Stream;
use std::io::Write as _;
use std::sync::Arc;

/// Reading the clock costs as much as a quarter of a record, so one reading serves this many.
const RECORDS_PER_CLOCK: u32 = 50;
/// An ascending stream sends a state after this many records,
const RECORDS_PER_STATE: u64 = 10_000;
/// or after this time, whichever comes first.
const MILLISECONDS_PER_STATE: i64 = 15_000;

/// Takes the records of one stream. A fetch function gets it as `out`.
///
/// A record is on its way as soon as it is emitted: nothing is held back for the end of the page, and memory does
/// not grow with the number of records. When a record goes out, who sees it first and how far the stream's state
/// has come is not the author's concern.
pub struct Emitter<T: Stream> {
    /// `None` while checking the connection: then the first record is enough and none is written.
    output: Option<Arc<Output>>,
    http: Http,
    stream: StreamDescriptor,
    line: RecordLine,
    progress: Progress<T::Cursor>,
    /// Records until the clock is read again.
    clock_in: u32,
    /// The output's beat at the last reading.
    beat: u32,
    /// When the last state was sent, or the stream was started.
    state_at: i64,
    since_state: u64,
    states: u64,
    total: u64,
    /// Set by the first error, so that a fetch function cannot overlook it.
    failed: Option<Error>,
}

impl<T: Stream> Emitter<T> {
    pub(crate) fn new(
        output: Option<Arc<Output>>,
        http: Http,
        stream: StreamDescriptor,
        since: Option<T::Cursor>,
    ) -> Self {
        Self {
            line: RecordLine::new(&stream),
            output,
            http,
            stream,
            progress: Progress::new(T::ORDER, since),
            clock_in: 0,
            beat: 0,
            state_at: output::now(),
            since_state: 0,
            states: 0,
            total: 0,
            failed: None,
        }
    }

    /// The client for this read: one for all streams, with time limits and retries.
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// Sends one record. A number that is not finite (NaN, infinity) has no form in JSON and is written as null.
    ///
    /// # Errors
    ///
    /// When the record cannot be written as JSON, when an ascending stream goes back, or when nobody reads any
    /// more. Return the error with `?`: emitting is over for this stream.
    #[inline]
    pub fn emit(&mut self, record: T) -> Result<()> {
        match self.try_emit(&record) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// Sends all records of an iterator, up to the first error.
    ///
    /// # Errors
    ///
    /// The iterator's own, or those of [`emit`](Self::emit).
    pub fn extend(&mut self, records: impl IntoIterator<Item = Result<T>>) -> Result<()> {
        records.into_iter().try_for_each(|record| match record {
            Ok(record) => self.emit(record),
            Err(error) => Err(self.fail(error)),
        })
    }

    #[inline]
    fn try_emit(&mut self, record: &T) -> Result<()> {
        let Some(output) = &self.output else {
            return Err(Error::stopped());
        };
        if self.clock_in == 0 || self.beat != output.beats() {
            self.pause()?;
        }
        self.clock_in -= 1;
        self.line.write(record)?;
        if let Some(cursor) = record.cursor() {
            self.progress.observe(cursor)?;
        }
        // Borrowed anew, since `pause` needed all of `self`.
        if let Some(output) = &self.output {
            output.line(&self.line.bytes)?;
        }
        self.since_state += 1;
        Ok(())
    }

    /// What is done only now and then: the clock, the first record's status, the state.
    #[cold]
    fn pause(&mut self) -> Result<()> {
        let Some(output) = &self.output else { return Ok(()) };
        if self.failed.is_some() {
            return Err(Error::stopped());
        }
        // Time alone does not move the places where records are counted: the same records give the same states.
        if self.clock_in == 0 {
            self.clock_in = RECORDS_PER_CLOCK;
        }
        self.beat = output.beats();
        let now = output::now();
        self.line.set_clock(now);
        if self.total + self.since_state == 0 {
            send_status(output, &self.stream, AirbyteStreamStatus::Running)?;
        }
        let due = self.since_state >= RECORDS_PER_STATE || now - self.state_at >= MILLISECONDS_PER_STATE;
        if due && self.since_state > 0 && self.progress.can_checkpoint() {
            self.checkpoint()?;
            self.state_at = now;
        }
        Ok(())
    }

    /// Sends the state that covers all records so far, and lets everything leave.
    fn checkpoint(&mut self) -> Result<()> {
        let Some(output) = &self.output else { return Ok(()) };
        let mut state = serde_json::Map::new();
        if let (Some(field), Some(cursor)) = (T::CURSOR_FIELD, self.progress.furthest()) {
            state.insert(field.to_owned(), serde_json::to_value(cursor)?);
        }
        let mut covered = AirbyteStreamState::new(self.stream.clone());
        covered.stream_state = Some(state);
        let mut message = AirbyteStateMessage::stream(covered);
        message.source_stats = Some(AirbyteStateStats::new(self.since_state as f64));
        output.message(AirbyteMessage::State(message))?;
        self.total += self.since_state;
        self.since_state = 0;
        self.states += 1;
        output.flush()
    }

    /// Ends the stream: the last state, if one is legal. Returns how many records there were.
    pub(crate) fn finish(mut self, fetched: Result<()>) -> (u64, Result<()>) {
        let fetched = match self.failed.take() {
            Some(failure) => Err(failure),
            None => fetched,
        };
        let ascending = self.progress.can_checkpoint();
        let state = self.announce().and_then(|()| match &fetched {
            Ok(()) => self.checkpoint(),
            Err(error) if error.is_stopped() => Ok(()),
            // What is out is out: an ascending stream can be read on from here.
            Err(_) if ascending && self.since_state > 0 => self.checkpoint(),
            // It turned out not to be one: the states sent on the way must not stand.
            Err(_) if !ascending && self.states > 0 => self.checkpoint(),
            Err(_) => Ok(()),
        });
        (self.total + self.since_state, fetched.and(state))
    }

    /// RUNNING comes with the first record; a stream without any says it at its end.
    fn announce(&self) -> Result<()> {
        match &self.output {
            Some(output) if self.total + self.since_state == 0 => {
                send_status(output, &self.stream, AirbyteStreamStatus::Running)
            }
            _ => Ok(()),
        }
    }

    /// Keeps the first error, so that swallowing it does not turn a failure into a success.
    #[cold]
    fn fail(&mut self, error: Error) -> Error {
        self.clock_in = 0;
        if self.failed.is_none() {
            self.failed = Some(error);
        }
        Error::stopped()
    }
}

/// Says how a stream is doing.
pub(crate) fn send_status(
    output: &Output,
    stream: &StreamDescriptor,
    status: AirbyteStreamStatus,
) -> Result<()> {
    output.trace(Trace::StreamStatus(AirbyteStreamStatusTraceMessage::new(stream.clone(), status)))
}

/// The line of a record. What is the same for all records of a millisecond is made once and stays in place.
struct RecordLine {
    bytes: Vec<u8>,
    /// Where `emitted_at` begins.
    clock: usize,
    /// Where the record's data begins.
    data: usize,
}

impl RecordLine {
    fn new(stream: &StreamDescriptor) -> Self {
        let mut bytes = br#"{"type":"RECORD","record":{"#.to_vec();
        if let Some(namespace) = &stream.namespace {
            let _ = write!(bytes, r#""namespace":{},"#, serde_json::Value::from(namespace.as_str()));
        }
        let _ = write!(bytes, r#""stream":{},"emitted_at":"#, serde_json::Value::from(stream.name.as_str()));
        output::escape_line_breaks(&mut bytes, 0);
        let mut line = Self { clock: bytes.len(), data: 0, bytes };
        line.set_clock(0);
        line
    }

    fn set_clock(&mut self, now: i64) {
        self.bytes.truncate(self.clock);
        // Writing to a vector cannot fail.
        let _ = write!(self.bytes, r#"{now},"data":"#);
        self.data = self.bytes.len();
    }

    #[inline]
    fn write(&mut self, record: &impl serde::Serialize) -> Result<()> {
        self.bytes.truncate(self.data);
        serde_json::to_writer(&mut self.bytes, record)?;
        if self.bytes.len() <= self.data + 2 || self.bytes[self.data] != b'{' {
            return Err(not_a_record());
        }
        output::escape_line_breaks(&mut self.bytes, self.data);
        self.bytes.extend_from_slice(b"}}\n");
        Ok(())
    }
}

/// The platform drops such records without a word, so they are refused here.
#[cold]
fn not_a_record() -> Error {
    Error::system("a record must be an object with at least one field")
}
