//! Records what has been written of each stream, and which position its states may contain.
//!
//! Problem: several threads emit records of several streams and partitions, while a signal, a long wait or the heartbeat
//! may require a state at any time.
//!
//! Idea: each emitter collects records in its own [`Block`], together with the position that they reach. A block is handed
//! over as a whole in one step under the ledger's lock: its bytes go to the output, its record count and its position to the
//! ledger. The line of a state is made and written under the same lock.
//!
//! What must stay true, for every prefix of stdout: a state covers only records within that prefix; its `recordCount` is
//! the number of the stream's records since the previous state; no message of a stream follows its terminal status.
//!
//! Locks are taken in this order: block, ledger, output. The block stays locked while it is handed over; otherwise two
//! threads could hand over the records of one emitter in the wrong order.

mod block;
mod heartbeat;
mod open_stream;
mod positions;
#[cfg(test)]
mod prefix_tests;
mod stream;

pub(crate) use self::block::{Block, Started};
pub(crate) use self::positions::{
    GIVEN, NEXT, PARENT, PARTITIONS, ParentState, PartitionPositions, PositionUpdate,
};
pub(crate) use self::stream::{LedgerStream, SinceState, Tally};

use self::block::HandOver;
use self::heartbeat::Idle;
use self::open_stream::OpenStream;
use crate::error::{Error, Result};
use crate::hold::RunHolds;
use crate::json_text::JsonText;
use crate::output::{self, Output};
use crate::protocol::{AirbyteStreamStatus, StreamDescriptor};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The open streams of a run.
pub(crate) struct Ledger {
    output: Arc<Output>,
    holds: RunHolds,
    streams: Mutex<Streams>,
}

struct Streams {
    open: Vec<OpenStream>,
    next_id: u64,
    /// Whether a record or a state was written since the last heartbeat.
    is_active: bool,
    idle: Idle,
}

impl Ledger {
    pub(crate) fn new(output: Arc<Output>) -> Arc<Self> {
        let idle = Idle::since(output::now());
        let streams = Streams { open: Vec::new(), next_id: 0, is_active: false, idle };
        Arc::new(Self { output, holds: RunHolds::default(), streams: Mutex::new(streams) })
    }

    /// Returns the holds of the run.
    pub(crate) fn holds(&self) -> &RunHolds {
        &self.holds
    }

    /// Opens a stream and reports it as started. `given` is the state that its read resumes from.
    pub(crate) fn start(
        self: &Arc<Self>,
        descriptor: &StreamDescriptor,
        given: JsonText,
    ) -> Result<LedgerStream> {
        let mut streams = self.streams();
        let stream = streams.next_stream(descriptor, given);
        stream.start(&self.output)?;
        Ok(self.open(streams, stream))
    }

    /// Opens a stream that was not selected, to track its position. None of its messages is sent.
    pub(crate) fn track(self: &Arc<Self>, descriptor: &StreamDescriptor, given: JsonText) -> LedgerStream {
        let mut streams = self.streams();
        let mut stream = streams.next_stream(descriptor, given);
        stream.is_selected = false;
        self.open(streams, stream)
    }

    fn open(self: &Arc<Self>, mut streams: MutexGuard<'_, Streams>, stream: OpenStream) -> LedgerStream {
        let (id, is_selected) = (stream.id, stream.is_selected);
        streams.open.push(stream);
        LedgerStream::new(Arc::clone(self), id, is_selected, self.holds.stream())
    }

    /// Closes all open streams when the run is ended by another thread than the reading ones: sends the last state of each
    /// stream, if one may be sent, and reports it as incomplete. Later records are rejected.
    ///
    /// Does not wait for an emitter that is adding a record: its block has not been written, and no state covers it.
    pub(crate) fn close(&self) {
        self.hand_over_all();
        let mut streams = self.streams();
        for mut stream in std::mem::take(&mut streams.open).into_iter().filter(|stream| stream.is_selected) {
            // The state of an unpartitioned stream contains something new only after a record or a checkpoint.
            let has_news = stream.positions.are_partitioned() || stream.records > 0 || stream.has_moved();
            if stream.positions.can_checkpoint() && has_news {
                let _ = stream.send_state(&self.output);
            }
            let _ = self.output.status(&stream.descriptor, AirbyteStreamStatus::Incomplete);
        }
    }

    /// Hands over the blocks of all emitters except those that are adding a record. Ignores errors: a stream that has ended
    /// rejects its block, and the next flush reports a closed stdout.
    fn hand_over_all(&self) {
        self.emitters().into_iter().for_each(|emitter| drop(emitter.try_hand_over()));
    }

    /// Returns the blocks of all emitters.
    fn emitters(&self) -> Vec<Arc<dyn HandOver>> {
        self.streams().open.iter().flat_map(OpenStream::emitters).collect()
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Streams {
    fn next_stream(&mut self, descriptor: &StreamDescriptor, given: JsonText) -> OpenStream {
        self.next_id += 1;
        OpenStream::new(self.next_id, descriptor.clone(), given)
    }

    /// Returns an open stream. An error means that it, or the run, has ended.
    fn find(&mut self, id: u64) -> Result<&mut OpenStream> {
        self.open.iter_mut().find(|stream| stream.id == id).ok_or_else(Error::stopped)
    }
}
