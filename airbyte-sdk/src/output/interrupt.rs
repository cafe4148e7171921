//! The last words of a run that is ended from outside, said by another thread than the one that reads.

use super::{Output, status_of, trace_message};
use crate::error::Error;
use crate::protocol::{AirbyteStreamState, AirbyteStreamStatus, StreamDescriptor};
use serde_json::Value;
use std::sync::atomic::Ordering::AcqRel;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

/// A reader that takes nothing must not keep the run from ending.
const PATIENCE: Duration = Duration::from_secs(1);

/// The stream that is being read.
pub(super) struct Current {
    stream: StreamDescriptor,
    /// The cursor field, if every record says how far the stream has come.
    cursor_field: Option<&'static str>,
}

impl Output {
    /// Notes which stream is being read.
    pub(super) fn reading(&self, stream: Option<&StreamDescriptor>) {
        let mut current = self.current();
        if current.as_ref().map(|current| &current.stream) != stream {
            *current = stream.map(|stream| Current { stream: stream.clone(), cursor_field: None });
        }
    }

    pub(super) fn current_stream(&self) -> Option<StreamDescriptor> {
        self.current().as_ref().map(|current| current.stream.clone())
    }

    /// Notes that each record says, in this field, how far the stream has come; `None` takes it back.
    pub(crate) fn vouch(&self, cursor_field: Option<&'static str>) {
        if let Some(current) = &mut *self.current() {
            current.cursor_field = cursor_field;
        }
    }

    /// Whether the caller may say the last word of the run: the answer of the command, or why there is none. True once.
    pub(crate) fn claim_last_word(&self) -> bool {
        !self.last_word.swap(true, AcqRel)
    }

    /// Ends the output: the error if there is one, the last legal state of the stream that is being read, its status.
    /// Nothing gets out after that. Takes no longer than a reader may be waited for.
    pub(crate) fn end(self: &Arc<Self>, error: Option<Error>) {
        let (done, wait) = std::sync::mpsc::channel();
        let output = Arc::clone(self);
        let writer = std::thread::Builder::new().name("last words".to_owned()).spawn(move || {
            output.say_last_words(error.as_ref());
            let _ = done.send(());
        });
        if writer.is_ok() {
            let _ = wait.recv_timeout(PATIENCE);
        }
    }

    fn say_last_words(&self, error: Option<&Error>) {
        let mut lines = self.lines();
        let current = self.current().take();
        let mut last = Vec::new();
        if let Some(error) = error {
            last.push(self.render(trace_message(super::error_trace(error, None))));
        }
        if let Some(Current { stream, cursor_field }) = current {
            let state = cursor_field.and_then(|field| state_at(lines.last_record()?, field, &stream));
            if let Some(state) = state {
                last.push(self.state_line(state, &mut lines));
            }
            last.push(self.render(trace_message(status_of(&stream, AirbyteStreamStatus::Incomplete))));
        }
        for line in last.into_iter().flatten() {
            let _ = lines.push(&line);
        }
        let _ = lines.flush();
        lines.shut();
    }

    fn current(&self) -> MutexGuard<'_, Option<Current>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The state after this record. The typed position is with the thread that reads, and that may be in the middle of a
/// request; what it has written says the same.
fn state_at(record: &[u8], field: &str, stream: &StreamDescriptor) -> Option<AirbyteStreamState> {
    let mut message: Value = serde_json::from_slice(record).ok()?;
    let cursor = message.get_mut("record")?.get_mut("data")?.get_mut(field)?.take();
    if cursor.is_null() {
        return None;
    }
    let mut state = AirbyteStreamState::new(stream.clone());
    state.stream_state = Some([(field.to_owned(), cursor)].into_iter().collect());
    Some(state)
}
