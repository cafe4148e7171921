//! The records that one emitter has gathered, and the position that they reach.

use super::positions::Position;
use super::stream::LedgerStream;
use crate::cursor::{self, Progress};
use crate::error::Result;
use crate::hold::Hold;
use serde::Serialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};

/// What gathers before it is handed over; one `write` of this size costs less than the records in it.
const FULL: usize = 64 * 1024;

/// The records of one emitter on their way to the ledger. The emitter adds to them; the heartbeat and a signal may hand
/// them over.
pub(crate) struct Block<C> {
    stream: LedgerStream,
    /// The partition that is read, if it is one.
    partition: Option<Box<str>>,
    /// The key of a position, if the records have one.
    key: Option<String>,
    hold: Hold,
    gathered: Mutex<Gathered<C>>,
}

struct Gathered<C> {
    lines: Vec<u8>,
    records: u64,
    /// All records so far, those that have been handed over included.
    total: u64,
    progress: Progress<C>,
    /// Whether records before a hold are not covered by a state yet.
    owes_state: bool,
    /// The emitter has ended: what it held with is gone, so the position is not to be looked at again.
    ended: bool,
}

/// An emitter of any type.
pub(super) trait HandsOver: Send + Sync {
    /// Hands over what has been gathered, unless the emitter is at work right now.
    fn try_hand_over(&self) -> Result<()>;
}

impl<C: PartialOrd + Clone + Serialize + Send + 'static> Block<C> {
    pub(crate) fn new(
        stream: &LedgerStream,
        partition: Option<&str>,
        key: Option<String>,
        hold: &Hold,
        progress: Progress<C>,
    ) -> Arc<Self> {
        let block = Arc::new(Self {
            stream: stream.clone(),
            partition: partition.map(Into::into),
            key,
            hold: hold.clone(),
            gathered: Mutex::new(Gathered {
                lines: Vec::new(),
                records: 0,
                total: 0,
                progress,
                owes_state: false,
                ended: false,
            }),
        });
        let weak: Weak<Self> = Arc::downgrade(&block);
        stream.add(weak);
        block
    }

    /// Adds the line of a record, and the position that it is at.
    #[inline]
    pub(crate) fn add(&self, line: &[u8], cursor: Option<&C>) -> Result<()> {
        let mut gathered = self.gathered();
        if let Some(cursor) = cursor {
            gathered.progress.observe(cursor)?;
        }
        gathered.lines.extend_from_slice(line);
        gathered.records += 1;
        gathered.total += 1;
        if gathered.lines.len() < FULL { Ok(()) } else { self.hand_over_gathered(&mut gathered) }
    }

    /// Hands over what has been gathered.
    pub(crate) fn hand_over(&self) -> Result<()> {
        self.hand_over_gathered(&mut self.gathered())
    }

    /// Hands over what has been gathered, with this position in place of the one that the order vouches for.
    pub(crate) fn hand_over_at(&self, position: Position) -> Result<()> {
        let mut gathered = self.gathered();
        self.give(&mut gathered, position)
    }

    /// The number of records, and their bytes, that have been gathered.
    pub(crate) fn size(&self) -> (u64, u64) {
        let gathered = self.gathered();
        (gathered.records, gathered.lines.len() as u64)
    }

    /// The emitter has ended, and has handed over what it had. Somebody else may still be about to hand over.
    pub(crate) fn end(&self) {
        self.gathered().ended = true;
    }

    /// How many records came so far.
    pub(crate) fn total(&self) -> u64 {
        self.gathered().total
    }

    /// Whether a state may be sent before the end. No longer so once the order did not hold.
    pub(crate) fn can_checkpoint(&self) -> bool {
        self.gathered().progress.can_checkpoint()
    }

    /// Whether the position stays where a hold began.
    pub(crate) fn is_held(&self) -> bool {
        self.gathered().progress.is_held()
    }

    /// Whether there are records that a state could cover and none does.
    pub(crate) fn has_news(&self) -> bool {
        let gathered = self.gathered();
        if gathered.progress.is_held() { gathered.owes_state } else { self.uncovered(&gathered) > 0 }
    }

    /// Takes note of a hold that began or ended after the last record.
    pub(crate) fn note_hold(&self) {
        self.note_hold_of(&mut self.gathered());
    }

    /// Takes note of a state that was sent.
    pub(crate) fn note_state(&self) {
        self.gathered().owes_state = false;
    }

    /// The position that a state may say at the end, as JSON.
    pub(crate) fn position(&self) -> Result<Option<String>> {
        self.position_of(&self.gathered())
    }

    fn position_of(&self, gathered: &Gathered<C>) -> Result<Option<String>> {
        let (Some(key), Some(cursor)) = (&self.key, gathered.progress.position()) else { return Ok(None) };
        cursor::to_state(key.clone(), cursor).map(Some)
    }

    fn note_hold_of(&self, gathered: &mut Gathered<C>) {
        let began = gathered.progress.note_hold(self.hold.current());
        gathered.owes_state |= began && self.uncovered(gathered) > 0;
    }

    /// The records that no state covers.
    fn uncovered(&self, gathered: &Gathered<C>) -> u64 {
        self.stream.since_state().records + gathered.records
    }

    fn hand_over_gathered(&self, gathered: &mut Gathered<C>) -> Result<()> {
        if gathered.ended {
            return Ok(());
        }
        let was_held = gathered.progress.is_held();
        self.note_hold_of(gathered);
        // The position of records that left before may stand only now.
        if gathered.records == 0 && was_held == gathered.progress.is_held() {
            return Ok(());
        }
        let position = if gathered.progress.can_checkpoint() { self.position_of(gathered)? } else { None };
        self.give(gathered, position.map_or(Position::Unmoved, Position::At))
    }

    fn give(&self, gathered: &mut Gathered<C>, position: Position) -> Result<()> {
        let records = std::mem::take(&mut gathered.records);
        let given = self.stream.take(&mut gathered.lines, records, self.partition.as_deref(), position);
        gathered.lines.clear();
        given
    }

    fn gathered(&self) -> MutexGuard<'_, Gathered<C>> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: PartialOrd + Clone + Serialize + Send + 'static> HandsOver for Block<C> {
    fn try_hand_over(&self) -> Result<()> {
        match self.gathered.try_lock() {
            Ok(mut gathered) => self.hand_over_gathered(&mut gathered),
            Err(TryLockError::Poisoned(poisoned)) => self.hand_over_gathered(&mut poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => Ok(()),
        }
    }
}
