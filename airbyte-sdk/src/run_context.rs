//! What one run of the process has only once: its output, the streams that are being read, its configuration, its last word.

use crate::error::Error;
use crate::ledger::Ledger;
#[cfg(test)]
use crate::output::Lines;
use crate::output::Output;
use crate::saved_config::SavedConfig;
use std::sync::Arc;
use std::time::Duration;

/// How long a reader may take for what waits and the last messages. The platform gives 10 s and more between SIGTERM and
/// SIGKILL; a reader that is gone is noticed at once.
const PATIENCE: Duration = Duration::from_secs(8);

/// A clone is the same run.
#[derive(Clone)]
pub(crate) struct RunContext {
    pub(crate) output: Arc<Output>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) config: Arc<SavedConfig>,
}

impl RunContext {
    pub(crate) fn stdout() -> Self {
        Self::of(Output::stdout())
    }

    #[cfg(test)]
    pub(crate) fn to(lines: Lines) -> Self {
        Self::of(Output::to(lines))
    }

    fn of(output: Arc<Output>) -> Self {
        Self {
            ledger: Ledger::new(Arc::clone(&output)),
            config: SavedConfig::new(Arc::clone(&output)),
            output,
        }
    }

    /// Whether the caller may say the last word of the run: the answer of the command, or why there is none. True once.
    pub(crate) fn claim_last_word(&self) -> bool {
        self.config.close()
    }

    /// Ends the output: the error if there is one, the last legal state of each stream that is being read, its status.
    /// Nothing gets out after that. Takes no longer than a reader may be waited for, unless a token is being replaced: the
    /// one in the configuration may be dead by now, so a new one is let out first.
    pub(crate) fn end(&self, error: Option<Error>) {
        self.config.settle();
        // Otherwise the threads that read would fill each gap that the reader makes.
        self.output.begin_to_end();
        let (done, wait) = std::sync::mpsc::channel();
        let run = self.clone();
        let writer = std::thread::Builder::new().name("last words".to_owned()).spawn(move || {
            run.output.claim();
            if let Some(error) = error {
                let _ = run.output.error(&error, None);
            }
            run.ledger.close();
            run.output.end();
            let _ = done.send(());
        });
        if writer.is_ok() {
            let _ = wait.recv_timeout(PATIENCE);
        }
    }
}
