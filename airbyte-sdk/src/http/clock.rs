//! The clock of a client: real time, or one in which waits are skipped, for tests.
//!
//! When waits are skipped, sleeping advances the clock instead. With several threads, time must advance only when all
//! of them sleep, and only to the earliest wake-up; otherwise a request that is being sent would seem to take as long
//! as another thread's wait. So in tests of threads, each thread that sends a request holds an [`Awake`] in the meantime.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// If this variable is set, a debug build skips waits: it logs them, and advances its clock. For tests.
const SKIP_WAITS: &str = "AIRBYTE_SDK_SKIP_WAITS";

/// A clock that advances while it sleeps, whether the wait is real or skipped.
pub(crate) struct Clock {
    began: Instant,
    /// The time that was skipped; `None` if waits are real.
    skipped: Option<Mutex<Duration>>,
    #[cfg(test)]
    steps: Option<steps::Steps>,
}

/// While this exists, the thread sends a request, and tests of threads do not skip time.
#[must_use]
pub(super) struct Awake<'c>(&'c Clock);

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.0.rest();
    }
}

impl Clock {
    pub(crate) fn of_environment() -> Self {
        let skips = cfg!(debug_assertions) && std::env::var_os(SKIP_WAITS).is_some();
        Self {
            began: Instant::now(),
            skipped: skips.then(Mutex::default),
            #[cfg(test)]
            steps: None,
        }
    }

    /// Returns a clock that skips waits.
    #[cfg(any(test, feature = "testing"))]
    pub(super) fn without_waits() -> Self {
        Self {
            began: Instant::now(),
            skipped: Some(Mutex::default()),
            #[cfg(test)]
            steps: None,
        }
    }

    /// Returns the time since the run began.
    pub(super) fn now(&self) -> Duration {
        self.began.elapsed() + self.skipped()
    }

    /// Returns the current timestamp.
    pub(super) fn timestamp(&self) -> Timestamp {
        let skipped = SignedDuration::try_from(self.skipped()).unwrap_or_default();
        Timestamp::now().saturating_add(skipped).unwrap_or(Timestamp::MAX)
    }

    pub(super) fn sleep(&self, wait: Duration) {
        drop(self.sleep_until(self.now() + wait, self.awake()));
    }

    pub(super) fn awake(&self) -> Awake<'_> {
        #[cfg(test)]
        if let Some(steps) = &self.steps {
            steps.wake();
        }
        Awake(self)
    }

    fn rest(&self) {
        #[cfg(test)]
        if let Some(steps) = &self.steps {
            steps.rest();
        }
    }

    pub(super) fn sleep_until<'c>(&'c self, at: Duration, awake: Awake<'c>) -> Awake<'c> {
        #[cfg(test)]
        if let Some(steps) = &self.steps {
            steps.sleep_until(at, || self.now(), || self.skip_to(at));
            return awake;
        }
        match &self.skipped {
            None => std::thread::sleep(at.saturating_sub(self.now())),
            Some(_) => {
                self.skip_to(at);
                // Threads that sleep for less may run first.
                std::thread::yield_now();
            }
        }
        awake
    }

    /// Advances the clock to a time, unless another thread already has.
    fn skip_to(&self, at: Duration) {
        if let Some(skipped) = &self.skipped {
            let mut skipped = skipped.lock().unwrap_or_else(PoisonError::into_inner);
            *skipped = at.saturating_sub(self.began.elapsed()).max(*skipped);
        }
    }

    fn skipped(&self) -> Duration {
        self.skipped
            .as_ref()
            .map_or(Duration::ZERO, |skipped| *skipped.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Threads in lockstep: when all sleep, the one that wakes up first skips the time.
#[cfg(test)]
mod steps {
    use super::Clock;
    use std::sync::{Condvar, Mutex};
    use std::time::{Duration, Instant};

    #[derive(Default)]
    pub(super) struct Steps {
        threads: Mutex<Threads>,
        changed: Condvar,
    }

    #[derive(Default)]
    struct Threads {
        awake: usize,
        /// When the sleeping threads wake up.
        asleep: Vec<Duration>,
    }

    impl Clock {
        /// Returns a clock that skips waits, with threads in lockstep.
        pub(in crate::http) fn skipping() -> Self {
            Self { began: Instant::now(), skipped: Some(Mutex::default()), steps: Some(Steps::default()) }
        }
    }

    impl Steps {
        pub(super) fn wake(&self) {
            self.threads.lock().unwrap().awake += 1;
        }

        pub(super) fn rest(&self) {
            self.threads.lock().unwrap().awake -= 1;
            self.changed.notify_all();
        }

        /// Sleeps. The thread counts as awake before and after.
        pub(super) fn sleep_until(&self, at: Duration, now: impl Fn() -> Duration, skip: impl Fn()) {
            let mut threads = self.threads.lock().unwrap();
            threads.awake -= 1;
            threads.asleep.push(at);
            self.changed.notify_all();
            while now() < at {
                if threads.awake == 0 && threads.asleep.iter().all(|other| at <= *other) {
                    skip();
                    self.changed.notify_all();
                } else {
                    threads = self.changed.wait(threads).unwrap();
                }
            }
            let place = threads.asleep.iter().position(|asleep| *asleep == at).unwrap();
            threads.asleep.swap_remove(place);
            threads.awake += 1;
        }
    }
}
