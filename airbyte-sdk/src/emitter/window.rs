//! The emitters of a stream whose windows are read as tasks of their own: one for each window, which sends records, and one
//! that keeps the position of the stream.
//!
//! The latter is given to the function that lists the windows, so what is set there (the settling time, a cursor that is a
//! number of units since 1970) also applies to the windows. It sets a checkpoint at the end of each window, as a fetch
//! function does that reads one window after the other: holds and the settling time limit the position in the same way.
//! What must stay true: the records of a window are handed over before the position passes it.

use super::{Emitter, Purpose, windows};
use crate::cursor::{Order, Progress};
use crate::error::{Error, Result};
use crate::read_context::ReadContext;
use crate::stream::{Stream, StreamInfo};
use std::time::Duration;

/// A window that was read to its end.
pub(crate) struct CompleteWindow<C> {
    pub(crate) end: C,
    pub(crate) settling_time: Duration,
    pub(crate) epoch_cursor: Option<windows::EpochCursorOf<C>>,
}

impl<T: Stream> Emitter<T> {
    /// Creates the emitter that lists the windows of a stream that resumes from `since`, and keeps its position.
    pub(crate) fn of_windows<C>(
        info: &StreamInfo,
        context: &ReadContext<'_, C>,
        since: Option<T::Cursor>,
    ) -> Self {
        let progress = Progress::new(Order::Unordered, since);
        let out = Self::create(info, context, 0, [].into(), info.state_key(), progress);
        Self { purpose: Purpose::Windows, ..out }
    }

    /// Ends the list of the windows. Returns an error that the function dropped, or that of a request.
    pub(crate) fn end_list<W>(&mut self, listed: Result<W>) -> Result<W> {
        if let Some(to) = &self.to {
            to.block.stop_reading();
        }
        let windows = self.failed.take().map_or(listed, Err)?;
        self.hold.failure().map_or(Ok(windows), Err)
    }

    /// Creates the emitter of a window, for the task with this number.
    pub(crate) fn window<C>(&self, context: &ReadContext<'_, C>, task: usize) -> Self {
        let progress = Progress::new(self.info.order, None);
        let mut out = Self::create(&self.info, context, task, [].into(), None, progress);
        out.purpose = Purpose::Window;
        // A record out of order makes no earlier state wrong: none relies on the order.
        out.ascends = false;
        out.started_at = self.started_at;
        (out.settling_time, out.epoch_cursor) = (self.settling_time, self.epoch_cursor);
        out
    }

    /// Ends a window. Returns its result, and the position that it allows if it is complete.
    pub(crate) fn finish_window(
        mut self,
        fetched: Result<()>,
        end: T::Cursor,
    ) -> (Result<()>, Option<CompleteWindow<T::Cursor>>) {
        let fetched = self.settle(fetched);
        let is_stopped = fetched.as_ref().is_err_and(Error::is_stopped);
        let handed_over = match &self.to {
            Some(to) if !is_stopped => to.block.hand_over(),
            _ => Ok(()),
        };
        let mut fetched = fetched.and(handed_over);
        // The position is kept by another emitter, which a hold of the whole stream concerns, too.
        let is_complete = fetched.is_ok() && !self.hold.has_own_reasons();
        let (settling_time, epoch_cursor) = (self.settling_time, self.epoch_cursor);
        self.end();
        if let Some(stream) = self.to.as_ref().map(|to| to.stream.clone()) {
            // The block must be gone: its reader no longer counts.
            drop(self);
            fetched = fetched.and(stream.report_limit());
        }
        (fetched, is_complete.then_some(CompleteWindow { end, settling_time, epoch_cursor }))
    }

    /// Moves the position to the end of a window, before which all others are complete.
    pub(crate) fn pass_window(&mut self, window: CompleteWindow<T::Cursor>) -> Result<()> {
        // What the fetch function has set applies from there on.
        (self.settling_time, self.epoch_cursor) = (window.settling_time, window.epoch_cursor);
        let Some(to) = &self.to else { return Ok(()) };
        to.block.set_checkpoint(&window.end, self.limit());
        // The emitter of any window may send the next state.
        to.block.hand_over()?;
        let is_due = to.block.has_uncovered() && to.is_state_due(&self.intervals, crate::output::now());
        if is_due { to.checkpoint() } else { Ok(()) }
    }
}

#[cold]
pub(super) fn emitted_while_listing() -> Error {
    Error::system("a record was emitted by the function that lists the windows of the stream")
        .with_internal("emit records in the function that reads a window")
}

#[cold]
pub(super) fn checkpoint_while_listing() -> Error {
    Error::system("a checkpoint was set by the function that lists the windows of the stream")
        .with_internal("remove it: the position moves at the end of each window")
}
