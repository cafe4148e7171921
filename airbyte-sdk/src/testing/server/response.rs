//! Responses, and their deliberate faults.
#![expect(clippy::panic, reason = "this is for tests: an impossible response fails the test")]

use super::gate::Gate;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

/// A response, with optional faults.
///
/// ```
/// use airbyte_sdk::testing::server::Response;
/// use serde_json::json;
///
/// Response::json(json!({"orders": []}));
/// Response::json(json!({"error": "too many requests"})).status(429).header("Retry-After", "1");
/// Response::json(json!([1, 2, 3])).gzip().chunked(4).cut_after(10);
/// ```
///
/// The connection stays open for the next request, unless a fault or [`close`](Self::close) ends it. See the
/// [list of faults](super#faults).
#[derive(Clone)]
pub struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    /// The number of gzip layers.
    pub(super) packed: usize,
    pub(super) body: Arc<[u8]>,
    pub(super) framing: Framing,
    pub(super) closes: bool,
    /// The gate before the first byte.
    pub(super) gate: Option<Gate>,
    /// What happens after a number of bytes of the body.
    pub(super) stops: Vec<(usize, Stop)>,
    /// The size of a piece, and the pause before the next one.
    pub(super) pieces: Option<(usize, Duration)>,
}

/// How the end of a body is determined.
#[derive(Clone)]
pub(super) enum Framing {
    /// By `Content-Length`, which is the length of the body unless another one is set.
    Length(Option<u64>),
    /// By chunks of this size.
    Chunked { size: usize, trailers: Vec<(String, String)> },
    /// By the end of the connection.
    Connection,
    /// The body contains the head.
    Raw,
    /// A closure writes everything.
    Script(Script),
}

pub(super) type Script = Arc<dyn Fn(&mut dyn Write) -> io::Result<()> + Send + Sync>;

#[derive(Clone)]
pub(super) enum Stop {
    Wait(Gate),
    Stall,
    Close,
    Reset,
}

impl Response {
    /// Creates a response with this status and an empty body.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            packed: 0,
            body: Arc::new([]),
            framing: Framing::Length(None),
            closes: false,
            gate: None,
            stops: Vec::new(),
            pieces: None,
        }
    }

    /// Creates a JSON response with status 200.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "`json!` makes a value")]
    pub fn json(body: Value) -> Self {
        Self::bytes(body.to_string()).header("Content-Type", "application/json")
    }

    /// Creates a UTF-8 text response with status 200, for example CSV or JSON Lines.
    #[must_use]
    pub fn text(body: impl Into<String>) -> Self {
        Self::bytes(body.into()).header("Content-Type", "text/plain; charset=utf-8")
    }

    /// Creates a response with these bytes as the body, status 200 and no `Content-Type`.
    #[must_use]
    pub fn bytes(body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into().into(), ..Self::new(200) }
    }

    /// Creates a response that consists of exactly these bytes, head and body. Then the connection is closed.
    ///
    /// ```
    /// # use airbyte_sdk::testing::server::Response;
    /// Response::raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[1,");
    /// ```
    #[must_use]
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self { framing: Framing::Raw, ..Self::bytes(bytes) }
    }

    /// Creates a response whose head and body are written by a closure. Then the connection is closed.
    ///
    /// Writing fails if the client has closed the connection or the time limit has passed; return that error.
    #[must_use]
    pub fn script(write: impl Fn(&mut dyn Write) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self { framing: Framing::Script(Arc::new(write)), ..Self::new(200) }
    }

    /// Creates a response that sends nothing: the connection is closed after the request.
    #[must_use]
    pub fn hang_up() -> Self {
        Self::raw("")
    }

    /// Creates a response that sends nothing: the connection stays open until the client closes it or the server is
    /// dropped.
    #[must_use]
    pub fn silence() -> Self {
        Self::raw("").stall_after(0)
    }

    /// Sets the status.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status, ..self.with_head("a status") }
    }

    /// Adds a header. `Content-Type`, `Content-Length` and `Transfer-Encoding` replace the header that the server would
    /// send itself.
    ///
    /// # Panics
    ///
    /// If the name or the value is invalid in a header. To send it anyway, use [`raw`](Self::raw).
    #[must_use]
    #[track_caller]
    pub fn header(self, name: &str, value: impl fmt::Display) -> Self {
        let mut response = self.with_head("headers");
        let header = checked(name, &value);
        if name.eq_ignore_ascii_case("Content-Type") {
            response.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        }
        response.headers.push(header);
        response
    }

    /// Compresses the body and sets `Content-Encoding`. Each call adds a layer.
    #[must_use]
    pub fn gzip(self) -> Self {
        let mut response = self.with_head("a content coding");
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        let finished = packed.write_all(&response.body).and_then(|()| packed.finish());
        response.body = match finished {
            Ok(bytes) => bytes.into(),
            Err(error) => panic!("the body cannot be compressed: {error}"),
        };
        response.packed += 1;
        response
    }

    /// Sets `Content-Length`, regardless of the length of the body. The connection is closed after the body.
    #[must_use]
    pub fn content_length(self, length: u64) -> Self {
        Self { framing: Framing::Length(Some(length)), closes: true, ..self.with_head("a length") }
    }

    /// Sends no length: the end of the connection ends the body.
    #[must_use]
    pub fn without_length(self) -> Self {
        Self { framing: Framing::Connection, closes: true, ..self.with_head("a length") }
    }

    /// Sends the body in chunks of `size` bytes (`Transfer-Encoding: chunked`).
    #[must_use]
    pub fn chunked(self, size: usize) -> Self {
        let mut response = self.with_head("chunks");
        let trailers = match response.framing {
            Framing::Chunked { trailers, .. } => trailers,
            _ => Vec::new(),
        };
        response.framing = Framing::Chunked { size: size.max(1), trailers };
        response
    }

    /// Adds a header after the body. The body is sent as one chunk unless [`chunked`](Self::chunked) sets a size.
    ///
    /// # Panics
    ///
    /// If the name or the value is invalid in a header.
    #[must_use]
    #[track_caller]
    pub fn trailer(self, name: &str, value: impl fmt::Display) -> Self {
        let mut response = match self.framing {
            Framing::Chunked { .. } => self,
            _ => self.chunked(usize::MAX),
        };
        if let Framing::Chunked { trailers, .. } = &mut response.framing {
            trailers.push(checked(name, &value));
        }
        response
    }

    /// Sends the body in pieces of `size` bytes, with a pause between them.
    #[must_use]
    pub fn in_pieces(self, size: usize, pause: Duration) -> Self {
        Self { pieces: Some((size.max(1), pause)), ..self }
    }

    /// Announces the whole body, but closes the connection after this number of bytes.
    #[must_use]
    pub fn cut_after(self, bytes: usize) -> Self {
        self.stops_after(bytes, Stop::Close)
    }

    /// Announces the whole body, but resets the connection after this number of bytes. A reset may discard bytes that the
    /// client has not read yet; use [`wait_after`](Self::wait_after) to reset after the client has read them.
    #[must_use]
    pub fn reset_after(self, bytes: usize) -> Self {
        self.stops_after(bytes, Stop::Reset)
    }

    /// Sends this number of bytes of the body, and then nothing until the client closes the connection or the server is
    /// dropped.
    #[must_use]
    pub fn stall_after(self, bytes: usize) -> Self {
        self.stops_after(bytes, Stop::Stall)
    }

    /// Sends this number of bytes of the body, and the rest when the gate is open.
    #[must_use]
    pub fn wait_after(self, bytes: usize, gate: &Gate) -> Self {
        self.stops_after(bytes, Stop::Wait(gate.clone()))
    }

    /// Sends nothing until the gate is open.
    #[must_use]
    pub fn wait_for(self, gate: &Gate) -> Self {
        Self { gate: Some(gate.clone()), ..self }
    }

    /// Closes the connection after the response, and announces it with `Connection: close`.
    #[must_use]
    pub fn close(self) -> Self {
        Self { closes: true, ..self }
    }

    fn stops_after(mut self, bytes: usize, stop: Stop) -> Self {
        self.stops.push((bytes, stop));
        self
    }

    #[track_caller]
    fn with_head(self, what: &str) -> Self {
        match self.framing {
            Framing::Raw | Framing::Script(_) => {
                panic!("cannot set {what} on a raw response, which contains its own head")
            }
            _ => self,
        }
    }
}

#[track_caller]
fn checked(name: &str, value: &dyn fmt::Display) -> (String, String) {
    let value = value.to_string();
    let token = |byte: u8| byte.is_ascii_graphic() && byte != b':';
    if name.is_empty() || !name.bytes().all(token) || value.contains(['\r', '\n']) {
        panic!("`{name}: {value}` is not a valid header; to send it anyway, use `Response::raw`");
    }
    (name.to_owned(), value)
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &String::from_utf8_lossy(&self.body))
            .finish_non_exhaustive()
    }
}
