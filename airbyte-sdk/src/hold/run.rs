//! What holds all streams of a run.

use super::{Stream, StreamHolds};
use crate::error::Error;
use crate::pulse::Pulse;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// The holds of a run. A clone shares them.
#[derive(Clone, Default)]
pub(crate) struct RunHolds(Arc<Run>);

#[derive(Default)]
struct Run {
    pulse: Pulse,
    streams: Mutex<Vec<Weak<Stream>>>,
    /// The first panic on a thread that the author started, until it is told.
    stray_panic: Mutex<Option<Error>>,
    /// Whether there was one.
    panicked: AtomicBool,
    /// Pages that the clients of streams that have ended still read.
    open: AtomicU32,
}

impl RunHolds {
    /// The holds of a stream that begins.
    pub(crate) fn stream(&self) -> StreamHolds {
        let holds = StreamHolds::new(self.clone());
        let mut streams = self.streams();
        streams.retain(|stream| stream.upgrade().is_some_and(|stream| !StreamHolds(stream).has_ended()));
        streams.push(Arc::downgrade(&holds.0));
        // Within the lock: a panic is found here, or finds the stream there.
        if self.0.panicked.load(Relaxed) {
            holds.disturb(None);
        }
        drop(streams);
        holds
    }

    pub(crate) fn pulse(&self) -> &Pulse {
        &self.0.pulse
    }

    /// Notes a panic on a thread that the author started. Which stream it worked for is not known: those that are being
    /// read, and those after them, may lack records from here on.
    pub(crate) fn note_stray_panic(&self, panic: Error) {
        self.0.stray_panic.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(panic);
        self.0.panicked.store(true, Relaxed);
        self.disturb(None);
    }

    /// The first such panic since this was called last.
    pub(crate) fn take_stray_panic(&self) -> Option<Error> {
        self.0.stray_panic.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Something is missing of a stream that is being read, and nobody knows which.
    pub(super) fn disturb(&self, error: Option<&Error>) {
        let streams: Vec<_> = self.streams().iter().filter_map(Weak::upgrade).collect();
        streams.into_iter().map(StreamHolds).for_each(|holds| holds.disturb(error));
    }

    pub(super) fn has_open_pages(&self) -> bool {
        self.0.open.load(Relaxed) > 0
    }

    /// Changes the number of pages that are read by clients of streams that have ended, and whether one was given up.
    pub(super) fn change_open(&self, change: impl FnOnce(&mut u32, &mut bool)) {
        let streams = self.streams();
        let (mut open, mut given_up) = (self.0.open.load(Relaxed), false);
        change(&mut open, &mut given_up);
        // Under the lock of the streams, so nothing is changed meanwhile.
        self.0.open.store(open, Relaxed);
        let open: Vec<_> = streams.iter().filter_map(Weak::upgrade).collect();
        drop(streams);
        for holds in open.into_iter().map(StreamHolds) {
            if given_up { holds.disturb(None) } else { holds.change(|_| {}) }
        }
    }

    fn streams(&self) -> MutexGuard<'_, Vec<Weak<Stream>>> {
        self.0.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
