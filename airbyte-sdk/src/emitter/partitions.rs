//! The emitter of a partition, and its end.

use super::Emitter;
use super::checkpoint::pays_for_state;
use crate::cursor::{Order, Progress};
use crate::error::Result;
use crate::ledger::{PositionUpdate, Started};
use crate::output;
use crate::read_context::ReadContext;
use crate::stream::{Stream, StreamInfo};

/// At the end of a partition a state is sent if the records since the last one have this many times its bytes.
const RECORD_BYTES_PER_STATE_BYTE: u64 = 4;

/// What a partition received until its end.
#[derive(Clone, Copy)]
pub(crate) struct Received {
    /// Whether it received records or a successful response.
    pub(crate) something: bool,
    /// Whether records may be missing, so that its position does not cover all of them.
    pub(crate) may_lack_records: bool,
}

impl<T: Stream> Emitter<T> {
    /// Creates the emitter of the partitions that the task with this number reads, which resumes from `since`: one, or a group. In
    /// a full refresh a partition has no position.
    pub(crate) fn of_partition<C>(
        info: &StreamInfo,
        context: &ReadContext<'_, C>,
        task: usize,
        partitions: Started<T::Cursor>,
        incremental: bool,
        since: Option<T::Cursor>,
    ) -> Self {
        let order = if incremental { info.order } else { Order::Unordered };
        let key = info.state_key().filter(|_| incremental);
        Self::create(info, context, task, partitions, key, Progress::new(order, since))
    }

    /// Ends the partition: records its position, and sends a state if one is due. Returns the error if it failed.
    ///
    /// `on_end` is called in between, with the result and what was received. It returns whether other partitions are still to be
    /// read; otherwise the final state of the stream follows.
    pub(crate) fn finish_partition(
        mut self,
        fetched: Result<()>,
        incremental: bool,
        on_end: impl FnOnce(&Result<()>, Received) -> bool,
    ) -> Result<()> {
        let fetched = self.settle(fetched);
        let records = self.to.as_ref().map_or(0, |to| to.block.total());
        let something = records > 0 || self.http.usage().good_responses() > 0;
        let is_held = || self.to.as_ref().is_some_and(|to| to.block.is_held());
        // Another thread may end a hold in the meantime.
        let was_held = is_held();
        let handed_over = self.hand_over_partition(&fetched, incremental);
        let received = Received { something, may_lack_records: was_held || is_held() };
        let others_follow = on_end(&fetched, received);
        let state = handed_over
            .and_then(|()| if fetched.is_ok() && others_follow { self.checkpoint_between() } else { Ok(()) });
        self.end();
        let stream = self.to.as_ref().map(|to| to.stream.clone());
        // The block must be gone: its reader no longer counts.
        drop(self);
        let reported = stream.map_or(Ok(()), |stream| stream.report_limit());
        fetched.and(state).and(reported)
    }

    /// Hands over the records and the position of the partition.
    fn hand_over_partition(&self, fetched: &Result<()>, incremental: bool) -> Result<()> {
        let Some(to) = &self.to else { return Ok(()) };
        if fetched.as_ref().is_err_and(|error| error.is_stopped()) {
            return Ok(());
        }
        // After a failure only an ascending partition, or one with a checkpoint, has a valid position; others keep the one they
        // had.
        let is_valid = fetched.is_ok() || to.block.can_checkpoint();
        let position = if incremental {
            let position = if fetched.is_ok() { to.block.final_position() } else { to.block.position() };
            position.map(Some)
        } else {
            // While the partition is held, it is not known to be complete.
            (!to.block.is_held()).then_some(None)
        };
        let position = position.filter(|_| is_valid);
        to.block.hand_over_at(position.map_or(PositionUpdate::Keep, PositionUpdate::Set))
    }

    /// Sends a state between two partitions if it costs little compared with the records since the last one, which a killed
    /// run would read again.
    fn checkpoint_between(&self) -> Result<()> {
        let Some(to) = &self.to else { return Ok(()) };
        let since = to.since_state();
        let due = pays_for_state(&since, RECORD_BYTES_PER_STATE_BYTE)
            || to.is_state_due(&self.intervals, output::now());
        if since.records > 0 && due { to.stream.checkpoint_if_changed() } else { Ok(()) }
    }
}
