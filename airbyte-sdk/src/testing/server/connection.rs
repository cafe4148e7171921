//! Connections: one thread per connection, which reads any number of requests.

use super::request::Request;
use super::response::Response;
use super::shared::Shared;
use super::wire::{After, RequestInfo, Sender, is_timeout};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// The maximum size of a head in bytes, and the maximum number of headers.
const MAX_HEAD: usize = 64 << 10;
const MAX_HEADERS: usize = 200;

/// The maximum size of the body of a request, in bytes.
const MAX_BODY: usize = 64 << 20;

/// Accepts connections until the server ends.
pub(super) fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    loop {
        let accepted = listener.accept();
        if shared.has_ended() {
            return;
        }
        let Ok((stream, _)) = accepted else {
            // For example, too many open files; retried after a pause.
            let _ = shared.pause(Duration::from_millis(5));
            continue;
        };
        let stream = Arc::new(stream);
        if !shared.opened(&stream) {
            return;
        }
        let for_thread = Arc::clone(shared);
        let started = thread::Builder::new().name("test server".to_owned()).spawn(move || {
            let working = for_thread.working();
            // An error ends the connection. Problems for the test have already been reported.
            let _ = converse(&stream, &for_thread);
            drop(stream);
            drop(working);
        });
        if started.is_err() {
            drop(shared.working());
            shared.report("cannot start a thread for a connection".to_owned());
        }
    }
}

/// Reads requests and sends responses until the connection is closed.
fn converse(stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut input = Input { stream, bytes: Vec::new(), deadline: None, limit: shared.limit };
    loop {
        let (response, request, keeps_alive) = match input.next_request() {
            Ok(Some((request, keeps_alive))) => {
                let response = shared.respond(request.clone());
                (response, Some(request), keeps_alive)
            }
            Ok(None) => return Ok(()),
            Err(Unreadable::Connection(error)) => return Err(error),
            Err(Unreadable::Request(status, why)) => {
                shared.report(format!("a request could not be read: {why}"));
                (Response::new(status), None, false)
            }
        };
        let method = request.as_ref().map_or("", Request::method);
        let mut sender = Sender { stream, shared, deadline: Instant::now() + shared.limit };
        let sent = response.send(RequestInfo { method, keeps_alive }, &mut sender);
        if let (Err(error), Some(request)) = (&sent, &request)
            && error.kind() == ErrorKind::TimedOut
        {
            let seconds = shared.limit.as_secs_f64();
            shared.report(format!("the response to `{request}` was not complete after {seconds} seconds"));
        }
        match sent? {
            After::NextRequest => {}
            After::Close => return close(stream, shared.limit),
            After::Reset => return reset(stream),
        }
    }
}

/// Closes a connection after the client has closed its side. Closing a socket with unread bytes resets the connection,
/// and the client may lose what was sent.
fn close(mut stream: &TcpStream, limit: Duration) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(limit))?;
    let mut ignored = [0; 4096];
    while stream.read(&mut ignored)? > 0 {}
    Ok(())
}

/// Makes the socket reset the connection when it is closed, which happens next.
#[cfg(unix)]
fn reset(stream: &TcpStream) -> io::Result<()> {
    Ok(rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO))?)
}

/// Closes the connection. The standard library cannot reset one.
#[cfg(not(unix))]
fn reset(stream: &TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Both)
}

/// Why a request could not be read.
enum Unreadable {
    Connection(io::Error),
    /// The status for the client, and the reason that is reported to the test.
    Request(u16, String),
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Connection(error)
    }
}

/// Reads the requests of a client.
struct Input<'c> {
    stream: &'c TcpStream,
    /// Bytes that were received but not parsed yet.
    bytes: Vec<u8>,
    /// The time at which the current request must be complete.
    deadline: Option<Instant>,
    limit: Duration,
}

impl Input<'_> {
    /// Returns the next request, and whether the connection is kept alive; `None` if the client closed the connection.
    fn next_request(&mut self) -> Result<Option<(Request, bool)>, Unreadable> {
        self.deadline = None;
        let Some((mut request, is_http_1_0)) = self.head()? else { return Ok(None) };
        let contains = |name: &str, value: &str| {
            request.header_values(name).any(|given| given.to_ascii_lowercase().contains(value))
        };
        let keeps_alive =
            if is_http_1_0 { contains("Connection", "keep-alive") } else { !contains("Connection", "close") };
        let chunked = contains("Transfer-Encoding", "chunked");
        let length = match request.header("Content-Length").map(str::parse::<usize>) {
            Some(Err(_)) => {
                return Err(Unreadable::Request(400, format!("invalid `Content-Length` in `{request}`")));
            }
            Some(Ok(length)) => length,
            None => 0,
        };
        if contains("Expect", "100-continue") && (chunked || length > 0) {
            (&mut &*self.stream).write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let body = if chunked { self.chunks()? } else { self.take(length)? };
        let Some(body) = body else { return Ok(None) };
        request.body = body;
        Ok(Some((request, keeps_alive)))
    }

    fn head(&mut self) -> Result<Option<(Request, bool)>, Unreadable> {
        loop {
            if !self.bytes.is_empty() {
                let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
                let mut head = httparse::Request::new(&mut headers);
                match head.parse(&self.bytes) {
                    Ok(httparse::Status::Complete(length)) if length <= MAX_HEAD => {
                        let parsed = (request(&head), head.version == Some(0));
                        self.bytes.drain(..length);
                        return Ok(Some(parsed));
                    }
                    Ok(httparse::Status::Partial) if self.bytes.len() <= MAX_HEAD => {}
                    Ok(_) => {
                        let why = format!("its head has more than {MAX_HEAD} bytes");
                        return Err(Unreadable::Request(431, why));
                    }
                    Err(error) => {
                        let why = format!("it is not HTTP/1 ({error}). The URL must begin with http://");
                        return Err(Unreadable::Request(400, why));
                    }
                }
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Reads this number of bytes; `None` if the client closed the connection.
    fn take(&mut self, length: usize) -> Result<Option<Vec<u8>>, Unreadable> {
        if length > MAX_BODY {
            return Err(too_large());
        }
        while self.bytes.len() < length {
            if !self.fill()? {
                return Ok(None);
            }
        }
        let rest = self.bytes.split_off(length);
        Ok(Some(std::mem::replace(&mut self.bytes, rest)))
    }

    /// Reads a line; returns it without the line break.
    fn line(&mut self) -> Result<Option<String>, Unreadable> {
        loop {
            if let Some(end) = self.bytes.windows(2).position(|bytes| bytes == b"\r\n") {
                let line: Vec<u8> = self.bytes.drain(..end + 2).take(end).collect();
                return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
            }
            if self.bytes.len() > MAX_HEAD {
                return Err(Unreadable::Request(400, "a line of its body is too long".to_owned()));
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Reads a chunked body; ignores its trailers.
    fn chunks(&mut self) -> Result<Option<Vec<u8>>, Unreadable> {
        let mut body = Vec::new();
        loop {
            let Some(line) = self.line()? else { return Ok(None) };
            let size = line.split(';').next().unwrap_or_default().trim();
            let Ok(size) = usize::from_str_radix(size, 16) else {
                return Err(Unreadable::Request(400, format!("`{line}` is not a valid chunk size")));
            };
            if size == 0 {
                while let Some(line) = self.line()? {
                    if line.is_empty() {
                        return Ok(Some(body));
                    }
                }
                return Ok(None);
            }
            if size > MAX_BODY - body.len() {
                return Err(too_large());
            }
            let Some(chunk) = self.take(size)? else { return Ok(None) };
            body.extend(chunk);
            if self.line()?.is_none() {
                return Ok(None);
            }
        }
    }

    /// Receives more bytes; `false` at the end. No time limit applies before the first byte of a request.
    fn fill(&mut self) -> Result<bool, Unreadable> {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let timed_out = || {
            let seconds = self.limit.as_secs_f64();
            Unreadable::Request(408, format!("it was not complete after {seconds} seconds"))
        };
        if left.is_some_and(|left| left.is_zero()) {
            return Err(timed_out());
        }
        self.stream.set_read_timeout(left)?;
        let mut chunk = [0; 16 << 10];
        let count = match (&mut &*self.stream).read(&mut chunk) {
            Ok(count) => count,
            Err(error) if is_timeout(&error) => return Err(timed_out()),
            Err(error) => return Err(error.into()),
        };
        self.bytes.extend_from_slice(&chunk[..count]);
        if self.deadline.is_none() {
            self.deadline = Some(Instant::now() + self.limit);
        }
        Ok(count > 0)
    }
}

fn too_large() -> Unreadable {
    Unreadable::Request(413, format!("its body has more than {MAX_BODY} bytes"))
}

fn request(head: &httparse::Request<'_, '_>) -> Request {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    Request {
        method: head.method.unwrap_or_default().to_owned(),
        target: head.path.unwrap_or_default().to_owned(),
        headers: head.headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect(),
        body: Vec::new(),
        parameters: Vec::new(),
    }
}
