//! The end of a partition, and which partition the next read starts with.
//!
//! Problem: if every read started with the same partition, a small budget of requests would never reach the last ones.
//! Idea: the state names the partition that is `next`, and each read starts there. That is the first partition that was
//! interrupted or failed with a transient error. The partition that the read started with does not qualify, since it had
//! the whole budget and might use it up in every read, unless the budget was exhausted before it got anything.
//! What must stay true: each read that gets anything moves on by at least one partition.

use super::Emitter;
use super::checkpoint::pays_for_state;
use crate::cursor::{Order, Progress};
use crate::error::Result;
use crate::ledger::{LedgerStream, PositionUpdate};
use crate::output;
use crate::protocol::FailureType;
use crate::read_context::ReadContext;
use crate::stream::{Stream, StreamInfo};
use serde_json::json;

/// At the end of a partition a state is sent if the records since the last one have this many times its bytes.
const RECORD_BYTES_PER_STATE_BYTE: u64 = 4;

/// Tracks which partition the next read starts with.
pub(crate) struct RoundRobin {
    /// The `next` of the state that this read began with.
    first: Option<String>,
    next: Option<String>,
    /// How many partitions were started.
    started: u64,
    /// A partition must be repeated: `next` stays there, regardless of the partitions after it.
    is_fixed: bool,
}

impl RoundRobin {
    /// `first` is the `next` of the state, if the last read did not get through all partitions.
    pub(crate) fn new(first: Option<String>) -> Self {
        Self { next: first.clone(), first, started: 0, is_fixed: false }
    }

    /// Returns whether `next` has changed since the read began.
    pub(crate) fn has_moved(&self) -> bool {
        self.next != self.first
    }

    /// Ends the round: all partitions were tried.
    pub(crate) fn end(&mut self, stream: Option<&LedgerStream>) {
        self.set_next(None, stream);
    }

    /// Sets which partition is next, unless an earlier one must be repeated; `None` after a complete round.
    fn set_next(&mut self, name: Option<&str>, stream: Option<&LedgerStream>) {
        if self.is_fixed {
            return;
        }
        self.next = name.map(str::to_owned);
        if let Some(stream) = stream {
            stream.set_next(name);
        }
    }
}

impl<T: Stream> Emitter<T> {
    /// Creates the emitter of one partition that resumes from `since`. In a full refresh a partition has no position.
    pub(crate) fn of_partition<C>(
        info: &StreamInfo,
        context: &ReadContext<'_, C>,
        name: &str,
        incremental: bool,
        since: Option<T::Cursor>,
    ) -> Self {
        let order = if incremental { info.order } else { Order::Unordered };
        Self::create(info, context, Some(name), Progress::new(order, since))
    }

    /// Ends the partition: records its position and which partition is next. Returns the error if it failed.
    pub(crate) fn finish_partition(
        mut self,
        fetched: Result<()>,
        incremental: bool,
        following: Option<&str>,
        round: &mut RoundRobin,
    ) -> Result<()> {
        round.started += 1;
        let fetched = self.settle(fetched);
        round.is_fixed |= self.must_be_repeated(&fetched, round.started == 1);
        let handed_over = self.hand_over_partition(&fetched, incremental);
        round.set_next(following, self.to.as_ref().map(|to| &to.stream));
        let state = handed_over
            .and_then(|()| if fetched.is_ok() { self.checkpoint_between(following) } else { Ok(()) });
        self.end();
        fetched.and(state)
    }

    /// Hands over the records and the position of the partition.
    fn hand_over_partition(&self, fetched: &Result<()>, incremental: bool) -> Result<()> {
        let Some(to) = &self.to else { return Ok(()) };
        if fetched.as_ref().is_err_and(|error| error.is_stopped()) {
            return Ok(());
        }
        // After a failure only an ascending partition has a valid position; others keep the one they had.
        let is_valid = fetched.is_ok() || to.block.can_checkpoint();
        let position = if incremental {
            to.block.position()?
        } else {
            // While the partition is held, it is not known to be complete.
            (!to.block.is_held()).then(|| json!({}).to_string())
        };
        let position = position.filter(|_| is_valid);
        to.block.hand_over_at(position.map_or(PositionUpdate::Keep, PositionUpdate::Set))
    }

    /// Sends a state between two partitions if it costs little compared with the records since the last one, which a killed
    /// run would read again. After the last partition the final state of the stream follows.
    fn checkpoint_between(&self, following: Option<&str>) -> Result<()> {
        let Some(to) = self.to.as_ref().filter(|_| following.is_some()) else { return Ok(()) };
        let since = to.since_state();
        let due = pays_for_state(&since, RECORD_BYTES_PER_STATE_BYTE)
            || to.is_state_due(&self.intervals, output::now());
        if since.records > 0 && due { to.stream.checkpoint() } else { Ok(()) }
    }

    /// Returns whether the next read must start with this partition, because it was stopped or failed with a transient error.
    ///
    /// If the read started with this partition, that is so only if the budget was exhausted before it got anything: otherwise
    /// a partition larger than the budget would keep the others from ever being read.
    fn must_be_repeated(&self, fetched: &Result<()>, is_first: bool) -> bool {
        let Err(error) = fetched else { return false };
        let records = self.to.as_ref().map_or(0, |to| to.block.total());
        let got_something = || records > 0 || self.http.usage().good_responses() > 0;
        error.is_stopped()
            || error.failure_type() == FailureType::TransientError
                && !(is_first && (!error.is_exhausted() || got_something()))
    }
}
