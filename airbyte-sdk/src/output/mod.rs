//! The only room that writes to stdout: whole lines, in the order of the calls, with secrets removed.

mod lines;
mod log;
#[cfg(any(test, feature = "testing"))]
mod memory;
mod not_finite;
#[cfg(unix)]
mod patient;
mod record;
mod redact;

pub(crate) use self::lines::{Lines, escape_line_breaks};
pub(crate) use self::log::install as install_logger;
#[cfg(any(test, feature = "testing"))]
pub(crate) use self::memory::Memory;
pub(crate) use self::record::RecordLine;

#[cfg(unix)]
use self::patient::Patient;
use crate::error::{Error, Result};
use crate::protocol::{
    AirbyteErrorTraceMessage, AirbyteMessage, AirbyteStreamStatus, AirbyteStreamStatusTraceMessage,
    AirbyteTraceMessage, StreamDescriptor, Trace,
};
use crate::scrubber::Scrubber;
use jiff::Timestamp;
use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering::Release};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where all messages go.
pub(crate) struct Output {
    lines: Mutex<Lines>,
    scrubber: RwLock<Scrubber>,
    /// Only the last messages are still written.
    ending: Arc<AtomicBool>,
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
        Arc::new(Self { lines: Mutex::new(lines), scrubber: RwLock::default(), ending })
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
        escape_line_breaks(&mut line, 0);
        Ok(line)
    }

    /// Queues how a stream is doing.
    pub(crate) fn status(&self, stream: &StreamDescriptor, status: AirbyteStreamStatus) -> Result<()> {
        self.trace(Trace::StreamStatus(AirbyteStreamStatusTraceMessage::new(stream.clone(), status)))
    }

    /// Queues an ERROR trace: what went wrong, for the user and for the platform.
    pub(crate) fn error(&self, error: &Error, stream: Option<&StreamDescriptor>) -> Result<()> {
        self.trace(error_trace(error, stream))
    }

    pub(crate) fn trace(&self, trace: Trace) -> Result<()> {
        self.message(trace_message(trace))
    }

    /// Queues finished lines, and empties them.
    pub(crate) fn block(&self, lines: &mut Vec<u8>) -> Result<()> {
        self.lines().push_block(lines)
    }

    /// Queues a finished line, line break included.
    pub(crate) fn line(&self, line: &[u8]) -> Result<()> {
        self.lines().push(line)
    }

    /// Writes what waits.
    pub(crate) fn flush(&self) -> Result<()> {
        self.lines().flush()
    }

    /// From here on only the last messages are written, by the thread that says [`claim`](Self::claim). Needs no lock: a slow
    /// reader may keep that.
    pub(crate) fn begin_to_end(&self) {
        self.ending.store(true, Release);
    }

    /// The caller writes the last messages.
    pub(crate) fn claim(&self) {
        self.lines().claim();
    }

    /// Writes what waits. Nothing gets out after that.
    pub(crate) fn end(&self) {
        let mut lines = self.lines();
        let _ = lines.flush();
        lines.shut();
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

/// Milliseconds since 1970, as the protocol tells time.
pub(crate) fn now() -> i64 {
    // Not `Timestamp::now`, which panics if the clock is beyond the year 9999.
    let (before, now) = (Timestamp::MIN.as_millisecond(), Timestamp::MAX.as_millisecond());
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(now).min(now),
        Err(until) => i64::try_from(until.duration().as_millis()).map_or(before, |until| -until).max(before),
    }
}
