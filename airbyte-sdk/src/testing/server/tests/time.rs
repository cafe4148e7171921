//! Tests of waiting: gates, time limits, and the end of the server.

use super::{bytes, connect, exchange, reported, responding, rest};
use crate::testing::server::{Gate, Response, Server};
use std::io::Write;
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(20);

/// Returns a connection on which a request was sent.
fn send_request(server: &Server) -> TcpStream {
    let mut stream = connect(server);
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    stream
}

#[test]
fn response_waits_until_the_test_opens_the_gate() {
    let (server, first, second) = (Server::start(), Gate::new(), Gate::new());
    server.on("*").respond(Response::raw("0123456789").wait_for(&first).wait_after(4, &second));
    let mut stream = send_request(&server);
    first.wait_until_reached();
    stream.set_nonblocking(true).unwrap();
    assert!(stream.peek(&mut [0]).is_err());
    stream.set_nonblocking(false).unwrap();
    first.open();
    assert_eq!(bytes(&mut stream, 4), "0123");
    second.wait_until_reached();
    stream.set_nonblocking(true).unwrap();
    assert!(stream.peek(&mut [0]).is_err());
    stream.set_nonblocking(false).unwrap();
    second.open();
    assert_eq!(rest(&mut stream).0, "456789");
    // An open gate does not stop the next response.
    assert_eq!(exchange(&server, "GET / HTTP/1.1\r\n\r\n").0, "0123456789");
}

#[test]
fn dropping_the_server_ends_all_waits() {
    let gate = Gate::new();
    let wait = Response::text("12").wait_after(1, &gate);
    let slow = Response::text("12").in_pieces(1, Duration::from_secs(3600));
    let endless = Response::script(|to| {
        loop {
            to.write_all(&[b'x'; 4096])?;
        }
    });
    let stalled = Response::text("12").stall_after(1);
    for (response, at_gate) in
        [(wait, true), (slow, false), (endless, false), (stalled, false), (Response::silence(), false)]
    {
        let server = responding(response);
        let shared = Arc::clone(&server.shared);
        let mut waiting = send_request(&server);
        let mut idle = connect(&server);
        server.wait_for_requests(1);
        if at_gate {
            gate.wait_until_reached();
        }
        assert_eq!(reported(server), None);
        assert!(shared.wait_for_threads());
        let _ = rest(&mut waiting);
        assert_eq!(rest(&mut idle).0, "");
    }
}

#[test]
fn closing_the_connection_ends_a_stall() {
    let server = responding(Response::silence());
    drop(send_request(&server));
    server.wait_for_requests(1);
    assert!(server.shared.wait_for_threads());
}

#[test]
fn request_or_response_over_the_time_limit_is_ended_and_reported() {
    let endless = Response::script(|to| {
        loop {
            to.write_all(&[b'x'; 4096])?;
        }
    });
    let held = Response::text("12").wait_after(1, &Gate::new());
    for response in [held, endless, Response::silence(), Response::text("1").stall_after(1)] {
        let server = Server::with_time_limit(SHORT);
        server.on("*").respond(response);
        let _ = exchange(&server, "GET /slow HTTP/1.1\r\n\r\n");
        let report = reported(server).unwrap();
        assert!(
            report.ends_with("the response to `GET /slow` was not complete after 0.02 seconds"),
            "{report}"
        );
    }
    let server = Server::with_time_limit(SHORT);
    let (response, _) = exchange(&server, "GET /");
    assert!(response.starts_with("HTTP/1.1 408 "), "{response}");
    assert!(reported(server).unwrap().ends_with("it was not complete after 0.02 seconds"));
    let server = Server::with_time_limit(SHORT);
    assert!(catch_unwind(AssertUnwindSafe(|| server.wait_for_requests(1))).is_err());
}
