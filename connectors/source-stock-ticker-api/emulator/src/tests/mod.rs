//! Tests over a real socket, with a minimal client.

mod connection;
mod paging;
mod plan;
mod errors;
mod switches;

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::{Emulator, Settings};

const KEY: &str = "Authorization: Bearer test-key\r\n";

/// Returns an emulator with a fixed clock.
fn at(now: &str, settings: Settings) -> Emulator {
    Emulator::start(Settings { clock: Some(now.parse().unwrap()), ..settings }).unwrap()
}

/// Returns an emulator whose clock is fixed at noon in New York on Friday, 13 November 2026.
fn friday(settings: Settings) -> Emulator {
    at("2026-11-13T17:00:00Z", settings)
}

/// One connection for any number of requests.
struct Client {
    stream: TcpStream,
}

#[derive(Debug)]
struct Received {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Client {
    fn new(emulator: &Emulator) -> Self {
        let stream = TcpStream::connect(emulator.url().trim_start_matches("http://")).unwrap();
        Self { stream }
    }

    /// Sends bytes and reads one response; `None` if the connection ended before it.
    fn send(&mut self, bytes: &[u8]) -> Option<Received> {
        self.stream.write_all(bytes).ok()?;
        self.receive()
    }

    fn receive(&mut self) -> Option<Received> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            self.stream.read_exact(&mut byte).ok()?;
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let status = head[9..12].parse().unwrap();
        let mut received = Received { status, head, body: Vec::new() };
        let length = received.header("Content-Length").unwrap().parse().unwrap();
        (&mut self.stream).take(length).read_to_end(&mut received.body).ok()?;
        Some(received)
    }

    fn get(&mut self, target: &str, headers: &str) -> Received {
        let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        self.send(request.as_bytes()).unwrap()
    }

    fn is_closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0]), Ok(0) | Err(_))
    }
}

impl Received {
    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| *key == name)
            .map(|(_, v)| v)
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Requests a range with the API key in a header.
fn range(emulator: &Emulator, ticker: &str, range: &str) -> Received {
    Client::new(emulator).get(&format!("/v2/aggs/ticker/{ticker}/range/1/day/{range}"), KEY)
}

/// Returns the field `t` of all bars in a response.
fn times(body: &Value) -> Vec<i64> {
    let bars = body.get("results").and_then(Value::as_array);
    bars.map(|bars| bars.iter().map(|bar| bar["t"].as_i64().unwrap()).collect()).unwrap_or_default()
}
