//! Tests of the bytes that are sent: complete responses, and each fault.

use super::{bytes, connect, exchange, get, reported, responding, rest};
use crate::testing::server::{Gate, Response, Server};
use flate2::read::GzDecoder;
use serde_json::json;
use std::io::{ErrorKind, Read, Write};
use std::panic::catch_unwind;
use std::time::Duration;

#[test]
fn connection_is_reused_until_one_side_closes_it() {
    let server = Server::start();
    server.on("/a").text("12");
    server.on("/b").respond(Response::text("3").close());
    let mut stream = connect(&server);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n";
    let whole = format!("{head}Content-Length: 2\r\n\r\n12");
    // Pipelined: the second request is sent before the first response.
    stream.write_all(b"GET /a HTTP/1.1\r\n\r\nPOST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\n123").unwrap();
    assert_eq!(bytes(&mut stream, whole.len() * 2), whole.repeat(2));
    stream.write_all(b"HEAD /a HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(bytes(&mut stream, whole.len() - 2), whole[..whole.len() - 2]);
    stream.write_all(b"GET /b HTTP/1.1\r\n\r\n").unwrap();
    let (last, end) = rest(&mut stream);
    assert_eq!(last, format!("{head}Content-Length: 1\r\nConnection: close\r\n\r\n3"));
    end.unwrap();
    assert_eq!((server.connections(), server.requests().len()), (1, 4));
    for request in ["GET /a HTTP/1.0\r\n\r\n", "GET /a HTTP/1.1\r\nConnection: Close\r\n\r\n"] {
        assert_eq!(
            exchange(&server, request).0,
            format!("{head}Content-Length: 2\r\nConnection: close\r\n\r\n12")
        );
    }
    assert_eq!(server.connections(), 3);
}

#[test]
fn head_contains_the_headers_that_were_set() {
    let response =
        Response::json(json!({})).status(429).header("Retry-After", 1).header("content-type", "a/b");
    let expected = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\ncontent-type: a/b\r\nContent-Length: 2\r\n\
                    Connection: close\r\n\r\n{}";
    assert_eq!(get(&responding(response), "/"), expected);
    let response = Response::new(299).header("Content-Length", "0").header("Connection", "x");
    assert_eq!(
        get(&responding(response), "/"),
        "HTTP/1.1 299 Status\r\nContent-Length: 0\r\nConnection: x\r\n\r\n"
    );
    assert_eq!(
        get(&responding(Response::new(204)), "/"),
        "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
    );
    for (name, value) in [("a b", "c"), ("a:", "c"), ("", "c"), ("a", "b\r\nc: d")] {
        assert!(catch_unwind(|| Response::new(200).header(name, value)).is_err());
    }
    assert!(catch_unwind(|| Response::raw("").header("a", "b")).is_err());
}

#[test]
fn chunked_request_is_read() {
    let server = responding(Response::new(200));
    let (response, _) = exchange(
        &server,
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n\
         3;x=y\r\n[1,\r\nA\r\n2, \"3\r\n4\"]\r\n0\r\nX-T: 1\r\n\r\n",
    );
    assert!(response.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), "{response}");
    assert_eq!(server.requests()[0].text(), "[1,2, \"3\r\n4\"]");
}

#[test]
fn tunnel_carries_the_next_request() {
    let server = Server::start();
    server.on("CONNECT *").status(200);
    server.on("GET /").text("1");
    let mut stream = connect(&server);
    stream.write_all(b"CONNECT a.example:80 HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(bytes(&mut stream, 19), "HTTP/1.1 200 OK\r\n\r\n");
    stream.write_all(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").unwrap();
    assert!(rest(&mut stream).0.ends_with("\r\n\r\n1"));
    let targets: Vec<String> = server.requests().iter().map(ToString::to_string).collect();
    assert_eq!(targets, ["CONNECT a.example:80", "GET /"]);
}

/// Returns the last header and the body of the response, and how its connection ended.
fn body_of(response: Response) -> (String, Option<ErrorKind>) {
    let (response, end) = exchange(&responding(response), "GET / HTTP/1.1\r\n\r\n");
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (format!("{}|{body}", head.rsplit("\r\n").next().unwrap()), end.err().map(|error| error.kind()))
}

#[test]
fn connection_is_closed_or_reset_after_a_number_of_bytes() {
    let text = || Response::text("0123456789");
    let cut = |response: Response, expected: &str| assert_eq!(body_of(response), (expected.to_owned(), None));
    for (count, sent) in [(0, ""), (1, "0"), (9, "012345678"), (10, "0123456789"), (99, "0123456789")] {
        cut(text().cut_after(count), &format!("Content-Length: 10|{sent}"));
    }
    cut(text().chunked(4).cut_after(6), "Transfer-Encoding: chunked|4\r\n0123\r\n4\r\n45");
    cut(text().chunked(4).cut_after(10), "Transfer-Encoding: chunked|4\r\n0123\r\n4\r\n4567\r\n2\r\n89");
    cut(text().content_length(12), "Connection: close|0123456789");
    cut(text().content_length(3), "Connection: close|0123456789");
    cut(text().without_length(), "Connection: close|0123456789");
    // The first stop takes effect.
    cut(text().stall_after(4).cut_after(3), "Content-Length: 10|012");
    let (server, gate) = (Server::start(), Gate::new());
    server.on("/").respond(text().wait_after(2, &gate).reset_after(2));
    let mut stream = connect(&server);
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 10\r\n\r\n";
    assert_eq!(bytes(&mut stream, head.len() + 2), format!("{head}01"));
    gate.open();
    let (more, end) = rest(&mut stream);
    let kind = end.err().map(|error| error.kind());
    assert_eq!((more.as_str(), kind), ("", cfg!(unix).then_some(ErrorKind::ConnectionReset)));
}

#[test]
fn raw_bytes_and_bytes_of_a_script_are_sent_unchanged() {
    let sent = |response| exchange(&responding(response), "GET / HTTP/1.1\r\n\r\n");
    assert_eq!(sent(Response::raw("no HTTP\n")).0, "no HTTP\n");
    assert_eq!(sent(Response::hang_up()).0, "");
    assert_eq!(sent(Response::raw("no HTTP\n").cut_after(2)).0, "no");
    let script = Response::script(|to| {
        to.write_all(b"not ")?;
        to.write_all(b"HTTP")?;
        Err(std::io::Error::other("the end"))
    });
    assert_eq!(sent(script).0, "not HTTP");
}

#[test]
fn compression_chunks_and_pieces_are_combined() {
    let response =
        Response::text("text".repeat(100)).gzip().gzip().chunked(7).in_pieces(5, Duration::from_nanos(1));
    let server = responding(response.clone().trailer("X-Sum", 5));
    let mut stream = connect(&server);
    stream.write_all(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").unwrap();
    let mut received = Vec::new();
    stream.read_to_end(&mut received).unwrap();
    let end = received.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8_lossy(&received[..end]);
    assert!(head.contains("Content-Encoding: gzip, gzip\r\nTransfer-Encoding: chunked\r\n"), "{head}");
    let mut expected = Vec::new();
    for chunk in response.body.chunks(7) {
        expected.extend([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
    }
    expected.extend(b"0\r\nX-Sum: 5\r\n\r\n");
    assert_eq!(received[end..], expected);
    let mut text = String::new();
    GzDecoder::new(GzDecoder::new(&*response.body)).read_to_string(&mut text).unwrap();
    assert_eq!(text, "text".repeat(100));
    assert!(
        get(&responding(Response::text("12").trailer("a", "b")), "/")
            .ends_with("\r\n\r\n2\r\n12\r\n0\r\na: b\r\n\r\n")
    );
    // A large body, which is sent separately from the head.
    let large = "x".repeat(100_000);
    assert!(get(&responding(Response::text(large.clone())), "/").ends_with(&large));
}

#[test]
fn invalid_request_is_rejected_and_reported() {
    for (bytes, status, reason) in [
        ("\u{16}\u{3}\u{1} hello\r\n\r\n".to_owned(), 400, "not HTTP/1"),
        (
            format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(70_000)),
            431,
            "its head has more than 65536 bytes",
        ),
        (
            "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n".to_owned(),
            400,
            "invalid `Content-Length` in `GET /`",
        ),
        ("GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n".to_owned(), 413, "its body has more than"),
        (
            "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n".to_owned(),
            400,
            "is not a valid chunk size",
        ),
        (
            "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n".to_owned(),
            413,
            "its body has more",
        ),
    ] {
        let server = responding(Response::new(200));
        let mut stream = connect(&server);
        stream.write_all(bytes.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let (response, _) = rest(&mut stream);
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{response}");
        assert!(server.requests().is_empty());
        let report = reported(server).unwrap();
        assert!(report.contains("a request could not be read: ") && report.contains(reason), "{report}");
    }
    // The client closes the connection before the request is complete.
    for part in ["", "GET / HT", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n1"] {
        let server = responding(Response::new(200));
        let mut stream = connect(&server);
        stream.write_all(part.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        assert_eq!(rest(&mut stream).0, "");
        assert_eq!((server.requests().len(), reported(server)), (0, None));
    }
}
