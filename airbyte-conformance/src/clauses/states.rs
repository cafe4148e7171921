//! Clauses about states: their types, order and counts.

use super::{Clause, clause};
use crate::checkpoints::{checkpoints, last_state_of, state_streams};
use crate::run_names::*;
use crate::runs::{CapturedRun, Checked, Key, Runs, not_applicable};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "states_are_of_one_kind",
        "all states of a run are of the type STREAM or all GLOBAL",
        states_are_of_one_kind,
    ),
    clause(
        "every_stream_has_a_state",
        "a COMPLETE stream has sent a state, even without records",
        every_stream_has_a_state,
    ),
    clause(
        "last_state_is_last",
        "the last state of a stream follows all its records and, if it is of the type STREAM, precedes COMPLETE",
        last_state_is_last,
    ),
    clause(
        "states_are_not_repeated",
        "a state differs from the previous one if there are records in between",
        states_are_not_repeated,
    ),
    clause(
        "states_belong_to_their_streams",
        "a stream that is read alone has the same last state as among others",
        states_belong_to_their_streams,
    ),
    clause(
        "record_counts_match",
        "recordCount is the number of records since the previous state of the stream",
        record_counts_match,
    ),
    clause(
        "record_counts_have_a_point",
        "recordCount is written with a decimal point",
        record_counts_have_a_point,
    ),
];

/// Returns the reads that sent a state.
fn with_states(runs: &Runs) -> Checked<Vec<&CapturedRun>> {
    let captured_runs: Vec<_> =
        runs.reads().filter(|captured| captured.all("STATE").next().is_some()).collect();
    if captured_runs.is_empty() { not_applicable("no state was sent") } else { Ok(captured_runs) }
}

fn states_are_of_one_kind(runs: &Runs) -> Checked {
    for captured in with_states(runs)? {
        let mut kind = &Value::Null;
        for state in captured.all("STATE") {
            let whole = match state["type"].as_str() {
                Some("STREAM") => state["stream"]["stream_descriptor"]["name"].is_string(),
                Some("GLOBAL") => state["global"]["stream_states"].is_array(),
                _ => false,
            };
            if !whole || !(kind.is_null() || *kind == state["type"]) {
                return captured.fails("a state of another type, or without its payload", state);
            }
            kind = &state["type"];
        }
    }
    Ok(())
}

fn every_stream_has_a_state(runs: &Runs) -> Checked {
    for captured in runs.reads() {
        let with_state: HashSet<_> = captured.all("STATE").flat_map(state_streams).collect();
        let mut complete = captured.statuses().filter(|(_, status)| *status == "COMPLETE");
        if let Some((stream, _)) = complete
            .find(|(stream, _)| captured.configured().contains(stream) && !with_state.contains(stream))
        {
            return captured.fails(format_args!("{stream} sent no state"), "");
        }
    }
    Ok(())
}

fn last_state_is_last(runs: &Runs) -> Checked {
    for captured in with_states(runs)? {
        let mut last: HashMap<Key, usize> = HashMap::new();
        let is_global = captured.all("STATE").any(|state| state["type"] == "GLOBAL");
        for checkpoint in checkpoints(captured) {
            last.extend(state_streams(checkpoint.state).into_iter().map(|key| (key, checkpoint.index)));
        }
        let complete: HashSet<_> =
            captured.statuses().filter(|(_, status)| *status == "COMPLETE").map(|(key, _)| key).collect();
        for (index, (line, message)) in captured.messages.iter().enumerate() {
            let is_after = |key: &Key| last.get(key).is_some_and(|last| index > *last);
            let is_before = |key: &Key| last.get(key).is_some_and(|last| index < *last);
            if message["type"] == "RECORD" {
                let key = Key::of_record(&message["record"]);
                if complete.contains(&key) && is_after(&key) {
                    return captured.fails(format_args!("a record of {key} follows its last state"), line);
                }
            }
            let status = &message["trace"]["stream_status"];
            let key = Key::of(&status["stream_descriptor"]);
            // A GLOBAL state repeats the states of complete streams.
            if status["status"] == "COMPLETE" && is_before(&key) && !is_global {
                return captured.fails(format_args!("a state of {key} follows COMPLETE"), line);
            }
        }
    }
    Ok(())
}

fn states_are_not_repeated(runs: &Runs) -> Checked {
    for captured in with_states(runs)? {
        // The last state, and whether a record followed it.
        let mut before: HashMap<Vec<Key>, (&Value, bool)> = HashMap::new();
        for (line, message) in &captured.messages {
            if message["type"] == "RECORD" {
                let key = Key::of_record(&message["record"]);
                let earlier = before.iter_mut().filter(|(keys, _)| keys.contains(&key));
                earlier.for_each(|(_, (_, came))| *came = true);
            }
            if message["type"] != "STATE" {
                continue;
            }
            let state = &message["state"];
            let said =
                if state["type"] == "GLOBAL" { &state["global"] } else { &state["stream"]["stream_state"] };
            if before
                .insert(state_streams(state), (said, false))
                .is_some_and(|(last, came)| came && last == said)
            {
                return captured
                    .fails("a state is the same as the previous one, with records in between", line);
            }
        }
    }
    Ok(())
}

fn states_belong_to_their_streams(runs: &Runs) -> Checked {
    let whole = runs.one(INCREMENTAL)?;
    let again = runs.one(ELSEWHERE)?;
    let mut seen = false;
    for captured in runs.named(SUBSET).filter(|captured| captured.succeeded()) {
        for key in captured.configured() {
            let (Some(among), Some(alone)) = (last_state_of(whole, &key), last_state_of(captured, &key))
            else {
                continue;
            };
            // A state may contain the time of the read.
            if runs.streams.len() < 2 || last_state_of(again, &key) != Some(among) {
                continue;
            }
            seen = true;
            if among != alone {
                return captured.fails(
                    format_args!(
                        "the last state of {key} is {alone} if read alone, and {among} among others"
                    ),
                    "",
                );
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no two streams have the same states in each read") }
}

fn record_counts_match(runs: &Runs) -> Checked {
    let mut seen = false;
    for captured in with_states(runs)? {
        let mut counts: HashMap<Key, u64> = HashMap::new();
        for (line, message) in &captured.messages {
            if message["type"] == "RECORD" {
                *counts.entry(Key::of_record(&message["record"])).or_default() += 1;
            }
            if message["type"] != "STATE" {
                continue;
            }
            let state = &message["state"];
            // A GLOBAL state counts the records of all streams.
            let counted: u64 = match state["type"].as_str() {
                Some("GLOBAL") => counts.drain().map(|(_, count)| count).sum(),
                _ => state_streams(state).iter().filter_map(|key| counts.remove(key)).sum(),
            };
            if state.get("sourceStats").is_none() {
                continue;
            }
            seen = true;
            if state["sourceStats"]["recordCount"].as_f64() != Some(counted as f64) {
                return captured
                    .fails(format_args!("{counted} records were sent since the previous state"), line);
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no state has a recordCount") }
}

fn record_counts_have_a_point(runs: &Runs) -> Checked {
    let mut seen = false;
    for captured in with_states(runs)? {
        for (line, message) in captured.messages.iter().filter(|(_, message)| message["type"] == "STATE") {
            if !message["state"]["sourceStats"]["recordCount"].is_number() {
                continue;
            }
            seen = true;
            let after = line.rsplit_once("\"recordCount\"").map_or("", |(_, after)| after);
            let number = after.trim_start_matches([':', ' ']);
            let digits = number.trim_start_matches(|letter: char| letter.is_ascii_digit());
            if !digits.starts_with('.') {
                return captured.fails("a recordCount without a decimal point", line);
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no state has a recordCount") }
}
