//! Connections and HTTP: one thread per connection, which reads any number of requests.

use std::collections::HashMap;
use std::io::{self, IoSlice, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use crate::aggregates::{self, Api};
use crate::call_limit::Calls;
use crate::request::Request;
use crate::response::{Response, Wire};
use crate::settings::Settings;

const MAX_HEAD: usize = 64 * 1024;
const MAX_HEADERS: usize = 128;

/// The state shared by all connections.
pub(crate) struct Shared {
    pub(crate) url: String,
    state: Mutex<State>,
    stopping: AtomicBool,
    connections: Mutex<Vec<Weak<TcpStream>>>,
}

struct State {
    settings: Arc<Settings>,
    requests: Vec<Request>,
    calls: Calls,
    /// Cached responses by target and compression.
    cache: HashMap<(String, bool), Arc<Wire>>,
}

impl Shared {
    pub(crate) fn new(url: String, settings: Settings) -> Self {
        let state = State {
            settings: Arc::new(settings),
            requests: Vec::new(),
            calls: Calls::default(),
            cache: HashMap::new(),
        };
        let (stopping, connections) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        Self { url, state: Mutex::new(state), stopping, connections }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        lock(&self.state).requests.clone()
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut Settings)) {
        let mut state = lock(&self.state);
        change(Arc::make_mut(&mut state.settings));
        state.cache.clear();
    }

    /// Makes the accept loop end at the next connection.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Closes all connections, which also wakes their threads.
    pub(crate) fn hang_up(&self) {
        for stream in lock(&self.connections).drain(..).filter_map(|stream| stream.upgrade()) {
            // Fails if the connection is already closed, which is fine.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// Ignores poisoning: a panic in a test's closure must not stop the server.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Accepts connections until the server stops.
pub(crate) fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    loop {
        let accepted = listener.accept();
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok((stream, _)) = accepted else {
            thread::sleep(Duration::from_millis(5));
            continue;
        };
        let stream = Arc::new(stream);
        let mut connections = lock(&shared.connections);
        connections.retain(|connection| connection.strong_count() > 0);
        connections.push(Arc::downgrade(&stream));
        drop(connections);
        let shared = Arc::clone(shared);
        // If no thread can be started, the stream is dropped and the client sees a closed connection. Errors of a
        // connection are ignored, because the client sees them too.
        let _ = thread::Builder::new().spawn(move || {
            let _ = converse(&stream, &shared);
        });
    }
}

/// Reads requests and sends responses until the client or a response ends the connection.
fn converse(stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut input = Vec::with_capacity(4096);
    loop {
        let wire = match next_head(stream, &mut input)? {
            Head::End => return Ok(()),
            Head::Malformed => Response::text(400, "400 Bad Request\n").into_wire(false, false).map(Arc::new),
            Head::Complete { request, is_http_1_0 } => {
                let keep_alive = !request.wants_close(is_http_1_0) && !request.has_body();
                respond(shared, request, keep_alive)?
            }
        };
        let Some(wire) = wire else { return Ok(()) };
        send(stream, &wire)?;
        if let Some(script) = &wire.script {
            script(&mut &*stream)?;
        }
        if !wire.keep_alive {
            return linger(stream);
        }
    }
}

enum Head {
    Complete { request: Request, is_http_1_0: bool },
    Malformed,
    End,
}

/// Reads the next head and removes it from `input`; the bytes after it remain.
fn next_head(mut stream: &TcpStream, input: &mut Vec<u8>) -> io::Result<Head> {
    let mut chunk = [0; 4096];
    loop {
        if !input.is_empty() {
            let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
            let mut head = httparse::Request::new(&mut headers);
            match head.parse(input) {
                Ok(httparse::Status::Complete(length)) if length <= MAX_HEAD => {
                    let is_http_1_0 = head.version == Some(0);
                    let request = recorded(&head);
                    input.drain(..length);
                    return Ok(Head::Complete { request, is_http_1_0 });
                }
                Ok(httparse::Status::Partial) if input.len() <= MAX_HEAD => {}
                _ => return Ok(Head::Malformed),
            }
        }
        match stream.read(&mut chunk)? {
            0 => return Ok(Head::End),
            count => input.extend_from_slice(&chunk[..count]),
        }
    }
}

fn recorded(head: &httparse::Request<'_, '_>) -> Request {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    Request {
        at: Timestamp::now(),
        method: head.method.unwrap_or_default().to_owned(),
        target: head.path.unwrap_or_default().to_owned(),
        headers: head.headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect(),
    }
}

/// Records the request and finds its response: a fault, a rate limit, a cached response, or a page.
fn respond(shared: &Shared, request: Request, keep_alive: bool) -> io::Result<Option<Arc<Wire>>> {
    let (number, settings) = {
        let mut state = lock(&shared.state);
        state.requests.push(request.clone());
        (state.requests.len() - 1, Arc::clone(&state.settings))
    };
    let is_head = request.method == "HEAD";
    let scripted = settings.fault.as_ref().and_then(|fault| fault(number, &request));
    if let Some(response) = scripted {
        return Ok(response.into_wire(keep_alive, is_head).map(Arc::new));
    }
    let gzip = settings.gzip && request.accepts_gzip();
    let api = Api { settings: &settings, url: &shared.url, number };
    if let Some(limit) = settings.call_limit.filter(|_| api.knows_key(&request)) {
        let error = lock(&shared.state).calls.count(limit, api.now());
        if let Some(response) = error {
            return Ok(response.into_wire(keep_alive, is_head).map(Arc::new));
        }
    }
    let keep = settings.cache && keep_alive && request.method == "GET" && api.knows_key(&request);
    let key = (request.target.clone(), gzip);
    if keep && let Some(wire) = lock(&shared.state).cache.get(&key) {
        return Ok(Some(Arc::clone(wire)));
    }
    let response = aggregates::respond(&api, &request);
    let good = response.status() == 200;
    let response = if gzip { response.gzipped()? } else { response };
    let wire = response.into_wire(keep_alive, is_head).map(Arc::new);
    if keep
        && good
        && let Some(wire) = &wire
    {
        let mut state = lock(&shared.state);
        // Not if the settings have changed since, because the response depends on them.
        if Arc::ptr_eq(&state.settings, &settings) {
            state.cache.insert(key, Arc::clone(wire));
        }
    }
    Ok(wire)
}

/// Sends the head and the body together.
fn send(mut stream: &TcpStream, wire: &Wire) -> io::Result<()> {
    let mut parts = [IoSlice::new(&wire.head), IoSlice::new(&wire.body)];
    let mut parts = parts.as_mut_slice();
    IoSlice::advance_slices(&mut parts, 0);
    while !parts.is_empty() {
        match stream.write_vectored(parts) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => IoSlice::advance_slices(&mut parts, count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Closes a connection after reading the remaining input: closing it with unread input would reset the connection, and
/// the client could lose the response.
fn linger(mut stream: &TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(Duration::from_millis(200)))?;
    let mut chunk = [0; 4096];
    for _ in 0..1024 {
        if stream.read(&mut chunk)? == 0 {
            break;
        }
    }
    Ok(())
}
