//! The block of one emitter: records that are not handed over to the ledger yet, and the position that they reach.

use super::positions::PositionUpdate;
use super::stream::LedgerStream;
use crate::cursor::{self, Progress};
use crate::error::Result;
use crate::hold::Hold;
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};

/// The size in bytes at which a block is handed over. The output writes as many bytes at once, so a full block is not copied.
const BLOCK_SIZE: usize = 128 * 1024;

/// The pending records of one emitter. The emitter adds to them; the heartbeat and a signal may hand them over.
pub(crate) struct Block<C> {
    stream: LedgerStream,
    /// The names of the partitions that the emitter reads, each with the position that it started from: one, or a group. None
    /// for an unpartitioned stream.
    partitions: Started<C>,
    /// The key of the cursor value in a state, if the stream has a cursor.
    key: Option<String>,
    hold: Hold,
    /// Whether an emitter still adds records.
    reads: AtomicBool,
    pending: Mutex<Pending<C>>,
}

/// Partitions that are read together, by name, each with the position that it started from.
pub(crate) type Started<C> = Box<[(Box<str>, Option<C>)]>;

struct Pending<C> {
    lines: Vec<u8>,
    records: u64,
    /// All records so far, including those handed over.
    total: u64,
    progress: Progress<C>,
    /// Whether there are records before a hold that no state covers yet.
    owes_state: bool,
    /// Whether a checkpoint was set since the last hand-over.
    has_checkpoint: bool,
    /// The emitter and its hold have ended, so the position must not be read again.
    ended: bool,
}

/// A block with any type of cursor.
pub(super) trait HandOver: Send + Sync {
    /// Hands over the pending records. Waits for another thread that is doing so.
    fn hand_over(&self) -> Result<()>;

    /// Hands over the pending records, unless another thread is adding one or handing them over.
    fn try_hand_over(&self) -> Result<()>;

    /// Returns whether the emitter sends requests, and may wait for a rate limit.
    fn reads(&self) -> bool {
        true
    }
}

impl<C: PartialOrd + Clone + Serialize + Send + Sync + 'static> Block<C> {
    pub(crate) fn new(
        stream: &LedgerStream,
        partitions: Started<C>,
        key: Option<String>,
        hold: &Hold,
        progress: Progress<C>,
    ) -> Arc<Self> {
        let block = Arc::new(Self {
            stream: stream.clone(),
            partitions,
            key,
            hold: hold.clone(),
            reads: AtomicBool::new(true),
            pending: Mutex::new(Pending {
                lines: Vec::new(),
                records: 0,
                total: 0,
                progress,
                owes_state: false,
                has_checkpoint: false,
                ended: false,
            }),
        });
        let weak: Weak<Self> = Arc::downgrade(&block);
        stream.add(weak);
        block
    }

    /// Adds the line of a record and its cursor value.
    #[inline]
    pub(crate) fn add(&self, line: &[u8], cursor: Option<&C>) -> Result<()> {
        let mut pending = self.pending();
        if let Some(cursor) = cursor {
            pending.progress.observe(cursor)?;
        }
        pending.lines.extend_from_slice(line);
        pending.records += 1;
        pending.total += 1;
        if pending.lines.len() < BLOCK_SIZE { Ok(()) } else { self.hand_over_pending(&mut pending) }
    }

    /// Sets a checkpoint of the fetch function, which covers all records so far that are before it.
    pub(crate) fn set_checkpoint(&self, position: &C, limit: Option<C>) {
        let mut pending = self.pending();
        // A hold that began before the checkpoint keeps the position before it.
        self.update_hold_of(&mut pending);
        pending.progress.set_checkpoint(position, limit);
        pending.has_checkpoint = true;
    }

    /// Hands over the pending records.
    pub(crate) fn hand_over(&self) -> Result<()> {
        HandOver::hand_over(self)
    }

    /// Hands over the pending records with this position instead of the one that follows from the order; `Set(None)` is an empty
    /// one.
    pub(crate) fn hand_over_at(&self, position: PositionUpdate<Option<C>>) -> Result<()> {
        let mut pending = self.pending();
        self.hand_over_with(&mut pending, position)
    }

    /// Records that the emitter only keeps the position from now on, while others read.
    pub(crate) fn stop_reading(&self) {
        self.reads.store(false, Relaxed);
    }

    /// Returns the number of pending records and of their bytes.
    pub(crate) fn size(&self) -> (u64, u64) {
        let pending = self.pending();
        (pending.records, pending.lines.len() as u64)
    }

    /// Ends the block after the last hand-over of the emitter. Another thread may still try to hand it over.
    pub(crate) fn end(&self) {
        self.pending().ended = true;
    }

    /// Returns the number of all records so far.
    pub(crate) fn total(&self) -> u64 {
        self.pending().total
    }

    /// Returns whether the stream is ascending, and its order was not broken.
    pub(crate) fn ascends(&self) -> bool {
        self.pending().progress.ascends()
    }

    /// Returns whether a state may be sent before the end: the stream ascends, or there is a checkpoint.
    pub(crate) fn can_checkpoint(&self) -> bool {
        self.pending().progress.can_checkpoint()
    }

    /// Returns whether a hold keeps the position from moving.
    pub(crate) fn is_held(&self) -> bool {
        self.pending().progress.is_held()
    }

    /// Returns whether there are records, or a checkpoint, that a state could cover and none does yet.
    pub(crate) fn has_uncovered(&self) -> bool {
        let pending = self.pending();
        // In an unordered stream, records after the last checkpoint are covered only at the end.
        let has_records = pending.progress.ascends()
            && if pending.progress.is_held() { pending.owes_state } else { self.uncovered(&pending) > 0 };
        has_records || pending.progress.owes_checkpoint()
    }

    /// Updates the position if a hold began or ended after the last record.
    pub(crate) fn update_hold(&self) {
        self.update_hold_of(&mut self.pending());
    }

    /// Records that a state was sent.
    pub(crate) fn mark_state_sent(&self) {
        let mut pending = self.pending();
        pending.owes_state = false;
        pending.progress.mark_covered();
    }

    /// Returns the position for a state before the end of the stream, or after a failure.
    pub(crate) fn position(&self) -> Option<C> {
        self.in_state(self.pending().progress.position())
    }

    /// Returns the position for a state at the end of the stream.
    pub(crate) fn final_position(&self) -> Option<C> {
        self.in_state(self.pending().progress.final_position())
    }

    /// Returns the position, unless states have none.
    fn in_state(&self, position: Option<&C>) -> Option<C> {
        position.filter(|_| self.key.is_some()).cloned()
    }

    /// Returns a position as JSON.
    fn to_json(&self, position: Option<&C>) -> Result<String> {
        let (Some(key), Some(cursor)) = (&self.key, position) else { return Ok("{}".to_owned()) };
        cursor::to_state(key.clone(), cursor)
    }

    /// Returns the update of the stream, or of each partition. One that started after the position of its group stays there.
    fn updates(
        &self,
        update: PositionUpdate<Option<C>>,
    ) -> Result<Vec<(Option<&str>, PositionUpdate<String>)>> {
        let (position, json) = match update {
            PositionUpdate::Keep => return Ok(Vec::new()),
            PositionUpdate::Set(position) => {
                let json = self.to_json(position.as_ref())?;
                (position, PositionUpdate::Set(json))
            }
            PositionUpdate::Clear => (None, PositionUpdate::Clear),
        };
        if self.partitions.is_empty() {
            return Ok(vec![(None, json)]);
        }
        let updates = self.partitions.iter().map(|(name, start)| {
            let later = start.as_ref().filter(|start| position.as_ref().is_none_or(|at| *start > at));
            let json = match later {
                Some(start) => PositionUpdate::Set(self.to_json(Some(start))?),
                None => json.clone(),
            };
            Ok((Some(&**name), json))
        });
        updates.collect()
    }

    fn update_hold_of(&self, pending: &mut Pending<C>) {
        let began = pending.progress.update_hold(self.hold.current());
        pending.owes_state |= began && self.uncovered(pending) > 0;
    }

    /// Returns the number of records that no state covers.
    fn uncovered(&self, pending: &Pending<C>) -> u64 {
        self.stream.since_state().records + pending.records
    }

    fn hand_over_pending(&self, pending: &mut Pending<C>) -> Result<()> {
        if pending.ended {
            return Ok(());
        }
        let was_held = pending.progress.is_held();
        self.update_hold_of(pending);
        // After a checkpoint, or if a hold has ended, records written earlier may now be covered.
        let may_have_moved = pending.has_checkpoint || was_held != pending.progress.is_held();
        if pending.records == 0 && !may_have_moved {
            return Ok(());
        }
        let position =
            self.in_state(pending.progress.position()).filter(|_| pending.progress.can_checkpoint());
        let position = position.map_or(PositionUpdate::Keep, |position| PositionUpdate::Set(Some(position)));
        self.hand_over_with(pending, position)
    }

    fn hand_over_with(&self, pending: &mut Pending<C>, position: PositionUpdate<Option<C>>) -> Result<()> {
        let updates = self.updates(position)?;
        let records = std::mem::take(&mut pending.records);
        pending.has_checkpoint = false;
        let result = self.stream.take(&mut pending.lines, records, updates);
        pending.lines.clear();
        result
    }

    fn pending(&self) -> MutexGuard<'_, Pending<C>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: PartialOrd + Clone + Serialize + Send + Sync + 'static> HandOver for Block<C> {
    fn hand_over(&self) -> Result<()> {
        self.hand_over_pending(&mut self.pending())
    }

    fn try_hand_over(&self) -> Result<()> {
        match self.pending.try_lock() {
            Ok(mut pending) => self.hand_over_pending(&mut pending),
            Err(TryLockError::Poisoned(poisoned)) => self.hand_over_pending(&mut poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => Ok(()),
        }
    }

    fn reads(&self) -> bool {
        self.reads.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::Order;
    use crate::json_text::JsonText;
    use crate::ledger::Ledger;
    use crate::output::{Lines, Memory, Output};
    use crate::protocol::StreamDescriptor;
    use serde::Serializer;
    use serde_json::json;
    use std::sync::Barrier;
    use std::thread;
    use std::time::Duration;

    static INTERRUPTED: Barrier = Barrier::new(2);
    static RESUMED: Barrier = Barrier::new(2);

    /// A cursor value, at which the heartbeat is interrupted while it hands over a block.
    #[derive(Clone, PartialEq, PartialOrd)]
    struct Id(u64);

    impl Serialize for Id {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            if thread::current().name() == Some("heartbeat") {
                INTERRUPTED.wait();
                RESUMED.wait();
            }
            serializer.serialize_u64(self.0)
        }
    }

    #[test]
    fn checkpoint_before_a_wait_includes_a_block_that_the_heartbeat_hands_over() {
        let memory = Memory::default();
        let ledger = Ledger::new(Output::to(Lines::new(Box::new(memory.clone()))));
        let stream = ledger.start(&StreamDescriptor::new("a"), JsonText::empty_object()).unwrap();
        let progress = Progress::new(Order::Ascending, None);
        let block =
            Block::new(&stream, [].into(), Some("id".to_owned()), &stream.holds().hold(false), progress);
        block.add(b"{\"type\":\"RECORD\"}\n", Some(&Id(1))).unwrap();
        thread::scope(|scope| {
            let heartbeat = thread::Builder::new().name("heartbeat".to_owned());
            heartbeat.spawn_scoped(scope, || block.try_hand_over().unwrap()).unwrap();
            INTERRUPTED.wait();
            let checkpoint = scope.spawn(|| stream.checkpoint_before_wait().unwrap());
            // A checkpoint that does not wait for the block ends now. The result does not depend on this time.
            for _ in 0..50 {
                if !checkpoint.is_finished() {
                    thread::sleep(Duration::from_millis(1));
                }
            }
            RESUMED.wait();
        });
        let state = memory.take_messages().pop().unwrap();
        assert_eq!(state["state"]["stream"]["stream_state"], json!({"id": 1}));
        assert_eq!(state["state"]["sourceStats"]["recordCount"], 1.0);
    }
}
