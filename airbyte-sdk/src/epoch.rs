//! Interrupts a hot loop at the cost of one comparison per record.
//!
//! Problem: an emitter must notice that time has passed or that a hold has begun or ended, but reading the clock or
//! taking a lock for each record would be slow. Idea: the heartbeat and the holds advance a shared counter; an emitter
//! compares it for each record and looks at the clock and the holds only if it has changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The shared counter. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Epoch(Arc<AtomicU32>);

impl Epoch {
    #[inline]
    pub(crate) fn current(&self) -> u32 {
        self.0.load(Relaxed)
    }

    pub(crate) fn advance(&self) {
        self.0.fetch_add(1, Relaxed);
    }
}
