//! The state file: each format is resumed or rejected, and none silently restarts the stream.

use crate::common::*;
use airbyte_sdk::testing::{Connector, Run};
use serde_json::{Value, json};
use std::ffi::OsString;

fn read_with_state(connector: &Connector, config: &Value, state: &[u8]) -> Run {
    let mut arguments: Vec<OsString> = vec!["read".into()];
    for (flag, text) in [
        ("--config", config.to_string().as_bytes()),
        ("--catalog", catalog("incremental").to_string().as_bytes()),
        ("--state", state),
    ] {
        arguments.push(flag.into());
        arguments.push(connector.file(&format!("{}.json", &flag[2..]), text).into());
    }
    connector.run(arguments)
}

#[test]
fn every_state_format_can_be_resumed() {
    let emulator = emulator();
    let connector = connector();
    let config = config(&emulator.url());
    let whole = connector.read(&config, &catalog("incremental"), None);
    let read = |state: &Value| connector.read(&config, &catalog("incremental"), Some(state));
    let rest = read(&state("2020-11-19")).records("stock_prices");
    assert_ne!(rest.len(), whole.records("stock_prices").len());

    let message = state("2020-11-19")[0].take();
    let stream = &message["stream"];
    for state in [
        message.clone(),
        stream.clone(),
        json!([stream]),
        json!({"state": message}),
        json!({"type": "STATE", "state": message}),
        json!({"shared_state": null, "stream_states": [stream]}),
        json!({"type": "GLOBAL", "global": {"shared_state": {}, "stream_states": [stream]}}),
        json!({"type": "LEGACY", "data": {"stock_prices": {"date": "2020-11-19"}}}),
        json!({"stock_prices": {"date": "2020-11-19"}}),
        json!([{"streamDescriptor": {"name": "stock_prices"}, "streamState": {"date": "2020-11-19"}}]),
    ] {
        let run = read(&state);
        assert_complete(&run);
        assert!(run.records("stock_prices") == rest, "{state}");
    }

    // The whole output of a run, and only its STATE messages.
    let again = read(&whole.final_state());
    let states = whole
        .stdout
        .lines()
        .filter(|line| line.starts_with("{\"type\":\"STATE\""))
        .map(|line| format!("{line}\n"));
    for state in [whole.stdout.clone(), states.collect()] {
        let run = read_with_state(&connector, &config, state.as_bytes());
        assert_complete(&run);
        assert_eq!(run.records("stock_prices"), again.records("stock_prices"));
        assert_ne!(run.records("stock_prices"), whole.records("stock_prices"));
    }
}

/// A platform that does not know the type of the cursor may return a date as a timestamp.
#[test]
fn position_in_another_date_format_is_resumed() {
    let emulator = emulator();
    let connector = connector();
    let config = config(&emulator.url());
    let read = |date: &str| connector.read(&config, &catalog("incremental"), Some(&state(date)));
    let rest = read("2020-11-19").records("stock_prices");
    for date in [
        "2020-11-19T00:00:00Z",
        "2020-11-19T00:00:00",
        "2020-11-19T17:30:00.000+00:00",
        "2020-11-19 00:00:00",
    ] {
        assert!(read(date).records("stock_prices") == rest, "{date}");
    }
    for date in [
        "2020-11-19T00:00:00+01:00",
        "2020-11-19T00:00:00[Europe/Oslo]",
        "2020-11-19T99:00:00Z",
        "2020-11-19Z",
    ] {
        let run = read(date);
        let message = assert_incomplete(&run, "config_error");
        assert!(message.contains("its `date` is not a valid cursor value: it is text"), "{date}: {message}");
    }
}

#[test]
fn state_of_an_unknown_stream_is_ignored_with_a_warning() {
    let emulator = emulator();
    let mut gone = state("2020-11-19");
    gone[0]["stream"]["stream_descriptor"]["name"] = "Stock-Prices".into();
    let run = connector().read(&config(&emulator.url()), &catalog("incremental"), Some(&gone));
    assert_complete(&run);
    let warning =
        "ignoring the state of `Stock-Prices`: there is no such stream (did you mean `stock_prices`?)";
    assert!(run.all("LOG").iter().any(|log| log["level"] == "WARN" && log["message"] == warning), "{run}");
    // The state of an existing stream that is not configured causes no warning.
    gone[0]["stream"]["stream_descriptor"] = json!({"name": "stock_prices", "namespace": ""});
    let run = connector().read(&config(&emulator.url()), &catalog("incremental"), Some(&gone));
    assert!(run.all("LOG").iter().all(|log| log["level"] != "WARN"), "{run}");
}

#[test]
fn state_without_a_position_reads_from_the_beginning() {
    let emulator = emulator();
    let connector = connector();
    let config = config(&emulator.url());
    let whole = connector.read(&config, &catalog("incremental"), None).records("stock_prices");
    let mut other = state("2020-11-19");
    other[0]["stream"]["stream_descriptor"]["name"] = "another".into();
    let mut null = state("2020-11-19");
    null[0]["stream"]["stream_state"] = Value::Null;
    let mut empty = state("2020-11-19");
    empty[0]["stream"]["stream_state"] = json!({});
    for state in [json!([]), json!({}), json!(null), other, null, empty] {
        let run = connector.read(&config, &catalog("incremental"), Some(&state));
        assert_complete(&run);
        assert_eq!(run.records("stock_prices"), whole, "{state}");
    }
    // But an empty file may be a state that was not written completely.
    for text in ["", " \n", "\u{feff}"] {
        let run = read_with_state(&connector, &config, text.as_bytes());
        let message = assert_error(&run, "config_error");
        assert!(message.contains("is empty; if there is no state, pass a file with `[]`"), "{message}");
    }
}

#[test]
fn invalid_state_is_an_error_and_never_a_silent_restart() {
    let emulator = emulator();
    let mut number = state("x");
    number[0]["stream"]["stream_state"]["partitions"]["TSLA"]["date"] = 20_201_215.into();
    let mut key = state("x");
    key[0]["stream"]["stream_state"] = json!({"Date": "2020-12-15"});
    let mut text = state("x");
    text[0]["stream"]["stream_state"] = "2020-12-15".into();
    for (state, expected) in [
        (
            json!({"singer_state": state("2020-11-19")[0]["stream"]}),
            "`singer_state` is not a stream of this source",
        ),
        (json!({"bookmarks": {"stock_prices": {"date": "2020-11-19"}}}), "`bookmarks` is not a stream"),
        (json!({"Stock_Prices": {"date": "2020-11-19"}}), "(did you mean `stock_prices`?)"),
        (json!({"streams": []}), "`streams` is not a stream"),
        (json!([{"type": "STREAM"}]), "`[0].stream.stream_descriptor.name`"),
        (json!("text"), "must be a list of STATE messages, not text"),
        (json!([1]), "`[0]` must be a STATE message"),
        (state("2020-12-32"), "stream `stock_prices` cannot be read: its `date`"),
        (number, "stream `stock_prices` cannot be read: its `date`"),
        (key, "stream `stock_prices` cannot be read: its `date` is missing"),
        (text, "`[0].stream.stream_state` must be an object, not text"),
    ] {
        let run = connector().read(&config(&emulator.url()), &catalog("incremental"), Some(&state));
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert!(assert_error(&run, "config_error").contains(expected), "{expected}: {run}");
        assert!(run.records("stock_prices").is_empty() && run.states().is_empty(), "{run}");
    }
    assert!(emulator.requests().is_empty());
}
