//! Clauses about statuses and errors, from which the platform learns the result of each stream.

use super::records::is_now;
use super::{Clause, clause};
use crate::checkpoints::state_streams;
use crate::run_names::*;
use crate::runs::{CapturedRun, Checked, Key, Runs, not_applicable};
use serde_json::Value;
use std::collections::HashMap;
use std::time::{Duration, UNIX_EPOCH};

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "unknown_stream_fails_the_read",
        "a configured stream that does not exist fails the read",
        |runs| runs.one(UNKNOWN_STREAM)?.must_fail(),
    ),
    clause(
        "other_streams_are_still_read",
        "a failed stream does not stop the others",
        other_streams_are_still_read,
    ),
    clause("bad_sync_mode_fails_the_read", "an unknown sync mode fails the read", |runs| {
        runs.one(BAD_SYNC_MODE)?.must_fail()
    }),
    clause("broken_catalog_fails_the_read", "a catalog that is not JSON fails the read", |runs| {
        runs.one(BROKEN_CATALOG)?.must_fail()
    }),
    clause(
        "broken_config_fails",
        "a configuration that is missing or not JSON is not accepted",
        broken_config_fails,
    ),
    clause(
        "statuses_in_order",
        "a stream is STARTED, then RUNNING, then COMPLETE or INCOMPLETE, with its records in between",
        statuses_in_order,
    ),
    clause(
        "status_reasons_are_rate_limits",
        "only RUNNING has reasons: RATE_LIMITED, with an optional quota_reset in whole milliseconds",
        status_reasons_are_rate_limits,
    ),
    clause(
        "every_stream_has_an_end",
        "every configured stream of a successful read is COMPLETE",
        every_stream_has_an_end,
    ),
    clause(
        "only_configured_streams",
        "states and statuses belong to configured streams",
        only_configured_streams,
    ),
    clause(
        "error_traces_are_typed",
        "an ERROR trace has a message and a known failure_type",
        error_traces_are_typed,
    ),
    clause(
        "stream_errors_name_the_stream",
        "an ERROR trace has the descriptor of each INCOMPLETE stream",
        stream_errors_name_the_stream,
    ),
    clause(
        "trace_time_is_in_milliseconds",
        "emitted_at of a trace is the current time in milliseconds",
        trace_time_is_in_milliseconds,
    ),
];

fn other_streams_are_still_read(runs: &Runs) -> Checked {
    runs.one(INCREMENTAL)?;
    let captured = runs.one(UNKNOWN_STREAM)?;
    for stream in captured.configured().iter().filter(|key| runs.stream(key).is_some()) {
        if !captured.statuses().any(|(key, status)| key == *stream && status == "COMPLETE") {
            return captured.fails(format_args!("{stream} is not COMPLETE"), &captured.stdout);
        }
    }
    Ok(())
}

fn broken_config_fails(runs: &Runs) -> Checked {
    runs.one(MISSING_CONFIG)?.must_fail()?;
    let captured = runs.one(CHECK_BROKEN_CONFIG)?;
    if let Some(status) = captured.all("CONNECTION_STATUS").find(|status| status["status"] != "FAILED") {
        return captured.fails("the configuration is accepted", status);
    }
    runs.one(BROKEN_CONFIG)?.must_fail()
}

fn statuses_in_order(runs: &Runs) -> Checked {
    let mut seen = false;
    for captured in runs.reads() {
        let mut states: HashMap<Key, &str> = HashMap::new();
        for (line, message) in &captured.messages {
            let trace = &message["trace"];
            let (key, status) = match message["type"].as_str() {
                Some("RECORD") => (Key::of_record(&message["record"]), "RECORD"),
                Some("TRACE") if trace["type"] == "STREAM_STATUS" => {
                    let status = &trace["stream_status"];
                    (Key::of(&status["stream_descriptor"]), status["status"].as_str().unwrap_or_default())
                }
                _ => continue,
            };
            if !captured.configured().contains(&key) {
                continue;
            }
            seen |= status != "RECORD";
            let before = states.get(&key).copied();
            let now = match (before, status) {
                (None, "STARTED") => "STARTED",
                (Some("STARTED" | "RUNNING"), "RUNNING") => "RUNNING",
                (Some("RUNNING"), "COMPLETE") => "COMPLETE",
                (Some("STARTED" | "RUNNING"), "INCOMPLETE") => "INCOMPLETE",
                // A stream that does not exist never starts.
                (None, "INCOMPLETE") => "INCOMPLETE",
                (Some("STARTED" | "RUNNING"), "RECORD") => continue,
                _ => {
                    return captured.fails(
                        format_args!("{status} of {key} after {}", before.unwrap_or("nothing")),
                        line,
                    );
                }
            };
            states.insert(key, now);
        }
    }
    if seen { Ok(()) } else { not_applicable("no status was sent") }
}

fn status_reasons_are_rate_limits(runs: &Runs) -> Checked {
    let mut seen = false;
    for captured in runs.reads() {
        for trace in captured.all("TRACE").filter(|trace| trace["type"] == "STREAM_STATUS") {
            let status = &trace["stream_status"];
            let reasons = match &status["reasons"] {
                Value::Null => continue,
                Value::Array(reasons) => reasons,
                _ => return captured.fails("the reasons of a status are not an array", trace),
            };
            seen |= !reasons.is_empty();
            if !reasons.is_empty() && status["status"] != "RUNNING" {
                return captured.fails("a reason for a status other than RUNNING", trace);
            }
            for reason in reasons {
                if reason["type"] != "RATE_LIMITED" {
                    return captured.fails("a reason of an unknown type", trace);
                }
                let reset = &reason["rate_limited"]["quota_reset"];
                if !reset.is_null() && !reset.as_i64().is_some_and(|at| is_within_a_year(captured, at)) {
                    return captured.fails("quota_reset is not a time in whole milliseconds", trace);
                }
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no status has a reason") }
}

/// Returns whether a time is between a day before the run and a year after it, which seconds or microseconds are not.
fn is_within_a_year(captured: &CapturedRun, milliseconds: i64) -> bool {
    let began = captured.began.duration_since(UNIX_EPOCH).unwrap_or_default();
    let day = Duration::from_secs(86_400);
    u64::try_from(milliseconds)
        .is_ok_and(|at| (began.saturating_sub(day)..began + 366 * day).contains(&Duration::from_millis(at)))
}

fn every_stream_has_an_end(runs: &Runs) -> Checked {
    for captured in runs.reads().filter(|captured| captured.good && captured.succeeded()) {
        for key in captured.configured() {
            if !captured.statuses().any(|(other, status)| other == key && status == "COMPLETE") {
                return captured.fails(format_args!("{key} is not COMPLETE"), "");
            }
        }
    }
    Ok(())
}

fn only_configured_streams(runs: &Runs) -> Checked {
    for captured in runs.reads() {
        let configured = captured.configured();
        let of_state = captured.all("STATE").flat_map(state_streams);
        let mut keys = of_state.chain(captured.statuses().map(|(key, _)| key));
        if let Some(key) = keys.find(|key| !configured.contains(key)) {
            return captured.fails(format_args!("a state or status of {key}, which is not configured"), "");
        }
    }
    Ok(())
}

fn error_traces_are_typed(runs: &Runs) -> Checked {
    const TYPES: [&str; 3] = ["config_error", "transient_error", "system_error"];
    let mut seen = false;
    for captured in runs.with_messages() {
        for error in captured.errors() {
            seen = true;
            let has_message = error["message"].as_str().is_some_and(|message| !message.trim().is_empty());
            if !has_message || !TYPES.iter().any(|name| error["failure_type"] == *name) {
                return captured.fails("an ERROR trace without a message or a known failure_type", error);
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no ERROR trace was sent") }
}

fn stream_errors_name_the_stream(runs: &Runs) -> Checked {
    let mut seen = false;
    for captured in runs.reads() {
        for (key, _) in captured.statuses().filter(|(_, status)| *status == "INCOMPLETE") {
            seen = true;
            if !captured.errors().any(|error| Key::of(&error["stream_descriptor"]) == key) {
                let error = captured.errors().next().map_or_else(String::new, Value::to_string);
                return captured.fails(format_args!("no ERROR trace names {key}"), error);
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no stream was INCOMPLETE") }
}

fn trace_time_is_in_milliseconds(runs: &Runs) -> Checked {
    let mut seen = false;
    for captured in runs.with_messages() {
        for trace in captured.all("TRACE") {
            seen = true;
            if !trace["emitted_at"].as_f64().is_some_and(|at| is_now(captured, at)) {
                return captured.fails("emitted_at is not the time of the run in milliseconds", trace);
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no trace was sent") }
}
