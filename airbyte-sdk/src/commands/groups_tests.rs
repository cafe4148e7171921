//! Reads of partitions in groups: what each member has as its position, and which partitions are read together.

use super::{Outcome, Source};
use crate::commands;
use crate::error::{Error, Result};
use crate::input::States;
use crate::output::{Lines, Memory};
use crate::read_context::RecordIntervals;
use crate::run_context::RunContext;
use crate::{AirbyteSpec, Emitter, Http, airbyte_stream};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

#[derive(AirbyteSpec)]
struct Config {}

#[airbyte_stream(name = "ascending", cursor = at, order = ascending)]
struct Ascending {
    at: i64,
}

#[airbyte_stream(name = "unordered", cursor = at)]
struct Unordered {
    at: i64,
}

#[airbyte_stream(name = "everything")]
struct Everything {
    at: i64,
}

/// The calls of the fetch function.
type Calls = Arc<Mutex<Vec<(String, Option<i64>)>>>;

/// Reads the stream, which lists these partitions, from the state. Returns the states, the calls, and what was reported.
fn read(source: Source<Config>, stream: &str, given: &Value) -> (Vec<Value>, String) {
    let mut source = source.concurrency(|_| 1);
    source.intervals = RecordIntervals { records_per_clock: 1, records_per_state: 1 };
    let memory = Memory::default();
    let run = RunContext::to(Lines::new(Box::new(memory.clone())));
    let described = source.catalog().unwrap();
    let streams = described.iter().map(crate::protocol::AirbyteStream::descriptor);
    let states = json!({ (stream): given }).to_string();
    let states = States::read(states.as_bytes(), "the state", streams).unwrap();
    let mode = described[0].supported_sync_modes.last();
    let catalog =
        json!({"streams": [{"stream": described[0], "sync_mode": mode, "destination_sync_mode": "append"}]});
    let outcome = commands::read(&source, &Config {}, serde_json::from_value(catalog).unwrap(), states, &run);
    let failed = matches!(outcome, Ok(Outcome::FailedStreams));
    run.output.flush().unwrap();
    let messages = memory.take_messages();
    let error = messages.iter().find_map(|message| message["trace"]["error"]["message"].as_str());
    assert_eq!(error.is_some(), failed);
    let states = messages.iter().map(|message| &message["state"]["stream"]["stream_state"]);
    let error = error.unwrap_or_default().to_owned();
    (states.filter(|state| state.is_object()).cloned().collect(), error)
}

fn list<const N: usize>(ids: [&'static str; N]) -> impl Fn(&Config, &Http) -> Result<Vec<String>> {
    move |_, _| Ok(ids.map(str::to_owned).to_vec())
}

fn note(calls: &Calls, ids: &[String], since: Option<i64>) {
    calls.lock().unwrap().push((ids.join(" "), since));
}

/// A source whose groups have these records, and fail after them if it says so.
fn ascending<const N: usize>(
    ids: [&'static str; N],
    at: &'static [i64],
    fails: bool,
    calls: &Calls,
) -> Source<Config> {
    let calls = Arc::clone(calls);
    Source::new("groups", "0").incremental_groups(
        9,
        list(ids),
        move |_, ids: &[String], since, out: &mut Emitter<Ascending>| {
            note(&calls, ids, since);
            at.iter().try_for_each(|at| out.emit(Ascending { at: *at }))?;
            if fails { Err(Error::transient("cut off")) } else { Ok(()) }
        },
    )
}

fn calls(calls: &Calls) -> Vec<(String, Option<i64>)> {
    std::mem::take(&mut calls.lock().unwrap())
}

#[test]
fn group_is_read_from_its_earliest_position_and_moves_none_backwards() {
    let given = json!({"partitions": {"a": {"at": 10}, "b": {"at": 2}}});
    let called = Calls::default();
    let (states, error) = read(ascending(["a", "b"], &[3, 5], true, &called), "ascending", &given);
    assert_eq!(calls(&called), [("a b".to_owned(), Some(2))]);
    assert_eq!(states.last().unwrap()["partitions"], json!({"a": {"at": 10}, "b": {"at": 5}}));
    assert_eq!(error, "Cut off");
    let (states, _) = read(ascending(["a", "b"], &[3, 12], false, &called), "ascending", &given);
    assert_eq!(states.last().unwrap(), &json!({"partitions": {"a": {"at": 12}, "b": {"at": 12}}}));
    // As text, 9 is after 10.
    let given = json!({"partitions": {"a": {"at": 9}, "b": {"at": 10}}});
    let (states, _) = read(ascending(["a", "b"], &[], false, &called), "ascending", &given);
    assert_eq!(calls(&called)[1], ("a b".to_owned(), Some(9)));
    assert_eq!(states.last().unwrap(), &given);
}

#[test]
fn decreasing_cursor_leaves_each_member_where_it_started() {
    let given = json!({"partitions": {"a": {"at": 10}, "b": {"at": 2}}});
    let called = Calls::default();
    let (states, _) = read(ascending(["a", "b"], &[5, 12, 13, 4], false, &called), "ascending", &given);
    let before = json!({"a": {"at": 13}, "b": {"at": 13}});
    assert!(states.iter().any(|state| state["partitions"] == before), "{states:?}");
    assert_eq!(states.last().unwrap()["partitions"], given["partitions"]);
    let (states, _) = read(ascending(["a", "b"], &[5, 12, 13, 4], false, &called), "ascending", &json!({}));
    assert!(states.iter().any(|state| state["partitions"] == before), "{states:?}");
    assert_eq!(states.last().unwrap()["partitions"], json!({}));
}

#[test]
fn new_partition_is_read_alone_from_its_beginning_and_a_removed_one_is_forgotten() {
    let given = json!({"partitions": {"a": {"at": 10}, "b": {"at": 2}, "gone": {"at": 1}}});
    let called = Calls::default();
    let (states, _) = read(ascending(["new", "b", "a"], &[11], false, &called), "ascending", &given);
    assert_eq!(calls(&called), [("new".to_owned(), None), ("b a".to_owned(), Some(2))]);
    let all = json!({"partitions": {"a": {"at": 11}, "b": {"at": 11}, "new": {"at": 11}}});
    assert_eq!(states.last().unwrap(), &all);
}

#[test]
fn invalid_position_fails_only_its_own_group() {
    let given = json!({"partitions": {"a": {"at": "?"}, "b": {"at": 2}}});
    let called = Calls::default();
    let (states, error) = read(ascending(["a", "b"], &[11], false, &called), "ascending", &given);
    assert_eq!(calls(&called), [("b".to_owned(), Some(2))]);
    assert!(error.starts_with("a: invalid state for the stream `ascending`"), "{error}");
    assert_eq!(states.last().unwrap()["partitions"], json!({"a": {"at": "?"}, "b": {"at": 11}}));
}

#[test]
fn error_names_the_first_member_of_the_group() {
    let fetch = |_: &Config, ids: &[String], since: Option<i64>, out: &mut Emitter<Unordered>| {
        out.emit(Unordered { at: since.unwrap_or(1) })?;
        if ids.contains(&"b".to_owned()) { Err(Error::transient("cut off")) } else { Ok(()) }
    };
    let source = Source::new("groups", "0").incremental_groups(3, list(["a", "b", "c", "d"]), fetch);
    let (states, error) = read(source, "unordered", &json!({}));
    assert_eq!(error, "A and 2 others: cut off");
    // An unordered group that failed has no position.
    assert_eq!(states.last().unwrap()["partitions"], json!({"d": {"at": 1}}));
}

#[test]
fn interrupted_full_refresh_reads_the_members_that_are_not_finished() {
    let called = Calls::default();
    let source = |called: &Calls| {
        let called = Arc::clone(called);
        Source::new("groups", "0").full_refresh_groups(
            2,
            list(["a", "b", "c", "d"]),
            move |_, ids: &[String], out: &mut Emitter<Everything>| {
                note(&called, ids, None);
                out.emit(Everything { at: 1 })
            },
        )
    };
    let given = json!({"partitions": {"b": {}, "c": {}}, "next": "d"});
    let (states, _) = read(source(&called), "everything", &given);
    assert_eq!(calls(&called), [("d a".to_owned(), None)]);
    let finished = json!({"partitions": {"a": {}, "b": {}, "c": {}, "d": {}}});
    assert_eq!(states.last().unwrap(), &finished);
}

#[test]
fn resumed_read_starts_with_the_group_of_the_next_partition_although_others_are_behind() {
    let called = Calls::default();
    let noted = Arc::clone(&called);
    let source = Source::new("groups", "0").incremental_groups(
        2,
        list(["a", "b", "c", "d"]),
        move |_, ids: &[String], since, out: &mut Emitter<Unordered>| {
            note(&noted, ids, since);
            out.emit(Unordered { at: 50 })
        },
    );
    let given = json!({"partitions": {"a": {"at": 1}, "b": {"at": 30}, "c": {"at": 2}, "d": {"at": 40}}, "next": "b"});
    read(source, "unordered", &given);
    assert_eq!(calls(&called), [("b d".to_owned(), Some(30)), ("c a".to_owned(), Some(1))]);
}
