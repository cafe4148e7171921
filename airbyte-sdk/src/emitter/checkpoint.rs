//! Decides when a state of the stream is sent, and what it covers.
//!
//! A state must never cover a record that was not sent, or records that may be missing (a hold), or rely on an order that
//! was broken. Checkpoints of the fetch function are in `windows.rs`. Within these limits it is sent when it is worth its cost: by count, by time, and, because the state of a
//! partitioned stream grows with the number of partitions, by its size compared with the records since the last one.

use super::{Destination, Emitter};
use crate::error::{Error, Result};
use crate::ledger::{PositionUpdate, SinceState, Tally};
use crate::read_context::RecordIntervals;
use crate::stream::Stream;
use serde::Serialize;

/// A state is sent after this time or after [`RecordIntervals::records_per_state`], whichever comes first.
const MILLISECONDS_PER_STATE: i64 = 15_000;

/// When an emitter checks again whether a state is due. The check takes the lock of the ledger, which all emitters share, so it is
/// not made every few records.
#[derive(Clone, Copy, Default)]
pub(super) struct NextCheck {
    /// The number of records of the emitter.
    total: u64,
    /// The time in milliseconds.
    at: i64,
}

impl NextCheck {
    pub(super) fn has_come(self, total: u64, now: i64) -> bool {
        total >= self.total || now >= self.at
    }
}

impl<C: PartialOrd + Clone + Serialize + Send + Sync + 'static> Destination<C> {
    pub(super) fn is_state_due(&self, intervals: &RecordIntervals, now: i64) -> bool {
        self.next_check(intervals, now).is_none()
    }

    /// Returns when to check again, counting only the records of this emitter; `None` if a state is due now. If other emitters of
    /// the stream add records, the state is sent later, but within 15 s.
    pub(super) fn next_check(&self, intervals: &RecordIntervals, now: i64) -> Option<NextCheck> {
        let since = self.since_state();
        let waited = now - since.state_at;
        let is_due = (since.records >= intervals.records_per_state || waited >= MILLISECONDS_PER_STATE)
            && (!self.in_partitions
                || pays_for_state(&since, 1)
                || waited >= longest_without_state(since.state_length));
        (!is_due).then(|| NextCheck {
            total: self.block.total() + intervals.records_per_state.saturating_sub(since.records),
            at: since.state_at + MILLISECONDS_PER_STATE,
        })
    }

    /// Returns what was emitted since the last state, including records that are still in the block.
    pub(super) fn since_state(&self) -> SinceState {
        let (records, bytes) = self.block.size();
        let since = self.stream.since_state();
        SinceState { records: since.records + records, record_bytes: since.record_bytes + bytes, ..since }
    }

    /// Sends a state that covers all records so far, and flushes the output.
    pub(super) fn checkpoint(&self) -> Result<()> {
        self.block.hand_over()?;
        self.stream.checkpoint()?;
        self.block.mark_state_sent();
        Ok(())
    }

    /// Does the same with this position, or an empty one, at the end of the stream.
    fn checkpoint_at(&self, position: Option<C>) -> Result<()> {
        self.block.hand_over_at(PositionUpdate::Set(position))?;
        self.stream.checkpoint()
    }
}

/// Returns whether the records since the last state have at least `times` the bytes of that state.
pub(super) fn pays_for_state(since: &SinceState, times: u64) -> bool {
    since.record_bytes >= since.state_length.saturating_mul(times)
}

/// Returns for how many milliseconds a state of this size may be postponed: one minute plus one per 256 KiB, at most 15.
fn longest_without_state(bytes: u64) -> i64 {
    let minutes = 1 + bytes.div_ceil(256 << 10).min(14);
    i64::try_from(minutes).unwrap_or(15) * 60_000
}

impl<T: Stream> Emitter<T> {
    /// Ends an unpartitioned stream: sends the final state, if one may be sent.
    pub(crate) fn finish(mut self, fetched: Result<()>) -> (Tally, Result<()>) {
        let fetched = self.settle(fetched);
        let state = self.to.as_ref().map_or(Ok(()), |to| match &fetched {
            // The position of an unordered stream is known, too.
            Ok(()) => to.checkpoint_at(to.block.final_position()),
            Err(error) if error.is_stopped() => Ok(()),
            // May be reported as a success, which must include a state.
            Err(error) if error.is_exhausted() && to.block.can_checkpoint() => {
                to.checkpoint_at(to.block.position())
            }
            // The stream can be resumed after the records that were sent, or after the last checkpoint.
            Err(_) if to.block.can_checkpoint() && to.block.has_uncovered() => to.checkpoint(),
            Err(_) => to.block.hand_over(),
        });
        let tally = self.tally();
        self.end();
        (tally, fetched.and(state))
    }

    /// Ends the block before the hold: once the hold is gone, the block's position must not be read.
    pub(super) fn end(&self) {
        if let Some(to) = &self.to {
            to.block.end();
        }
        self.hold.end();
    }

    /// Returns the actual result of the fetch function, including errors that it dropped.
    pub(super) fn settle(&mut self, fetched: Result<()>) -> Result<()> {
        if let Some(to) = &self.to {
            to.block.update_hold();
        }
        let fetched = self.failed.take().map_or(fetched, Err);
        fetched.and_then(|()| self.confirm())
    }

    /// Fails if the fetch function succeeded although records are known to be missing. A page that it did not read to its end
    /// only causes a warning, since that may be intended.
    fn confirm(&mut self) -> Result<()> {
        self.hold.failure().map_or(Ok(()), Err)?;
        self.line.check()?;
        if self.hold.is_of_author() && !self.info.has_cursor() {
            return Err(Error::system(
                "the fetch function returned without releasing its hold on the stream",
            )
            .with_internal("call `Emitter::release` when the records are complete, or return an error"));
        }
        if let Some(feed) = &self.feed
            && self.hold.current().is_some()
        {
            feed.may_lack_records();
        }
        if self.to.as_ref().is_some_and(|to| to.block.is_held()) {
            let consequence = if self.info.has_cursor() {
                "the next sync reads them again"
            } else {
                "no state covers them"
            };
            log::warn!("{}: the last records may be incomplete; {consequence}", self.info.name);
        }
        Ok(())
    }

    /// If an ascending stream turns out to be unordered, immediately retracts the states that relied on the order.
    pub(super) fn retract_states(&mut self) {
        let Some(to) = self.to.as_ref().filter(|to| self.ascends && !to.block.ascends()) else {
            return;
        };
        let position = to.block.position();
        let position = position.map_or(PositionUpdate::Clear, |position| PositionUpdate::Set(Some(position)));
        let handed_over = to.block.hand_over_at(position);
        // Without the position, if it cannot be serialized.
        let handed_over = handed_over.or_else(|_| to.block.hand_over_at(PositionUpdate::Clear));
        if handed_over.is_ok() && to.stream.tally().states > 0 {
            // If stdout is closed, the next message fails too.
            let _ = to.stream.checkpoint();
            to.block.mark_state_sent();
        }
    }
}
