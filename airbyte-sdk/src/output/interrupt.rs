//! The last words of a run that is ended from outside, said by another thread than the one that reads.

use super::{Output, status_of, trace_message};
use crate::error::Error;
use crate::protocol::AirbyteStreamStatus;
use std::sync::Arc;
use std::sync::atomic::Ordering::AcqRel;
use std::time::Duration;

/// A reader that takes nothing must not keep the run from ending.
const PATIENCE: Duration = Duration::from_secs(1);

impl Output {
    /// Whether the caller may say the last word of the run: the answer of the command, or why there is none. True once.
    pub(crate) fn claim_last_word(&self) -> bool {
        !self.last_word.swap(true, AcqRel)
    }

    /// Ends the output: the error if there is one, the last legal state of the stream that is being read, its status.
    /// Nothing gets out after that. Takes no longer than a reader may be waited for, unless a token is being replaced: the
    /// one in the configuration may be dead by now, so a new one is let out first.
    pub(crate) fn end(self: &Arc<Self>, error: Option<Error>) {
        self.settle();
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
        if let Some(current) = current {
            if let Some(state) = current.state(lines.last_record()) {
                let state = serde_json::to_string(&state).map_err(Error::from);
                last.push(state.and_then(|state| self.state_line(&current.stream, &state, &mut lines)));
            }
            let status = status_of(&current.stream, AirbyteStreamStatus::Incomplete);
            last.push(self.render(trace_message(status)));
        }
        for line in last.into_iter().flatten() {
            let _ = lines.push(&line);
        }
        let _ = lines.flush();
        lines.shut();
    }
}
