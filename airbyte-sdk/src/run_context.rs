//! What exists once per run: the output, the ledger of the open streams, the configuration, and the right to end the run.
//!
//! Problem: the command, a signal, the deadline and `std::process::exit` may all try to end the run at once, while other
//! threads still emit records. Idea: the first caller of [`RunContext::claim_end`] obtains the right to end the run. If
//! that is not the command itself, [`RunContext::end`] stops the output for the other threads and sends the final
//! messages. What must stay true: exactly one caller ends the run, and nothing is written after the final messages.

use crate::early_exit;
use crate::error::Error;
use crate::ledger::Ledger;
#[cfg(test)]
use crate::output::Lines;
use crate::output::Output;
use crate::saved_config::SavedConfig;
use std::sync::Arc;
use std::time::Duration;

/// The exit code of a run that failed.
pub(crate) const FAILED: u8 = 1;

/// How long a slow reader of stdout may take for the buffered lines and the final messages. The platform leaves at
/// least 10 s between SIGTERM and SIGKILL; a closed pipe is noticed at once.
const FINAL_WRITE_TIMEOUT: Duration = Duration::from_secs(8);

/// Clones refer to the same run.
#[derive(Clone)]
pub(crate) struct RunContext {
    pub(crate) output: Arc<Output>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) config: Arc<SavedConfig>,
    /// Whether the process belongs to this run.
    owns_process: bool,
}

impl RunContext {
    pub(crate) fn stdout() -> Self {
        Self { owns_process: true, ..Self::of(Output::stdout()) }
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
            owns_process: false,
        }
    }

    /// Claims the right to end the run. Returns `true` for the first caller only.
    pub(crate) fn claim_end(&self) -> bool {
        self.config.close()
    }

    /// Ends the process with an error if the author's code exits on this thread, even with exit code 0, until
    /// [`early_exit::stop_watching`] is called.
    pub(crate) fn watch_for_exit(&self) {
        let context = self.clone();
        early_exit::watch(move || {
            if context.claim_end() {
                let message = "the connector called `std::process::exit` before the command had finished";
                context.end(Some(Error::system(message).with_internal("return an error instead")));
                early_exit::exit_now(FAILED);
            }
            // A signal or the deadline came first and ends the process after its final messages.
            loop {
                std::thread::park();
            }
        });
    }

    /// Does the same on another thread, while it works.
    pub(crate) fn watching_for_exit<T>(&self, work: impl FnOnce() -> T) -> T {
        self.watch_for_exit();
        let done = work();
        early_exit::stop_watching();
        done
    }

    /// Ends the process, because stdout was closed and other threads may wait for minutes. Nothing more can be reported.
    /// Returns in a test, whose process does not belong to the run.
    pub(crate) fn exit_without_output(&self) {
        if !self.owns_process {
            return;
        }
        // If a signal or the deadline came first, its thread ends the process.
        while !self.claim_end() {
            std::thread::park();
        }
        self.config.wait_for_rotation();
        early_exit::exit_now(FAILED);
    }

    /// Waits as long as another thread may take for the final messages.
    pub(crate) fn wait_for_final_messages(&self) {
        std::thread::sleep(FINAL_WRITE_TIMEOUT);
    }

    /// Sends the final messages: the error if there is one, then the last valid state and the status of each open
    /// stream. Nothing is written after that.
    ///
    /// Returns after at most [`FINAL_WRITE_TIMEOUT`], plus the time for a token that is being replaced: the token in the
    /// configuration may no longer be valid, so the new one is saved first.
    pub(crate) fn end(&self, error: Option<Error>) {
        self.config.wait_for_rotation();
        // Otherwise the reading threads would fill each gap that the reader of stdout makes.
        self.output.begin_to_end();
        let (done, wait) = std::sync::mpsc::channel();
        let run = self.clone();
        let writer = std::thread::Builder::new().name("final messages".to_owned()).spawn(move || {
            run.output.claim();
            if let Some(error) = error {
                let _ = run.output.error(&error, None);
            }
            run.ledger.close();
            run.output.end();
            let _ = done.send(());
        });
        if writer.is_ok() {
            let _ = wait.recv_timeout(FINAL_WRITE_TIMEOUT);
        }
    }
}
