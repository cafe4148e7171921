//! Replacing a connector in Python: its states are continued without a resync.
//!
//! The states in `replaced-connector/recorded.json` were written by the Python CDK; `takeover.py` there wrote the file, and
//! compares it with those that the CDK writes.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

use renamed_sdk::testing::server::{Request, Response};
use renamed_sdk::testing::{Connector, Run, Server};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

fn api() -> Value {
    serde_json::from_str(include_str!("../../replaced-connector/api.json")).unwrap()
}

/// Serves the API after the Python connector has read from it: with the later records.
fn server() -> Server {
    let (server, api) = (Server::start(), api());
    server.on("GET /*").respond_with(move |request| respond(&api, request));
    server
}

fn respond(api: &Value, request: &Request) -> Response {
    let path = request.path();
    let cursor = &api["cursors"][path.rsplit('/').next().unwrap()];
    let since = request.query("since").unwrap_or_default();
    let parts = ["records", "later"].into_iter().filter_map(|part| api[part][path].as_array()).flatten();
    let as_text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let found = parts.filter(|record| cursor.as_str().is_none_or(|cursor| as_text(&record[cursor]) >= since));
    Response::json(json!(found.collect::<Vec<_>>())).close()
}

/// The identifiers of all records that a stream, or a path, has in the end.
fn all_ids(stream: &str) -> BTreeSet<u64> {
    let (api, mut all) = (api(), BTreeSet::new());
    for part in ["records", "later"] {
        let paths = api[part].as_object().unwrap().iter().filter(|(path, _)| path.ends_with(stream));
        all.extend(paths.flat_map(|(_, records)| ids(records.as_array().unwrap())));
    }
    all
}

fn ids(records: &[Value]) -> BTreeSet<u64> {
    records.iter().map(|record| record["id"].as_u64().unwrap()).collect()
}

fn read(stream: &str, state: &Value) -> Run {
    let connector = Connector::new(env!("CARGO_BIN_EXE_replacement"));
    let server = server();
    let config = json!({"url": server.url()});
    let mut catalog = connector.discover(&config).configured("incremental");
    catalog["streams"].as_array_mut().unwrap().retain(|entry| entry["stream"]["name"] == stream);
    let state =
        json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": state}}]);
    connector.read(&config, &catalog, Some(&state))
}

fn last_state(run: &Run) -> Value {
    run.final_state()[0]["stream"]["stream_state"].clone()
}

#[test]
fn replacement_continues_from_each_recorded_state() {
    let recorded: Map<String, Value> =
        serde_json::from_str(include_str!("../../replaced-connector/recorded.json")).unwrap();
    assert_eq!(recorded.len(), 5);
    for (name, recorded) in &recorded {
        let stream = recorded["stream"].as_str().unwrap();
        let before: BTreeSet<u64> =
            recorded["read"].as_array().unwrap().iter().map(|id| id.as_u64().unwrap()).collect();
        let run = read(stream, &recorded["state"]);
        assert_eq!(run.exit_code, Some(0), "{name}: {run}");
        let (all, after) = (all_ids(stream), ids(&run.records(stream)));
        // With one position for all partitions, the history of a new one is lost, as it would be in Python.
        let unreadable = api()["unreadable"][stream].as_array().map(|ids| ids[0].as_u64().unwrap());
        let read_by_both: BTreeSet<u64> = before.union(&after).copied().collect();
        let lost: Vec<u64> = all.difference(&read_by_both).copied().collect();
        assert_eq!(lost, Vec::from_iter(unreadable), "{name}: {run}");
        assert!(after.len() < all.len() * 2 / 3, "{name}: almost everything was read again: {run}");

        // From then on, the state has the SDK's format, and nothing new is found.
        let state = last_state(&run);
        let keys: Vec<&String> = state.as_object().unwrap().keys().collect();
        assert_eq!(keys, [if stream == "events" { "updated_at" } else { "partitions" }], "{state}");
        let run = read(stream, &state);
        assert!(ids(&run.records(stream)).is_subset(&after), "{name}: {run}");
    }
}

/// Returns the positions of the partitions after a read from this state.
fn positions(stream: &str, state: &Value) -> Value {
    let run = read(stream, state);
    assert_eq!(run.exit_code, Some(0), "{run}");
    last_state(&run)["partitions"].clone()
}

#[test]
fn partitions_are_found_by_their_key() {
    // Later than all records, so that it stays.
    let (at, beginning) = (json!({"changed": "1893456000"}), json!({"changed": 1_717_398_000}));
    let cursor = json!({"changed": 1_893_456_000});
    let of = |partition: Value| json!({"states": [{"partition": partition, "cursor": at}]});
    for partition in [
        json!({"board": "red"}),
        json!({"board": "red", "parent_slice": {}}),
        json!({"parent_slice": {"region": 7, "parent_slice": {}}, "board": "red"}),
    ] {
        let positions = positions("tasks", &of(partition));
        assert_eq!(positions, json!({"blue": beginning, "green": beginning, "red": cursor}));
    }
    // A number is the text of its digits, and a platform may have added a decimal point.
    let day = json!({"day": "2030-01-01"});
    for id in [json!(2), json!("2"), json!(2.0)] {
        let state = json!({"states": [{"partition": {"project_id": id}, "cursor": day}]});
        assert_eq!(positions("comments", &state)["2"], day);
    }
    // What the CDK no longer lists, or did not list yet, does not matter.
    let state = json!({"use_global_cursor": false, "lookback_window": 9, "state": at, "parent_state": {"x": {"at": 1}}, "states": [
        {"partition": {"board": "removed"}, "cursor": at},
        {"partition": {"board": "green"}, "cursor": at},
    ]});
    assert_eq!(positions("tasks", &state), json!({"blue": beginning, "green": cursor, "red": beginning}));
    let expected = all_ids("/boards/red/tasks").union(&all_ids("/boards/blue/tasks")).copied().collect();
    assert_eq!(
        ids(&read("tasks", &state).records("tasks")),
        expected,
        "read from the beginning, despite `state`"
    );
}

#[test]
fn one_position_applies_to_all_partitions() {
    let all = |position: Value| json!({"blue": position, "green": position, "red": position});
    let at = json!({"changed": "1893456000"});
    for (state, expected) in [
        (json!({"use_global_cursor": true, "state": at, "lookback_window": 100}), 1_893_455_900),
        (
            json!({"use_global_cursor": true, "state": at, "lookback_window": "100", "states": []}),
            1_893_455_900,
        ),
        (json!({"state": at, "lookback_window": 100.0, "parent_state": {}}), 1_893_455_900),
        (json!({"use_global_cursor": false, "state": at}), 1_893_456_000),
        (at.clone(), 1_893_456_000),
        (json!({"state_type": "date-range", "slices": [{"start": "0", "end": "1893456000"}]}), 1_893_456_000),
    ] {
        assert_eq!(positions("tasks", &state), all(json!({"changed": expected})), "{state}");
    }
}

#[test]
fn state_without_a_position_is_read_from_the_beginning() {
    let complete = json!({"__ab_full_refresh_sync_complete": true});
    for state in [
        json!({"use_global_cursor": true, "lookback_window": 0}),
        json!({"use_global_cursor": true, "state": {}, "lookback_window": 0}),
        json!({"use_global_cursor": false, "states": [], "lookback_window": 0, "parent_state": {}}),
        json!({"states": [{"partition": {"board": "red"}, "cursor": {}}]}),
        json!({"states": [{"partition": {"board": "red"}, "cursor": complete}]}),
        complete,
        json!({"__ab_no_cursor_state_message": true}),
    ] {
        let run = read("tasks", &state);
        assert_eq!(run.exit_code, Some(0), "{run}");
        assert_eq!(ids(&run.records("tasks")), all_ids("tasks"), "{state}: {run}");
    }
}

#[test]
fn state_that_is_not_understood_is_an_error_that_names_the_key() {
    let at = json!({"changed": "1714201200"});
    let of = |partition: Value, cursor: &Value| json!({"states": [{"partition": {"board": "red"}, "cursor": at}, {"partition": partition, "cursor": cursor}]});
    let red = json!({"board": "red"});
    let slices = |slices: Value| json!({"state_type": "date-range", "slices": slices});
    for (stream, state, expected) in [
        ("tasks", of(json!({"id": "red"}), &at), "`states[1].partition` has no key `board`: it has `id`"),
        ("tasks", of(json!({"board": "red", "zone": 1}), &at), "has the key `board`, but also `zone`"),
        (
            "tasks",
            of(json!({"board": ["red"]}), &at),
            "`states[1].partition.board` must be a string or an integer, not an array",
        ),
        ("tasks", of(json!({"board": 1.5}), &at), "not a number with a fraction"),
        ("tasks", of(json!(["red"]), &at), "`states[1]` has no objects `partition` and `cursor`"),
        (
            "tasks",
            of(red.clone(), &json!({"changed": "yesterday"})),
            "`states[1].cursor.changed` is not a valid cursor value: it is a string",
        ),
        (
            "tasks",
            of(red.clone(), &json!({"created": "1714201200"})),
            "`states[1].cursor.changed` is missing: `states[1].cursor` has `created`",
        ),
        ("tasks", of(red, &slices(json!([]))), "`states[1].cursor.slices` is empty"),
        ("tasks", json!({"states": {"red": at}}), "`states` must be an array, not an object"),
        ("tasks", json!({"states": [], "use_global_cursor": "no"}), "`use_global_cursor` is a string"),
        (
            "tasks",
            json!({"states": [{"partition": {"board": "Red"}, "cursor": at}]}),
            "`states` has none of the listed partitions: it has `Red`, and the list has `red`",
        ),
        (
            "tasks",
            json!({"use_global_cursor": true, "state": "1714201200"}),
            "`state` must be an object, not a string",
        ),
        (
            "tasks",
            json!({"use_global_cursor": true, "state": {"created": 1}}),
            "`state.changed` is missing: `state` has `created`",
        ),
        (
            "tasks",
            json!({"state": {"changed": 99}, "lookback_window": 9}),
            "`lookback_window` cannot be subtracted from `state.changed`, which is not a time",
        ),
        (
            "tasks",
            json!({"state": at, "lookback_window": -9}),
            "`lookback_window` must be a number of seconds",
        ),
        ("tasks", json!({"next_page_token": 3}), "`changed` is missing: it has `next_page_token`"),
        (
            "events",
            of(json!({}), &at),
            "it is of a stream in partitions, and this stream has none: it has `states`",
        ),
        (
            "events",
            json!({"use_global_cursor": true, "state": {"updated_at": 0}}),
            "it is of a stream in partitions",
        ),
        (
            "events",
            json!({"updated_at": "06.05.2024"}),
            "`updated_at` is not a valid cursor value: it is a string",
        ),
        ("events", slices(json!([])), "`slices` is empty"),
        ("events", slices(json!({})), "`slices` must be an array"),
        ("events", slices(json!([{"start": 0}])), "`slices[0]` has no `start` and `end`"),
        (
            "events",
            slices(json!([{"start": 0, "end": "soon"}])),
            "`slices[0].end` is not a valid cursor value: it is a string",
        ),
        (
            "events",
            json!({"state_type": "legacy", "slices": []}),
            "`state_type` is `legacy`, not `date-range`",
        ),
    ] {
        let run = read(stream, &state);
        assert_eq!(run.exit_code, Some(1), "{state}: {run}");
        let error = &run.errors()[0];
        assert_eq!(error["failure_type"], "config_error", "{run}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(expected), "{state}: {message}");
        assert!(message.ends_with("Clear the stream to sync it from the beginning"), "{message}");
        assert!(error["internal_message"].as_str().unwrap().contains("`older_state`"), "{run}");
        assert!(run.records(stream).is_empty() && run.states().is_empty(), "{state}: {run}");
    }
}
