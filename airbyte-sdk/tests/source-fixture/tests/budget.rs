//! A read whose request budget for the day is exhausted.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

use renamed_sdk::testing::server::Response;
use renamed_sdk::testing::{Connector, Run, Server};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Returns the requested number.
fn server() -> Server {
    let server = Server::start();
    server
        .on("GET /visits")
        .respond_with(|request| Response::text(request.query("number").unwrap_or_default()).close());
    server
}

fn read(stream: &str, mode: &str, state: Option<Value>) -> Run {
    read_with(json!({}), stream, mode, state)
}

fn read_with(mut config: Value, stream: &str, mode: &str, state: Option<Value>) -> Run {
    let connector = Connector::new(env!("CARGO_BIN_EXE_budgeted")).skip_waits();
    let server = server();
    if config["url"].is_null() {
        config["url"] = server.url().into();
    }
    let mut catalog = connector.discover(&config).configured(mode);
    catalog["streams"].as_array_mut().unwrap().retain(|entry| entry["stream"]["name"] == stream);
    let state = state.map(|state| {
        json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": state}}])
    });
    connector.read(&config, &catalog, state.as_ref())
}

#[test]
fn exhausted_budget_completes_a_stream_with_a_position_and_the_next_read_resumes() {
    let mut state = None;
    let ascending = [("visits", 0, 2), ("visits", 2, 4)];
    // Its position is a checkpoint.
    let unordered = [("checked_visits", 0, 2), ("checked_visits", 2, 4)];
    for (stream, first, last) in ascending.into_iter().chain(unordered) {
        let run = read(stream, "incremental", state.filter(|_| first > 0));
        assert_eq!(run.exit_code, Some(0), "{run}");
        assert_eq!(run.statuses(stream), ["STARTED", "RUNNING", "COMPLETE"], "{run}");
        let records = run.records(stream);
        assert_eq!((&records[0]["number"], &records[2]["number"]), (&json!(first), &json!(last)), "{run}");
        let reached = run.final_state()[0]["stream"]["stream_state"].clone();
        assert_eq!(reached, json!({"number": last}));
        let warning = run.all("LOG").into_iter().find(|log| log["level"] == "WARN").unwrap();
        assert!(
            warning["message"]
                .as_str()
                .unwrap()
                .contains("rate limit exhausted: the API allows no requests for the next"),
            "{run}"
        );
        state = Some(reached);
    }
}

/// A successful end would lose the remaining records.
#[test]
fn exhausted_budget_is_an_error_if_the_read_cannot_be_resumed() {
    for (stream, mode) in [("jumbled_visits", "incremental"), ("visits", "full_refresh")] {
        let run = read(stream, mode, None);
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert_eq!(run.errors()[0]["failure_type"], "transient_error", "{run}");
        assert_eq!(run.statuses(stream).last().unwrap(), "INCOMPLETE", "{run}");
    }
}

fn last_state(run: &Run) -> Value {
    run.final_state()[0]["stream"]["stream_state"].clone()
}

/// Returns the shops of the records, in order.
fn shops(run: &Run) -> Vec<String> {
    let records = run.records("shop_visits");
    let mut shops: Vec<String> =
        records.iter().map(|record| record["shop"].as_str().unwrap().to_owned()).collect();
    shops.dedup();
    shops
}

/// The budget of a day is enough for one partition.
#[test]
fn each_partition_is_read_in_turn_with_a_small_budget() {
    let mut state = None;
    let all = json!({"a": {"number": 2}, "b": {"number": 2}, "c": {"number": 2}});
    for (shop, next, known) in [("a", "b", 1), ("b", "c", 2), ("c", "a", 3), ("a", "b", 3)] {
        let run = read("shop_visits", "incremental", state);
        assert_eq!(run.exit_code, Some(0), "{run}");
        assert_eq!(run.statuses("shop_visits"), ["STARTED", "RUNNING", "COMPLETE"], "{run}");
        assert_eq!(shops(&run), [shop], "{run}");
        let reached = last_state(&run);
        assert_eq!(reached["next"], next, "{run}");
        let positions = reached["partitions"].as_object().unwrap();
        assert_eq!(positions.len(), known, "{run}");
        assert!(positions.iter().all(|(shop, position)| all[shop] == *position), "{run}");
        let warning = run.all("LOG").into_iter().find(|log| log["level"] == "WARN").unwrap();
        let expected = format!("{next}: rate limit exhausted: the API allows no requests for the next");
        assert!(warning["message"].as_str().unwrap().contains(&expected), "{run}");
        state = Some(reached);
    }
}

#[test]
fn single_partition_has_no_next_partition() {
    let run = read_with(json!({"shops": ["a"]}), "shop_visits", "incremental", None);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(last_state(&run), json!({"partitions": {"a": {"number": 2}}}), "{run}");
}

/// The partitions are unknown, but their positions must be kept.
#[test]
fn list_that_exhausts_the_budget_leaves_the_state_unchanged() {
    for state in [
        json!({"partitions": {"a": {"number": 1}, "b": {"number": 2}}, "next": "b"}),
        // The state of an unpartitioned stream.
        json!({"number": 1}),
        json!({}),
    ] {
        let config = json!({"requests_per_list": 4});
        let run = read_with(config, "shop_visits", "incremental", Some(state.clone()));
        assert_eq!(run.exit_code, Some(0), "{run}");
        assert_eq!(run.statuses("shop_visits"), ["STARTED", "RUNNING", "COMPLETE"], "{run}");
        assert!(run.all("RECORD").is_empty(), "{run}");
        assert_eq!(last_state(&run), state, "{run}");
    }
}

/// Otherwise rejected requests would decide where the next day starts.
#[test]
fn partition_without_any_response_is_next_again() {
    // The first 429 requests a short wait, the second for an hour.
    let (waits, rejecting) = (AtomicU64::new(1), Server::start());
    rejecting
        .on("GET /visits")
        .respond_with(move |_| Response::new(429).header("Retry-After", waits.swap(3600, Relaxed)).close());
    for config in [json!({"requests_per_list": 3}), json!({"url": rejecting.url()})] {
        let given = json!({"partitions": {"a": {"number": 2}}, "next": "b"});
        let run = read_with(config, "shop_visits", "incremental", Some(given.clone()));
        assert_eq!(run.exit_code, Some(0), "{run}");
        assert_eq!(last_state(&run), given, "{run}");
    }
}

/// The list leaves one request of the budget, which counts as the partition's turn.
#[test]
fn partition_with_one_response_had_its_turn() {
    let given = json!({"partitions": {"b": {"number": 9}}, "next": "b"});
    let config = json!({"requests_per_list": 2, "requests_per_shop": 5});
    let run = read_with(config, "shop_visits", "incremental", Some(given));
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(last_state(&run), json!({"partitions": {"b": {"number": 9}}, "next": "c"}), "{run}");
}

/// Even if it has no new records.
#[test]
fn partition_larger_than_the_budget_does_not_block_the_others() {
    let given = json!({"partitions": {"b": {"number": 9}}, "next": "b"});
    let config = json!({"requests_per_shop": 5});
    let run = read_with(config.clone(), "shop_visits", "incremental", Some(given));
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(last_state(&run), json!({"partitions": {"b": {"number": 9}}, "next": "c"}), "{run}");
    let run = read_with(config, "shop_visits", "incremental", Some(last_state(&run)));
    assert_eq!(shops(&run), ["c"]);
    assert_eq!(
        last_state(&run),
        json!({"partitions": {"b": {"number": 9}, "c": {"number": 2}}, "next": "a"}),
        "{run}"
    );
}
