//! Time, for everything that waits.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// In a debug build, a run with this variable set does not wait: it says so, notes that the time has passed, and goes
/// on. For tests.
const SKIP_WAITS: &str = "AIRBYTE_SDK_SKIP_WAITS";

/// A clock that goes on while it is slept by, whether or not anybody really sleeps.
pub(crate) struct Clock {
    began: Instant,
    /// The time that was not slept; `None` if waits are real.
    skipped: Option<Mutex<Duration>>,
    #[cfg(test)]
    steps: Option<steps::Steps>,
}

/// Somebody is awake who sends a request. In tests of threads nothing is skipped meanwhile: it would look as if the request
/// had been on its way for so long.
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

    /// A clock by which no wait takes any time.
    #[cfg(any(test, feature = "testing"))]
    pub(super) fn without_waits() -> Self {
        Self {
            began: Instant::now(),
            skipped: Some(Mutex::default()),
            #[cfg(test)]
            steps: None,
        }
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
                // Others may have been asleep for less.
                std::thread::yield_now();
            }
        }
        awake
    }

    /// Threads that sleep at the same time do not add up.
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

/// Threads in step: time is skipped when nobody is awake, and by whoever is to wake first.
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
        /// When those who sleep are to wake.
        asleep: Vec<Duration>,
    }

    impl Clock {
        /// One that never waits.
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

        /// Of somebody who is awake, and is so again afterwards.
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
