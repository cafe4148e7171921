//! The state shared by the connections of a server: its routes, the received requests, and whether it has ended.

use super::gate::Gate;
use super::request::Request;
use super::response::Response;
use super::route::{Chosen, Responder};
use serde_json::json;
use std::cmp::Reverse;
use std::io::{self, ErrorKind};
use std::net::{Shutdown, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How long a dropped server waits for its threads. Only a thread that runs a closure of the test may take that long.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// The number of problems that are reported in full.
const MAX_PROBLEMS: usize = 20;

pub(super) struct Shared {
    /// The time limit for a request, and for a response.
    pub(super) limit: Duration,
    ended: AtomicBool,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    responders: Vec<Arc<Responder>>,
    requests: Vec<Request>,
    problems: Vec<String>,
    /// The number of problems beyond [`MAX_PROBLEMS`].
    more_problems: usize,
    /// The number of connections so far.
    accepted: usize,
    open: Vec<Weak<TcpStream>>,
    threads: usize,
    gates: Vec<Gate>,
}

/// Counts a thread of the server until it is dropped.
pub(super) struct Working<'s>(&'s Shared);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.state().threads -= 1;
        self.0.changed.notify_all();
    }
}

impl Shared {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, ended: AtomicBool::new(false), state: Mutex::default(), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, responder: Responder) {
        self.state().responders.push(Arc::new(responder));
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.state().accepted
    }

    /// Waits for this number of requests; returns the number received.
    pub(super) fn wait_for_requests(&self, count: usize) -> usize {
        let too_few = |state: &mut State| state.requests.len() < count;
        let waited = self.changed.wait_timeout_while(self.state(), self.limit, too_few);
        waited.unwrap_or_else(PoisonError::into_inner).0.requests.len()
    }

    /// Records a request and finds its response. Runs the closures of the test without the lock, because they may call
    /// [`Server::requests`](super::Server::requests).
    pub(super) fn respond(&self, mut request: Request) -> Response {
        let mut responders = self.state().responders.clone();
        // A stable sort: among equal ranks, the route that was added first comes first.
        responders.sort_by_key(|responder| Reverse(responder.rule.rank()));
        let matching = catch_unwind(AssertUnwindSafe(|| {
            let matches = |responder: Arc<Responder>| {
                responder.rule.matches(&request).map(|parameters| (responder, parameters))
            };
            responders.into_iter().filter_map(matches).collect::<Vec<_>>()
        }));
        let Ok(matching) = matching else { return self.panicked(request) };
        let mut state = self.state();
        // One lock for both, to assign responses in the order of the recorded requests.
        let chosen = matching
            .into_iter()
            .find_map(|(responder, parameters)| responder.choose().map(|chosen| (chosen, parameters)));
        let (chosen, parameters) = chosen.map_or((None, Vec::new()), |(chosen, found)| (Some(chosen), found));
        request.parameters = parameters;
        let unexpected = chosen.is_none().then(|| unexpected(&request, &state.responders));
        state.requests.push(request.clone());
        drop(state);
        self.changed.notify_all();
        match chosen {
            Some(Chosen::Ready(response)) => response,
            Some(Chosen::ToCompute(compute)) => catch_unwind(AssertUnwindSafe(|| compute(&request)))
                .unwrap_or_else(|_| self.responded_with_panic(&request)),
            None => {
                let message = unexpected.unwrap_or_default();
                self.report(message.clone());
                Response::json(json!({ "message": message })).status(501)
            }
        }
    }

    fn panicked(&self, request: Request) -> Response {
        let response = self.responded_with_panic(&request);
        self.state().requests.push(request);
        self.changed.notify_all();
        response
    }

    fn responded_with_panic(&self, request: &Request) -> Response {
        let message = format!("a closure of the test panicked on the request `{request}`");
        self.report(message.clone());
        Response::json(json!({ "message": message })).status(500)
    }

    /// Records a problem that fails the test.
    pub(super) fn report(&self, problem: String) {
        let mut state = self.state();
        if state.problems.len() < MAX_PROBLEMS {
            state.problems.push(problem);
        } else {
            state.more_problems += 1;
        }
    }

    /// Takes the message with all problems, if there are any.
    pub(super) fn take_problems(&self) -> Option<String> {
        let mut state = self.state();
        let problems = std::mem::take(&mut state.problems);
        let more = std::mem::take(&mut state.more_problems);
        if problems.is_empty() {
            return None;
        }
        let mut text = format!("the test server found problems:\n  {}", problems.join("\n  "));
        if more > 0 {
            text.push_str(&format!("\n  and {more} more"));
        }
        Some(text)
    }

    /// Registers a new connection and its thread; `false` if the server has ended.
    pub(super) fn opened(&self, stream: &Arc<TcpStream>) -> bool {
        let mut state = self.state();
        if self.ended.load(SeqCst) {
            return false;
        }
        state.accepted += 1;
        state.threads += 1;
        state.open.retain(|open| open.strong_count() > 0);
        state.open.push(Arc::downgrade(stream));
        true
    }

    /// Returns a guard for the thread that [`opened`](Self::opened) counted.
    pub(super) fn working(&self) -> Working<'_> {
        Working(self)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(SeqCst)
    }

    pub(super) fn has_not_ended(&self) -> io::Result<()> {
        if self.has_ended() { Err(ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }

    /// Waits for this time; fails if the server ends.
    pub(super) fn pause(&self, pause: Duration) -> io::Result<()> {
        let ended = |_: &mut State| !self.has_ended();
        drop(self.changed.wait_timeout_while(self.state(), pause, ended));
        self.has_not_ended()
    }

    /// Waits until the gate is open; fails if the server ends or the deadline passes.
    pub(super) fn wait_at(&self, gate: &Gate, deadline: Instant) -> io::Result<()> {
        self.state().gates.push(gate.clone());
        if gate.pass(&self.ended, deadline) {
            return Ok(());
        }
        self.has_not_ended()?;
        Err(ErrorKind::TimedOut.into())
    }

    /// Closes all connections, and wakes all waiting threads.
    pub(super) fn end(&self) {
        let (open, gates) = {
            let mut state = self.state();
            self.ended.store(true, SeqCst);
            (std::mem::take(&mut state.open), std::mem::take(&mut state.gates))
        };
        self.changed.notify_all();
        gates.iter().for_each(Gate::wake);
        for stream in open.iter().filter_map(Weak::upgrade) {
            // Fails if the connection is already closed, which is fine.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Waits for the threads of all connections; returns whether they have ended.
    pub(super) fn wait_for_threads(&self) -> bool {
        let working = |state: &mut State| state.threads > 0;
        let waited = self.changed.wait_timeout_while(self.state(), SHUTDOWN_TIMEOUT, working);
        waited.unwrap_or_else(PoisonError::into_inner).0.threads == 0
    }
}

fn unexpected(request: &Request, responders: &[Arc<Responder>]) -> String {
    let routes: Vec<String> = responders.iter().map(|responder| format!("`{responder}`")).collect();
    let routes = if routes.is_empty() { "none".to_owned() } else { routes.join(", ") };
    format!("the request `{request}` matches no route of the test server; routes: {routes}")
}
