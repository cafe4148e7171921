//! How long a service may take: for the whole of an answer, and for a piece of one.

use super::http::{Row, good, service, until_error, whole};
use crate::error::Result;
use crate::http::charset::Charset;
use crate::http::incoming::{Incoming, Manner, Proof};
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

/// Long enough for a thread that waits for its turn on a busy machine.
const LONG: Duration = Duration::from_millis(500);

/// So often a server says the same: ten seconds and more, after which a test fails rather than hangs.
const HANG: usize = 5000;

/// A server that answers every request so. The client hangs up when it has had enough.
fn answering(answer: impl Fn(&mut dyn Write) -> io::Result<()> + Send + Sync + 'static) -> Server {
    let server = Server::start();
    server.on("*").respond(Response::script(answer));
    server
}

const PLAIN: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
const PACKED: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";

/// A body that begins well, and then goes on with the same again and again, for as long as anybody listens.
fn dribbling(begin: &'static [u8], what: &'static [u8]) -> Server {
    answering(move |stream| {
        stream.write_all(&[PLAIN, begin].concat())?;
        for _ in 0..HANG {
            stream.write_all(what)?;
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    })
}

/// A packed body that begins well, and then goes on as fast as it can with blocks that have nothing in them.
fn packed(begin: &'static [u8]) -> Server {
    answering(move |stream| {
        let mut packed = GzEncoder::new(PACKED.to_vec(), Compression::fast());
        packed.write_all(begin)?;
        packed.flush()?;
        stream.write_all(packed.get_ref())?;
        let nothing = b"\x00\x00\x00\xff\xff".repeat(1000);
        for _ in 0..HANG {
            stream.write_all(&nothing)?;
        }
        Ok(())
    })
}

/// A body that is complete, and goes on with what is no part of it.
fn trailing(begin: &'static str, what: &'static [u8]) -> Server {
    answering(move |stream| {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(format!("{head}{:x}\r\n{begin}\r\n0\r\n", begin.len()).as_bytes())?;
        for _ in 0..HANG {
            stream.write_all(what)?;
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    })
}

fn hurried() -> Http {
    Http::new("test", "0", Vec::new(), None).transfer_limits(TransferLimits::default().body_timeout(SHORT))
}

/// Sent once: before the first piece it would be asked for again, after a wait.
fn post(url: &str) -> Request {
    hurried().post(url)
}

fn assert_too_slow<T: Debug>(items: impl Iterator<Item = Result<T>>) -> usize {
    let (good, error) = until_error(items);
    assert!(error.message().ends_with("could not be read to its end: the service is too slow"), "{error}");
    assert_eq!(error.failure_type(), FailureType::TransientError);
    good.len()
}

#[test]
fn an_answer_that_dribbles_is_not_waited_for_for_ever() {
    let server = dribbling(b"\"", b"x");
    assert_too_slow([post(server.url()).json::<String>()].into_iter());
    assert_too_slow([post(server.url()).send().unwrap().json::<String>()].into_iter());
    assert_too_slow(post(server.url()).pages::<String>(Pagination::link_header()));
}

/// Blanks between pieces, and before the first or after the last, are bytes, and bring nobody any further.
#[test]
fn a_piece_that_does_not_come_is_given_up_however_many_bytes_do() {
    for (begin, what, pieces) in [
        (&b""[..], &b" "[..], 0),
        (b"{\"a\":[", b"\n", 0),
        (b"{\"a\":[1,2", b" ", 2),
        (b"{\"a\":[1,2,\"", b"x", 2),
        (b"{\"a\":[1,2,[", b"0,", 2),
        (b"{\"a\":[1,2],\"b\":[", b"0,", 2),
    ] {
        let server = dribbling(begin, what);
        assert_eq!(assert_too_slow(post(server.url()).elements::<IgnoredAny>("a")), pieces);
    }
    for (begin, what) in [(&b"{\"n\":1}\n{\"n\":2}\n"[..], &b"\n"[..]), (b"{\"n\":1}\n{\"n\":2}\n", b" ")] {
        assert_eq!(assert_too_slow(post(dribbling(begin, what).url()).json_lines::<Row>()), 2);
    }
    #[cfg(feature = "csv")]
    for (begin, what) in [(&b"n\n1\n2\n"[..], &b"\n"[..]), (b"n\n1\n2\n\"", b"x")] {
        assert_eq!(assert_too_slow(post(dribbling(begin, what).url()).csv::<Row>()), 2);
    }
}

/// They are no part of the body, so ureq reads them all within one read.
#[test]
fn trailers_without_end_are_given_up() {
    for what in [&b"X-T: b\r\n"[..], b"X"] {
        let trailing = |begin| trailing(begin, what);
        assert_too_slow([post(trailing("[1,2]").url()).json::<[u8; 2]>()].into_iter());
        assert_eq!(assert_too_slow(post(trailing("[1,2]").url()).elements::<u8>("")), 2);
        assert_eq!(assert_too_slow(post(trailing("{\"n\":1}\n").url()).json_lines::<Row>()), 1);
        #[cfg(feature = "csv")]
        assert_eq!(assert_too_slow(post(trailing("n\n1\n").url()).csv::<Row>()), 1);
    }
}

/// A refusal is read for its text, and a head has a limit of its own, however many heads come.
#[test]
fn heads_and_refusals_without_end_are_given_up() {
    let refusing = answering(|stream| {
        stream.write_all(b"HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")?;
        for _ in 0..HANG {
            stream.write_all(b"X-T: b\r\n")?;
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    });
    let error = post(refusing.url()).send().err().unwrap();
    assert!(error.message().ends_with("(HTTP 404)"), "{error}");
    for head in ["HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 2"] {
        let waiting = answering(move |stream| {
            let mut bytes = head.bytes().cycle();
            for _ in 0..HANG {
                stream.write_all(&[bytes.next().unwrap_or_default()])?;
                std::thread::sleep(Duration::from_millis(1));
            }
            Ok(())
        });
        let http = hurried().transfer_limits(TransferLimits::default().response_timeout(SHORT));
        let error = http.post(waiting.url()).send().err().unwrap();
        assert!(error.message().contains("did not answer"), "{error}");
    }
}

/// The decoder takes it all in, and has nothing to hand out.
#[test]
fn a_packed_answer_that_unpacks_to_nothing_is_given_up() {
    assert_too_slow([post(packed(b"").url()).json::<String>()].into_iter());
    assert_too_slow([post(packed(b"\"x").url()).send().unwrap().json::<String>()].into_iter());
    assert_eq!(assert_too_slow(post(packed(b"[1,2,").url()).elements::<u8>("")), 2);
    assert_eq!(assert_too_slow(post(packed(b"{\"n\":1}\n").url()).json_lines::<Row>()), 1);
    #[cfg(feature = "csv")]
    assert_eq!(assert_too_slow(post(packed(b"n\n1\n").url()).csv::<Row>()), 1);
}

/// Together they take longer than any of them may.
#[test]
fn pieces_that_come_in_time_may_take_as_long_as_they_like_together() {
    let server = answering(|stream| {
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

/// What an author does between two pieces is no time of the service's.
#[test]
fn an_author_may_take_as_long_as_he_likes() {
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

/// A report that is long in the making is no silence.
#[test]
fn an_answer_may_be_longer_in_coming_than_a_silence_within_one() {
    let server = answering(|stream| {
        std::thread::sleep(SHORT);
        stream.write_all(&[PLAIN, b"[5]"].concat())
    });
    let limits = TransferLimits::default().idle_timeout(SHORT / 4);
    assert_eq!(hurried().transfer_limits(limits).post(server.url()).json::<[u8; 1]>().unwrap(), [5]);
}

#[test]
fn limits_may_be_as_large_as_can_be() {
    let server = service([whole("5"), whole("[5]")]);
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

/// Of a body that is packed three times, a few bytes are at hand at once and unpack to more than there is time for. The
/// connection is not asked for any meanwhile.
#[test]
fn a_small_body_that_unpacks_to_very_much_is_given_up() {
    let gzip = |bytes: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    };
    let body = gzip(&gzip(&gzip(&vec![b'\n'; 64 << 20])));
    assert!(body.len() < 5_000);
    let server = answering(move |stream| {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(&[head.as_bytes(), &body].concat())
    });
    let http = Http::new("test", "0", Vec::new(), None)
        .transfer_limits(TransferLimits::default().body_timeout(Duration::from_millis(5)));
    let error = http.post(server.url()).json_lines::<IgnoredAny>().next().unwrap().unwrap_err();
    assert!(error.message().ends_with("the service is too slow"), "{error}");
    // Within one read: what unpacks to very much unpacks to nothing once more.
    let nothing = gzip(&gzip(&gzip(b"").repeat(1 << 20)));
    let exchange = Arc::new(Exchange::new(Duration::from_millis(5)));
    let manner = Manner {
        exchange,
        gzip: 3,
        charset: Charset::Utf8,
        unframed: false,
        allow_unframed: false,
        proof: Proof::None,
    };
    let error = io::read_to_string(Incoming::new(&nothing[..], manner)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
}
