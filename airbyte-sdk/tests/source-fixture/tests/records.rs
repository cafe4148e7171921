//! Nested keys and cursors, null cursors, and non-finite numbers.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

use renamed_sdk::testing::{Connector, Run};
use serde_json::{Value, json};

fn connector() -> Connector {
    Connector::new(env!("CARGO_BIN_EXE_source-fixture"))
}

/// Reads one stream; `None` selects all columns.
fn read(config: &Value, stream: &str, columns: Option<&[&str]>, state: Option<&Value>) -> Run {
    let connector = connector();
    let catalog = catalog(&connector, config, stream, columns);
    connector.read(config, &catalog, state)
}

fn catalog(connector: &Connector, config: &Value, stream: &str, columns: Option<&[&str]>) -> Value {
    let mut catalog = connector.discover(config).configured("incremental");
    let streams = catalog["streams"].as_array_mut().unwrap();
    streams.retain(|entry| entry["stream"]["name"] == stream);
    if let Some(columns) = columns {
        let properties = &mut streams[0]["stream"]["json_schema"]["properties"];
        properties.as_object_mut().unwrap().retain(|name, _| columns.contains(&name.as_str()));
    }
    catalog
}

fn state_of(run: &Run) -> Value {
    run.states()[0]["stream"]["stream_state"].clone()
}

#[test]
fn nested_keys_and_cursors_use_serialized_names() {
    let catalog = catalog(&connector(), &json!({}), "measurements", None);
    let stream = &catalog["streams"][0]["stream"];
    assert_eq!(stream["source_defined_primary_key"], json!([["about", "deviceId"]]));
    assert_eq!(stream["default_cursor_field"], json!(["about", "at"]));
    let columns: Vec<&String> = stream["json_schema"]["properties"].as_object().unwrap().keys().collect();
    assert_eq!(columns, ["about", "mainValue", "others", "note"]);
}

#[test]
fn nested_cursor_is_resumed_and_records_without_one_are_sent() {
    let config = json!({"count": 6});
    let run = read(&config, "measurements", None, None);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(run.records("measurements").len(), 6);
    assert_eq!(state_of(&run), json!({"about.at": 50}));
    let state = json!({"measurements": {"about.at": 40}});
    let rest = read(&config, "measurements", None, Some(&state));
    let ids: Vec<Value> =
        rest.records("measurements").iter().map(|record| record["about"]["deviceId"].clone()).collect();
    assert_eq!(ids, [4, 5]);
    let rejected = read(&config, "measurements", None, Some(&json!({"measurements": {"at": 40}})));
    let message = rejected.errors()[0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("its `about.at` is missing"), "{message}");
}

#[test]
fn non_finite_number_is_null_and_reported_in_meta() {
    let run = read(&json!({"count": 2}), "measurements", None, None);
    let records = run.all("RECORD");
    assert_eq!(records[0].get("meta"), None, "{run}");
    assert_eq!(
        records[1]["data"],
        json!({"about": {"deviceId": 1, "at": 10}, "mainValue": null, "others": [1.5, null, null], "note": null})
    );
    let change =
        |field: &str| json!({"field": field, "change": "NULLED", "reason": "SOURCE_SERIALIZATION_ERROR"});
    assert_eq!(records[1]["meta"], json!({"changes": [change("mainValue"), change("others[]")]}));
    // Columns that are not selected are not reported.
    let run = read(&json!({"count": 2}), "measurements", Some(&["about", "others"]), None);
    assert_eq!(run.all("RECORD")[1]["meta"], json!({"changes": [change("others[]")]}));
    let run = read(&json!({"count": 2}), "measurements", Some(&["about"]), None);
    assert_eq!(run.all("RECORD")[1].get("meta"), None, "{run}");
}

#[test]
fn non_finite_number_is_an_error_if_the_stream_says_so() {
    let run = read(&json!({}), "counted", None, None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(run.records("counted"), [json!({"value": 1.5})]);
    let error = &run.errors()[0];
    assert_eq!(error["failure_type"], "system_error");
    assert_eq!(error["message"], "The number in `value` is not finite");
}

#[test]
fn stream_whose_first_record_fails_has_one_running_status() {
    let run = read(&json!({"count": 0}), "counted", None, None);
    assert_eq!(run.records("counted"), [json!(null); 0], "{run}");
    assert_eq!(run.statuses("counted"), ["STARTED", "RUNNING", "INCOMPLETE"], "{run}");
}

#[test]
fn null_cursor_is_an_error_if_the_stream_says_so() {
    let run = read(&json!({}), "timed", None, None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(run.records("timed"), [json!({"at": 1})]);
    let error = &run.errors()[0];
    assert_eq!(error["failure_type"], "system_error");
    assert_eq!(error["message"], "A record of the stream `timed` has no position: its cursor `at` is null");
    assert_eq!(state_of(&run), json!({"at": 1}));
}

/// The final state has the position of the written records, even if the last one has a null cursor or the cursor's column
/// is not selected.
#[cfg(unix)]
#[test]
fn state_after_a_signal_does_not_depend_on_the_last_record() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    // The fourth record has a null cursor.
    let columns = [(3, None), (4, None), (3, Some(&["mainValue"][..])), (3, Some(&["about"][..]))];
    for (count, columns) in columns {
        let (connector, config) = (connector(), json!({"count": count, "words": ["wait"]}));
        let catalog = catalog(&connector, &config, "measurements", columns);
        let mut command = connector.read_command(&config, &catalog, None);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
        let records = lines.by_ref().filter(|message| message["type"] == "RECORD").take(count);
        assert_eq!(records.count(), count);
        assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
        let state = lines.find(|message| message["type"] == "STATE");
        child.wait().unwrap();
        let state = state.map(|state| state["state"]["stream"]["stream_state"].clone());
        assert_eq!(state, Some(json!({"about.at": 20})), "{count} {columns:?}");
    }
}
