//! The configuration: what is accepted, how mistakes are told, and that secrets stay secret.

use super::{Clause, clause};
use crate::leaks::Leaks;
use crate::names::*;
use crate::runs::{Judged, Kind, Runs, Shot, Spoilt, not_applicable};
use std::collections::{HashMap, HashSet};

pub(super) const CLAUSES: &[Clause] = &[
    clause(
        "failed_check_has_a_message",
        "a configuration the user can mend is answered with FAILED, a message and exit code 0",
        failed_check_has_a_message,
    ),
    clause(
        "config_error_names_the_field",
        "the message names the field that is missing or wrong",
        config_error_names_the_field,
    ),
    clause(
        "config_error_hides_the_value",
        "the message does not quote a value of the configuration",
        config_error_hides_the_value,
    ),
    clause(
        "config_errors_are_config_errors",
        "a read with a wrong configuration fails with a config_error",
        config_errors_are_config_errors,
    ),
    clause("defaults_are_applied", "a field that is left out means its default", defaults_are_applied),
    clause(
        "unknown_config_fields_accepted",
        "fields of the configuration that nobody knows do no harm",
        unknown_config_fields_accepted,
    ),
    clause(
        "no_secret_in_output",
        "no secret is seen on stdout or stderr, plain or encoded",
        no_secret_in_output,
    ),
];

/// The message of a FAILED status, with the exit code 0 it needs.
fn failed_message(shot: &Shot) -> Judged<&str> {
    shot.can_be_judged()?;
    let status = shot.all("CONNECTION_STATUS").next();
    let message =
        status.filter(|status| status["status"] == "FAILED").and_then(|status| status["message"].as_str());
    match message.filter(|message| !message.trim().is_empty()) {
        Some(message) if shot.exit_code == Some(0) => Ok(message),
        Some(message) => shot.fails(shot.end(), message),
        None => shot.fails("no FAILED with a message", &shot.stdout),
    }
}

fn failed_check_has_a_message(runs: &Runs) -> Judged {
    if let Some(shot) = runs.named(CHECK_INVALID).next() {
        return failed_message(shot).map(drop);
    }
    match runs
        .spoilt
        .iter()
        .filter_map(|spoilt| runs.shots.get(spoilt.shot))
        .find(|shot| shot.kind == Kind::Check)
    {
        Some(shot) => failed_message(shot).map(drop),
        None => not_applicable("no invalid configuration is given, and none can be made from the spec"),
    }
}

/// What was said about each field that was spoilt: by FAILED or by an ERROR trace.
fn complaints(runs: &Runs) -> Judged<Vec<(&Spoilt, &Shot, &str)>> {
    let mut complaints = Vec::new();
    for spoilt in &runs.spoilt {
        let Some(shot) = runs.shots.get(spoilt.shot) else { continue };
        let errors = shot.errors().filter_map(|error| error["message"].as_str());
        let statuses = shot.all("CONNECTION_STATUS").filter(|status| status["status"] == "FAILED");
        let said = statuses.filter_map(|status| status["message"].as_str()).chain(errors).next();
        complaints.push((spoilt, shot, said.unwrap_or_default()));
    }
    if complaints.is_empty() {
        not_applicable("the spec names no field of the configuration")
    } else {
        Ok(complaints)
    }
}

fn config_error_names_the_field(runs: &Runs) -> Judged {
    let title = |field: &str| {
        Some(runs.spec().ok()?["connectionSpecification"]["properties"][field]["title"].as_str()?.to_owned())
    };
    for (Spoilt { field, .. }, shot, said) in complaints(runs)? {
        shot.can_be_judged()?;
        if !said.contains(&**field) && !title(field).is_some_and(|title| said.contains(&title)) {
            return shot.fails(
                format_args!("the field {field} is not named"),
                if said.is_empty() { &shot.stdout } else { said },
            );
        }
    }
    Ok(())
}

fn config_error_hides_the_value(runs: &Runs) -> Judged {
    for (Spoilt { field, .. }, shot, said) in complaints(runs)? {
        if shot.stdout.contains(MARKER) || shot.stderr.contains(MARKER) {
            return shot.fails(format_args!("the value of {field} is quoted"), said);
        }
    }
    Ok(())
}

fn config_errors_are_config_errors(runs: &Runs) -> Judged {
    let shot = runs.one(READ_SPOILT)?;
    shot.can_be_judged()?;
    shot.must_fail()?;
    match shot.errors().next() {
        Some(error) if error["failure_type"] != "config_error" => shot.fails("it is no config_error", error),
        _ => Ok(()),
    }
}

fn defaults_are_applied(runs: &Runs) -> Judged {
    let all = runs.contents(runs.one(INCREMENTAL)?);
    let mut seen = false;
    for shot in [DEFAULTS_OMITTED, DEFAULTS_WRITTEN].into_iter().flat_map(|name| runs.named(name)) {
        seen = true;
        shot.must_succeed()?;
        if runs.contents(shot) != all {
            return shot.fails("other records than with the configuration as it was given", &shot.stdout);
        }
    }
    if seen {
        Ok(())
    } else {
        not_applicable("no field of the spec has a default that could be left out or written")
    }
}

fn unknown_config_fields_accepted(runs: &Runs) -> Judged {
    let shot = runs.one(UNKNOWN_FIELDS)?;
    match shot.all("CONNECTION_STATUS").next() {
        Some(status) if status["status"] != "SUCCEEDED" => shot.fails("it does not say SUCCEEDED", status),
        _ => shot.must_succeed(),
    }
}

/// A line without the time at which it was sent, by which it differs between runs.
fn without_time(line: &str) -> (&str, &str) {
    let Some((before, after)) = line.split_once("\"emitted_at\"") else { return (line, "") };
    (before, after.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | ' ' | '.')))
}

fn no_secret_in_output(runs: &Runs) -> Judged {
    if runs.secrets.is_empty() && runs.words.is_empty() {
        return not_applicable(
            "the spec marks no field as secret that has four or more letters in the configuration, and that a \
             connector does not say anyway",
        );
    }
    let (secrets, words) = (Leaks::of(&runs.secrets), Leaks::of(&runs.words));
    // Most lines come in many runs.
    let mut seen = HashSet::new();
    for shot in &runs.shots {
        let types: HashMap<&str, &str> = shot
            .messages
            .iter()
            .filter_map(|(line, message)| Some((line.as_str(), message["type"].as_str()?)))
            .collect();
        for line in shot.stdout.lines().chain(shot.stderr.lines()) {
            let message_type = types.get(line).copied().unwrap_or_default();
            if message_type == "CONTROL" || !seen.insert(without_time(line)) {
                continue;
            }
            let has_data = matches!(message_type, "RECORD" | "STATE" | "SPEC" | "CATALOG");
            if secrets.is_in(line) || (!has_data && words.is_in(line)) {
                let mut all = runs.secrets.iter().chain(&runs.words);
                let how = if all.any(|secret| line.contains(&**secret)) {
                    "as it is"
                } else {
                    "encoded, wrapped or in another letter case"
                };
                return shot.fails(format_args!("a secret is seen, {how}"), line);
            }
        }
    }
    Ok(())
}
