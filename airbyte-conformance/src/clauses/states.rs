//! States that are sent: their kinds, places and counts.

use super::{Clause, clause};
use crate::checkpoints::{checkpoints, last_state_of, state_streams};
use crate::names::*;
use crate::runs::{Judged, Key, Runs, Shot, not_applicable};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "states_are_of_one_kind",
        "all states of a run are of the type STREAM, or all GLOBAL",
        states_are_of_one_kind,
    ),
    clause(
        "every_stream_has_a_state",
        "a stream that is complete sent a state, even without a record",
        every_stream_has_a_state,
    ),
    clause(
        "last_state_is_last",
        "the last state of a stream comes after all its records and, if it is of the type STREAM, before COMPLETE",
        last_state_is_last,
    ),
    clause(
        "states_are_not_repeated",
        "a state is not the one before it again if there were records in between",
        states_are_not_repeated,
    ),
    clause(
        "states_belong_to_their_streams",
        "a stream that is read alone comes to the same state as among others",
        states_belong_to_their_streams,
    ),
    clause(
        "record_counts_match",
        "recordCount is how many records came since the stream's last state",
        record_counts_match,
    ),
    clause(
        "record_counts_have_a_point",
        "recordCount is written with a decimal point",
        record_counts_have_a_point,
    ),
];

/// Reads that sent a state.
fn with_states(runs: &Runs) -> Judged<Vec<&Shot>> {
    let shots: Vec<_> = runs.reads().filter(|shot| shot.all("STATE").next().is_some()).collect();
    if shots.is_empty() { not_applicable("no state was seen") } else { Ok(shots) }
}

fn states_are_of_one_kind(runs: &Runs) -> Judged {
    for shot in with_states(runs)? {
        let mut kind = &Value::Null;
        for state in shot.all("STATE") {
            let whole = match state["type"].as_str() {
                Some("STREAM") => state["stream"]["stream_descriptor"]["name"].is_string(),
                Some("GLOBAL") => state["global"]["stream_states"].is_array(),
                _ => false,
            };
            if !whole || !(kind.is_null() || *kind == state["type"]) {
                return shot.fails("a state of another kind, or without what it carries", state);
            }
            kind = &state["type"];
        }
    }
    Ok(())
}

fn every_stream_has_a_state(runs: &Runs) -> Judged {
    for shot in runs.reads() {
        let with_state: HashSet<_> = shot.all("STATE").flat_map(state_streams).collect();
        let mut complete = shot.statuses().filter(|(_, status)| *status == "COMPLETE");
        if let Some((stream, _)) =
            complete.find(|(stream, _)| shot.configured().contains(stream) && !with_state.contains(stream))
        {
            return shot.fails(format_args!("{stream} sent no state"), "");
        }
    }
    Ok(())
}

fn last_state_is_last(runs: &Runs) -> Judged {
    for shot in with_states(runs)? {
        let mut last: HashMap<Key, usize> = HashMap::new();
        let is_global = shot.all("STATE").any(|state| state["type"] == "GLOBAL");
        for checkpoint in checkpoints(shot) {
            last.extend(state_streams(checkpoint.state).into_iter().map(|key| (key, checkpoint.index)));
        }
        let complete: HashSet<_> =
            shot.statuses().filter(|(_, status)| *status == "COMPLETE").map(|(key, _)| key).collect();
        for (index, (line, message)) in shot.messages.iter().enumerate() {
            let is_after = |key: &Key| last.get(key).is_some_and(|last| index > *last);
            let is_before = |key: &Key| last.get(key).is_some_and(|last| index < *last);
            if message["type"] == "RECORD" {
                let key = Key::of_record(&message["record"]);
                if complete.contains(&key) && is_after(&key) {
                    return shot.fails(format_args!("a record of {key} comes after its last state"), line);
                }
            }
            let status = &message["trace"]["stream_status"];
            let key = Key::of(&status["stream_descriptor"]);
            // A GLOBAL state repeats what it says of streams that are complete.
            if status["status"] == "COMPLETE" && is_before(&key) && !is_global {
                return shot.fails(format_args!("a state of {key} comes after COMPLETE"), line);
            }
        }
    }
    Ok(())
}

fn states_are_not_repeated(runs: &Runs) -> Judged {
    for shot in with_states(runs)? {
        // What was said last, and whether a record came since.
        let mut before: HashMap<Vec<Key>, (&Value, bool)> = HashMap::new();
        for (line, message) in &shot.messages {
            if message["type"] == "RECORD" {
                let key = Key::of_record(&message["record"]);
                let told = before.iter_mut().filter(|(keys, _)| keys.contains(&key));
                told.for_each(|(_, (_, came))| *came = true);
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
                return shot.fails("the same state again, after records", line);
            }
        }
    }
    Ok(())
}

fn states_belong_to_their_streams(runs: &Runs) -> Judged {
    let whole = runs.one(INCREMENTAL)?;
    let again = runs.one(ELSEWHERE)?;
    let mut seen = false;
    for shot in runs.named(SUBSET).filter(|shot| shot.succeeded()) {
        for key in shot.configured() {
            let (Some(among), Some(alone)) = (last_state_of(whole, &key), last_state_of(shot, &key)) else {
                continue;
            };
            // A state may hold the time of the read.
            if runs.streams.len() < 2 || last_state_of(again, &key) != Some(among) {
                continue;
            }
            seen = true;
            if among != alone {
                return shot.fails(
                    format_args!("{key} alone comes to the state {alone}, among others to {among}"),
                    "",
                );
            }
        }
    }
    if seen {
        Ok(())
    } else {
        not_applicable("there are not two streams whose states are the same in each read")
    }
}

fn record_counts_match(runs: &Runs) -> Judged {
    let mut seen = false;
    for shot in with_states(runs)? {
        let mut counts: HashMap<Key, u64> = HashMap::new();
        for (line, message) in &shot.messages {
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
                return shot.fails(format_args!("{counted} records came since the state before"), line);
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no state counts records; the platform does it itself") }
}

fn record_counts_have_a_point(runs: &Runs) -> Judged {
    let mut seen = false;
    for shot in with_states(runs)? {
        for (line, message) in shot.messages.iter().filter(|(_, message)| message["type"] == "STATE") {
            if !message["state"]["sourceStats"]["recordCount"].is_number() {
                continue;
            }
            seen = true;
            let after = line.rsplit_once("\"recordCount\"").map_or("", |(_, after)| after);
            let number = after.trim_start_matches([':', ' ']);
            let digits = number.trim_start_matches(|letter: char| letter.is_ascii_digit());
            if !digits.starts_with('.') {
                return shot.fails("a recordCount without a decimal point", line);
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no state counts records") }
}
