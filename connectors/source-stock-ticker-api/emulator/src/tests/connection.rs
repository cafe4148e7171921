//! Tests of HTTP: connections, compression, recorded requests, faults, shutdown.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use jiff::Timestamp;

use super::*;
use crate::Response;

const MARCH: &str = "/v2/aggs/ticker/AAPL/range/1/day/2026-03-02/2026-03-13";

#[test]
fn many_requests_share_a_connection() {
    let emulator = friday(Settings::default());
    let mut client = Client::new(&emulator);
    for _ in 0..3 {
        let response = client.get(MARCH, KEY);
        assert_eq!((response.status, response.header("Connection")), (200, Some("keep-alive")));
        assert_eq!(response.header("Content-Type"), Some("application/json"));
        assert_eq!(response.header("X-Request-Id"), response.json()["request_id"].as_str());
    }
    // Two at once, the second in the same packet.
    let one = format!("GET {MARCH} HTTP/1.1\r\n{KEY}\r\n");
    assert_eq!(client.send(one.repeat(2).as_bytes()).unwrap().status, 200);
    assert_eq!(client.receive().unwrap().status, 200);
    assert_eq!(client.get(MARCH, &format!("{KEY}Connection: close\r\n")).header("Connection"), Some("close"));
    assert!(client.is_closed());
    assert_eq!(emulator.requests().len(), 6);
}

#[test]
fn requests_are_recorded_as_sent() {
    let emulator = friday(Settings::default());
    let before = Timestamp::now();
    range(&emulator, "X%3ABTCUSD", "2026-03-02/2026-03-13?sort=asc&limit=7");
    let [request] = &emulator.requests()[..] else { panic!("one request") };
    assert_eq!(request.method, "GET");
    assert_eq!(
        request.target,
        "/v2/aggs/ticker/X%3ABTCUSD/range/1/day/2026-03-02/2026-03-13?sort=asc&limit=7"
    );
    assert_eq!(request.header("authorization"), Some("Bearer test-key"));
    assert!(before <= request.at && request.at <= Timestamp::now());
}

#[test]
fn compresses_only_if_the_client_accepts_it() {
    let emulator = friday(Settings::default());
    let mut client = Client::new(&emulator);
    let plain = client.get(MARCH, KEY);
    assert_eq!(plain.header("Content-Encoding"), None);
    let packed = client.get(MARCH, &format!("{KEY}Accept-Encoding: br, gzip\r\n"));
    assert_eq!(packed.header("Content-Encoding"), Some("gzip"));
    assert!(packed.body.len() < plain.body.len());
    let mut text = String::new();
    GzDecoder::new(&packed.body[..]).read_to_string(&mut text).unwrap();
    let (mut unpacked, mut plain): (Value, Value) = (serde_json::from_str(&text).unwrap(), plain.json());
    assert_ne!(unpacked["request_id"].take(), plain["request_id"].take());
    assert_eq!(unpacked, plain);

    emulator.update(|settings| settings.gzip = false);
    let uncompressed = client.get(MARCH, &format!("{KEY}Accept-Encoding: gzip\r\n"));
    assert_eq!(uncompressed.header("Content-Encoding"), None);
}

#[test]
fn malformed_request_gets_400_and_closes_the_connection() {
    let emulator = friday(Settings::default());
    let long = format!("GET / HTTP/1.1\r\nX-Long: {}", "x".repeat(70_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(200));
    for bytes in [&b"\x00\x01\x02\r\n\r\n"[..], b"GET /\r\n\r\n", long.as_bytes(), many.as_bytes()] {
        let mut client = Client::new(&emulator);
        assert_eq!(client.send(bytes).unwrap().status, 400);
        assert!(client.is_closed());
    }
    // A body is not read as the next request.
    let mut client = Client::new(&emulator);
    let post = format!("POST {MARCH} HTTP/1.1\r\n{KEY}Content-Length: 4\r\n\r\nGET ");
    assert_eq!(client.send(post.as_bytes()).unwrap().status, 404);
    assert!(client.is_closed());
    // Connections that end in the middle of a head, or without one, are ignored.
    let mut client = Client::new(&emulator);
    client.stream.write_all(b"GET / HT").unwrap();
    drop(client);
    drop(Client::new(&emulator));
    assert_eq!(range(&emulator, "AAPL", "2026-03-02/2026-03-13").status, 200);
}

#[test]
fn fault_replaces_the_response() {
    let emulator = friday(Settings::default());
    emulator.update(|settings| {
        settings.fault = Some(Arc::new(|number, request| match number {
            0 => Some(Response::text(503, "").header("Retry-After", "2")),
            1 => Some(Response::json(200, &serde_json::json!({"status": "ERROR", "error": request.target}))),
            2 => Some(Response::truncated(200, *b"{\"results\":[", 5)),
            3 => Some(Response::hang_up()),
            _ => None,
        }));
    });
    let mut client = Client::new(&emulator);
    let gzip = format!("{KEY}Accept-Encoding: gzip\r\n");
    let busy = client.get(MARCH, &gzip);
    assert_eq!((busy.status, busy.header("Retry-After"), busy.text()), (503, Some("2"), ""));
    assert_eq!(client.get(MARCH, &gzip).json()["error"], MARCH);
    let cut = client.get(MARCH, &gzip);
    assert_eq!((cut.header("Content-Length"), cut.text()), (Some("12"), "{\"res"));
    assert!(client.is_closed());
    let mut client = Client::new(&emulator);
    assert!(client.send(format!("GET {MARCH} HTTP/1.1\r\n\r\n").as_bytes()).is_none());
    let mut client = Client::new(&emulator);
    assert_eq!(client.get(MARCH, KEY).status, 200);
    assert_eq!(emulator.requests().len(), 5);
}

#[test]
fn cached_response_is_identical_and_still_requires_the_key() {
    let emulator = friday(Settings { cache: true, ..Settings::default() });
    let mut client = Client::new(&emulator);
    let first = client.get(MARCH, KEY);
    assert_eq!(client.get(MARCH, KEY).body, first.body);
    assert_eq!(client.get(MARCH, "").status, 401);
    assert_eq!(client.get(MARCH, "Authorization: Bearer other\r\n").status, 401);
    emulator.update(|settings| settings.delayed = true);
    assert_eq!(client.get(MARCH, KEY).json()["status"], "DELAYED");
    assert_eq!(emulator.requests().len(), 5);
}

#[test]
fn stops_immediately_despite_idle_and_busy_connections() {
    let slow: crate::Fault = Arc::new(|number, _| {
        std::thread::sleep(Duration::from_millis(if number == 1 { 3_000 } else { 0 }));
        None
    });
    let emulator = friday(Settings { fault: Some(slow), ..Settings::default() });
    let mut idle = Client::new(&emulator);
    idle.get(MARCH, KEY);
    let mut busy = Client::new(&emulator);
    busy.stream.write_all(format!("GET {MARCH} HTTP/1.1\r\n{KEY}\r\n").as_bytes()).unwrap();
    while emulator.requests().len() < 2 {
        std::thread::yield_now();
    }
    let start = Instant::now();
    drop(emulator);
    assert!(idle.is_closed() && busy.is_closed());
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[cfg(target_os = "linux")] // where all of 127.0.0.0/8 is the loopback interface
#[test]
fn listens_on_the_host_of_its_settings_and_links_to_it() {
    let emulator = friday(Settings { host: [127, 0, 0, 2].into(), ..Settings::default() });
    assert!(emulator.url().starts_with("http://127.0.0.2:"), "{}", emulator.url());
    let page = Client::new(&emulator)
        .get("/v2/aggs/ticker/AAPL/range/1/day/2026-11-09/2026-11-12?limit=2", KEY)
        .json();
    assert!(page["next_url"].as_str().unwrap().starts_with(&emulator.url()), "{page}");
}
