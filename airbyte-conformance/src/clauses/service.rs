//! The service a connector reads from: that it cannot be reached is told as what it is, so that the platform tries again.

use super::{Clause, clause};
use crate::names::*;
use crate::runs::{Judged, Key, Runs, Shot};
use serde_json::Value;

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "unreachable_check_is_transient",
        "check of a service that cannot be reached fails with a transient_error and says no CONNECTION_STATUS",
        unreachable_check_is_transient,
    ),
    clause(
        "unreachable_read_is_transient",
        "a stream whose service cannot be reached is INCOMPLETE, with a transient_error that names it",
        unreachable_read_is_transient,
    ),
];

/// Fails unless the first cause that is told is one that passes by itself. The platform decides by the first.
fn must_be_transient(shot: &Shot) -> Judged {
    shot.can_be_judged()?;
    shot.must_fail()?;
    match shot.errors().next().filter(|error| error["failure_type"] != "transient_error") {
        Some(error) => shot.fails("its first ERROR trace is no transient_error", error),
        None => Ok(()),
    }
}

fn unreachable_check_is_transient(runs: &Runs) -> Judged {
    let shot = runs.one(CHECK_UNREACHABLE)?;
    if let Some(status) = shot.all("CONNECTION_STATUS").next() {
        return shot
            .fails("a CONNECTION_STATUS, which ends the job where another attempt may succeed", status);
    }
    must_be_transient(shot)
}

fn unreachable_read_is_transient(runs: &Runs) -> Judged {
    let (whole, shot) = (runs.one(INCREMENTAL)?, runs.one(READ_UNREACHABLE)?);
    must_be_transient(shot)?;
    let has =
        |key: &Key, wanted: &str| shot.statuses().any(|(other, status)| other == *key && status == wanted);
    // A stream may do without the service, or have been empty before.
    let is_well = |key: &Key| {
        has(key, "COMPLETE") && (whole.records_of(key).is_empty() || !shot.records_of(key).is_empty())
    };
    let failed: Vec<_> = shot.configured().into_iter().filter(|key| !is_well(key)).collect();
    if failed.is_empty() {
        return shot.fails("no stream is INCOMPLETE", &shot.stdout);
    }
    for key in failed {
        if !has(&key, "INCOMPLETE") {
            return shot.fails(format_args!("{key} is not INCOMPLETE"), &shot.stdout);
        }
        let mut errors = shot.errors().filter(|error| Key::of(&error["stream_descriptor"]) == key);
        if !errors.any(|error| error["failure_type"] == "transient_error") {
            let error = shot.errors().next().map_or_else(String::new, Value::to_string);
            return shot.fails(format_args!("no transient_error names {key}"), error);
        }
    }
    Ok(())
}
