//! When a state of the stream is sent, and what it says.

use super::{Destination, Emitter};
use crate::error::{Error, Result};
use crate::ledger::{Position, SinceState, Tally};
use crate::read_context::Pace;
use crate::stream::Stream;
use serde::Serialize;
use serde_json::json;

/// A state is sent after this time, or after the number of records of the pace, whichever comes first.
const MILLISECONDS_PER_STATE: i64 = 15_000;

impl<C: PartialOrd + Clone + Serialize + Send + 'static> Destination<C> {
    pub(super) fn is_state_due(&self, pace: &Pace, now: i64) -> bool {
        let since = self.since_state();
        let waited = now - since.state_at;
        (since.records >= pace.records_per_state || waited >= MILLISECONDS_PER_STATE)
            && (!self.in_partitions
                || pays_for_state(&since, 1)
                || waited >= longest_without_state(since.state_length))
    }

    /// What lies between the last state and now, what has not left included.
    pub(super) fn since_state(&self) -> SinceState {
        let (records, bytes) = self.block.size();
        let since = self.stream.since_state();
        SinceState { records: since.records + records, record_bytes: since.record_bytes + bytes, ..since }
    }

    /// Sends the state that covers all records so far, and lets everything leave.
    pub(super) fn checkpoint(&self) -> Result<()> {
        self.block.hand_over()?;
        self.stream.checkpoint()?;
        self.block.note_state();
        Ok(())
    }

    /// The same with the position that stands at the end.
    fn checkpoint_at_end(&self) -> Result<()> {
        let position = self.block.position()?.unwrap_or_else(|| json!({}).to_string());
        self.block.hand_over_at(Position::At(position))?;
        self.stream.checkpoint()
    }
}

/// Whether so many times the bytes of a state have gone out in records since the last one. The state of a stream in
/// partitions grows with their number.
pub(super) fn pays_for_state(since: &SinceState, times: u64) -> bool {
    since.record_bytes >= since.state_length.saturating_mul(times)
}

/// How long a state of so many bytes may be put off: a minute, and another one for each 256 KiB.
fn longest_without_state(bytes: u64) -> i64 {
    let minutes = 1 + bytes.div_ceil(256 << 10).min(14);
    i64::try_from(minutes).unwrap_or(15) * 60_000
}

impl<T: Stream> Emitter<T> {
    /// Ends a stream that is read in one go: the last state, if one is legal.
    pub(crate) fn finish(mut self, fetched: Result<()>) -> (Tally, Result<()>) {
        let fetched = self.settle(fetched);
        let state = self.to.as_ref().map_or(Ok(()), |to| match &fetched {
            Ok(()) => to.checkpoint_at_end(),
            Err(error) if error.is_stopped() => Ok(()),
            // It may be taken for a good end, and every one of those has a state.
            Err(error) if error.is_exhausted() && to.block.can_checkpoint() => to.checkpoint_at_end(),
            // What is out is out: an ascending stream can be read on from here.
            Err(_) if to.block.can_checkpoint() && to.block.has_news() => to.checkpoint(),
            Err(_) => to.block.hand_over(),
        });
        let tally = self.tally();
        self.end();
        (tally, fetched.and(state))
    }

    /// The block first: without its hold nobody must look at its position any more.
    pub(super) fn end(&self) {
        if let Some(to) = &self.to {
            to.block.end();
        }
        self.hold.end();
    }

    /// How the fetch function has really ended.
    pub(super) fn settle(&mut self, fetched: Result<()>) -> Result<()> {
        if let Some(to) = &self.to {
            to.block.note_hold();
        }
        let fetched = self.failed.take().map_or(fetched, Err);
        fetched.and_then(|()| self.confirm())
    }

    /// Fails if the fetch function ended well although something is known to be missing. A page that it left before
    /// its end is not known to be complete either, but leaving it may be what the author wants.
    fn confirm(&mut self) -> Result<()> {
        self.hold.failure().map_or(Ok(()), Err)?;
        self.line.check()?;
        if self.hold.is_of_author() && !self.info.has_cursor() {
            return Err(Error::system("the fetch function ended without releasing what it holds")
                .with_internal("call `release` when the records are complete, or return an error"));
        }
        if self.to.as_ref().is_some_and(|to| to.block.is_held()) {
            let consequence = if self.info.has_cursor() {
                "the position stays where it was before them, and the next sync reads them again"
            } else {
                "no state says that they are"
            };
            log::warn!("{}: the last records are not known to be complete; {consequence}", self.info.name);
        }
        Ok(())
    }

    /// If the stream turned out not to be in order: what the order has vouched for must not stand a moment longer.
    pub(super) fn take_back(&mut self) {
        let Some(to) = self.to.as_ref().filter(|to| self.ascends && !to.block.can_checkpoint()) else {
            return;
        };
        let position = to.block.position().ok().flatten().map_or(Position::Nowhere, Position::At);
        let given = to.block.hand_over_at(position);
        if given.is_ok() && to.stream.tally().states > 0 {
            // If nobody reads any more, the next message will say so.
            let _ = to.stream.checkpoint();
        }
    }
}
