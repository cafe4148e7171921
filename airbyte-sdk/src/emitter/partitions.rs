//! A stream that is read partition by partition: how far each has come, and whose turn it is.

use super::Emitter;
use super::checkpoint::pays_for_state;
use crate::cursor::{Order, Progress};
use crate::error::Result;
use crate::ledger::{LedgerStream, Position};
use crate::output;
use crate::protocol::FailureType;
use crate::read_context::ReadContext;
use crate::stream::{Stream, StreamInfo};
use serde_json::json;

/// At the end of a partition a state is sent if the records since the last one have so many times its bytes.
const RECORDS_PER_STATE: u64 = 4;

/// Whose turn it is.
pub(crate) struct Turns {
    /// Whose turn it was when this read began.
    first: Option<String>,
    next: Option<String>,
    /// How many partitions were begun with.
    begun: u64,
    /// One was broken off, and so the next read begins with it, whatever becomes of the others.
    broken_off: bool,
}

impl Turns {
    /// `first` was the next one when an earlier read ended.
    pub(crate) fn new(first: Option<String>) -> Self {
        Self { next: first.clone(), first, begun: 0, broken_off: false }
    }

    /// Whether another partition comes next than when this read began.
    pub(crate) fn have_moved(&self) -> bool {
        self.next != self.first
    }

    /// All partitions were tried.
    pub(crate) fn end(&mut self, stream: Option<&LedgerStream>) {
        self.set_next(None, stream);
    }

    /// Notes which partition comes next, if none was broken off before; none if all have had their turn.
    fn set_next(&mut self, name: Option<&str>, stream: Option<&LedgerStream>) {
        if self.broken_off {
            return;
        }
        self.next = name.map(str::to_owned);
        if let Some(stream) = stream {
            stream.set_next(name);
        }
    }
}

impl<T: Stream> Emitter<T> {
    /// Of one partition, from this position on. Without positions it is finished or not.
    pub(crate) fn of_partition<C>(
        info: &StreamInfo,
        context: &ReadContext<'_, C>,
        name: &str,
        incremental: bool,
        since: Option<T::Cursor>,
    ) -> Self {
        let order = if incremental { info.order } else { Order::Unordered };
        Self::of(info, context, Some(name), Progress::new(order, since))
    }

    /// Notes how far the partition has come, and whether the one that follows is next. Returns why it failed, if it did.
    pub(crate) fn finish_partition(
        mut self,
        fetched: Result<()>,
        incremental: bool,
        following: Option<&str>,
        turns: &mut Turns,
    ) -> Result<()> {
        turns.begun += 1;
        let fetched = self.settle(fetched);
        turns.broken_off |= !self.had_its_turn(&fetched, turns.begun == 1);
        let given = self.give_partition(&fetched, incremental);
        turns.set_next(following, self.to.as_ref().map(|to| &to.stream));
        let state = given.and_then(|()| if fetched.is_ok() { self.state_between(following) } else { Ok(()) });
        self.end();
        fetched.and(state)
    }

    /// Hands over the records, and the position that the partition has come to.
    fn give_partition(&self, fetched: &Result<()>, incremental: bool) -> Result<()> {
        let Some(to) = &self.to else { return Ok(()) };
        if fetched.as_ref().is_err_and(|error| error.is_stopped()) {
            return Ok(());
        }
        // What is out is out, if the order says so; otherwise the partition stands where it stood.
        let counts = fetched.is_ok() || to.block.can_checkpoint();
        let position = if incremental {
            to.block.position()?
        } else {
            // A hold that lasts says that the partition is not known to be complete.
            (!to.block.is_held()).then(|| json!({}).to_string())
        };
        let position = position.filter(|_| counts);
        to.block.hand_over_at(position.map_or(Position::Unmoved, Position::At))
    }

    /// What a state costs is little beside the records of the partition, which a killed run would read again. After the last
    /// partition comes the state of the whole stream.
    fn state_between(&self, following: Option<&str>) -> Result<()> {
        let Some(to) = self.to.as_ref().filter(|_| following.is_some()) else { return Ok(()) };
        let since = to.since_state();
        let due = pays_for_state(&since, RECORDS_PER_STATE) || to.is_state_due(&self.pace, output::now());
        if since.records > 0 && due { to.stream.checkpoint() } else { Ok(()) }
    }

    /// Whether another partition comes next. One that was kept from being read by what may pass is tried again in the next
    /// read, unless it had this one to itself: one that is larger than the budget of a read would keep the others from
    /// ever being read.
    fn had_its_turn(&self, fetched: &Result<()>, is_first: bool) -> bool {
        let Err(error) = fetched else { return true };
        let records = self.to.as_ref().map_or(0, |to| to.block.total());
        let got_something = || records > 0 || self.http.usage().good_answers() > 0;
        // A run that ends breaks it off, whatever kind of error that is.
        !error.is_stopped()
            && (error.failure_type() != FailureType::TransientError
                || is_first && (!error.is_exhausted() || got_something()))
    }
}
