//! Clauses about full refreshes, which are complete each time unless a state says how far one got.

use super::resuming::{must_have, must_have_fewer, must_lose_nothing};
use super::{Clause, clause};
use crate::checkpoints::state_streams;
use crate::record_counts::RecordCounts;
use crate::run_names::*;
use crate::runs::{Checked, Key, Runs, not_applicable};

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "full_refresh_reads_everything",
        "a full refresh returns all records each time, and a stream that is not resumable ignores its state",
        full_refresh_reads_everything,
    ),
    clause(
        "finished_refresh_is_recognised",
        "a resumable stream does not repeat a full refresh that is finished by its state",
        finished_refresh_is_recognised,
    ),
    clause(
        "finished_refresh_gives_no_records",
        "a resumable stream without incremental sync sends a state and no record after a finished refresh",
        finished_refresh_gives_no_records,
    ),
    clause(
        "resumed_refresh_loses_nothing",
        "the records of a full refresh before a state and those of a read resumed from it are all records",
        |runs| must_lose_nothing(runs, FULL_REFRESH, REFRESH_RESUMED),
    ),
];

fn full_refresh_reads_everything(runs: &Runs) -> Checked {
    let all = runs.counts(runs.one(FULL_REFRESH)?);
    must_have(runs, runs.one(FULL_REFRESH_AGAIN)?, &all, &RecordCounts::new())?;
    let captured = runs.one(FULL_REFRESH_STATE)?;
    captured.must_succeed()?;
    let restart = |key: &Key| runs.stream(key).is_some_and(|stream| !stream.is_resumable());
    must_have(
        runs,
        captured,
        &all.into_iter().filter(|((key, _), _)| restart(key)).collect(),
        &RecordCounts::new(),
    )
}

fn finished_refresh_is_recognised(runs: &Runs) -> Checked {
    let (whole, captured) = (runs.one(FULL_REFRESH)?, runs.one(FULL_REFRESH_STATE)?);
    let resumable: Vec<_> = runs.streams()?.iter().filter(|stream| stream.is_resumable()).collect();
    must_have_fewer(runs, whole, captured, &resumable)
}

fn finished_refresh_gives_no_records(runs: &Runs) -> Checked {
    let (whole, captured) = (runs.one(FULL_REFRESH)?, runs.one(FULL_REFRESH_STATE)?);
    let mut seen = false;
    for stream in
        runs.streams()?.iter().filter(|stream| stream.is_resumable() && !stream.supports("incremental"))
    {
        let key = &stream.key;
        if whole.records_of(key).is_empty() {
            continue;
        }
        seen = true;
        captured.must_succeed()?;
        if let Some(record) = captured.records_of(key).first() {
            return captured.fails(format_args!("records of {key} after a finished refresh"), record);
        }
        if !captured.all("STATE").flat_map(state_streams).any(|other| other == *key) {
            return captured.fails(format_args!("{key} sent no state"), "");
        }
    }
    if seen { Ok(()) } else { not_applicable("no resumable stream without incremental sync has records") }
}
