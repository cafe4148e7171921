//! The only room that writes to stdout: whole lines, in the order of the calls, with secrets removed.

mod control;
mod current;
mod heartbeat;
mod interrupt;
mod lines;
mod log;
#[cfg(test)]
mod memory;
mod not_finite;
#[cfg(unix)]
mod patient;
mod record;
mod redact;

pub(crate) use self::control::Unsaved;
pub(crate) use self::lines::Lines;
pub(crate) use self::log::install as install_logger;
#[cfg(test)]
pub(crate) use self::memory::Memory;
pub(crate) use self::record::RecordLine;

use self::control::Config;
use self::current::Current;
#[cfg(unix)]
use self::patient::Patient;
use crate::error::{Error, Result};
use crate::protocol::{
    AirbyteErrorTraceMessage, AirbyteMessage, AirbyteStateStats, AirbyteStreamStatus,
    AirbyteStreamStatusRateLimitedReason, AirbyteStreamStatusReason, AirbyteStreamStatusReasonType,
    AirbyteStreamStatusTraceMessage, AirbyteTraceMessage, StreamDescriptor, Trace,
};
use crate::scrubber::Scrubber;
use jiff::Timestamp;
use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where all messages go.
pub(crate) struct Output {
    lines: Mutex<Lines>,
    beats: AtomicU32,
    scrubber: RwLock<Scrubber>,
    config: Config,
    /// What a signal finds.
    current: Mutex<Option<Current>>,
    last_word: AtomicBool,
    /// Only the last messages are still written.
    ending: Arc<AtomicBool>,
    /// A panic on a thread that the author started.
    stray_panic: Mutex<Option<Error>>,
    disturbed: AtomicBool,
}

impl Output {
    #[expect(clippy::disallowed_methods, reason = "this is the room that owns stdout")]
    pub(crate) fn stdout() -> Arc<Self> {
        let stdout = std::io::stdout();
        // Past the standard library's own buffer, which would look for line ends once more, and which takes a stdout
        // that cannot be written for one that has been.
        #[cfg(unix)]
        if let Ok(file) = std::os::fd::AsFd::as_fd(&stdout).try_clone_to_owned() {
            return Self::to(Lines::new(Box::new(Patient(std::fs::File::from(file)))));
        }
        Self::to(Lines::new(Box::new(stdout)))
    }

    pub(crate) fn to(lines: Lines) -> Arc<Self> {
        let ending = lines.ending();
        Arc::new(Self {
            lines: Mutex::new(lines),
            beats: AtomicU32::new(0),
            scrubber: RwLock::default(),
            config: Config::default(),
            current: Mutex::new(None),
            last_word: AtomicBool::new(false),
            ending,
            stray_panic: Mutex::default(),
            disturbed: AtomicBool::new(false),
        })
    }

    /// Blanks these values of the configuration from now on, in everything that people read.
    pub(crate) fn hide<S: AsRef<str>>(&self, secrets: &[S]) {
        let mut scrubber = self.scrubber.write().unwrap_or_else(PoisonError::into_inner);
        scrubber.add(secrets);
    }

    /// Does the same for values that were made at run time and are being used now. Only the most recently used ones are
    /// remembered.
    pub(crate) fn hide_in_use<S: AsRef<str>>(&self, secrets: &[S]) {
        let known = self.scrubber();
        if secrets.iter().filter(|secret| !known.knows(secret.as_ref())).count() == 0 {
            return;
        }
        drop(known);
        let mut scrubber = self.scrubber.write().unwrap_or_else(PoisonError::into_inner);
        secrets.iter().for_each(|secret| scrubber.add_recent(secret.as_ref()));
    }

    /// The text without secrets, for those who cut or quote a part of it.
    pub(crate) fn scrub<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.scrubber().scrub(text)
    }

    fn scrubber(&self) -> RwLockReadGuard<'_, Scrubber> {
        self.scrubber.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues one message as one line, fit to be read by people.
    pub(crate) fn message(&self, message: AirbyteMessage) -> Result<()> {
        self.line(&self.render(message)?)
    }

    fn render(&self, mut message: AirbyteMessage) -> Result<Vec<u8>> {
        redact::redact(&mut message, &self.scrubber());
        let mut line = serde_json::to_vec(&message)?;
        line.push(b'\n');
        lines::escape_line_breaks(&mut line, 0);
        Ok(line)
    }

    /// Queues the state of the stream that is being read, with the number of records it covers.
    pub(crate) fn state(&self, stream: &StreamDescriptor, state: String) -> Result<()> {
        let mut lines = self.lines();
        let line = self.state_line(stream, &state, &mut lines)?;
        if let Some(current) = &mut *self.current() {
            current.note_state(state);
        }
        lines.push(&line)
    }

    /// Before a long wait, sends the state of the stream that is being read if it has moved: the process may be killed
    /// while it waits. The emitter may be on the other end of the wait, so the state is the one a signal would find.
    pub(crate) fn checkpoint_before_wait(&self) -> Result<()> {
        let mut lines = self.lines();
        let line = {
            let mut current = self.current();
            let Some(current) = &mut *current else { return Ok(()) };
            let state = current.state(lines.last_record());
            let Some(state) = state.filter(|state| state != current.last_state()) else { return Ok(()) };
            let line = self.state_line(&current.stream, &state, &mut lines)?;
            current.note_state(state);
            line
        };
        lines.push(&line)?;
        lines.flush()
    }

    /// How many states were sent of the stream that is being read.
    pub(crate) fn states(&self) -> u64 {
        self.current().as_ref().map_or(0, Current::states)
    }

    /// How many bytes of records follow the last state, and how long the line of that state was.
    pub(crate) fn bytes_since_state(&self) -> (u64, u64) {
        self.lines().bytes_since_state()
    }

    /// The line of an [`AirbyteStateMessage`](crate::protocol::AirbyteStateMessage), of a state that is JSON already.
    fn state_line(&self, stream: &StreamDescriptor, state: &str, lines: &mut Lines) -> Result<Vec<u8>> {
        let stream = serde_json::to_string(stream)?;
        let stats = serde_json::to_string(&AirbyteStateStats::new(lines.take_records() as f64))?;
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
        lines::escape_line_breaks(&mut line, 0);
        lines.note_state(line.len());
        Ok(line)
    }

    /// Queues how a stream is doing.
    pub(crate) fn status(&self, stream: &StreamDescriptor, status: AirbyteStreamStatus) -> Result<()> {
        let terminal = matches!(status, AirbyteStreamStatus::Complete | AirbyteStreamStatus::Incomplete);
        let started = status == AirbyteStreamStatus::Started;
        let line = self.render(trace_message(status_of(stream, status)))?;
        // Under one lock: what a signal finds is what has been said.
        let mut lines = self.lines();
        self.reading(if terminal { None } else { Some(stream) });
        if started {
            // Records of a stream that failed without a state are not those of the next one.
            lines.take_records();
            lines.note_state(0);
        }
        lines.push(&line)
    }

    /// Says that the stream being read waits for a rate limit, and until when. The next record ends that for whoever
    /// looks.
    pub(crate) fn rate_limited(&self, wait: Duration) -> Result<()> {
        let stream = self.current().as_ref().map(|current| current.stream.clone());
        let Some(stream) = stream else { return Ok(()) };
        let mut limit = AirbyteStreamStatusRateLimitedReason::new();
        limit.quota_reset = Some(now() + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 2));
        let mut reason = AirbyteStreamStatusReason::new(AirbyteStreamStatusReasonType::RateLimited);
        reason.rate_limited = Some(limit);
        let mut status = AirbyteStreamStatusTraceMessage::new(stream, AirbyteStreamStatus::Running);
        status.reasons = Some(vec![reason]);
        self.trace(Trace::StreamStatus(status))
    }

    /// Queues an ERROR trace: what went wrong, for the user and for the platform.
    pub(crate) fn error(&self, error: &Error, stream: Option<&StreamDescriptor>) -> Result<()> {
        self.trace(error_trace(error, stream))
    }

    pub(crate) fn trace(&self, trace: Trace) -> Result<()> {
        self.message(trace_message(trace))
    }

    /// Queues a record's line.
    #[inline]
    pub(crate) fn record(&self, line: &[u8]) -> Result<()> {
        self.lines().push_record(line)
    }

    /// Queues a finished line, line break included.
    pub(crate) fn line(&self, line: &[u8]) -> Result<()> {
        self.lines().push(line)
    }

    /// Writes what waits.
    pub(crate) fn flush(&self) -> Result<()> {
        self.lines().flush()
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn trace_message(trace: Trace) -> AirbyteMessage {
    AirbyteMessage::Trace(AirbyteTraceMessage::new(now() as f64, trace))
}

fn error_trace(error: &Error, stream: Option<&StreamDescriptor>) -> Trace {
    let mut trace = AirbyteErrorTraceMessage::new(error.message());
    trace.internal_message = error.internal().map(str::to_owned);
    trace.failure_type = Some(error.failure_type());
    trace.stream_descriptor = stream.cloned();
    Trace::Error(trace)
}

fn status_of(stream: &StreamDescriptor, status: AirbyteStreamStatus) -> Trace {
    Trace::StreamStatus(AirbyteStreamStatusTraceMessage::new(stream.clone(), status))
}

/// Milliseconds since 1970, as the protocol tells time.
pub(crate) fn now() -> i64 {
    // Not `Timestamp::now`, which panics if the clock is beyond the year 9999.
    let (before, now) = (Timestamp::MIN.as_millisecond(), Timestamp::MAX.as_millisecond());
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(now).min(now),
        Err(until) => i64::try_from(until.duration().as_millis()).map_or(before, |until| -until).max(before),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{AirbyteStateMessage, AirbyteStreamState};
    use serde_json::json;

    #[test]
    fn the_line_of_a_state_is_what_its_type_writes() {
        let output = Output::to(Lines::new(Box::new(std::io::sink())));
        let mut stream = StreamDescriptor::new("a \"name\"");
        for (namespace, state) in [(None, json!({})), (Some("n\u{2028}"), json!({"é\u{85}": [1.0, null]}))] {
            stream.namespace = namespace.map(str::to_owned);
            let line = output.state_line(&stream, &state.to_string(), &mut output.lines()).unwrap();
            let mut expected = AirbyteStreamState::new(stream.clone());
            expected.stream_state = state.as_object().cloned();
            let mut expected = AirbyteStateMessage::stream(expected);
            expected.source_stats = Some(AirbyteStateStats::new(0.0));
            assert_eq!(line, output.render(AirbyteMessage::State(expected)).unwrap());
        }
    }
}
