//! What the messages of a read say.

use jiff::{Timestamp, civil::Date};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Returns stream and id of the records.
pub(super) fn seen(messages: &[Value]) -> BTreeSet<(String, u64)> {
    let records = messages.iter().map(|message| &message["record"]).filter(|record| record.is_object());
    records
        .map(|record| (record["stream"].as_str().unwrap().to_owned(), record["data"]["id"].as_u64().unwrap()))
        .collect()
}

/// Returns the last state of each stream.
pub(super) fn states(messages: &[Value]) -> BTreeMap<String, Value> {
    let states = messages.iter().map(|message| &message["state"]).filter(|state| state.is_object());
    states
        .map(|state| {
            (state["stream"]["stream_descriptor"]["name"].as_str().unwrap().to_owned(), state.clone())
        })
        .collect()
}

pub(super) fn positions(states: &BTreeMap<String, Value>) -> Vec<(&String, &Value)> {
    states.iter().map(|(name, state)| (name, &state["stream"]["stream_state"])).collect()
}

/// Asserts that no position in the states decreases.
pub(super) fn assert_states_increase(messages: &[Value]) {
    let mut last: BTreeMap<&str, Value> = BTreeMap::new();
    for state in messages.iter().map(|message| &message["state"]["stream"]).filter(|state| state.is_object())
    {
        let name = state["stream_descriptor"]["name"].as_str().unwrap();
        if let Some(before) = last.insert(name, state["stream_state"].clone()) {
            assert_not_after(&before, &state["stream_state"]);
        }
    }
}

pub(super) fn assert_not_after(before: &Value, after: &Value) {
    if let Some(object) = before.as_object() {
        object.iter().for_each(|(key, before)| assert_not_after(before, &after[key]));
    } else if let Some(number) = before.as_i64() {
        assert!(after.as_i64() >= Some(number), "{before} and then {after}");
    } else if let Some(time) = before.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
        assert!(after.as_str().unwrap().parse::<Timestamp>().unwrap() >= time, "{before} and then {after}");
    } else if let Some(date) = before.as_str().and_then(|text| text.parse::<Date>().ok()) {
        assert!(after.as_str().unwrap().parse::<Date>().unwrap() >= date, "{before} and then {after}");
    }
}
