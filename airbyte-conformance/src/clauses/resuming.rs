//! Clauses about state files: which are accepted, and that a resumed read loses no records.

use super::{Clause, clause};
use crate::Verdict;
use crate::checkpoints::last_state_of;
use crate::moved::{has_same_positions, is_after};
use crate::record_counts::{RecordCounts, missing};
use crate::run_names::*;
use crate::runs::{CapturedRun, Checked, Key, Resumed, Runs, Stream, at, not_applicable};
use std::collections::HashSet;

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "state_formats_are_accepted",
        "without a state of a stream, in any format, the stream is read from the beginning",
        state_formats_are_accepted,
    ),
    clause(
        "sentinels_are_accepted",
        "a state with only a marker of Airbyte's Python CDK means that the stream is read from the beginning",
        sentinels_are_accepted,
    ),
    clause(
        "extra_input_fields_accepted",
        "unknown fields in the catalog and the state are ignored",
        |runs| runs.one(EXTRA_FIELDS)?.must_succeed(),
    ),
    clause(
        "broken_state_fails_the_read",
        "an invalid state file fails the read, which must not start from the beginning",
        |runs| runs.one(BROKEN_STATE)?.must_fail(),
    ),
    clause(
        "resuming_loses_nothing",
        "the records before a state and those of a read resumed from it are all records",
        |runs| must_lose_nothing(runs, INCREMENTAL, RESUMED),
    ),
    clause(
        "earlier_state_loses_nothing",
        "a read from the cursor value of a stream's first record returns every record after it",
        |runs| must_read_on(runs, BACK_STATE),
    ),
    clause(
        "failed_read_loses_nothing",
        "the records before the last state of a failed read and those of a read resumed from it are all records",
        |runs| must_lose_nothing(runs, INCREMENTAL, AFTER_FAILURE),
    ),
    clause(
        "last_state_is_used",
        "a read resumed from the last state does not return all records again",
        |runs| must_use_state(runs, FINAL_STATE),
    ),
    clause(
        "global_state_is_accepted",
        "states of the type STREAM are accepted as one GLOBAL state",
        global_state_is_accepted,
    ),
    clause(
        "global_state_loses_nothing",
        "a read resumed from a GLOBAL state loses no more records than one resumed from the same STREAM states",
        global_state_loses_nothing,
    ),
    clause(
        "future_state_gives_no_records",
        "a read from a state far in the future succeeds and returns no records",
        future_state_gives_no_records,
    ),
    clause(
        "future_state_is_kept",
        "a read from a state far in the future sends the same cursor values",
        future_state_is_kept,
    ),
];

/// Fails if the run and `more` lack any of these records.
pub(super) fn must_have(
    runs: &Runs,
    captured: &CapturedRun,
    all: &RecordCounts,
    more: &RecordCounts,
) -> Checked {
    match missing(all, &[&runs.counts(captured), more]) {
        None => Ok(()),
        Some((count, (key, data))) => {
            captured.fails(format_args!("{count} records are missing, such as one of {key}"), data)
        }
    }
}

fn state_formats_are_accepted(runs: &Runs) -> Checked {
    let all = runs.counts(runs.one(INCREMENTAL)?);
    for captured in runs.named(STATE_FORM) {
        captured.must_succeed()?;
        must_have(runs, captured, &all, &RecordCounts::new())?;
    }
    Ok(())
}

fn sentinels_are_accepted(runs: &Runs) -> Checked {
    // A resumable full refresh may be finished according to the marker.
    let restarts = |stream: &Stream| stream.supports("incremental") || !stream.is_resumable();
    let mut all = runs.counts(runs.one(INCREMENTAL)?);
    all.retain(|(key, _), _| runs.stream(key).is_some_and(restarts));
    for captured in runs.named(SENTINEL) {
        captured.must_succeed()?;
        must_have(runs, captured, &all, &RecordCounts::new())?;
    }
    Ok(())
}

/// Fails if a read of this name, resumed from a state of the run `from`, lacks a record that was not sent before the state.
pub(super) fn must_lose_nothing(runs: &Runs, from: &str, name: &str) -> Checked {
    let all = runs.counts(runs.one(from)?);
    let mut seen = false;
    for Resumed { before, captured, .. } in runs.resumed.iter().filter(|resumed| resumed.from == from) {
        let Some(captured) = runs.captured_runs.get(*captured).filter(|captured| captured.name == name)
        else {
            continue;
        };
        seen = true;
        captured.must_succeed()?;
        let records = before.iter().filter_map(|(run, count)| Some((runs.captured_runs.get(*run)?, *count)));
        let records = records.flat_map(|(run, count)| run.messages.iter().take(count));
        let records = records.map(|(_, message)| &message["record"]).filter(|record| record.is_object());
        let before = runs.counts_of(records);
        let configured = captured.configured();
        let all = all.iter().filter(|((key, _), _)| configured.contains(key));
        must_have(runs, captured, &all.map(|(record, count)| (record.clone(), *count)).collect(), &before)?;
    }
    match (seen, runs.one(name)) {
        (true, _) => Ok(()),
        (false, Err(why)) if runs.skipped.iter().any(|(skipped, _)| *skipped == name) => Err(why),
        (false, _) => not_applicable("there is no state to resume from"),
    }
}

/// Fails if a read whose state was moved back lacks a record after that cursor value.
fn must_read_on(runs: &Runs, name: &str) -> Checked {
    let (whole, captured) = (runs.one(INCREMENTAL)?, runs.one(name)?);
    captured.must_succeed()?;
    for moved in &runs.back {
        let Some(stream) = runs.stream(&moved.key) else { continue };
        let records = whole.all("RECORD").filter(|record| Key::of_record(record) == moved.key);
        let after = records.filter(|record| is_after(&record["data"], &moved.position, stream));
        let after = runs.counts_of(after);
        if let Some((count, (key, data))) = missing(&after, &[&runs.counts(captured)]) {
            let (total, state) = (after.len(), &moved.state);
            let why =
                format!("{count} of {total} records of {key} are missing after the state {state}, such as");
            return captured.fails(why, data);
        }
    }
    Ok(())
}

/// A failure with STREAM states is not reported again for GLOBAL ones.
fn unless_stream_states_fail_too(result: Checked) -> Checked {
    match result {
        Err(Verdict::Failed(_)) => not_applicable("a read with the same STREAM states fails as well"),
        result => result,
    }
}

fn global_state_is_accepted(runs: &Runs) -> Checked {
    runs.one(GLOBAL_STATE)?.must_succeed()?;
    match unless_stream_states_fail_too(must_use_state(runs, FINAL_STATE)) {
        Ok(()) => must_use_state(runs, GLOBAL_STATE),
        Err(_) => Ok(()),
    }
}

fn global_state_loses_nothing(runs: &Runs) -> Checked {
    if !runs.one(GLOBAL_STATE)?.succeeded() {
        return not_applicable("GLOBAL states are not accepted");
    }
    unless_stream_states_fail_too(must_lose_nothing(runs, INCREMENTAL, RESUMED))?;
    must_lose_nothing(runs, INCREMENTAL, GLOBAL_RESUMED)?;
    // Not every connector has states that can be moved back.
    match must_read_on(runs, BACK_STATE) {
        Ok(()) => must_read_on(runs, GLOBAL_BACK),
        result => unless_stream_states_fail_too(result).or(Ok(())),
    }
}

fn must_use_state(runs: &Runs, name: &str) -> Checked {
    let captured = runs.one(name)?;
    captured.must_succeed()?;
    let incremental: Vec<_> =
        runs.streams()?.iter().filter(|stream| stream.supports("incremental")).collect();
    must_have_fewer(runs, runs.one(INCREMENTAL)?, captured, &incremental)
}

/// Fails if a run returned all records again of a stream with more than one cursor value.
pub(super) fn must_have_fewer(
    runs: &Runs,
    whole: &CapturedRun,
    captured: &CapturedRun,
    streams: &[&Stream],
) -> Checked {
    let mut seen = false;
    let again = runs.counts(captured);
    for stream in streams {
        let cursor = stream.cursor();
        let records: Vec<_> =
            whole.all("RECORD").filter(|record| Key::of_record(record) == stream.key).collect();
        let positions: HashSet<String> =
            records.iter().map(|record| at(&record["data"], &cursor).to_string()).collect();
        if cursor.is_empty() || positions.len() < 2 {
            continue;
        }
        seen = true;
        let count = records.len();
        let all = runs.counts_of(records.into_iter());
        if missing(&all, &[&again]).is_none() {
            return captured
                .fails(format_args!("all {count} records of {} are returned again", stream.key), "");
        }
    }
    if seen { Ok(()) } else { not_applicable("no stream has a cursor and records with two cursor values") }
}

fn future_state_gives_no_records(runs: &Runs) -> Checked {
    let captured = runs.one(FUTURE_STATE)?;
    captured.must_succeed()?;
    for moved in &runs.ahead {
        let records = captured.records_of(&moved.key);
        if let Some(record) = records.first() {
            let (count, key, state) = (records.len(), &moved.key, &moved.state);
            return captured.fails(format_args!("{count} records of {key} after the state {state}"), record);
        }
    }
    Ok(())
}

fn future_state_is_kept(runs: &Runs) -> Checked {
    let captured = runs.one(FUTURE_STATE)?;
    if !captured.succeeded() {
        return not_applicable("the read from a state far in the future failed");
    }
    let whole = runs.one(INCREMENTAL).unwrap_or(captured);
    for moved in &runs.ahead {
        let (key, given) = (&moved.key, &moved.state);
        let last = last_state_of(captured, key);
        let is_back = last.is_some_and(|last| match runs.stream(key) {
            Some(stream) => has_same_positions(last, given, stream, whole),
            None => last == given,
        });
        if !is_back {
            let last = last.map_or_else(|| "no state at all".to_owned(), ToString::to_string);
            return captured.fails(
                format_args!("the last state of {key} has other cursor values than the given one, {given}"),
                last,
            );
        }
    }
    Ok(())
}
