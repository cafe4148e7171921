//! Full refreshes: complete each time, unless the state says how far one has come.

use super::resuming::{must_have, must_have_fewer, must_lose_nothing};
use super::{Clause, clause};
use crate::bags::Bag;
use crate::checkpoints::state_streams;
use crate::names::*;
use crate::runs::{Judged, Key, Runs, not_applicable};

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "full_refresh_reads_everything",
        "a full refresh reads everything each time, and a stream that is not resumable ignores its state",
        full_refresh_reads_everything,
    ),
    clause(
        "finished_refresh_is_recognised",
        "a resumable stream does not repeat a full refresh that its state says is finished",
        finished_refresh_is_recognised,
    ),
    clause(
        "finished_refresh_gives_no_records",
        "a resumable stream that only knows full refreshes sends a state and no record after one that is finished",
        finished_refresh_gives_no_records,
    ),
    clause(
        "resumed_refresh_loses_nothing",
        "records of a full refresh before a state, and those of one resumed from it, are all records",
        |runs| must_lose_nothing(runs, FULL_REFRESH, REFRESH_RESUMED),
    ),
];

fn full_refresh_reads_everything(runs: &Runs) -> Judged {
    let all = runs.bag(runs.one(FULL_REFRESH)?);
    must_have(runs, runs.one(FULL_REFRESH_AGAIN)?, &all, &Bag::new())?;
    let shot = runs.one(FULL_REFRESH_STATE)?;
    shot.must_succeed()?;
    let restart = |key: &Key| runs.stream(key).is_some_and(|stream| !stream.is_resumable());
    must_have(runs, shot, &all.into_iter().filter(|((key, _), _)| restart(key)).collect(), &Bag::new())
}

fn finished_refresh_is_recognised(runs: &Runs) -> Judged {
    let (whole, shot) = (runs.one(FULL_REFRESH)?, runs.one(FULL_REFRESH_STATE)?);
    let resumable: Vec<_> = runs.streams()?.iter().filter(|stream| stream.is_resumable()).collect();
    must_have_fewer(runs, whole, shot, &resumable)
}

fn finished_refresh_gives_no_records(runs: &Runs) -> Judged {
    let (whole, shot) = (runs.one(FULL_REFRESH)?, runs.one(FULL_REFRESH_STATE)?);
    let mut seen = false;
    for stream in
        runs.streams()?.iter().filter(|stream| stream.is_resumable() && !stream.supports("incremental"))
    {
        let key = &stream.key;
        if whole.records_of(key).is_empty() {
            continue;
        }
        seen = true;
        shot.must_succeed()?;
        if let Some(record) = shot.records_of(key).first() {
            return shot.fails(format_args!("records of {key}, whose refresh is finished"), record);
        }
        if !shot.all("STATE").flat_map(state_streams).any(|other| other == *key) {
            return shot.fails(format_args!("{key} sent no state"), "");
        }
    }
    if seen {
        Ok(())
    } else {
        not_applicable("no resumable stream that only knows full refreshes has records")
    }
}
