//! When a service allows no more requests for today.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

use renamed_sdk::testing::{Connector, Run};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

/// A service that answers each request with the number it was asked for.
fn service() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let asked = lines.next().unwrap_or_default();
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let after = asked.split_once('=').map_or("", |(_, number)| number);
            let number: String = after.chars().take_while(char::is_ascii_digit).collect();
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", number.len());
            let _ = (&stream).write_all(format!("{head}{number}").as_bytes());
        }
    });
    url
}

fn read(stream: &str, mode: &str, state: Option<Value>) -> Run {
    let connector = Connector::new(env!("CARGO_BIN_EXE_budgeted"));
    let config = json!({"url": service()});
    let mut catalog = connector.discover(&config).configured(mode);
    catalog["streams"].as_array_mut().unwrap().retain(|entry| entry["stream"]["name"] == stream);
    let state = state.map(|state| {
        json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": state}}])
    });
    connector.read(&config, &catalog, state.as_ref())
}

#[test]
fn an_ascending_stream_ends_well_where_it_is_and_goes_on_from_there() {
    let mut state = None;
    for (first, last) in [(0, 2), (2, 4)] {
        let run = read("visits", "incremental", state);
        assert_eq!(run.exit_code, Some(0), "{run}");
        assert_eq!(run.statuses("visits"), ["STARTED", "RUNNING", "COMPLETE"], "{run}");
        let records = run.records("visits");
        assert_eq!((&records[0]["number"], &records[2]["number"]), (&json!(first), &json!(last)), "{run}");
        let reached = run.final_state()[0]["stream"]["stream_state"].clone();
        assert_eq!(reached, json!({"number": last}));
        let warning = run.all("LOG").into_iter().find(|log| log["level"] == "WARN").unwrap();
        assert!(warning["message"].as_str().unwrap().contains("no more requests for the next"), "{run}");
        state = Some(reached);
    }
}

/// Who would lose the rest says so.
#[test]
fn what_cannot_be_gone_on_with_is_an_error() {
    for (stream, mode) in [("jumbled_visits", "incremental"), ("visits", "full_refresh")] {
        let run = read(stream, mode, None);
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert_eq!(run.errors()[0]["failure_type"], "transient_error", "{run}");
        assert_eq!(run.statuses(stream).last().unwrap(), "INCOMPLETE", "{run}");
    }
}
