//! Bodies without a length: what proves that they are complete, and what does not.

use super::super::json::{ArrayOptions, Json};
use super::super::{Format, ReadError};
use super::ChunkedBody;
use super::http::{Row, good, server_with, until_error};
use crate::error::{Error, Result};
use crate::http::charset::Charset;
use crate::http::incoming::{Decoding, Incoming, Proof};
use crate::http::transport::{End, Exchange};
use crate::http::{Http, Request, TransferLimits};
use crate::protocol::FailureType;
use crate::testing::Server;
use crate::testing::server::{Gate, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// The timeout of an item in the TLS tests.
const ITEM_TIMEOUT: Duration = Duration::from_millis(500);

const UNFRAMED: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

/// Returns a server that sends these bodies, one for each request, and closes the connection after each.
fn closing(bodies: &[&[u8]]) -> Server {
    server_with(bodies.iter().map(|body| [UNFRAMED.as_bytes(), body].concat()))
}

fn client() -> Http {
    Http::without_waits()
}

fn get(server: &Server) -> Request {
    client().get(server.url())
}

/// Returns a server that resets the connection after the body, when the gate opens.
fn resetting(body: &str) -> (Server, Gate) {
    let (server, gate) = (Server::start(), Gate::new());
    let bytes = format!("{UNFRAMED}{body}");
    let end = bytes.len();
    server.on("*").respond(Response::raw(bytes).wait_after(end, &gate).reset_after(end));
    (server, gate)
}

fn numbers(rows: impl Iterator<Item = Result<Row>>) -> impl Iterator<Item = Result<u8>> {
    rows.map(|row| row.map(|row| row.n))
}

fn assert_cut(error: &Error, why: &str) {
    assert_eq!(error.failure_type(), FailureType::TransientError, "{error:?}");
    assert!(error.message().contains(" failed: the connection was "), "{error}");
    assert!(error.message().contains(why), "{error}");
}

/// Reads until the error, and resets the connection after the first item.
fn until_reset(mut items: impl Iterator<Item = Result<u8>>, reset: &Gate) -> (Vec<u8>, Error) {
    let first = items.next().unwrap().unwrap();
    reset.open();
    let (rest, error) = until_error(items);
    ([vec![first], rest].concat(), error)
}

#[test]
fn reset_connection_is_never_the_end_of_a_body() {
    for allowed in [false, true] {
        let request_to = |server: &Server| {
            let request = client().post(server.url());
            if allowed { request.allow_unframed_body() } else { request }
        };
        let (server, reset) = resetting("{\"n\":1}\n{\"n\":2}\n3");
        let (lines, error) = until_reset(numbers(request_to(&server).json_lines()), &reset);
        assert_eq!(lines, [1, 2]);
        assert_cut(&error, "reset");
        let (server, reset) = resetting("{\"a\":[1,2");
        let (elements, error) = until_reset(request_to(&server).elements("a"), &reset);
        assert_eq!(elements, [1]);
        assert_cut(&error, "reset");
        #[cfg(feature = "csv")]
        {
            let (server, reset) = resetting("n\n1\n2\n7");
            let (rows, error) = until_reset(numbers(request_to(&server).csv()), &reset);
            assert_eq!(rows, [1, 2]);
            assert_cut(&error, "reset");
        }
    }
}

#[test]
fn closed_connection_is_the_end_of_a_table_only_if_allowed() {
    for (body, count) in [("{\"n\":1}\n{\"n\":2}\n", 2), ("{\"n\":1}\n{\"n\":70}", 1)] {
        let (lines, error) = until_error(numbers(get(&closing(&[body.as_bytes()])).json_lines()));
        assert_eq!(lines, [1, 2][..count]);
        assert_cut(&error, "call `allow_unframed_body`");
        let server = closing(&[body.as_bytes()]);
        assert_eq!(good(get(&server).allow_unframed_body().json_lines::<Row>()).len(), 2);
        assert_eq!(server.requests().len(), 1);
    }
    #[cfg(feature = "csv")]
    for (body, count) in [("n\n1\n2\n", 2), ("n\n1\n70", 1)] {
        let (rows, error) = until_error(numbers(get(&closing(&[body.as_bytes()])).csv()));
        assert_eq!(rows, [1, 2][..count]);
        assert_cut(&error, "call `allow_unframed_body`");
        assert_eq!(good(get(&closing(&[body.as_bytes()])).allow_unframed_body().csv::<Row>()).len(), 2);
    }
}

#[test]
fn body_that_is_cut_off_before_its_first_row_is_requested_again() {
    let server = closing(&[b"{\"n\":7", b"{\"n\":70}\n"]);
    assert_eq!(until_error(numbers(get(&server).json_lines())).0, [70]);
    assert_eq!(server.requests().len(), 2);
    let server = closing(&[b"[7", b"[70]"]);
    assert_eq!(good(get(&server).elements::<u8>("")), [70]);
    assert_eq!(server.requests().len(), 2);
    let server = closing(&[b"{\"n\":7", b"{\"n\":70}"]);
    assert_eq!(get(&server).json::<Row>().unwrap().n, 70);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn json_proves_its_end_unless_it_is_a_number() {
    let server = closing(&[b"{\"n\":1} ", b"[1, 2]", b"\"text\"", b"null"]);
    assert_eq!(get(&server).json::<Value>().unwrap()["n"], 1);
    assert_eq!(good(get(&server).elements::<u8>("")), [1, 2]);
    assert_eq!(get(&server).json::<String>().unwrap(), "text");
    assert_eq!(get(&server).json::<Option<u8>>().unwrap(), None);
    assert_eq!(server.requests().len(), 4);
    let number = || closing(&[b"70"]);
    assert_cut(&get(&number()).send().unwrap().json::<u8>().unwrap_err(), "call `allow_unframed_body`");
    assert_eq!(get(&number()).allow_unframed_body().json::<u8>().unwrap(), 70);
}

#[test]
fn complete_document_is_accepted_however_its_connection_ends() {
    for end in [End::Unproven, End::Reset] {
        for (text, complete) in [("[1,2]", true), ("[1,2", false), ("[1,", false), ("[1", false), ("", false)]
        {
            let reader = ChunkedBody::new(text, &[]).unframed(Proof::Syntax, end);
            let mut json = Json::open(reader, Vec::new(), ArrayOptions::array(""));
            let end = std::iter::from_fn(|| json.next::<u8>().transpose()).find_map(Result::err);
            assert!(matches!((&end, complete), (None, true) | (Some(ReadError::Io(_)), false)), "{end:?}");
        }
    }
}

#[test]
fn checksum_of_gzip_proves_the_end() {
    let server_with_gzip = |cut: usize, layers: usize| {
        let mut body = b"{\"n\":1}\n{\"n\":2}".to_vec();
        for _ in 0..layers {
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            packed.write_all(&body).unwrap();
            body = packed.finish().unwrap();
        }
        body.truncate(body.len() - cut);
        let codings = ["", "x-gzip", "GZIP, identity, gzip"][layers];
        let head = UNFRAMED.replacen("\r\n", &format!("\r\nContent-Encoding: {codings}\r\n"), 1);
        server_with([[head.as_bytes(), &body].concat()])
    };
    for layers in [1, 2] {
        assert_eq!(good(client().post(server_with_gzip(0, layers).url()).json_lines::<Row>()).len(), 2);
        let (_, error) = until_error(client().post(server_with_gzip(1, layers).url()).json_lines::<Row>());
        assert_eq!(error.failure_type(), FailureType::TransientError, "{error:?}");
    }
}

/// Another gzip member might have followed.
#[test]
fn reset_connection_is_not_the_end_of_a_gzip_table() {
    let read = |end| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(b"{}").unwrap();
        let exchange = Arc::new(Exchange::new(ITEM_TIMEOUT));
        exchange.ended(end);
        let body = ChunkedBody::new(packed.finish().unwrap(), &[]);
        let decoding = Decoding {
            exchange,
            gzip: 1,
            charset: Charset::Utf8,
            unframed: true,
            allow_unframed: false,
            proof: Proof::None,
        };
        io::read_to_string(Incoming::new(body, decoding))
    };
    assert_eq!(read(End::Proven).unwrap(), "{}");
    assert_eq!(read(End::Unproven).unwrap(), "{}");
    assert_eq!(read(End::Reset).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
}

/// How a server ends TLS.
#[derive(Clone, Copy, PartialEq)]
enum Ending {
    CloseNotify,
    Closed,
    /// TLS does not end: the server sends records without data.
    Never,
}

/// Returns a request to a TLS server, which `testing::Server` cannot be.
fn tls(body: &'static str, ending: Ending) -> Request {
    let pem = include_bytes!("../../../../tests/shared/self_signed.pem");
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(pem).unwrap()],
            PrivateKeyDer::from_pem_slice(pem).unwrap(),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::<_, _>::ok) {
            let _ = respond_by_tls(stream, &config, body, ending);
        }
    });
    client().transfer_limits(TransferLimits::default().body_timeout(ITEM_TIMEOUT)).get(url)
}

fn respond_by_tls(
    stream: TcpStream,
    config: &Arc<rustls::ServerConfig>,
    body: &str,
    ending: Ending,
) -> io::Result<()> {
    let connection = rustls::ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    let mut tls = rustls::StreamOwned::new(connection, stream);
    let head = BufReader::new(&mut tls).lines().map_while(Result::<_, _>::ok);
    head.take_while(|line| !line.is_empty()).for_each(drop);
    tls.write_all(format!("{UNFRAMED}{body}").as_bytes())?;
    tls.flush()?;
    match ending {
        Ending::CloseNotify => tls.conn.send_close_notify(),
        Ending::Closed => {}
        Ending::Never => {
            for _ in 0..30 {
                tls.conn.refresh_traffic_keys().map_err(io::Error::other)?;
                tls.flush()?;
                std::thread::sleep(ITEM_TIMEOUT / 5);
            }
        }
    }
    tls.flush()
}

/// The certificate authority is read from the environment, so the test runs in its own process.
#[test]
fn close_notify_proves_the_end() {
    const NAME: &str = "http::body::tests::truncation::close_notify_proves_the_end";
    let pem = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/shared/self_signed.pem");
    if std::env::var_os("SSL_CERT_FILE").is_none_or(|file| file != pem) {
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        let output = again.args(["--exact", NAME, "--nocapture"]).env("SSL_CERT_FILE", pem).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.contains("1 passed"), "{said}{output:?}");
        return;
    }
    let body = "{\"n\":1}\n{\"n\":70}";
    assert_eq!(good(numbers(tls(body, Ending::CloseNotify).json_lines())), [1, 70]);
    let (lines, error) = until_error(numbers(tls(body, Ending::Closed).json_lines()));
    assert_eq!(lines, [1]);
    assert_cut(&error, "call `allow_unframed_body`");
    assert_eq!(good(numbers(tls(body, Ending::Closed).allow_unframed_body().json_lines())), [1, 70]);
    assert_eq!(tls("{\"n\":1}", Ending::Closed).json::<Row>().unwrap().n, 1);
    // ureq reads them all within one read.
    let (lines, error) = until_error(numbers(tls("{\"n\":1}\n", Ending::Never).json_lines()));
    assert_eq!(lines, [1]);
    assert!(error.message().contains(" failed: timed out ("), "{error}");
}
