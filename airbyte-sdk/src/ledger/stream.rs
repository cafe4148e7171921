//! The handle to one stream of the ledger, which its emitters use.

use super::Ledger;
use super::block::HandOver;
use super::open_stream::OpenStream;
use super::positions::{ParentState, PartitionPositions, PositionUpdate, Positions};
use crate::epoch::Epoch;
use crate::error::{Error, Result};
use crate::hold::StreamHolds;
use crate::json_text::JsonText;
use crate::output;
use crate::protocol::{
    AirbyteEstimateTraceMessage, AirbyteStreamStatus, AirbyteStreamStatusRateLimitedReason,
    AirbyteStreamStatusReason, AirbyteStreamStatusReasonType, AirbyteStreamStatusTraceMessage, EstimateType,
    Trace,
};
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// A handle to a stream in the ledger. Clones refer to the same stream.
#[derive(Clone)]
pub(crate) struct LedgerStream {
    ledger: Arc<Ledger>,
    id: u64,
    is_selected: bool,
    holds: StreamHolds,
}

/// What was emitted since the last state.
#[derive(Clone, Copy, Default)]
pub(crate) struct SinceState {
    pub(crate) records: u64,
    pub(crate) record_bytes: u64,
    /// When the last state was sent, or when the stream was started.
    pub(crate) state_at: i64,
    /// The length of its line in bytes; 0 if none was sent.
    pub(crate) state_length: u64,
}

/// The totals of a stream, for the log.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) records: u64,
    pub(crate) states: u64,
    /// Requests that received a response.
    pub(crate) requests: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        write!(f, "{} (", counted(self.records, "record"))?;
        if self.requests > 0 {
            write!(f, "{}, ", counted(self.requests, "request"))?;
        }
        write!(f, "{})", counted(self.states, "state"))
    }
}

impl LedgerStream {
    pub(super) fn new(ledger: Arc<Ledger>, id: u64, is_selected: bool, holds: StreamHolds) -> Self {
        Self { ledger, id, is_selected, holds }
    }

    /// Returns whether its messages are sent: it is in the configured catalog.
    pub(crate) fn is_selected(&self) -> bool {
        self.is_selected
    }

    pub(crate) fn holds(&self) -> &StreamHolds {
        &self.holds
    }

    /// Advances every 50 ms, and when a hold begins or ends.
    pub(crate) fn epoch(&self) -> &Epoch {
        self.ledger.holds.epoch()
    }

    /// Registers the block of an emitter, so that a signal or the heartbeat can hand it over.
    pub(super) fn add(&self, emitter: Weak<dyn HandOver>) {
        if let Ok(stream) = self.ledger.streams().find(self.id) {
            stream.add(emitter);
        }
    }

    /// Takes a block: its records and the updates of positions, in one step.
    pub(super) fn take(
        &self,
        lines: &mut Vec<u8>,
        records: u64,
        updates: Vec<(Option<&str>, PositionUpdate)>,
    ) -> Result<()> {
        let mut streams = self.ledger.streams();
        let stream = streams.find(self.id)?;
        if records > 0 {
            stream.take(&self.ledger.output, lines, records)?;
        }
        updates.into_iter().for_each(|(partition, update)| stream.update(partition, update));
        streams.is_active |= records > 0 && self.is_selected;
        Ok(())
    }

    /// Sends a state that covers all records so far, and flushes the output.
    pub(crate) fn checkpoint(&self) -> Result<()> {
        self.change(|stream, ledger| stream.send_state(&ledger.output))?;
        self.ledger.output.flush()
    }

    /// Does the same before a long wait, in which the process may be killed, if a state may be sent and has changed.
    pub(crate) fn checkpoint_before_wait(&self) -> Result<()> {
        // The stream may have ended: an author can keep its client.
        let emitters =
            self.ledger.streams().find(self.id).map(|stream| stream.emitters().collect::<Vec<_>>());
        // Waits for a block that the heartbeat is handing over; without its records, there may be no new state.
        emitters.unwrap_or_default().into_iter().try_for_each(|emitter| emitter.hand_over())?;
        self.checkpoint_if_changed()
    }

    /// Sends a state and flushes the output, if a state may be sent and differs from the last one.
    pub(crate) fn checkpoint_if_changed(&self) -> Result<()> {
        let sent = self.change_if_open(|stream, ledger| {
            let has_changed = stream.positions.can_checkpoint() && stream.has_moved();
            if has_changed { stream.send_state(&ledger.output).map(|()| true) } else { Ok(false) }
        });
        if sent.unwrap_or(Ok(false))? { self.ledger.output.flush() } else { Ok(()) }
    }

    pub(crate) fn since_state(&self) -> SinceState {
        self.look(|stream| SinceState {
            records: stream.records,
            record_bytes: stream.record_bytes,
            state_at: stream.state_at,
            state_length: stream.state_length,
        })
    }

    /// Returns the totals of what was written so far.
    pub(crate) fn tally(&self) -> Tally {
        self.look(|stream| Tally {
            records: stream.counted + stream.records,
            states: stream.states,
            requests: 0,
        })
    }

    /// Reports the expected record count, which is `more` than reported before.
    pub(crate) fn estimate(&self, more: i128) -> Result<()> {
        if !self.is_selected {
            return Ok(());
        }
        self.change(|stream, ledger| {
            let sum = i128::from(stream.estimate).saturating_add(more);
            stream.estimate = sum.clamp(0, i128::from(u64::MAX)) as u64;
            let mut estimate =
                AirbyteEstimateTraceMessage::new(&stream.descriptor.name, EstimateType::Stream);
            estimate.namespace = stream.descriptor.namespace.clone();
            estimate.row_estimate = Some(stream.estimate);
            ledger.output.trace(Trace::Estimate(estimate))
        })
    }

    /// Records that a reader waits for a rate limit. Reports it, and until when, if all readers of the stream do. The next
    /// record ends that status for the platform.
    pub(crate) fn rate_limited(&self, reader: u64, wait: Duration) -> Result<()> {
        let until = output::now() + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 2);
        if let Ok(stream) = self.ledger.streams().find(self.id) {
            stream.add_limited(reader, until);
        }
        self.report_limit()
    }

    /// Reports the rate limit if all readers of the stream wait for it. Called also when another reader has ended.
    pub(crate) fn report_limit(&self) -> Result<()> {
        let sent = self.change_if_open(|stream, ledger| {
            let Some(until) = stream.unreported_limit() else { return Ok(()) };
            let mut limit = AirbyteStreamStatusRateLimitedReason::new();
            limit.quota_reset = Some(until);
            let mut reason = AirbyteStreamStatusReason::new(AirbyteStreamStatusReasonType::RateLimited);
            reason.rate_limited = Some(limit);
            let running = AirbyteStreamStatus::Running;
            let mut status = AirbyteStreamStatusTraceMessage::new(stream.descriptor.clone(), running);
            status.reasons = Some(vec![reason]);
            ledger.output.trace(Trace::StreamStatus(status))
        });
        // The stream may have ended: an author can keep its client.
        sent.unwrap_or(Ok(()))
    }

    /// Records that a reader no longer waits for a rate limit.
    pub(crate) fn rate_limit_over(&self, reader: u64) {
        if let Ok(stream) = self.ledger.streams().find(self.id) {
            stream.remove_limited(reader);
        }
    }

    /// Sets the request that a reader waits for; `None` once the response has arrived.
    pub(crate) fn waiting_for(&self, reader: u64, what: Option<&str>) {
        if let Ok(stream) = self.ledger.streams().find(self.id) {
            stream.waiting_for.retain(|(waiting, _)| *waiting != reader);
            stream.waiting_for.extend(what.map(|what| (reader, what.to_owned())));
        }
    }

    /// Marks the stream as partitioned before its partitions are listed. `given` is the state that the read resumed from.
    pub(crate) fn in_unlisted_partitions(&self, given: JsonText) {
        self.set_positions(Positions::Unlisted { given });
    }

    /// Sets the positions of the partitions that the read resumes from, which partition is `next`, and the state in another
    /// format that partitions without a position start from. `parent` is the state of the parent stream, if only the children
    /// of changed parents are read.
    pub(crate) fn in_partitions(
        &self,
        positions: PartitionPositions,
        next: Option<String>,
        given: Option<JsonText>,
        parent: Option<ParentState>,
    ) {
        self.set_positions(Positions::Partitions { positions, next, given, parent });
    }

    /// Sets the state of the parent stream, whose changes before it need not be read again.
    pub(crate) fn set_parent(&self, state: ParentState) {
        if let Ok(stream) = self.ledger.streams().find(self.id)
            && let Positions::Partitions { parent, .. } = &mut stream.positions
        {
            let has_moved = parent.as_ref() != Some(&state);
            *parent = Some(state);
            stream.mark_moved(has_moved);
        }
    }

    /// Returns the state that covers what was read so far, as JSON.
    pub(crate) fn state(&self) -> Option<String> {
        let mut state = Vec::new();
        self.ledger.streams().find(self.id).ok()?.positions.write_state(&mut state).ok()?;
        String::from_utf8(state).ok()
    }

    /// Sets the position that this partition starts from.
    pub(crate) fn set_position(&self, partition: &str, position: String) {
        if let Ok(stream) = self.ledger.streams().find(self.id) {
            stream.update(Some(partition), PositionUpdate::Set(position));
        }
    }

    /// Nothing has been read yet, so the state is the one of the last read, possibly migrated to the current format.
    fn set_positions(&self, positions: Positions) {
        if let Ok(stream) = self.ledger.streams().find(self.id) {
            stream.positions = positions;
            stream.mark_sent();
        }
    }

    /// Sets which partition is next; `None` after a complete round.
    pub(crate) fn set_next(&self, name: Option<&str>) {
        if let Ok(stream) = self.ledger.streams().find(self.id)
            && let Positions::Partitions { next, .. } = &mut stream.positions
        {
            *next = name.map(str::to_owned);
        }
    }

    /// Returns the position of this partition, as JSON.
    pub(crate) fn position_of(&self, partition: &str) -> Option<String> {
        self.look_at_partitions(|positions| positions.get(partition).map(str::to_owned)).flatten()
    }

    /// Returns whether a state that covers what was read so far could be sent before the end.
    pub(crate) fn has_reached_position(&self) -> bool {
        self.look(|stream| stream.positions.can_checkpoint())
    }

    /// Returns whether a position has changed since the last state.
    pub(crate) fn has_moved(&self) -> bool {
        self.look(OpenStream::has_moved)
    }

    /// Returns whether any partition has a position.
    pub(crate) fn has_positions(&self) -> bool {
        self.look_at_partitions(|positions| !positions.is_empty()).unwrap_or_default()
    }

    /// Ends a round in which all partitions were read: removes the positions of those for which the function returns `false`,
    /// and the state in another format.
    pub(crate) fn keep_partitions(&self, is_kept: impl Fn(&str) -> bool) {
        if let Ok(stream) = self.ledger.streams().find(self.id)
            && let Positions::Partitions { positions, given, .. } = &mut stream.positions
        {
            let count = positions.len();
            positions.retain(is_kept);
            let has_moved = given.take().is_some() | (positions.len() < count);
            stream.mark_moved(has_moved);
        }
    }

    /// Reports the stream as running, unless that was done before.
    pub(crate) fn run(&self) -> Result<()> {
        self.change(|stream, ledger| stream.run(&ledger.output))
    }

    /// Reports the final status of the stream and closes it; no message of it is sent after that.
    pub(crate) fn end(&self, status: AirbyteStreamStatus) -> Result<()> {
        self.holds.end();
        let mut streams = self.ledger.streams();
        let descriptor = streams.find(self.id)?.descriptor.clone();
        streams.open.retain(|stream| stream.id != self.id);
        if self.is_selected { self.ledger.output.status(&descriptor, status) } else { Ok(()) }
    }

    fn look_at_partitions<R>(&self, look: impl FnOnce(&PartitionPositions) -> R) -> Option<R> {
        match &self.ledger.streams().find(self.id).ok()?.positions {
            Positions::Partitions { positions, .. } => Some(look(positions)),
            _ => None,
        }
    }

    fn look<R: Default>(&self, look: impl FnOnce(&OpenStream) -> R) -> R {
        self.ledger.streams().find(self.id).map(|stream| look(stream)).unwrap_or_default()
    }

    /// Returns an error if the stream has ended.
    fn change<R>(&self, change: impl FnOnce(&mut OpenStream, &Ledger) -> Result<R>) -> Result<R> {
        self.change_if_open(change).unwrap_or_else(|| Err(Error::stopped()))
    }

    /// Returns `None` if the stream has ended.
    fn change_if_open<R>(
        &self,
        change: impl FnOnce(&mut OpenStream, &Ledger) -> Result<R>,
    ) -> Option<Result<R>> {
        let mut streams = self.ledger.streams();
        let stream = streams.find(self.id).ok()?;
        let states = stream.states;
        let result = change(stream, &self.ledger);
        let sent = stream.states > states;
        streams.is_active |= sent;
        Some(result)
    }
}
