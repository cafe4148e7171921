//! Serializes a response and sends it, with its faults.
//!
//! A response is a head, a body and a list of stops at byte offsets of the body. The offsets are converted to offsets
//! in the framed body (chunk headers included), which is then sent from stop to stop. So any faults can be combined.

use super::response::{Framing, Response, Stop};
use super::shared::Shared;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// What happens to the connection after a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    NextRequest,
    Close,
    Reset,
}

/// The properties of the request that affect its response.
#[derive(Clone, Copy)]
pub(super) struct RequestInfo<'r> {
    pub(super) method: &'r str,
    pub(super) keeps_alive: bool,
}

/// Writes to a connection until a deadline.
pub(super) struct Sender<'c> {
    pub(super) stream: &'c TcpStream,
    pub(super) shared: &'c Shared,
    pub(super) deadline: Instant,
}

/// A body of at least this size is sent separately instead of being appended to the head.
const LARGE: usize = 64 << 10;

impl Response {
    pub(super) fn send(&self, request: RequestInfo<'_>, to: &mut Sender<'_>) -> io::Result<After> {
        if let Some(gate) = &self.gate {
            to.wait_at(gate)?;
        }
        if let Framing::Script(script) = &self.framing {
            script(to)?;
            return Ok(After::Close);
        }
        // The connection becomes a tunnel, and the next request is sent through it.
        let tunnel = request.method == "CONNECT" && (200..300).contains(&self.status);
        let bare = tunnel || matches!(self.status, 100..200 | 204 | 304);
        let closes = self.closes || !request.keeps_alive;
        let after =
            if closes || matches!(self.framing, Framing::Raw) { After::Close } else { After::NextRequest };
        let mut head = match self.framing {
            Framing::Raw => Vec::new(),
            _ => self.head(bare, closes && !tunnel).into_bytes(),
        };
        if bare || request.method == "HEAD" && !matches!(self.framing, Framing::Raw) {
            to.write_all(&head)?;
            return Ok(after);
        }
        let framed;
        let body: &[u8] = match &self.framing {
            Framing::Chunked { size, trailers } => {
                framed = chunks(&self.body, *size, trailers);
                &framed
            }
            _ => &self.body,
        };
        if self.stops.is_empty() && self.pieces.is_none() {
            if body.len() < LARGE {
                head.extend_from_slice(body);
                to.write_all(&head)?;
            } else {
                to.write_all(&head)?;
                to.write_all(body)?;
            }
            return Ok(after);
        }
        Ok(self.send_with_stops(head, body, to)?.unwrap_or(after))
    }

    /// Sends a body with stops; returns what happens to the connection if a stop determines that.
    fn send_with_stops(&self, head: Vec<u8>, body: &[u8], to: &mut Sender<'_>) -> io::Result<Option<After>> {
        let offset = |bytes: usize| match self.framing {
            Framing::Chunked { size, .. } => {
                chunked_offset(bytes.min(self.body.len()), size, self.body.len())
            }
            _ => bytes.min(body.len()),
        };
        let mut stops: Vec<(usize, &Stop)> =
            self.stops.iter().map(|(bytes, stop)| (offset(*bytes), stop)).collect();
        stops.sort_by_key(|(at, _)| *at);
        let mut stops = stops.into_iter().peekable();
        let (mut at, mut unsent) = (0, head);
        loop {
            while let Some((_, stop)) = stops.next_if(|(stop_at, _)| *stop_at == at) {
                to.write_all(&std::mem::take(&mut unsent))?;
                match stop {
                    Stop::Wait(gate) => to.wait_at(gate)?,
                    Stop::Stall => {
                        to.stall()?;
                        return Ok(Some(After::Close));
                    }
                    Stop::Close => return Ok(Some(After::Close)),
                    Stop::Reset => return Ok(Some(After::Reset)),
                }
            }
            if at == body.len() {
                to.write_all(&unsent)?;
                return Ok(None);
            }
            let piece = self.pieces.map(|(size, _)| (at / size + 1) * size);
            let stop = stops.peek().map(|(stop_at, _)| *stop_at);
            let until = [piece, stop].into_iter().flatten().min().unwrap_or(body.len()).min(body.len());
            unsent.extend_from_slice(&body[at..until]);
            at = until;
            if let Some((_, pause)) = self.pieces.filter(|_| piece == Some(at) && at < body.len()) {
                to.write_all(&std::mem::take(&mut unsent))?;
                to.shared.pause(pause)?;
            }
        }
    }

    fn head(&self, bare: bool, closes: bool) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        let mut line = |name: &str, value: &str| head.extend([name, ": ", value, "\r\n"]);
        let has = |name: &str| self.headers.iter().any(|(header, _)| header.eq_ignore_ascii_case(name));
        for (name, value) in &self.headers {
            line(name, value);
        }
        if self.packed > 0 {
            line("Content-Encoding", &vec!["gzip"; self.packed].join(", "));
        }
        if !bare && !has("Content-Length") && !has("Transfer-Encoding") {
            match &self.framing {
                Framing::Length(length) => {
                    let length = length.unwrap_or(self.body.len() as u64);
                    line("Content-Length", &length.to_string());
                }
                Framing::Chunked { .. } => line("Transfer-Encoding", "chunked"),
                Framing::Connection | Framing::Raw | Framing::Script(_) => {}
            }
        }
        if closes && !has("Connection") {
            line("Connection", "close");
        }
        head + "\r\n"
    }
}

fn chunks(body: &[u8], size: usize, trailers: &[(String, String)]) -> Vec<u8> {
    let mut framed = Vec::with_capacity(body.len() + 64);
    for chunk in body.chunks(size) {
        framed.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        framed.extend_from_slice(chunk);
        framed.extend_from_slice(b"\r\n");
    }
    framed.extend_from_slice(b"0\r\n");
    for (name, value) in trailers {
        framed.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    framed.extend_from_slice(b"\r\n");
    framed
}

/// Returns the offset in a chunked body at which `bytes` bytes of the original body have been sent.
fn chunked_offset(bytes: usize, size: usize, length: usize) -> usize {
    let (mut left, mut at, mut rest) = (bytes, 0, length);
    while left > 0 {
        let chunk = size.min(rest);
        let head = format!("{chunk:x}\r\n").len();
        if left <= chunk {
            return at + head + left;
        }
        at += head + chunk + 2;
        left -= chunk;
        rest -= chunk;
    }
    at
}

impl Sender<'_> {
    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
    }

    fn wait_at(&mut self, gate: &super::gate::Gate) -> io::Result<()> {
        self.shared.wait_at(gate, self.deadline)?;
        self.left().map(drop)
    }

    /// Waits until the client closes the connection or the server ends. Ignores what the client sends in the meantime.
    fn stall(&mut self) -> io::Result<()> {
        let mut ignored = [0; 4096];
        loop {
            self.stream.set_read_timeout(Some(self.left()?))?;
            match (&mut &*self.stream).read(&mut ignored) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if is_timeout(&error) => return Err(ErrorKind::TimedOut.into()),
                Err(error) => return Err(error),
            }
        }
    }
}

impl Write for Sender<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.shared.has_not_ended()?;
        self.stream.set_write_timeout(Some(self.left()?))?;
        (&mut &*self.stream)
            .write(bytes)
            .map_err(|error| if is_timeout(&error) { ErrorKind::TimedOut.into() } else { error })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns whether the error is a timeout, which has one of two kinds depending on the platform.
pub(super) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunked_offset_is_where_the_bytes_have_been_written() {
        let body = b"0123456789";
        for size in [1, 3, 4, 10, usize::MAX] {
            let framed = chunks(body, size, &[]);
            for bytes in 0..=body.len() {
                let sent = &framed[..chunked_offset(bytes, size, body.len())];
                let mut lines = std::str::from_utf8(sent).unwrap().split("\r\n");
                let mut payload = String::new();
                while let (Some(_), Some(data)) = (lines.next(), lines.next()) {
                    payload.push_str(data);
                }
                assert_eq!(payload.as_bytes(), &body[..bytes], "{size} {bytes}");
                assert!(sent.is_empty() == (bytes == 0) && !sent.ends_with(b"\n"));
            }
        }
    }
}
