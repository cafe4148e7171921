//! States that come back: which are accepted, and that reading on from them loses nothing.

use super::{Clause, clause};
use crate::Verdict;
use crate::bags::{Bag, missing};
use crate::checkpoints::last_state_of;
use crate::moved::{has_same_positions, is_after};
use crate::names::*;
use crate::runs::{Judged, Key, Resumed, Runs, Shot, Stream, at, not_applicable};
use std::collections::HashSet;

pub(super) const CLAUSES: &[Clause] = &[
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
        |runs| must_lose_nothing(runs, INCREMENTAL, RESUMED),
    ),
    clause(
        "earlier_state_loses_nothing",
        "a read from the position of a stream's first record brings every record after it",
        |runs| must_read_on(runs, BACK_STATE),
    ),
    clause(
        "failed_read_loses_nothing",
        "records before the last state of a read that failed, and those of one resumed from it, are all records",
        |runs| must_lose_nothing(runs, INCREMENTAL, AFTER_FAILURE),
    ),
    clause(
        "last_state_is_heeded",
        "a read resumed from the last state does not read everything again",
        |runs| must_be_heeded(runs, FINAL_STATE),
    ),
    clause(
        "global_state_is_accepted",
        "states may come back as one GLOBAL, which says the same as they do",
        global_state_is_accepted,
    ),
    clause(
        "global_state_loses_nothing",
        "states that come back as one GLOBAL lose no more records than they do one by one",
        global_state_loses_nothing,
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

/// Fails if the run lacks a record of these.
pub(super) fn must_have(runs: &Runs, shot: &Shot, all: &Bag, more: &Bag) -> Judged {
    match missing(all, &[&runs.bag(shot), more]) {
        None => Ok(()),
        Some((count, (key, data))) => {
            shot.fails(format_args!("{count} records are missing, one of {key}"), data)
        }
    }
}

fn state_forms_are_accepted(runs: &Runs) -> Judged {
    let all = runs.bag(runs.one(INCREMENTAL)?);
    for shot in runs.named(STATE_FORM) {
        shot.must_succeed()?;
        must_have(runs, shot, &all, &Bag::new())?;
    }
    Ok(())
}

fn sentinels_are_accepted(runs: &Runs) -> Judged {
    // A refresh that can be resumed may take the word for it that it is finished.
    let restarts = |stream: &Stream| stream.supports("incremental") || !stream.is_resumable();
    let mut all = runs.bag(runs.one(INCREMENTAL)?);
    all.retain(|(key, _), _| runs.stream(key).is_some_and(restarts));
    for shot in runs.named(SENTINEL) {
        shot.must_succeed()?;
        must_have(runs, shot, &all, &Bag::new())?;
    }
    Ok(())
}

/// Fails if a read of this name, which was resumed from a state of the first run of that name, lacks a record that did not
/// come before.
pub(super) fn must_lose_nothing(runs: &Runs, from: &str, name: &str) -> Judged {
    let all = runs.bag(runs.one(from)?);
    let mut seen = false;
    for Resumed { before, shot, .. } in runs.resumed.iter().filter(|resumed| resumed.from == from) {
        let Some(shot) = runs.shots.get(*shot).filter(|shot| shot.name == name) else { continue };
        seen = true;
        shot.must_succeed()?;
        let records = before.iter().filter_map(|(run, count)| Some((runs.shots.get(*run)?, *count)));
        let records = records.flat_map(|(run, count)| run.messages.iter().take(count));
        let records = records.map(|(_, message)| &message["record"]).filter(|record| record.is_object());
        let before = runs.bag_of(records);
        let configured = shot.configured();
        let all = all.iter().filter(|((key, _), _)| configured.contains(key));
        must_have(runs, shot, &all.map(|(record, count)| (record.clone(), *count)).collect(), &before)?;
    }
    match (seen, runs.one(name)) {
        (true, _) => Ok(()),
        (false, Err(why)) if runs.skipped.iter().any(|(skipped, _)| *skipped == name) => Err(why),
        (false, _) => not_applicable("no state was seen to resume from"),
    }
}

/// Fails if a read whose state was put back lacks a record after the position it was put back to.
fn must_read_on(runs: &Runs, name: &str) -> Judged {
    let (whole, shot) = (runs.one(INCREMENTAL)?, runs.one(name)?);
    shot.must_succeed()?;
    for moved in &runs.back {
        let Some(stream) = runs.stream(&moved.key) else { continue };
        let records = whole.all("RECORD").filter(|record| Key::of_record(record) == moved.key);
        let after = records.filter(|record| is_after(&record["data"], &moved.position, stream));
        let after = runs.bag_of(after);
        if let Some((count, (key, data))) = missing(&after, &[&runs.bag(shot)]) {
            let (total, state) = (after.len(), &moved.state);
            let why = format!(
                "{count} of {total} records of {key} are missing after the state {state}, among them"
            );
            return shot.fails(why, data);
        }
    }
    Ok(())
}

/// What is lost or read again in any case is not the fault of the GLOBAL.
fn is_so_anyway(judged: Judged) -> Judged {
    match judged {
        Err(Verdict::Failed(_)) => not_applicable("the same states do no better one by one"),
        judged => judged,
    }
}

fn global_state_is_accepted(runs: &Runs) -> Judged {
    runs.one(GLOBAL_STATE)?.must_succeed()?;
    match is_so_anyway(must_be_heeded(runs, FINAL_STATE)) {
        Ok(()) => must_be_heeded(runs, GLOBAL_STATE),
        Err(_) => Ok(()),
    }
}

fn global_state_loses_nothing(runs: &Runs) -> Judged {
    if !runs.one(GLOBAL_STATE)?.succeeded() {
        return not_applicable("a GLOBAL state is not accepted");
    }
    is_so_anyway(must_lose_nothing(runs, INCREMENTAL, RESUMED))?;
    must_lose_nothing(runs, INCREMENTAL, GLOBAL_RESUMED)?;
    // Not every connector has states that can be put back.
    match must_read_on(runs, BACK_STATE) {
        Ok(()) => must_read_on(runs, GLOBAL_BACK),
        judged => is_so_anyway(judged).or(Ok(())),
    }
}

fn must_be_heeded(runs: &Runs, name: &str) -> Judged {
    let shot = runs.one(name)?;
    shot.must_succeed()?;
    let incremental: Vec<_> =
        runs.streams()?.iter().filter(|stream| stream.supports("incremental")).collect();
    must_have_fewer(runs, runs.one(INCREMENTAL)?, shot, &incremental)
}

/// Fails if a run read all records of a stream again that has more than one position.
pub(super) fn must_have_fewer(runs: &Runs, whole: &Shot, shot: &Shot, streams: &[&Stream]) -> Judged {
    let mut seen = false;
    let again = runs.bag(shot);
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
        let all = runs.bag_of(records.into_iter());
        if missing(&all, &[&again]).is_none() {
            return shot.fails(format_args!("all {count} records of {} come again", stream.key), "");
        }
    }
    if seen { Ok(()) } else { not_applicable("no stream has a cursor and records at two positions") }
}

fn future_state_gives_no_records(runs: &Runs) -> Judged {
    let shot = runs.one(FUTURE_STATE)?;
    shot.must_succeed()?;
    for moved in &runs.ahead {
        let records = shot.records_of(&moved.key);
        if let Some(record) = records.first() {
            let (count, key, state) = (records.len(), &moved.key, &moved.state);
            return shot.fails(format_args!("{count} records of {key} after the state {state}"), record);
        }
    }
    Ok(())
}

fn future_state_comes_back(runs: &Runs) -> Judged {
    let shot = runs.one(FUTURE_STATE)?;
    if !shot.succeeded() {
        return not_applicable("the read from far ahead failed");
    }
    let whole = runs.one(INCREMENTAL).unwrap_or(shot);
    for moved in &runs.ahead {
        let (key, given) = (&moved.key, &moved.state);
        let last = last_state_of(shot, key);
        let is_back = last.is_some_and(|last| match runs.stream(key) {
            Some(stream) => has_same_positions(last, given, stream, whole),
            None => last == given,
        });
        if !is_back {
            let last = last.map_or_else(|| "no state at all".to_owned(), ToString::to_string);
            return shot.fails(format_args!("the last state of {key} is not the one given, {given}"), last);
        }
    }
    Ok(())
}
