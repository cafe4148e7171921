//! The last words of a run that is ended from outside, said by another thread than the one that reads.

use super::{Output, status_of, trace_message};
use crate::error::Error;
use crate::protocol::AirbyteStreamStatus;
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Release};
use std::time::Duration;

/// How long a reader may take for what waits and the last messages. The platform gives 10 s and more between SIGTERM and
/// SIGKILL; a reader that is gone is noticed at once.
const PATIENCE: Duration = Duration::from_secs(8);

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
        // Otherwise the thread that reads would fill each gap that the reader makes.
        self.ending.store(true, Release);
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
        lines.claim();
        let current = self.current().take();
        let mut last = Vec::new();
        if let Some(error) = error {
            last.push(self.render(trace_message(super::error_trace(error, None))));
        }
        if let Some(current) = current {
            if let Some(state) = current.state(lines.last_record()) {
                last.push(self.state_line(&current.stream, &state, &mut lines));
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
