//! The holds that may concern any stream of a run.

use super::{Stream, StreamHolds};
use crate::epoch::Epoch;
use crate::error::Error;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// The holds of a run. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct RunHolds(Arc<Run>);

#[derive(Default)]
struct Run {
    epoch: Epoch,
    streams: Mutex<Vec<Weak<Stream>>>,
    /// The first panic on a thread started by the author, until it is reported.
    stray_panic: Mutex<Option<Error>>,
    /// The number of such panics.
    panics: AtomicU32,
    /// The number of pages that are read by clients of streams that have ended.
    open_pages: AtomicU32,
}

impl RunHolds {
    /// Creates the holds of a new stream.
    pub(crate) fn stream(&self) -> StreamHolds {
        let holds = StreamHolds::new(self.clone());
        let mut streams = self.streams();
        streams.retain(|stream| stream.upgrade().is_some_and(|stream| !StreamHolds(stream).has_ended()));
        streams.push(Arc::downgrade(&holds.0));
        // Under the lock of the streams: a panic is either seen here, or sees the new stream in the list.
        if self.panics() > 0 {
            holds.hold_externally(None);
        }
        drop(streams);
        holds
    }

    pub(crate) fn epoch(&self) -> &Epoch {
        &self.0.epoch
    }

    /// Records a panic on a thread started by the author, and holds all open and later streams: it is unknown which stream
    /// the thread worked for.
    pub(crate) fn note_stray_panic(&self, panic: Error) {
        self.0.stray_panic.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(panic);
        self.0.panics.fetch_add(1, Relaxed);
        self.hold_externally(None);
    }

    /// Returns the number of such panics.
    pub(crate) fn panics(&self) -> u32 {
        self.0.panics.load(Relaxed)
    }

    /// Returns the first such panic since the last call.
    pub(crate) fn take_stray_panic(&self) -> Option<Error> {
        self.0.stray_panic.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Holds all open streams, since records of any of them may be missing.
    pub(super) fn hold_externally(&self, error: Option<&Error>) {
        let streams: Vec<_> = self.streams().iter().filter_map(Weak::upgrade).collect();
        streams.into_iter().map(StreamHolds).for_each(|holds| holds.hold_externally(error));
    }

    pub(super) fn has_open_pages(&self) -> bool {
        self.0.open_pages.load(Relaxed) > 0
    }

    /// Changes the number of pages read by clients of streams that have ended, and whether one was abandoned.
    pub(super) fn change_pages(&self, change: impl FnOnce(&mut u32, &mut bool)) {
        let streams = self.streams();
        let (mut open_pages, mut abandoned) = (self.0.open_pages.load(Relaxed), false);
        change(&mut open_pages, &mut abandoned);
        // The lock of the streams prevents a concurrent change.
        self.0.open_pages.store(open_pages, Relaxed);
        let open: Vec<_> = streams.iter().filter_map(Weak::upgrade).collect();
        drop(streams);
        for holds in open.into_iter().map(StreamHolds) {
            if abandoned { holds.hold_externally(None) } else { holds.change(|_| {}) }
        }
    }

    fn streams(&self) -> MutexGuard<'_, Vec<Weak<Stream>>> {
        self.0.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
