//! Clauses about an API that cannot be reached, which must be a transient error, so that the platform retries.

use super::{Clause, clause};
use crate::run_names::*;
use crate::runs::{CapturedRun, Checked, Key, Runs};
use serde_json::Value;

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "unreachable_check_is_transient",
        "check of an API that cannot be reached fails with a transient_error and without a CONNECTION_STATUS",
        unreachable_check_is_transient,
    ),
    clause(
        "unreachable_read_is_transient",
        "a stream whose API cannot be reached is INCOMPLETE, with a transient_error that names it",
        unreachable_read_is_transient,
    ),
];

/// Fails unless the first ERROR trace is a transient_error. The platform uses the first.
fn must_be_transient(captured: &CapturedRun) -> Checked {
    captured.can_be_checked()?;
    captured.must_fail()?;
    match captured.errors().next().filter(|error| error["failure_type"] != "transient_error") {
        Some(error) => captured.fails("the first ERROR trace is not a transient_error", error),
        None => Ok(()),
    }
}

fn unreachable_check_is_transient(runs: &Runs) -> Checked {
    let captured = runs.one(CHECK_UNREACHABLE)?;
    if let Some(status) = captured.all("CONNECTION_STATUS").next() {
        return captured.fails("a CONNECTION_STATUS, after which the platform does not retry", status);
    }
    must_be_transient(captured)
}

fn unreachable_read_is_transient(runs: &Runs) -> Checked {
    let (whole, captured) = (runs.one(INCREMENTAL)?, runs.one(READ_UNREACHABLE)?);
    must_be_transient(captured)?;
    let has = |key: &Key, wanted: &str| {
        captured.statuses().any(|(other, status)| other == *key && status == wanted)
    };
    // A stream may not need the API, or be empty anyway.
    let is_well = |key: &Key| {
        has(key, "COMPLETE") && (whole.records_of(key).is_empty() || !captured.records_of(key).is_empty())
    };
    let failed: Vec<_> = captured.configured().into_iter().filter(|key| !is_well(key)).collect();
    if failed.is_empty() {
        return captured.fails("no stream is INCOMPLETE", &captured.stdout);
    }
    for key in failed {
        if !has(&key, "INCOMPLETE") {
            return captured.fails(format_args!("{key} is not INCOMPLETE"), &captured.stdout);
        }
        let mut errors = captured.errors().filter(|error| Key::of(&error["stream_descriptor"]) == key);
        if !errors.any(|error| error["failure_type"] == "transient_error") {
            let error = captured.errors().next().map_or_else(String::new, Value::to_string);
            return captured.fails(format_args!("no transient_error names {key}"), error);
        }
    }
    Ok(())
}
