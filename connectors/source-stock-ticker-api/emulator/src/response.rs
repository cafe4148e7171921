//! A response, and its serialization.

use std::io::Write;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;

/// A response to a request.
#[derive(Clone)]
pub struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    ending: Ending,
}

#[derive(Clone)]
enum Ending {
    Whole,
    Truncated { sent: usize },
    HangUp,
    Script(Script),
}

/// Writes the response to the connection.
pub(crate) type Script = Arc<dyn Fn(&mut dyn Write) -> std::io::Result<()> + Send + Sync>;

impl Response {
    /// Creates a JSON response.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::json_bytes(status, body.to_string().into_bytes())
    }

    /// Creates a text response. Its type is `text/plain` unless [`Response::header`] sets another `Content-Type`.
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self::new(status, "text/plain; charset=utf-8", body.into().into_bytes())
    }

    /// Creates a JSON response that announces its whole body, but closes the connection after its first `sent` bytes.
    pub fn truncated(status: u16, body: impl Into<Vec<u8>>, sent: usize) -> Self {
        Self { ending: Ending::Truncated { sent }, ..Self::json_bytes(status, body.into()) }
    }

    /// Creates a response that closes the connection without sending anything.
    pub fn hang_up() -> Self {
        Self { ending: Ending::HangUp, ..Self::new(0, "", Vec::new()) }
    }

    /// Creates a response whose head and body are written by a closure. Then, or after an error, the connection is
    /// closed.
    pub fn scripted(script: impl Fn(&mut dyn Write) -> std::io::Result<()> + Send + Sync + 'static) -> Self {
        Self { ending: Ending::Script(Arc::new(script)), ..Self::new(0, "", Vec::new()) }
    }

    /// Sets a header, replacing those with the same name.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.retain(|(present, _)| !present.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn json_bytes(status: u16, body: Vec<u8>) -> Self {
        Self::new(status, "application/json", body)
    }

    fn new(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self { status, headers, body, ending: Ending::Whole }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn gzipped(self) -> std::io::Result<Self> {
        let mut encoder = GzEncoder::new(Vec::with_capacity(self.body.len() / 4), Compression::fast());
        encoder.write_all(&self.body)?;
        let body = encoder.finish()?;
        Ok(Self { body, ..self }.header("Content-Encoding", "gzip"))
    }

    /// Returns the bytes to send; `None` to close the connection.
    pub(crate) fn into_wire(mut self, keep_alive: bool, is_head: bool) -> Option<Wire> {
        let mut wire = Wire { head: Vec::with_capacity(256), body: Vec::new(), keep_alive, script: None };
        let length = self.body.len();
        match self.ending {
            Ending::HangUp => return None,
            Ending::Script(script) => {
                return Some(Wire { script: Some(script), keep_alive: false, ..wire });
            }
            Ending::Whole => {}
            Ending::Truncated { sent } => {
                self.body.truncate(sent);
                wire.keep_alive = false;
            }
        }
        if let Some(value) = self.value_of("Connection") {
            wire.keep_alive &= !value.eq_ignore_ascii_case("close");
        }
        wire.line(format_args!("HTTP/1.1 {} {}", self.status, reason(self.status)));
        for (name, value) in &self.headers {
            wire.line(format_args!("{name}: {value}"));
        }
        if self.value_of("Content-Length").is_none() {
            wire.line(format_args!("Content-Length: {length}"));
        }
        if self.value_of("Connection").is_none() {
            let connection = if wire.keep_alive { "keep-alive" } else { "close" };
            wire.line(format_args!("Connection: {connection}"));
        }
        wire.head.extend_from_slice(b"\r\n");
        if !is_head {
            wire.body = self.body;
        }
        Some(wire)
    }

    fn value_of(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(present, _)| present.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// A serialized response.
pub(crate) struct Wire {
    pub(crate) head: Vec<u8>,
    pub(crate) body: Vec<u8>,
    pub(crate) keep_alive: bool,
    pub(crate) script: Option<Script>,
}

impl Wire {
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        self.head.extend_from_slice(text.to_string().as_bytes());
        self.head.extend_from_slice(b"\r\n");
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        408 => "Request Timeout",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(wire: &Wire) -> String {
        String::from_utf8(wire.head.clone()).unwrap()
    }

    #[test]
    fn header_set_twice_is_sent_once() {
        let response = Response::text(503, "<p>busy</p>").header("content-type", "text/html");
        let wire = response.into_wire(true, false).unwrap();
        assert_eq!(
            head(&wire),
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/html\r\nContent-Length: 11\r\n\
             Connection: keep-alive\r\n\r\n"
        );
        assert_eq!(wire.body, b"<p>busy</p>");
    }

    #[test]
    fn truncated_response_announces_the_whole_body_and_closes() {
        let wire = Response::truncated(200, *b"0123456789", 4).into_wire(true, false).unwrap();
        assert!(head(&wire).contains("Content-Length: 10\r\nConnection: close\r\n"));
        assert_eq!(wire.body, b"0123");
        assert!(!wire.keep_alive);
    }

    #[test]
    fn connection_close_header_is_sent_once_and_closes() {
        let wire = Response::text(200, "x").header("Connection", "close").into_wire(true, false).unwrap();
        assert!(!wire.keep_alive);
        assert_eq!(head(&wire).matches("Connection").count(), 1);
    }

    #[test]
    fn hang_up_sends_nothing_and_response_to_head_has_no_body() {
        assert!(Response::hang_up().into_wire(true, false).is_none());
        let wire = Response::text(404, "gone").into_wire(true, true).unwrap();
        assert!(head(&wire).contains("Content-Length: 4\r\n"));
        assert!(wire.body.is_empty());
    }
}
