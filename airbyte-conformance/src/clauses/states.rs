//! States: their kinds, places and counts, which are accepted, and that resuming loses nothing.

use super::{Clause, clause};
use crate::names::*;
use crate::runs::{
    Judged, Key, Resumed, Runs, Shot, Stream, at, checkpoints, not_applicable, state_streams, stream_states,
};
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
        "the last state of a stream comes after all its records and before COMPLETE",
        last_state_is_last,
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
    clause(
        "state_forms_are_accepted",
        "no state in any form, and states of other streams, mean: from the beginning",
        state_forms_are_accepted,
    ),
    clause(
        "sentinels_are_accepted",
        "states with nothing but a sentinel of Airbyte's Python CDK have no position: from the beginning",
        sentinels_are_accepted,
    ),
    clause("global_state_is_accepted", "states may come back as one GLOBAL", |runs| {
        runs.one(GLOBAL_STATE)?.must_succeed()
    }),
    clause("extra_input_fields_accepted", "unknown fields in catalog and state do no harm", |runs| {
        runs.one(EXTRA_FIELDS)?.must_succeed()
    }),
    clause(
        "broken_state_fails_the_read",
        "a state that cannot be understood fails the read, which must not start again silently",
        |runs| runs.one(BROKEN_STATE)?.must_fail(),
    ),
    clause(
        "resuming_loses_nothing",
        "records before a state, and those of a read resumed from it, are all records",
        |runs| must_lose_nothing(runs, INCREMENTAL),
    ),
    clause(
        "last_state_is_heeded",
        "a read resumed from the last state does not read everything again",
        last_state_is_heeded,
    ),
    clause(
        "future_state_gives_no_records",
        "a read from a position far ahead goes well and brings no records",
        future_state_gives_no_records,
    ),
    clause(
        "future_state_comes_back",
        "a read from a position far ahead does not put it back",
        future_state_comes_back,
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
            if status["status"] == "COMPLETE" && is_before(&key) {
                return shot.fails(format_args!("a state of {key} comes after COMPLETE"), line);
            }
        }
    }
    Ok(())
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

pub(super) fn set(shot: &Shot) -> HashSet<(Key, String)> {
    shot.records().into_iter().collect()
}

/// Fails if the run lacks a record of these.
pub(super) fn must_have(shot: &Shot, all: &HashSet<(Key, String)>, more: &HashSet<(Key, String)>) -> Judged {
    let records = set(shot);
    let missing: Vec<_> =
        all.iter().filter(|record| !records.contains(record) && !more.contains(record)).collect();
    match missing.first() {
        None => Ok(()),
        Some((key, data)) => {
            shot.fails(format_args!("{} records are missing, one of {key}", missing.len()), data)
        }
    }
}

fn state_forms_are_accepted(runs: &Runs) -> Judged {
    let all = set(runs.one(INCREMENTAL)?);
    for shot in runs.named(STATE_FORM) {
        shot.must_succeed()?;
        must_have(shot, &all, &HashSet::new())?;
    }
    Ok(())
}

fn sentinels_are_accepted(runs: &Runs) -> Judged {
    // A refresh that can be resumed may take the word for it that it is finished.
    let restarts = |stream: &Stream| stream.supports("incremental") || !stream.is_resumable();
    let mut all = set(runs.one(INCREMENTAL)?);
    all.retain(|(key, _)| runs.stream(key).is_some_and(restarts));
    for shot in runs.named(SENTINEL) {
        shot.must_succeed()?;
        must_have(shot, &all, &HashSet::new())?;
    }
    Ok(())
}

/// Fails if a read that was resumed from a state of the first run of this name lacks a record that did not come before.
pub(super) fn must_lose_nothing(runs: &Runs, from: &str) -> Judged {
    let whole = runs.one(from)?;
    let all = set(whole);
    let mut seen = false;
    for Resumed { place, shot, .. } in runs.resumed.iter().filter(|resumed| resumed.from == from) {
        let Some(shot) = runs.shots.get(*shot) else { continue };
        seen = true;
        shot.must_succeed()?;
        let before = whole.messages[..*place]
            .iter()
            .map(|(_, message)| &message["record"])
            .filter(|record| record.is_object());
        let before = before.map(|record| (Key::of_record(record), record["data"].to_string())).collect();
        let configured = shot.configured();
        let all = all.iter().filter(|(key, _)| configured.contains(key)).cloned().collect();
        must_have(shot, &all, &before)?;
    }
    if seen { Ok(()) } else { not_applicable("no state was seen to resume from") }
}

/// Fails if a run read all records of a stream again that has more than one position. Returns whether there is any.
pub(super) fn must_have_fewer(whole: &Shot, shot: &Shot, streams: &[&Stream]) -> Judged {
    let mut seen = false;
    for stream in streams {
        let cursor = stream.cursor();
        let records = whole.all("RECORD").filter(|record| Key::of_record(record) == stream.key);
        let positions: HashSet<String> =
            records.map(|record| at(&record["data"], &cursor).to_string()).collect();
        if cursor.is_empty() || positions.len() < 2 {
            continue;
        }
        seen = true;
        let (before, again) = (whole.records_of(&stream.key), shot.records_of(&stream.key));
        if before.iter().all(|data| again.contains(data)) {
            return shot
                .fails(format_args!("all {} records of {} come again", before.len(), stream.key), &again[0]);
        }
    }
    if seen { Ok(()) } else { not_applicable("no stream has a cursor and records at two positions") }
}

fn last_state_is_heeded(runs: &Runs) -> Judged {
    let shot = runs.one(FINAL_STATE)?;
    shot.must_succeed()?;
    let incremental: Vec<_> =
        runs.streams()?.iter().filter(|stream| stream.supports("incremental")).collect();
    must_have_fewer(runs.one(INCREMENTAL)?, shot, &incremental)
}

/// The read from far ahead, if there was one.
fn from_far_ahead(runs: &Runs) -> Judged<&Shot> {
    if runs.ahead.is_empty() {
        return not_applicable(
            "no incremental stream has a state with a date, time or integer as its cursor",
        );
    }
    runs.one(FUTURE_STATE)
}

fn future_state_gives_no_records(runs: &Runs) -> Judged {
    let shot = from_far_ahead(runs)?;
    shot.must_succeed()?;
    for (key, state) in &runs.ahead {
        let records = shot.records_of(key);
        if let Some(record) = records.first() {
            return shot
                .fails(format_args!("{} records of {key} after the state {state}", records.len()), record);
        }
    }
    Ok(())
}

fn future_state_comes_back(runs: &Runs) -> Judged {
    let shot = from_far_ahead(runs)?;
    if !shot.succeeded() {
        return not_applicable("the read from far ahead failed");
    }
    for (key, given) in &runs.ahead {
        let states = shot.all("STATE").flat_map(stream_states);
        let last = states.filter(|state| Key::of(&state["stream_descriptor"]) == *key).last();
        if last.is_none_or(|last| last["stream_state"] != *given) {
            let last = last.map_or_else(|| "no state at all".to_owned(), Value::to_string);
            return shot.fails(format_args!("the last state of {key} is not the one given, {given}"), last);
        }
    }
    Ok(())
}
