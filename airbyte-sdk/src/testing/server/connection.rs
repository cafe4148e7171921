//! Sockets: one thread for each connection, and many requests on one.

use super::request::Request;
use super::response::Response;
use super::shared::Shared;
use super::wire::{After, Asked, Sender, is_timeout};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// Bytes of a head, and headers in it.
const MAX_HEAD: usize = 64 << 10;
const MAX_HEADERS: usize = 200;

/// Bytes of the body of a request.
const MAX_BODY: usize = 64 << 20;

/// Takes connections until the server ends.
pub(super) fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    loop {
        let accepted = listener.accept();
        if shared.has_ended() {
            return;
        }
        let Ok((stream, _)) = accepted else {
            // Too many open files, for example; that passes.
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
            // An error of a connection is its end; what a test must know has been reported.
            let _ = converse(&stream, &for_thread);
            drop(stream);
            drop(working);
        });
        if started.is_err() {
            drop(shared.working());
            shared.report("there are too many threads for another connection".to_owned());
        }
    }
}

/// Responds to one request after the other.
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
        let sent = response.send(Asked { method, keeps_alive }, &mut sender);
        if let (Err(error), Some(request)) = (&sent, &request)
            && error.kind() == ErrorKind::TimedOut
        {
            let seconds = shared.limit.as_secs_f64();
            shared.report(format!("the response to `{request}` was not over after {seconds} seconds"));
        }
        match sent? {
            After::NextRequest => {}
            After::Close => return close(stream, shared.limit),
            After::Reset => return reset(stream),
        }
    }
}

/// Closes a connection in such a way that the client gets all that was sent: a socket that is closed with bytes unread
/// resets the connection.
fn close(mut stream: &TcpStream, limit: Duration) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(limit))?;
    let mut ignored = [0; 4096];
    while stream.read(&mut ignored)? > 0 {}
    Ok(())
}

/// Has the connection reset when the socket is closed, which is next.
#[cfg(unix)]
fn reset(stream: &TcpStream) -> io::Result<()> {
    Ok(rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO))?)
}

/// Closes the connection. The standard library cannot reset one.
#[cfg(not(unix))]
fn reset(stream: &TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Both)
}

/// Why there is no request.
enum Unreadable {
    Connection(io::Error),
    /// The status for the client, and what the test is told.
    Request(u16, String),
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Connection(error)
    }
}

/// What the client sends.
struct Input<'c> {
    stream: &'c TcpStream,
    /// Read, and not used yet.
    bytes: Vec<u8>,
    /// Until when the request must be complete that has begun.
    deadline: Option<Instant>,
    limit: Duration,
}

impl Input<'_> {
    /// The next request, and whether the connection is to be kept for another; `None` if the client has gone.
    fn next_request(&mut self) -> Result<Option<(Request, bool)>, Unreadable> {
        self.deadline = None;
        let Some((mut request, is_http_1_0)) = self.head()? else { return Ok(None) };
        let says = |name: &str, value: &str| {
            request.header_values(name).any(|given| given.to_ascii_lowercase().contains(value))
        };
        let keeps_alive =
            if is_http_1_0 { says("Connection", "keep-alive") } else { !says("Connection", "close") };
        let chunked = says("Transfer-Encoding", "chunked");
        let length = match request.header("Content-Length").map(str::parse::<usize>) {
            Some(Err(_)) => return Err(Unreadable::Request(400, format!("wrong length in `{request}`"))),
            Some(Ok(length)) => length,
            None => 0,
        };
        if says("Expect", "100-continue") && (chunked || length > 0) {
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

    /// So many bytes; `None` if the client has gone.
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

    /// A line without its end.
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

    /// A body in chunks, without its trailers.
    fn chunks(&mut self) -> Result<Option<Vec<u8>>, Unreadable> {
        let mut body = Vec::new();
        loop {
            let Some(line) = self.line()? else { return Ok(None) };
            let size = line.split(';').next().unwrap_or_default().trim();
            let Ok(size) = usize::from_str_radix(size, 16) else {
                return Err(Unreadable::Request(400, format!("`{line}` is not the size of a chunk")));
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

    /// Reads on; `false` at the end. There is no limit before a request begins.
    fn fill(&mut self) -> Result<bool, Unreadable> {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let in_vain = || {
            let seconds = self.limit.as_secs_f64();
            Unreadable::Request(408, format!("it was not complete after {seconds} seconds"))
        };
        if left.is_some_and(|left| left.is_zero()) {
            return Err(in_vain());
        }
        self.stream.set_read_timeout(left)?;
        let mut chunk = [0; 16 << 10];
        let count = match (&mut &*self.stream).read(&mut chunk) {
            Ok(count) => count,
            Err(error) if is_timeout(&error) => return Err(in_vain()),
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
