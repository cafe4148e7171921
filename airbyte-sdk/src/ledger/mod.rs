//! What of each stream has left, and how far its states may go.
//!
//! Problem: several threads are to write records of several streams and partitions, while a signal, a long wait or a silent
//! service may ask for a state at any moment.
//!
//! Idea: each emitter gathers records in a [`Block`] of its own, together with the position that they reach. A block is
//! handed over as a whole: its bytes to the output, its count and its position to the ledger, in one step under the ledger's
//! lock. The line of a state is made and written under the same lock.
//!
//! What must stay true, for every prefix of stdout: a state covers only records within that prefix; its `recordCount` is
//! the number of the stream's lines since the state before; nothing of a stream follows its terminal status.
//!
//! A block's lock is taken before the ledger's, and the ledger's before the output's. A block is taken and handed over
//! under its own lock; otherwise two threads could hand over the blocks of one emitter in the wrong order.

mod block;
mod entry;
mod heartbeat;
mod last_words;
#[cfg(test)]
mod law;
mod positions;
mod stream;

pub(crate) use self::block::Block;
pub(crate) use self::positions::{NEXT, PARTITIONS, PartitionPositions, Position};
pub(crate) use self::stream::{LedgerStream, SinceState, Tally};

use self::block::HandsOver;
use self::entry::Entry;
use self::heartbeat::Silence;
use crate::error::{Error, Result};
use crate::hold::RunHolds;
use crate::output::{self, Output};
use crate::protocol::StreamDescriptor;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The streams of a run that are being read.
pub(crate) struct Ledger {
    output: Arc<Output>,
    holds: RunHolds,
    streams: Mutex<Streams>,
}

struct Streams {
    open: Vec<Entry>,
    next_id: u64,
    /// Whether a record or a state has left since this was asked last.
    heard: bool,
    silence: Silence,
}

impl Ledger {
    pub(crate) fn new(output: Arc<Output>) -> Arc<Self> {
        let silence = Silence::from(output::now());
        let streams = Streams { open: Vec::new(), next_id: 0, heard: false, silence };
        Arc::new(Self { output, holds: RunHolds::default(), streams: Mutex::new(streams) })
    }

    /// What is not known to concern one stream only.
    pub(crate) fn holds(&self) -> &RunHolds {
        &self.holds
    }

    /// Says that a stream is started; `given` is the state that its read begins with, as JSON.
    pub(crate) fn start(
        self: &Arc<Self>,
        descriptor: &StreamDescriptor,
        given: String,
    ) -> Result<LedgerStream> {
        let holds = self.holds.stream();
        let mut streams = self.streams();
        streams.next_id += 1;
        let id = streams.next_id;
        let entry = Entry::new(id, descriptor.clone(), given);
        entry.start(&self.output)?;
        streams.open.push(entry);
        Ok(LedgerStream::new(Arc::clone(self), id, holds))
    }

    /// Hands over what the emitters have gathered, but for those that are at work right now. A stream that has ended
    /// meanwhile takes nothing; whether stdout is gone shows when it is flushed.
    fn hand_over_all(&self) {
        self.emitters().into_iter().for_each(|emitter| drop(emitter.try_hand_over()));
    }

    /// The emitters that may have records to hand over.
    fn emitters(&self) -> Vec<Arc<dyn HandsOver>> {
        self.streams().open.iter().flat_map(Entry::emitters).collect()
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Streams {
    /// A stream that has ended, or that a signal has ended, takes nothing more.
    fn entry(&mut self, id: u64) -> Result<&mut Entry> {
        self.open.iter_mut().find(|entry| entry.id == id).ok_or_else(Error::stopped)
    }
}
