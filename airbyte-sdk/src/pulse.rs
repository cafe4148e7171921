//! A counter that tells a busy loop to look around: time has passed, or something has changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Shared by the heartbeat and by the holds, which count it up, and by the emitters, which compare it for each record.
#[derive(Clone, Default)]
pub(crate) struct Pulse(Arc<AtomicU32>);

impl Pulse {
    #[inline]
    pub(crate) fn count(&self) -> u32 {
        self.0.load(Relaxed)
    }

    pub(crate) fn beat(&self) {
        self.0.fetch_add(1, Relaxed);
    }
}
