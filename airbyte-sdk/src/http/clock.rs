//! Time, for everything that waits.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// In a debug build, a run with this variable set does not wait: it says so, notes that the time has passed, and goes
/// on. For tests.
pub(crate) const SKIP_WAITS: &str = "AIRBYTE_SDK_SKIP_WAITS";

/// A clock that goes on while it is slept by, whether or not anybody really sleeps.
pub(crate) struct Clock {
    began: Instant,
    /// The time that was not slept; `None` if waits are real.
    skipped: Option<Mutex<Duration>>,
}

impl Clock {
    pub(crate) fn of_environment() -> Self {
        let skips = cfg!(debug_assertions) && std::env::var_os(SKIP_WAITS).is_some();
        Self { began: Instant::now(), skipped: skips.then(Mutex::default) }
    }

    /// One that never waits.
    #[cfg(test)]
    pub(super) fn skipping() -> Self {
        Self { began: Instant::now(), skipped: Some(Mutex::default()) }
    }

    /// Since the run began.
    pub(super) fn now(&self) -> Duration {
        self.began.elapsed() + self.skipped()
    }

    /// The time of day.
    pub(super) fn timestamp(&self) -> Timestamp {
        let skipped = SignedDuration::try_from(self.skipped()).unwrap_or_default();
        Timestamp::now().saturating_add(skipped).unwrap_or(Timestamp::MAX)
    }

    pub(super) fn sleep(&self, wait: Duration) {
        match &self.skipped {
            None => std::thread::sleep(wait),
            Some(skipped) => *skipped.lock().unwrap_or_else(PoisonError::into_inner) += wait,
        }
    }

    fn skipped(&self) -> Duration {
        self.skipped
            .as_ref()
            .map_or(Duration::ZERO, |skipped| *skipped.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
