//! Clauses about the configuration: what is accepted, how errors are reported, and that secrets do not leak.

use super::{Clause, clause};
use crate::leaks::Leaks;
use crate::run_names::*;
use crate::runs::{CapturedRun, Checked, InvalidField, Kind, Runs, not_applicable};
use std::collections::{HashMap, HashSet};

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "failed_check_has_a_message",
        "check reports a wrong configuration as FAILED with a message, and exits with 0",
        failed_check_has_a_message,
    ),
    clause(
        "config_error_names_the_field",
        "the message names the missing or invalid field",
        config_error_names_the_field,
    ),
    clause(
        "config_error_hides_the_value",
        "the message does not quote a value of the configuration",
        config_error_hides_the_value,
    ),
    clause(
        "config_errors_are_config_errors",
        "a read with an invalid configuration fails with a config_error",
        config_errors_are_config_errors,
    ),
    clause("defaults_are_applied", "an omitted field has its default", defaults_are_applied),
    clause(
        "unknown_config_fields_accepted",
        "unknown fields of the configuration are ignored",
        unknown_config_fields_accepted,
    ),
    clause(
        "no_secret_in_output",
        "no secret appears on stdout or stderr, plain or encoded",
        no_secret_in_output,
    ),
];

/// Returns the message of a FAILED status. Fails without one, or if the exit code is not 0.
fn failed_message(captured: &CapturedRun) -> Checked<&str> {
    captured.can_be_checked()?;
    let status = captured.all("CONNECTION_STATUS").next();
    let message =
        status.filter(|status| status["status"] == "FAILED").and_then(|status| status["message"].as_str());
    match message.filter(|message| !message.trim().is_empty()) {
        Some(message) if captured.exit_code == Some(0) => Ok(message),
        Some(message) => captured.fails(captured.end(), message),
        None => captured.fails("no CONNECTION_STATUS FAILED with a message", &captured.stdout),
    }
}

fn failed_check_has_a_message(runs: &Runs) -> Checked {
    if let Some(captured) = runs.named(CHECK_INVALID).next() {
        return failed_message(captured).map(drop);
    }
    match runs
        .invalid_fields
        .iter()
        .filter_map(|invalid| runs.captured_runs.get(invalid.captured))
        .find(|captured| captured.kind == Kind::Check)
    {
        Some(captured) => failed_message(captured).map(drop),
        None => not_applicable("no invalid configuration was given, and none can be derived from the spec"),
    }
}

/// Returns the error message for each invalid field: of FAILED or of an ERROR trace.
fn reported_errors(runs: &Runs) -> Checked<Vec<(&InvalidField, &CapturedRun, &str)>> {
    let mut reported_errors = Vec::new();
    for invalid in &runs.invalid_fields {
        let Some(captured) = runs.captured_runs.get(invalid.captured) else { continue };
        let errors = captured.errors().filter_map(|error| error["message"].as_str());
        let statuses = captured.all("CONNECTION_STATUS").filter(|status| status["status"] == "FAILED");
        let message = statuses.filter_map(|status| status["message"].as_str()).chain(errors).next();
        reported_errors.push((invalid, captured, message.unwrap_or_default()));
    }
    if reported_errors.is_empty() {
        not_applicable("the spec has no field of the configuration")
    } else {
        Ok(reported_errors)
    }
}

fn config_error_names_the_field(runs: &Runs) -> Checked {
    let title = |field: &str| {
        Some(runs.spec().ok()?["connectionSpecification"]["properties"][field]["title"].as_str()?.to_owned())
    };
    for (InvalidField { field, .. }, captured, said) in reported_errors(runs)? {
        captured.can_be_checked()?;
        if !said.contains(&**field) && !title(field).is_some_and(|title| said.contains(&title)) {
            return captured.fails(
                format_args!("the message does not name the field {field}"),
                if said.is_empty() { &captured.stdout } else { said },
            );
        }
    }
    Ok(())
}

fn config_error_hides_the_value(runs: &Runs) -> Checked {
    for (InvalidField { field, .. }, captured, said) in reported_errors(runs)? {
        if captured.stdout.contains(MARKER) || captured.stderr.contains(MARKER) {
            return captured.fails(format_args!("the value of {field} is quoted"), said);
        }
    }
    Ok(())
}

fn config_errors_are_config_errors(runs: &Runs) -> Checked {
    let captured = runs.one(READ_INVALID_FIELD)?;
    captured.can_be_checked()?;
    captured.must_fail()?;
    match captured.errors().next() {
        Some(error) if error["failure_type"] != "config_error" => {
            captured.fails("the failure_type is not config_error", error)
        }
        _ => Ok(()),
    }
}

fn defaults_are_applied(runs: &Runs) -> Checked {
    let all = runs.contents(runs.one(INCREMENTAL)?);
    let mut seen = false;
    for captured in [DEFAULTS_OMITTED, DEFAULTS_WRITTEN].into_iter().flat_map(|name| runs.named(name)) {
        seen = true;
        captured.must_succeed()?;
        if runs.contents(captured) != all {
            return captured
                .fails("the records differ from those with the given configuration", &captured.stdout);
        }
    }
    if seen { Ok(()) } else { not_applicable("no field has a default that can be omitted or added") }
}

fn unknown_config_fields_accepted(runs: &Runs) -> Checked {
    let captured = runs.one(UNKNOWN_FIELDS)?;
    match captured.all("CONNECTION_STATUS").next() {
        Some(status) if status["status"] != "SUCCEEDED" => {
            captured.fails("the status is not SUCCEEDED", status)
        }
        _ => captured.must_succeed(),
    }
}

/// Splits a line around its `emitted_at`, which differs between runs.
fn without_time(line: &str) -> (&str, &str) {
    let Some((before, after)) = line.split_once("\"emitted_at\"") else { return (line, "") };
    (before, after.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | ' ' | '.')))
}

fn no_secret_in_output(runs: &Runs) -> Checked {
    if runs.secrets.is_empty() && runs.words.is_empty() {
        return not_applicable(
            "no field that the spec marks as secret has a value of four or more characters that `spec` does not print \
             anyway",
        );
    }
    let (secrets, words) = (Leaks::of(&runs.secrets), Leaks::of(&runs.words));
    // Most lines occur in many runs.
    let mut seen = HashSet::new();
    for captured in &runs.captured_runs {
        let types: HashMap<&str, &str> = captured
            .messages
            .iter()
            .filter_map(|(line, message)| Some((line.as_str(), message["type"].as_str()?)))
            .collect();
        for line in captured.stdout.lines().chain(captured.stderr.lines()) {
            let message_type = types.get(line).copied().unwrap_or_default();
            if message_type == "CONTROL" || !seen.insert(without_time(line)) {
                continue;
            }
            let has_data = matches!(message_type, "RECORD" | "STATE" | "SPEC" | "CATALOG");
            if secrets.is_in(line) || (!has_data && words.is_in(line)) {
                let mut all = runs.secrets.iter().chain(&runs.words);
                let how = if all.any(|secret| line.contains(&**secret)) {
                    "in plain text"
                } else {
                    "encoded, wrapped or in another case"
                };
                return captured.fails(format_args!("a secret appears, {how}"), line);
            }
        }
    }
    Ok(())
}
