//! A gate at which a response waits for the test.
#![expect(clippy::panic, reason = "this is for tests: a timeout fails the test")]

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long [`Gate::wait_until_reached`] waits before it panics.
const LIMIT: Duration = Duration::from_secs(60);

/// A point in a response at which the server waits until the test opens the gate.
///
/// Clones refer to the same gate. A gate cannot be closed again.
///
/// ```
/// use airbyte_sdk::testing::server::{Gate, Response, Server};
///
/// let (server, gate) = (Server::start(), Gate::new());
/// server.on("GET /lines").respond(Response::text("{\"n\":1}\n{\"n\":2}\n").wait_after(8, &gate));
/// let http = airbyte_sdk::testing::http().base_url(server.url());
/// let mut lines = http.get("/lines").json_lines::<serde_json::Value>();
/// assert_eq!(lines.next().unwrap().unwrap()["n"], 1);
/// gate.open();
/// assert_eq!(lines.next().unwrap().unwrap()["n"], 2);
/// ```
#[derive(Clone, Default)]
pub struct Gate(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    open: bool,
    reached: bool,
}

impl Gate {
    /// Creates a closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens the gate for all responses that wait at it or will reach it.
    pub fn open(&self) {
        self.state().open = true;
        self.0.changed.notify_all();
    }

    /// Waits until a response has reached the gate. All bytes before the gate have then been sent.
    ///
    /// # Panics
    ///
    /// If no response reaches it within 60 seconds.
    #[track_caller]
    pub fn wait_until_reached(&self) {
        let waiting = |state: &mut State| !state.reached;
        let waited = self.0.changed.wait_timeout_while(self.state(), LIMIT, waiting);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let reached = state.reached;
        drop(state);
        if !reached {
            panic!("no response reached the gate within {} seconds", LIMIT.as_secs());
        }
    }

    /// Waits until the gate is open; `false` if the server ended or the deadline passed first.
    pub(super) fn pass(&self, ended: &AtomicBool, deadline: Instant) -> bool {
        let mut state = self.state();
        state.reached = true;
        self.0.changed.notify_all();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if state.open {
                return true;
            }
            if ended.load(SeqCst) || left.is_zero() {
                return false;
            }
            let waited = self.0.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Wakes the waiting threads, to check whether the server has ended.
    pub(super) fn wake(&self) {
        drop(self.state());
        self.0.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let State { open, reached } = *self.state();
        f.debug_struct("Gate").field("open", &open).field("reached", &reached).finish()
    }
}
