//! The ledger, as the read of one stream sees it.

use super::Ledger;
use super::block::HandsOver;
use super::entry::Entry;
use super::positions::{PartitionPositions, Position, Positions};
use crate::error::{Error, Result};
use crate::hold::StreamHolds;
use crate::output;
use crate::protocol::{
    AirbyteEstimateTraceMessage, AirbyteStreamStatus, AirbyteStreamStatusRateLimitedReason,
    AirbyteStreamStatusReason, AirbyteStreamStatusReasonType, AirbyteStreamStatusTraceMessage, EstimateType,
    Trace,
};
use crate::pulse::Pulse;
use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// A stream in the ledger. A clone is the same stream.
#[derive(Clone)]
pub(crate) struct LedgerStream {
    ledger: Arc<Ledger>,
    id: u64,
    holds: StreamHolds,
}

/// What lies between two states.
#[derive(Clone, Copy, Default)]
pub(crate) struct SinceState {
    pub(crate) records: u64,
    pub(crate) record_bytes: u64,
    /// When the last state was sent, or the stream was started.
    pub(crate) state_at: i64,
    /// How long its line was; 0 if none was sent.
    pub(crate) state_length: u64,
}

/// What a stream has come to.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) records: u64,
    pub(crate) states: u64,
    /// Requests that were answered.
    pub(crate) answers: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        write!(f, "{} (", counted(self.records, "record"))?;
        if self.answers > 0 {
            write!(f, "{}, ", counted(self.answers, "request"))?;
        }
        write!(f, "{})", counted(self.states, "state"))
    }
}

impl LedgerStream {
    pub(super) fn new(ledger: Arc<Ledger>, id: u64, holds: StreamHolds) -> Self {
        Self { ledger, id, holds }
    }

    pub(crate) fn holds(&self) -> &StreamHolds {
        &self.holds
    }

    /// Counts up while time passes, and when a hold begins or ends.
    pub(crate) fn pulse(&self) -> &Pulse {
        self.ledger.holds.pulse()
    }

    /// From here on a signal or a heartbeat may hand over what this emitter has gathered.
    pub(super) fn add(&self, emitter: Weak<dyn HandsOver>) {
        if let Ok(entry) = self.ledger.streams().entry(self.id) {
            entry.add(emitter);
        }
    }

    /// Takes the records that an emitter has gathered, and the position that they reach.
    pub(super) fn take(
        &self,
        lines: &mut Vec<u8>,
        records: u64,
        partition: Option<&str>,
        position: Position,
    ) -> Result<()> {
        let mut streams = self.ledger.streams();
        let entry = streams.entry(self.id)?;
        if records > 0 {
            entry.take(&self.ledger.output, lines, records)?;
        }
        entry.positions.set(partition, position);
        streams.heard |= records > 0;
        Ok(())
    }

    /// Sends the state that covers everything so far, and lets everything leave.
    pub(crate) fn checkpoint(&self) -> Result<()> {
        self.change(|entry, ledger| entry.send_state(&ledger.output))?;
        self.ledger.output.flush()
    }

    /// The same, if a state is legal and says something new: the process may be killed in a long wait.
    pub(crate) fn checkpoint_before_wait(&self) -> Result<()> {
        // An author may have kept the client of a stream that has ended.
        let emitters = self.ledger.streams().entry(self.id).map(|entry| entry.emitters().collect::<Vec<_>>());
        emitters.unwrap_or_default().into_iter().try_for_each(|emitter| emitter.try_hand_over())?;
        let sent = self.change_if_open(|entry, ledger| {
            let says_more = entry.positions.are_legal() && entry.positions.to_state() != entry.last_state;
            if says_more { entry.send_state(&ledger.output).map(|()| true) } else { Ok(false) }
        });
        if sent.unwrap_or(Ok(false))? { self.ledger.output.flush() } else { Ok(()) }
    }

    pub(crate) fn since_state(&self) -> SinceState {
        self.look(|entry| SinceState {
            records: entry.records,
            record_bytes: entry.record_bytes,
            state_at: entry.state_at,
            state_length: entry.state_length,
        })
    }

    /// What has left so far.
    pub(crate) fn tally(&self) -> Tally {
        self.look(|entry| Tally { records: entry.counted + entry.records, states: entry.states, answers: 0 })
    }

    /// Says how many records this read will bring; `more` than was said before.
    pub(crate) fn estimate(&self, more: i128) -> Result<()> {
        self.change(|entry, ledger| {
            let sum = i128::from(entry.estimate).saturating_add(more);
            entry.estimate = sum.clamp(0, i128::from(u64::MAX)) as u64;
            let mut estimate = AirbyteEstimateTraceMessage::new(&entry.descriptor.name, EstimateType::Stream);
            estimate.namespace = entry.descriptor.namespace.clone();
            estimate.row_estimate = Some(entry.estimate);
            ledger.output.trace(Trace::Estimate(estimate))
        })
    }

    /// Says that the stream waits for a rate limit, and until when. The next record ends that for whoever looks.
    pub(crate) fn rate_limited(&self, wait: Duration) -> Result<()> {
        let mut limit = AirbyteStreamStatusRateLimitedReason::new();
        limit.quota_reset = Some(output::now() + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 2));
        let mut reason = AirbyteStreamStatusReason::new(AirbyteStreamStatusReasonType::RateLimited);
        reason.rate_limited = Some(limit);
        let told = self.change_if_open(|entry, ledger| {
            let running = AirbyteStreamStatus::Running;
            let mut status = AirbyteStreamStatusTraceMessage::new(entry.descriptor.clone(), running);
            status.reasons = Some(vec![reason]);
            ledger.output.trace(Trace::StreamStatus(status))
        });
        // An author may have kept the client of a stream that has ended.
        told.unwrap_or(Ok(()))
    }

    /// Notes what the stream waits for; `None` when it has come.
    pub(crate) fn waiting_for(&self, what: Option<&str>) {
        if let Ok(entry) = self.ledger.streams().entry(self.id) {
            entry.waiting_for = what.map(str::to_owned);
        }
    }

    /// The stream is read partition by partition, and it is not known yet which there are.
    pub(crate) fn in_unlisted_partitions(&self, given: String) {
        self.set_positions(Positions::Unlisted { given });
    }

    /// The stream is read partition by partition, from these positions on. `next` was the next one when an earlier read ended.
    pub(crate) fn in_partitions(&self, positions: PartitionPositions, next: Option<String>) {
        self.set_positions(Positions::Partitions { positions, next });
    }

    /// As nothing has been read yet, this is the state of before, if perhaps in another form.
    fn set_positions(&self, positions: Positions) {
        if let Ok(entry) = self.ledger.streams().entry(self.id) {
            entry.last_state = positions.to_state();
            entry.positions = positions;
        }
    }

    /// Notes which partition comes next; none if all have had their turn.
    pub(crate) fn set_next(&self, name: Option<&str>) {
        self.partitions(|_, next| *next = name.map(str::to_owned));
    }

    /// The position of this partition, as JSON.
    pub(crate) fn position_of(&self, partition: &str) -> Option<Box<str>> {
        self.partitions(|positions, _| positions.get(partition).cloned()).flatten()
    }

    /// Whether there is a position of any partition.
    pub(crate) fn has_positions(&self) -> bool {
        self.partitions(|positions, _| !positions.is_empty()).unwrap_or_default()
    }

    /// Forgets the other partitions.
    pub(crate) fn keep_partitions(&self, names: &HashSet<&str>) {
        self.partitions(|positions, _| positions.retain(|name, _| names.contains(&**name)));
    }

    /// Says that the stream is running, if nothing has said so yet.
    pub(crate) fn run(&self) -> Result<()> {
        self.change(|entry, ledger| entry.run(&ledger.output))
    }

    /// Says how the stream has ended. Nothing of it is said after that.
    pub(crate) fn end(&self, status: AirbyteStreamStatus) -> Result<()> {
        self.holds.end();
        let mut streams = self.ledger.streams();
        let descriptor = streams.entry(self.id)?.descriptor.clone();
        streams.open.retain(|entry| entry.id != self.id);
        self.ledger.output.status(&descriptor, status)
    }

    fn partitions<R>(
        &self,
        work: impl FnOnce(&mut PartitionPositions, &mut Option<String>) -> R,
    ) -> Option<R> {
        match &mut self.ledger.streams().entry(self.id).ok()?.positions {
            Positions::Partitions { positions, next } => Some(work(positions, next)),
            _ => None,
        }
    }

    fn look<R: Default>(&self, look: impl FnOnce(&Entry) -> R) -> R {
        self.ledger.streams().entry(self.id).map(|entry| look(entry)).unwrap_or_default()
    }

    /// An error if the stream has ended.
    fn change<R>(&self, change: impl FnOnce(&mut Entry, &Ledger) -> Result<R>) -> Result<R> {
        self.change_if_open(change).unwrap_or_else(|| Err(Error::stopped()))
    }

    /// `None` if the stream has ended.
    fn change_if_open<R>(&self, change: impl FnOnce(&mut Entry, &Ledger) -> Result<R>) -> Option<Result<R>> {
        let mut streams = self.ledger.streams();
        let entry = streams.entry(self.id).ok()?;
        let states = entry.states;
        let result = change(entry, &self.ledger);
        let sent = entry.states > states;
        streams.heard |= sent;
        Some(result)
    }
}
