//! The only module that writes to stdout: whole lines, in call order, with secrets blanked.
//!
//! All messages pass through one [`Lines`]: short lines are collected in its buffer, and lines of 256 KiB or more are written
//! directly after it. Messages other than records are built from the
//! protocol types and redacted (`redact`); records are serialized into lines by `record` and handed over in blocks.
//!
//! What must stay true: no other module writes to stdout; a line is never split or interleaved; text for people is
//! redacted before it is shortened.

#[cfg(unix)]
mod blocking;
mod line_breaks;
mod lines;
#[cfg(test)]
mod lines_tests;
mod log;
#[cfg(any(test, feature = "testing"))]
mod memory;
mod not_finite;
mod record;
mod redact;

#[cfg(unix)]
use self::blocking::Blocking;
pub(crate) use self::line_breaks::escape_line_breaks;
pub(crate) use self::lines::Lines;
pub(crate) use self::log::install as install_logger;
#[cfg(any(test, feature = "testing"))]
pub(crate) use self::memory::Memory;
pub(crate) use self::record::RecordLine;

use crate::error::{Error, Result};
use crate::protocol::{
    AirbyteErrorTraceMessage, AirbyteMessage, AirbyteStreamStatus, AirbyteStreamStatusTraceMessage,
    AirbyteTraceMessage, StreamDescriptor, Trace,
};
use crate::scrubber::Scrubber;
use jiff::Timestamp;
use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::{SystemTime, UNIX_EPOCH};

/// The output of the process.
pub(crate) struct Output {
    lines: Arc<Lines>,
    scrubber: RwLock<Scrubber>,
}

impl Output {
    #[expect(clippy::disallowed_methods, reason = "this module owns stdout")]
    pub(crate) fn stdout() -> Arc<Self> {
        let stdout = std::io::stdout();
        // Bypasses the standard library's stdout, whose buffer searches for line ends again, and which ignores writes
        // to a closed descriptor.
        #[cfg(unix)]
        if let Ok(file) = std::os::fd::AsFd::as_fd(&stdout).try_clone_to_owned() {
            let file = Blocking(std::fs::File::from(file));
            let is_pipe = file.enlarge_pipe();
            return Self::to(if is_pipe {
                Lines::to_pipe(Box::new(file))
            } else {
                Lines::new(Box::new(file))
            });
        }
        Self::to(Lines::new(Box::new(stdout)))
    }

    pub(crate) fn to(lines: Lines) -> Arc<Self> {
        Arc::new(Self { lines: Arc::new(lines), scrubber: RwLock::default() })
    }

    /// Blanks these secrets of the configuration from now on, in all text for people.
    pub(crate) fn hide<S: AsRef<str>>(&self, secrets: &[S]) {
        let mut scrubber = self.scrubber.write().unwrap_or_else(PoisonError::into_inner);
        scrubber.add(secrets);
    }

    /// Does the same for secrets created at run time that are being used now. Only the most recently used are remembered.
    pub(crate) fn hide_in_use<S: AsRef<str>>(&self, secrets: &[S]) {
        let known = self.scrubber();
        if secrets.iter().filter(|secret| !known.knows(secret.as_ref())).count() == 0 {
            return;
        }
        drop(known);
        let mut scrubber = self.scrubber.write().unwrap_or_else(PoisonError::into_inner);
        secrets.iter().for_each(|secret| scrubber.add_recent(secret.as_ref()));
    }

    /// Returns the text with secrets blanked, for code that shortens or quotes a part of it.
    pub(crate) fn scrub<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.scrubber().scrub(text)
    }

    fn scrubber(&self) -> RwLockReadGuard<'_, Scrubber> {
        self.scrubber.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues one message as one line, redacted.
    pub(crate) fn message(&self, message: AirbyteMessage) -> Result<()> {
        self.line(&self.render(message)?)
    }

    fn render(&self, mut message: AirbyteMessage) -> Result<Vec<u8>> {
        redact::redact(&mut message, &self.scrubber());
        let mut line = serde_json::to_vec(&message)?;
        line.push(b'\n');
        escape_line_breaks(&mut line, 0);
        Ok(line)
    }

    /// Queues the status of a stream.
    pub(crate) fn status(&self, stream: &StreamDescriptor, status: AirbyteStreamStatus) -> Result<()> {
        self.trace(Trace::StreamStatus(AirbyteStreamStatusTraceMessage::new(stream.clone(), status)))
    }

    /// Queues an ERROR trace.
    pub(crate) fn error(&self, error: &Error, stream: Option<&StreamDescriptor>) -> Result<()> {
        self.trace(error_trace(error, stream))
    }

    pub(crate) fn trace(&self, trace: Trace) -> Result<()> {
        self.message(trace_message(trace))
    }

    /// Queues whole lines, and leaves `lines` empty.
    pub(crate) fn block(&self, lines: &mut Vec<u8>) -> Result<()> {
        self.lines.push_block(lines)
    }

    /// Queues a line, which ends with a line break.
    pub(crate) fn line(&self, line: &[u8]) -> Result<()> {
        self.lines.push(line)
    }

    /// Writes the buffer.
    pub(crate) fn flush(&self) -> Result<()> {
        self.lines.flush()
    }

    /// From now on only the final messages are written, by the thread that calls [`claim`](Self::claim). Takes no lock,
    /// because a slow reader may block it.
    pub(crate) fn begin_to_end(&self) {
        self.lines.begin_to_end();
    }

    /// Declares that the calling thread writes the final messages.
    pub(crate) fn claim(&self) {
        self.lines.claim();
    }

    /// Returns whether nothing more can be written: stdout was closed, or the run has ended.
    pub(crate) fn is_closed(&self) -> bool {
        self.lines.is_closed()
    }

    /// Writes the buffer, and stops all further output.
    pub(crate) fn end(&self) {
        let _ = self.lines.flush();
        self.lines.shut();
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

/// Returns the current time in milliseconds since 1970.
pub(crate) fn now() -> i64 {
    // Not `Timestamp::now`, which panics if the clock is beyond the year 9999.
    let (before, now) = (Timestamp::MIN.as_millisecond(), Timestamp::MAX.as_millisecond());
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(now).min(now),
        Err(until) => i64::try_from(until.duration().as_millis()).map_or(before, |until| -until).max(before),
    }
}
