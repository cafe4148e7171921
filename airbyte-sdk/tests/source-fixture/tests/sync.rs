//! Reads, states, errors and redaction, tested with the fixture connector.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

use renamed_sdk::testing::{Connector, Run};
use serde_json::{Value, json};

fn connector() -> Connector {
    Connector::new(env!("CARGO_BIN_EXE_source-fixture"))
}

/// Reads these streams in this order and in this mode, even if they do not support it.
fn read(config: &Value, streams: &[&str], mode: &str, state: Option<&Value>) -> Run {
    let connector = connector();
    let mut discovered = connector.discover(config).configured(mode);
    let all = discovered["streams"].as_array_mut().unwrap();
    all.iter_mut().for_each(|entry| entry["sync_mode"] = json!(mode));
    let chosen: Vec<&Value> = streams
        .iter()
        .map(|name| all.iter().find(|entry| entry["stream"]["name"] == *name).unwrap())
        .collect();
    connector.read(config, &json!({"streams": chosen}), state)
}

/// Returns the ids of a stream's records.
fn ids(run: &Run, stream: &str) -> Vec<u64> {
    run.records(stream).iter().map(|record| record["id"].as_u64().unwrap()).collect()
}

fn record_counts(run: &Run) -> Vec<f64> {
    run.states().iter().map(|state| state["sourceStats"]["recordCount"].as_f64().unwrap()).collect()
}

#[test]
fn catalog_describes_each_kind_of_stream() {
    let catalog = connector().discover(&json!({})).all("CATALOG").remove(0);
    let streams = catalog["streams"].as_array().unwrap();
    let named = |name: &str| streams.iter().find(|stream| stream["name"] == name).unwrap();
    assert_eq!(named("numbers")["namespace"], "math");
    assert_eq!(named("numbers")["supported_sync_modes"], json!(["full_refresh", "incremental"]));
    assert_eq!(named("jumbled")["default_cursor_field"], json!(["Number"]));
    assert_eq!(named("jumbled")["is_resumable"], true);
    let texts = named("texts");
    assert_eq!(texts["supported_sync_modes"], json!(["full_refresh"]));
    for absent in
        ["default_cursor_field", "source_defined_cursor", "is_resumable", "source_defined_primary_key"]
    {
        assert_eq!(texts.get(absent), None, "{texts}");
    }
    let note = &texts["json_schema"]["properties"]["note"];
    assert_eq!(note["properties"]["at"]["airbyte_type"], "timestamp_with_timezone");
}

#[test]
fn ascending_stream_sends_states_while_reading() {
    let run = read(&json!({"count": 12_000, "ties": 4}), &["numbers"], "incremental", None);
    assert_eq!(run.exit_code, Some(0));
    assert_eq!(record_counts(&run), [10_000.0, 2_000.0]);
    // Each state has the position of the last record before it.
    let (mut last, mut states) = (None, 0);
    for message in run.messages() {
        if message["type"] == "RECORD" {
            assert_eq!(message["record"]["namespace"], "math");
            last = Some(message["record"]["data"]["number"].clone());
        } else if message["type"] == "STATE" {
            states += 1;
            assert_eq!(Some(&message["state"]["stream"]["stream_state"]["number"]), last.as_ref());
            assert_eq!(
                message["state"]["stream"]["stream_descriptor"],
                json!({"name": "numbers", "namespace": "math"})
            );
        }
    }
    assert_eq!(states, 2);
}

#[test]
fn resuming_from_any_state_loses_no_record_with_ties() {
    let config = json!({"count": 12_000, "ties": 3});
    let whole = read(&config, &["numbers"], "incremental", None);
    assert_eq!(whole.states().len(), 2);
    for state in whole.states() {
        let position = state["stream"]["stream_state"]["number"].as_i64().unwrap();
        let rest = read(&config, &["numbers"], "incremental", Some(&json!([state])));
        let mut seen: Vec<u64> = whole
            .records("numbers")
            .iter()
            .filter(|record| record["number"].as_i64().unwrap() <= position)
            .map(|record| record["id"].as_u64().unwrap())
            .collect();
        seen.extend(ids(&rest, "numbers"));
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 12_000);
        assert_eq!(rest.final_state()[0]["stream"], whole.final_state()[0]["stream"]);
    }
}

#[test]
fn unordered_stream_sends_a_state_only_at_its_end() {
    let run = read(&json!({"count": 12_000}), &["jumbled"], "incremental", None);
    assert_eq!(run.exit_code, Some(0));
    assert_eq!(run.all("RECORD").len(), 12_001);
    assert_eq!(record_counts(&run), [12_001.0]);
    assert_eq!(run.states()[0]["stream"]["stream_state"], json!({"Number": 4}));
    let rest = read(&json!({"count": 3}), &["jumbled"], "incremental", Some(&json!([run.states()[0]])));
    assert_eq!(rest.records("jumbled").len(), 1);
    assert_eq!(rest.states()[0]["stream"]["stream_state"], json!({"Number": 4}));
}

#[test]
fn stream_without_cursor_sends_an_empty_state_and_accepts_any() {
    for (mode, state) in [("full_refresh", None), ("incremental", Some(json!({"texts": {"x": 1}})))] {
        let run = read(&json!({"words": ["a", "b"]}), &["texts"], mode, state.as_ref());
        assert_eq!(run.exit_code, Some(0), "{run}");
        assert_eq!(run.statuses("texts"), ["STARTED", "RUNNING", "COMPLETE"]);
        assert_eq!(run.states()[0]["stream"]["stream_state"], json!({}));
        assert_eq!(record_counts(&run), [2.0]);
        assert!(run.all("LOG").iter().any(|log| log["level"] == "WARN") == (mode == "incremental"), "{run}");
    }
}

#[test]
fn no_character_in_a_string_breaks_a_line() {
    let words =
        ["a\nb", "c\u{2028}d", "e\u{2029}f", "g\u{85}h", "i\u{b}\u{c}\u{1c}j", "\"quoted\" \\ é € 🦀", ""];
    let run = read(&json!({"words": words}), &["texts"], "full_refresh", None);
    let texts: Vec<Value> = run.records("texts").iter().map(|record| record["text"].clone()).collect();
    assert_eq!(texts, words);
    assert!(!run.stdout.contains(['\u{2028}', '\u{2029}', '\u{85}']));
}

#[test]
fn failed_stream_does_not_stop_the_others() {
    let order = ["panicking", "broken", "backwards", "numbers"];
    let run = read(&json!({"count": 5}), &order, "incremental", None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    for failed in &order[..3] {
        assert_eq!(run.statuses(failed), ["STARTED", "RUNNING", "INCOMPLETE"], "{run}");
    }
    assert_eq!(run.statuses("numbers"), ["STARTED", "RUNNING", "COMPLETE"], "{run}");
    let errors = run.errors();
    let names: Vec<&Value> = errors.iter().map(|error| &error["stream_descriptor"]["name"]).collect();
    assert_eq!(names, order[..3].iter().collect::<Vec<_>>(), "one error per stream, in order");
    let types: Vec<&Value> = errors.iter().map(|error| &error["failure_type"]).collect();
    assert_eq!(types, ["system_error", "transient_error", "system_error"]);
}

#[test]
fn panic_is_an_error_without_a_backtrace() {
    let run = read(&json!({"token": "tok-123456"}), &["panicking"], "full_refresh", None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert!(run.stderr.is_empty(), "{run}");
    let error = &run.errors()[0];
    assert_eq!(error["message"], "The connector crashed because of a bug; see the log");
    let details = error["internal_message"].as_str().unwrap();
    assert!(details.contains("main.rs:") && details.contains("out of luck with ****"), "{details}");
    assert_eq!(run.records("panicking").len(), 1);
    assert!(run.states().is_empty(), "a failed full refresh sends no state: {run}");
}

#[test]
fn failed_ascending_stream_keeps_its_last_position() {
    let run = read(&json!({"count": 5}), &["broken"], "incremental", None);
    assert_eq!(run.states()[0]["stream"]["stream_state"], json!({"number": 4}), "{run}");
    assert_eq!(record_counts(&run), [5.0]);
    let messages = run.messages();
    let state = messages.iter().position(|message| message["type"] == "STATE").unwrap();
    let error = messages.iter().position(|message| message["trace"]["type"] == "ERROR").unwrap();
    assert!(state < error, "{run}");
    // Without records, no state is sent.
    let run = read(&json!({"count": 0}), &["broken"], "incremental", None);
    assert!(run.states().is_empty() && run.exit_code == Some(1), "{run}");
}

#[test]
fn decreasing_cursor_is_an_error_and_sends_no_state() {
    let run = read(&json!({"count": 6}), &["backwards"], "incremental", None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    let message = run.errors()[0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("decreased from 5 to 4"), "{message}");
    assert!(run.states().is_empty(), "{run}");
    assert_eq!(run.records("backwards").len(), 6);
}

/// The next read starts before the decrease, so it fails as well instead of losing records.
#[test]
fn states_sent_before_the_cursor_decreased_are_revoked() {
    let config = json!({"count": 12_000});
    for (before, after) in
        [(None, json!({})), (Some(json!({"backwards": {"number": 3}})), json!({"number": 3}))]
    {
        let run = read(&config, &["backwards"], "incremental", before.as_ref());
        assert_eq!(run.exit_code, Some(1));
        assert_eq!(record_counts(&run), [10_000.0, 2_000.0]);
        assert_eq!(run.final_state()[0]["stream"]["stream_state"], after);
    }
}

#[test]
fn panic_in_a_thread_of_the_connector_fails_the_stream() {
    let run = read(&json!({}), &["threaded", "numbers"], "full_refresh", None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(run.statuses("threaded").last().unwrap(), "INCOMPLETE");
    assert!(run.errors()[0]["internal_message"].as_str().unwrap().contains("no more numbers"), "{run}");
    assert_eq!(run.statuses("numbers").last().unwrap(), "COMPLETE");
    assert!(run.stderr.is_empty(), "{run}");
}

#[test]
fn ignored_emit_error_still_fails_the_stream() {
    let run = read(&json!({}), &["careless"], "incremental", None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(run.statuses("careless").last().unwrap(), "INCOMPLETE");
    assert_eq!(run.records("careless").len(), 2, "no record is written after an error: {run}");
    assert!(run.errors()[0]["message"].as_str().unwrap().contains("decreased from 3 to 2"), "{run}");
}

#[test]
fn ignored_iterator_error_still_fails_the_stream() {
    let run = read(&json!({}), &["overlooked"], "full_refresh", None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(run.errors()[0]["message"], "The second page is missing");
    assert_eq!(run.errors()[0]["failure_type"], "transient_error");
}

#[test]
fn check_fails_for_config_errors_and_reports_others_as_traces() {
    let check = |result: &str| connector().check(&json!({"check": result}));
    assert_eq!(check("ok").all("CONNECTION_STATUS"), [json!({"status": "SUCCEEDED"})]);
    let failed = check("config");
    assert_eq!(failed.exit_code, Some(0));
    assert_eq!(failed.all("CONNECTION_STATUS"), [json!({"status": "FAILED", "message": "Change something"})]);
    for (result, failure_type) in
        [("transient", "transient_error"), ("system", "system_error"), ("panic", "system_error")]
    {
        let run = check(result);
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert!(run.all("CONNECTION_STATUS").is_empty() && run.stderr.is_empty(), "{run}");
        assert_eq!(run.errors()[0]["failure_type"], failure_type, "{run}");
    }
}

#[test]
fn no_message_shows_a_secret() {
    // With quotes, a line break and non-ASCII letters.
    for token in ["tok-123456", "ünder", "a \"b\"/c&d=é", "line one\nline two"] {
        let config = json!({"token": token, "count": 1});
        let runs =
            [connector().check(&config), read(&config, &["broken", "panicking"], "full_refresh", None)];
        for run in runs {
            assert!(run.stdout.contains("****"), "{run}");
            let escaped = serde_json::to_string(token).unwrap();
            for form in [token, &escaped[1..escaped.len() - 1], "line two"] {
                assert!(!run.stdout.contains(form) && !run.stderr.contains(form), "{form}: {run}");
            }
        }
    }
}

#[test]
fn older_state_is_migrated_or_rejected() {
    let numbers = |state: Value| {
        let state = json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "numbers", "namespace": "math"}, "stream_state": state}}]);
        read(&json!({"count": 9}), &["numbers"], "incremental", Some(&state))
    };
    for state in [json!({"last": "number 7"}), json!({"number": "of another type", "last": "number 7"})] {
        assert_eq!(ids(&numbers(state), "numbers"), [7, 8]);
    }
    for (state, failure_type, expected) in [
        (json!({"at": 5}), "config_error", "`number` is missing"),
        (json!({"number": "five"}), "config_error", "`number` is not a valid cursor value: it is a string"),
        (json!({"last": "number x"}), "system_error", "invalid digit"),
    ] {
        let run = numbers(state);
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert_eq!(run.errors()[0]["failure_type"], failure_type, "{run}");
        assert!(run.errors()[0]["message"].as_str().unwrap().to_lowercase().contains(expected), "{run}");
        assert!(run.records("numbers").is_empty() && run.states().is_empty(), "{run}");
    }
    assert_eq!(numbers(json!({"number": null})).records("numbers").len(), 9);
}

#[test]
fn global_state_is_read_and_its_shared_state_ignored() {
    let stream = |name: &str, namespace: &str, number: i64| json!({"stream_descriptor": {"name": name, "namespace": namespace}, "stream_state": {"number": number}});
    for (shared, warned) in [(json!({"cdc": 5}), true), (json!({}), false), (json!(null), false)] {
        let streams = [stream("numbers", "math", 2), stream("elsewhere", "", 9)];
        let state = json!([{"type": "GLOBAL", "global": {"shared_state": shared, "stream_states": streams}}]);
        let run = read(&json!({"count": 4}), &["numbers"], "incremental", Some(&state));
        assert_eq!(ids(&run, "numbers"), [2, 3]);
        let warnings: Vec<Value> = run.all("LOG").into_iter().filter(|log| log["level"] == "WARN").collect();
        let warned_of = |text: &str| warnings.iter().any(|log| log["message"] == text);
        assert_eq!(
            warned_of("ignoring the shared state, which this connector does not use"),
            warned,
            "{run}"
        );
        assert!(warned_of("ignoring the state of `elsewhere`: no such stream"), "{run}");
        assert_eq!(warnings.len(), 1 + usize::from(warned), "{run}");
        assert_eq!(run.states()[0]["type"], "STREAM", "{run}");
    }
}

#[test]
fn log_reports_the_result_of_each_stream() {
    let run = read(&json!({"count": 10_001}), &["numbers", "broken"], "incremental", None);
    let logs: Vec<String> =
        run.all("LOG").iter().map(|log| log["message"].as_str().unwrap().to_owned()).collect();
    for expected in [
        "numbers: reading from the beginning",
        "numbers: 10001 records (2 states) in ",
        "broken: stopped after 10001 records (2 states)",
    ] {
        assert!(logs.iter().any(|log| log.starts_with(expected)), "{expected}: {run}");
    }
}

#[test]
fn estimate_is_sent_as_a_trace() {
    let run = read(&json!({"words": ["a", "b"]}), &["texts"], "full_refresh", None);
    let traces = run.all("TRACE");
    let estimates: Vec<&Value> = traces.iter().filter(|trace| trace["type"] == "ESTIMATE").collect();
    assert_eq!(estimates.len(), 1, "{run}");
    assert_eq!(estimates[0]["estimate"], json!({"name": "texts", "type": "STREAM", "row_estimate": 2}));
}

/// PyAirbyte sends the same unknown key twice.
#[test]
fn unknown_and_null_keys_are_accepted_and_duplicates_in_a_state() {
    let connector = connector();
    let config = connector.file("given.json", r#"{"count": 5, "more": null, "token": null}"#);
    let discovered = connector.discover(&json!({})).configured("incremental");
    let streams = discovered["streams"].as_array().unwrap();
    let numbers = streams.iter().find(|entry| entry["stream"]["name"] == "numbers").unwrap();
    let catalog = connector.file("catalog.json", json!({"streams": [numbers]}).to_string());
    let state = connector.file(
        "state.json",
        r#"[{"type":"STREAM","stream":{"stream_descriptor":{"name":"numbers","namespace":"math"},"stream_state":{"number":3}},
            "global_":null,"global_":null,"data":null,"sourceStats":null,"destinationStats":null}]"#,
    );
    let arguments =
        ["read".into(), "--config".into(), config, "--catalog".into(), catalog, "--state".into(), state];
    let run = connector.run(arguments);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(ids(&run, "numbers"), [3, 4]);
    assert!(run.stdout.contains(r#""sourceStats":{"recordCount":2.0}"#), "{run}");
}

#[test]
fn only_selected_columns_are_written() {
    let connector = connector();
    let config = json!({"count": 3});
    let mut catalog = connector.discover(&config).configured("incremental");
    let streams = catalog["streams"].as_array_mut().unwrap();
    streams.retain(|entry| entry["stream"]["name"] == "numbers");
    streams[0]["stream"]["json_schema"]["properties"].as_object_mut().unwrap().shift_remove("id");
    streams[0]["stream"]["json_schema"]["properties"]["unknown"] = json!({});
    let run = connector.read(&config, &catalog, None);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(run.records("numbers"), [json!({"number": 0}), json!({"number": 1}), json!({"number": 2})]);
    assert_eq!(run.states()[0]["stream"]["stream_state"], json!({"number": 2}));
    // A schema that names no column of the stream selects all columns.
    for schema in [json!({}), json!({"properties": {}}), json!({"properties": {"x": {}}})] {
        catalog["streams"][0]["stream"]["json_schema"] = schema;
        assert_eq!(
            connector.read(&config, &catalog, None).records("numbers")[2],
            json!({"id": 2, "number": 2})
        );
    }
}
