//! Timeouts of whole responses and of single items.

use super::http::{Row, good, server_with, until_error, whole};
use crate::error::Result;
use crate::http::charset::Charset;
use crate::http::incoming::{Decoding, Incoming, Proof};
use crate::http::transport::Exchange;
use crate::http::{Http, Pagination, Request, TransferLimits};
use crate::protocol::FailureType;
use crate::testing::Server;
use crate::testing::server::{Gate, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::de::IgnoredAny;
use std::fmt::Debug;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

const SHORT: Duration = Duration::from_millis(20);

/// Long enough for a thread on a busy machine.
const LONG: Duration = Duration::from_millis(500);

/// How often a server repeats itself: for ten seconds or more, after which a test fails instead of hanging.
const REPEATS: usize = 5000;

/// A server that sends this response to every request. The client closes the connection when it gives up.
fn responding_with(response: impl Fn(&mut dyn Write) -> io::Result<()> + Send + Sync + 'static) -> Server {
    let server = Server::start();
    server.on("*").respond(Response::script(response));
    server
}

const PLAIN: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
const GZIP: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";

/// Returns a body that begins well, and then repeats the same bytes slowly for as long as the client reads.
fn slowly_repeating(begin: &'static [u8], what: &'static [u8]) -> Server {
    responding_with(move |stream| {
        stream.write_all(&[PLAIN, begin].concat())?;
        for _ in 0..REPEATS {
            stream.write_all(what)?;
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    })
}

/// Returns a gzip body that begins well, and then has empty blocks, sent as fast as possible.
fn endless_gzip(begin: &'static [u8]) -> Server {
    responding_with(move |stream| {
        let mut compressed = GzEncoder::new(GZIP.to_vec(), Compression::fast());
        compressed.write_all(begin)?;
        compressed.flush()?;
        stream.write_all(compressed.get_ref())?;
        let nothing = b"\x00\x00\x00\xff\xff".repeat(1000);
        for _ in 0..REPEATS {
            stream.write_all(&nothing)?;
        }
        Ok(())
    })
}

/// Returns a complete body, followed by bytes that are not part of it.
fn trailing(begin: &'static str, what: &'static [u8]) -> Server {
    responding_with(move |stream| {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(format!("{head}{:x}\r\n{begin}\r\n0\r\n", begin.len()).as_bytes())?;
        for _ in 0..REPEATS {
            stream.write_all(what)?;
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    })
}

fn hurried() -> Http {
    Http::new("test", "0", Vec::new(), None).transfer_limits(TransferLimits::default().body_timeout(SHORT))
}

/// Returns a request that is not retried.
fn post(url: &str) -> Request {
    hurried().post(url)
}

fn assert_too_slow<T: Debug>(items: impl Iterator<Item = Result<T>>) -> usize {
    let (good, error) = until_error(items);
    assert!(
        error.message().ends_with(" failed: timed out (the limit is `TransferLimits::body_timeout`)"),
        "{error}"
    );
    assert_eq!(error.failure_type(), FailureType::TransientError);
    good.len()
}

#[test]
fn slow_response_that_never_ends_times_out() {
    let server = slowly_repeating(b"\"", b"x");
    assert_too_slow([post(server.url()).json::<String>()].into_iter());
    assert_too_slow([post(server.url()).send().unwrap().json::<String>()].into_iter());
    assert_too_slow(post(server.url()).pages::<String>(Pagination::link_header()));
}

/// Whitespace before, between and after items does not complete any.
#[test]
fn incomplete_item_times_out_although_bytes_arrive() {
    for (begin, what, items) in [
        (&b""[..], &b" "[..], 0),
        (b"{\"a\":[", b"\n", 0),
        (b"{\"a\":[1,2", b" ", 2),
        (b"{\"a\":[1,2,\"", b"x", 2),
        (b"{\"a\":[1,2,[", b"0,", 2),
        (b"{\"a\":[1,2],\"b\":[", b"0,", 2),
    ] {
        let server = slowly_repeating(begin, what);
        assert_eq!(assert_too_slow(post(server.url()).elements::<IgnoredAny>("a")), items);
    }
    for (begin, what) in [(&b"{\"n\":1}\n{\"n\":2}\n"[..], &b"\n"[..]), (b"{\"n\":1}\n{\"n\":2}\n", b" ")] {
        assert_eq!(assert_too_slow(post(slowly_repeating(begin, what).url()).json_lines::<Row>()), 2);
    }
    #[cfg(feature = "csv")]
    for (begin, what) in [(&b"n\n1\n2\n"[..], &b"\n"[..]), (b"n\n1\n2\n\"", b"x")] {
        assert_eq!(assert_too_slow(post(slowly_repeating(begin, what).url()).csv::<Row>()), 2);
    }
}

/// Trailers are not part of the body, so ureq reads them all within one read.
#[test]
fn endless_trailers_time_out() {
    for what in [&b"X-T: b\r\n"[..], b"X"] {
        let trailing = |begin| trailing(begin, what);
        assert_too_slow([post(trailing("[1,2]").url()).json::<[u8; 2]>()].into_iter());
        assert_eq!(assert_too_slow(post(trailing("[1,2]").url()).elements::<u8>("")), 2);
        assert_eq!(assert_too_slow(post(trailing("{\"n\":1}\n").url()).json_lines::<Row>()), 1);
        #[cfg(feature = "csv")]
        assert_eq!(assert_too_slow(post(trailing("n\n1\n").url()).csv::<Row>()), 1);
    }
}

/// The body of an error response is read for its message; a head has its own timeout, however many heads arrive.
#[test]
fn endless_heads_and_error_responses_time_out() {
    let rejecting = responding_with(|stream| {
        stream.write_all(b"HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")?;
        for _ in 0..REPEATS {
            stream.write_all(b"X-T: b\r\n")?;
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    });
    let error = post(rejecting.url()).send().err().unwrap();
    assert!(error.message().ends_with("(HTTP 404); check the configuration"), "{error}");
    for (begin, repeated) in [
        ("", "HTTP/1.1 103 Early Hints\r\n\r\n"),
        ("", "HTTP/1.1 100 Continue\r\n\r\n"),
        ("HTTP/1.1 200 OK\r\nX-T: ", "b"),
    ] {
        let waiting = responding_with(move |stream| {
            let mut bytes = begin.bytes().chain(repeated.bytes().cycle());
            for _ in 0..REPEATS {
                stream.write_all(&[bytes.next().unwrap_or_default()])?;
                std::thread::sleep(Duration::from_millis(1));
            }
            Ok(())
        });
        let http = hurried().transfer_limits(TransferLimits::default().response_timeout(SHORT));
        let error = http.post(waiting.url()).send().err().unwrap();
        assert!(error.message().contains(" failed: timeout: "), "{error}");
    }
}

/// The decoder consumes all input without producing output.
#[test]
fn gzip_body_that_decompresses_to_nothing_times_out() {
    assert_too_slow([post(endless_gzip(b"").url()).json::<String>()].into_iter());
    assert_too_slow([post(endless_gzip(b"\"x").url()).send().unwrap().json::<String>()].into_iter());
    assert_eq!(assert_too_slow(post(endless_gzip(b"[1,2,").url()).elements::<u8>("")), 2);
    assert_eq!(assert_too_slow(post(endless_gzip(b"{\"n\":1}\n").url()).json_lines::<Row>()), 1);
    #[cfg(feature = "csv")]
    assert_eq!(assert_too_slow(post(endless_gzip(b"n\n1\n").url()).csv::<Row>()), 1);
}

/// All items together take longer than the timeout of one.
#[test]
fn total_time_of_all_items_is_not_limited() {
    let server = responding_with(|stream| {
        stream.write_all(PLAIN)?;
        for _ in 0..30 {
            stream.write_all(b"{\"n\":1}\n")?;
            std::thread::sleep(LONG / 20);
        }
        Ok(())
    });
    let began = Instant::now();
    let request = hurried().transfer_limits(TransferLimits::default().body_timeout(LONG)).post(server.url());
    assert_eq!(good(request.allow_unframed_body().json_lines::<Row>()).len(), 30);
    assert!(began.elapsed() > LONG);
}

/// The time in which the connector processes an item does not count.
#[test]
fn slow_consumer_does_not_time_out() {
    let (second, third) = (Gate::new(), Gate::new());
    let server = Server::start();
    let response = Response::raw([PLAIN, b"{\"x\":0,\"a\":[1,2,3]}"].concat());
    let first = PLAIN.len() + b"{\"x\":0,\"a\":[1,".len();
    server.on("*").respond(response.wait_after(first, &second).wait_after(first + 2, &third));
    let take_long = |gate: &Gate| {
        std::thread::sleep(LONG * 3 / 2);
        gate.open();
    };
    let request = hurried().transfer_limits(TransferLimits::default().body_timeout(LONG)).post(server.url());
    let mut elements = request.elements::<u8>("a");
    assert_eq!(elements.preamble::<serde_json::Value>().unwrap()["x"], 0);
    assert_eq!(elements.next().unwrap().unwrap(), 1);
    for (gate, expected) in [(second, 2), (third, 3)] {
        take_long(&gate);
        assert_eq!(elements.next().unwrap().unwrap(), expected);
    }
    assert!(elements.next().is_none());
}

/// The idle timeout does not apply to the wait for the response.
#[test]
fn response_may_take_longer_than_the_idle_timeout() {
    let server = responding_with(|stream| {
        std::thread::sleep(SHORT);
        stream.write_all(&[PLAIN, b"[5]"].concat())
    });
    let limits = TransferLimits::default().idle_timeout(SHORT / 4);
    assert_eq!(hurried().transfer_limits(limits).post(server.url()).json::<[u8; 1]>().unwrap(), [5]);
}

#[test]
fn limits_may_be_as_large_as_possible() {
    let server = server_with([whole("5"), whole("[5]")]);
    let forever = Duration::MAX;
    let limits = TransferLimits::default()
        .connect_timeout(forever)
        .response_timeout(forever)
        .idle_timeout(forever)
        .body_timeout(forever);
    let http = hurried().transfer_limits(limits.max_body_size(u64::MAX));
    assert_eq!(http.get(server.url()).json::<u8>().unwrap(), 5);
    assert_eq!(good(http.get(server.url()).elements::<u8>("")), [5]);
}

/// A few bytes of a body with three layers of gzip are read at once, and decompress to more than the time allows. The
/// connection is not read in the meantime.
#[test]
fn small_body_that_decompresses_to_very_much_times_out() {
    let gzip = |bytes: &[u8]| {
        let mut compressed = GzEncoder::new(Vec::new(), Compression::best());
        compressed.write_all(bytes).unwrap();
        compressed.finish().unwrap()
    };
    let body = gzip(&gzip(&gzip(&vec![b'\n'; 64 << 20])));
    assert!(body.len() < 5_000);
    let server = responding_with(move |stream| {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(&[head.as_bytes(), &body].concat())
    });
    let http = Http::new("test", "0", Vec::new(), None)
        .transfer_limits(TransferLimits::default().body_timeout(Duration::from_millis(5)));
    let error = http.post(server.url()).json_lines::<IgnoredAny>().next().unwrap().unwrap_err();
    assert!(
        error.message().ends_with(" failed: timed out (the limit is `TransferLimits::body_timeout`)"),
        "{error}"
    );
    // Within one read: much decompressed data that decompresses to nothing in the next layer.
    let nothing = gzip(&gzip(&gzip(b"").repeat(1 << 20)));
    let exchange = Arc::new(Exchange::new(Duration::from_millis(5)));
    let decoding = Decoding {
        exchange,
        gzip: 3,
        charset: Charset::Utf8,
        unframed: false,
        allow_unframed: false,
        proof: Proof::None,
    };
    let error = io::read_to_string(Incoming::new(&nothing[..], decoding)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
}
