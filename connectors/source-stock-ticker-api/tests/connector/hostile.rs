//! A faulty or malicious API: each case ends soon with an error, and the key is never sent elsewhere.

use crate::common::*;
use airbyte_sdk::testing::Run;
use serde_json::json;
use std::io::Write as _;
use std::sync::Arc;
use stock_api_emulator::{Answer, CallLimit, Emulator, NextPage, RetryAfter, faults};

fn read(emulator: &Emulator) -> Run {
    connector().read(&config(&emulator.url()), &catalog("incremental"), None)
}

/// Asserts that a read of this response fails with this message and sends no record and no state.
fn assert_rejected(response: Answer, failure_type: &str, expected: &str) {
    let emulator = scripted(move |_, _| Some(response.clone()));
    let run = read(&emulator);
    let message = assert_incomplete(&run, failure_type);
    assert!(message.contains(expected), "{message}");
    assert!(run.records("stock_prices").is_empty() && run.states().is_empty(), "{run}");
}

/// Sends this head, then repeats these bytes forever.
fn endless(head: &'static [u8], bytes: &'static [u8]) -> Answer {
    Answer::scripted(move |to| {
        to.write_all(head)?;
        loop {
            to.write_all(bytes)?;
        }
    })
}

#[test]
fn endless_response_head_is_an_error() {
    let response = endless(b"HTTP/1.1 200 OK\r\nX-Much: ", &[b'x'; 4096]);
    assert_rejected(response, "transient_error", "did not answer");
}

#[test]
fn deeply_nested_json_is_an_error() {
    let deep = "[".repeat(100_000);
    assert_rejected(Answer::text(200, format!(r#"{{"x":{deep}"#)), "transient_error", "no JSON");
}

/// Endless zeros, small on the wire and large in memory: before JSON, within a number and within a string.
#[test]
fn gzip_bomb_is_an_error() {
    for (begin, zero) in [("", b'\0'), (r#"{"ticker":"TSLA","results":["#, b'0'), (r#"{"ticker":""#, b'0')] {
        let bomb = Answer::scripted(move |to| {
            to.write_all(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")?;
            let mut packed = flate2::write::GzEncoder::new(to, flate2::Compression::fast());
            packed.write_all(begin.as_bytes())?;
            let zeros = [zero; 64 * 1024];
            (0..10_u64 << 14).try_for_each(|_| packed.write_all(&zeros))
        });
        let emulator = scripted(move |_, _| Some(bomb.clone()));
        let run = read(&emulator);
        assert_eq!(run.exit_code, Some(1), "{run}");
        let message = run.errors()[0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains("has more than 16777216 bytes"), "{message}");
        assert!(run.records("stock_prices").is_empty(), "{run}");
    }
}

#[test]
fn invalid_utf8_is_an_error() {
    let body = b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n{\"ticker\":\"TSLA\xff\xfe\",\"results\":[]";
    assert_rejected(Answer::scripted(|to| to.write_all(body)), "transient_error", "no JSON");
}

#[test]
fn wrong_content_length_is_an_error() {
    let body = r#"{"ticker":"TSLA","adjusted":true,"status":"OK","results":[]}"#;
    for (length, expected) in [("20", "no JSON"), ("2000", "could not be read to its end")] {
        let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
        assert_rejected(
            Answer::scripted(move |to| to.write_all(response.as_bytes())),
            "transient_error",
            expected,
        );
    }
    assert_rejected(
        Answer::json(200, &json!({})).header("Content-Length", "minus one"),
        "transient_error",
        "",
    );
}

/// The second page is requested at the origin of the first, or not at all.
#[test]
fn next_page_is_requested_only_at_the_first_origin() {
    let thief = emulator();
    for (next_page, completes) in [
        (NextPage::At(thief.url()), true),
        (NextPage::At("https://api.polygon.io".to_owned()), true),
        (NextPage::Relative, true),
        (NextPage::AfterAnEmptyOne, true),
        (NextPage::At("file://".to_owned()), false),
        (NextPage::Itself, false),
    ] {
        let emulator = emulator_with(|settings| {
            settings.next_page = next_page.clone();
            settings.page_cap = Some(2);
        });
        let run = read(&emulator);
        if completes {
            assert_complete(&run);
        } else {
            assert_incomplete(&run, "system_error");
            assert!(emulator.requests().len() <= 2, "{next_page:?}: {} requests", emulator.requests().len());
        }
    }
    assert!(thief.requests().is_empty());
}

/// A page of another ticker, or with unadjusted instead of adjusted prices.
#[test]
fn next_page_of_another_ticker_is_an_error() {
    let changes: [fn(&mut stock_api_emulator::Settings); 2] = [
        |settings| settings.next_page = NextPage::OtherTicker("AAPL".to_owned()),
        |settings| settings.adjusted_flips = true,
    ];
    for change in changes {
        let emulator = emulator_with(|settings| {
            settings.page_cap = Some(2);
            change(settings);
        });
        let run = read(&emulator);
        assert_incomplete(&run, "transient_error");
        assert_eq!(run.records("stock_prices").len(), 2);
    }
}

#[test]
fn loop_of_three_pages_is_an_error() {
    let emulator = scripted(|count, _| {
        let next = format!("/v2/aggs/{}", ["b", "c", "a"][count % 3]);
        Some(Answer::json(
            200,
            &json!({"ticker": "TSLA", "adjusted": true, "status": "OK", "next_url": next, "results": []}),
        ))
    });
    let message = assert_incomplete(&read(&emulator), "system_error");
    assert!(message.contains("links back to page"), "{message}");
    assert!(emulator.requests().len() <= 5, "{}", emulator.requests().len());
}

#[test]
fn permanent_429_is_retried_and_then_an_error() {
    for (retry_after, waited) in [
        (RetryAfter::Absent, "61.0 s"),
        (RetryAfter::Seconds(20), "20.0 s"),
        (RetryAfter::Date(90), "90.0 s"),
    ] {
        let emulator = emulator_with(|settings| {
            settings.clock = Some(jiff::Timestamp::now());
            settings.call_limit = Some(CallLimit { calls: 0, retry_after, ..CallLimit::FREE });
        });
        let run = read(&emulator);
        assert_eq!(run.exit_code, Some(1), "{run}");
        let message = assert_error(&run, "transient_error");
        assert!(message.contains("maximum requests per minute"), "{message}");
        // A date is compared with the client's clock, so the exact wait varies.
        let wait = if waited == "90.0 s" { "asking again in " } else { waited };
        assert_eq!(run.stdout.matches(wait).count(), 4, "{run}");
        assert_eq!(emulator.requests().len(), 5);
    }
}

/// A retry before the requested time would only count against the limit.
#[test]
fn retry_after_of_two_hours_is_not_waited_for() {
    let limit = CallLimit { calls: 0, retry_after: RetryAfter::Seconds(7200), ..CallLimit::FREE };
    let emulator = emulator_with(|settings| settings.call_limit = Some(limit));
    let message = assert_incomplete(&read(&emulator), "transient_error");
    assert!(message.contains("no more requests for the next 120 minutes"), "{message}");
    assert_eq!(emulator.requests().len(), 1);
}

#[test]
fn key_echoed_in_a_response_is_blanked() {
    for status in [400, 401, 403, 404, 500] {
        let emulator = emulator_with(|settings| settings.fault = Some(faults::echo_key(status)));
        let run = read(&emulator);
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert!(run.stdout.contains("****") && !run.stdout.contains(KEY), "{run}");
    }
}

#[test]
fn unknown_host_is_an_error() {
    let run = connector().read(&config("http://no-such-host.invalid"), &catalog("incremental"), None);
    let message = assert_incomplete(&run, "transient_error");
    assert!(message.contains("no-such-host.invalid"), "{message}");
}

/// A retry would not help.
#[test]
fn self_signed_certificate_is_an_error() {
    let server = tls::Server::start();
    let run = connector().read(&config(&server.url), &catalog("incremental"), None);
    let message = assert_incomplete(&run, "transient_error");
    assert!(message.contains("No safe connection to localhost"), "{message}");
    assert_eq!(server.connections(), 1);
}

/// A company that inspects TLS traffic has its own CA, and names it in this variable.
#[test]
fn certificate_in_ssl_cert_file_is_trusted() {
    let server = tls::Server::start();
    let connector = connector();
    let mut read = connector.read_command(&config(&server.url), &catalog("incremental"), None);
    let pem = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/connector/self_signed.pem");
    let output = read.env("SSL_CERT_FILE", pem).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    // The server completes the handshake, then closes the connection.
    assert!(stdout.contains("localhost did not answer") && !stdout.contains("afe connection"), "{stdout}");
    assert_eq!(server.connections(), 5);
}

mod tls {
    use super::Arc;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    /// A TLS server with a self-signed certificate. It is valid from 2000 to 2199, so that the tests pass at any date:
    /// `faketime '2000-01-01 00:00:00' openssl req -x509 -new -key KEY -days 73000 -subj /CN=localhost -addext
    /// subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE`.
    pub(super) struct Server {
        pub(super) url: String,
        connections: Arc<AtomicUsize>,
    }

    impl Server {
        pub(super) fn start() -> Self {
            let pem = include_bytes!("self_signed.pem");
            let certificate = CertificateDer::from_pem_slice(pem).unwrap();
            let key = PrivateKeyDer::from_pem_slice(pem).unwrap();
            let config = rustls::ServerConfig::builder()
                .with_no_client_auth()
                .with_single_cert(vec![certificate], key)
                .unwrap();
            let (config, connections) = (Arc::new(config), Arc::new(AtomicUsize::new(0)));
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
            let counted = Arc::clone(&connections);
            std::thread::spawn(move || {
                for stream in listener.incoming() {
                    let mut stream = stream.unwrap();
                    counted.fetch_add(1, SeqCst);
                    let mut connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
                    // The client may close the connection after it has seen the certificate.
                    while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
                }
            });
            Self { url, connections }
        }

        pub(super) fn connections(&self) -> usize {
            self.connections.load(SeqCst)
        }
    }
}
